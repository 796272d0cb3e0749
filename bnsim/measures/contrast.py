"""Spike contrast: synchrony of many units at the time scale at which it is largest."""

from __future__ import annotations

from bnsim.errors import InputError
from bnsim.measures.trains import Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, positive

_NUDGE = 1e-6
"""Of a step: a spike that lies exactly on the edge of a bin lies in the later bin, however the edge was rounded."""


def spike_contrast(
    source: Source,
    population: str | None = None,
    *,
    trial: int | None = None,
    units: Indices | None = None,
    min_bin: Time = 0.01,
    duration: Time | None = None,
    dt: Time | None = None,
) -> float:
    """Return the synchrony of all units in one trial, at the time scale at which it is largest.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    units : int or sequence of int, optional
        The units to compare, all if not given. Silent units are left out.
    min_bin : float or Quantity
        Bins shrink from half the trial to this width.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    float
        From 0 to 1. NaN where fewer than two units spiked, or none spiked twice: the measure is not defined there.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, a time is no time, or the shortest
        bin is longer than half of the trial.

    Notes
    -----
    Elephant's function. Its bins are of any width, so that an edge may lie anywhere; each spike stands in the middle of
    its time step, a millionth of a step late, and a spike on an edge belongs to the bin that begins there.

    References
    ----------
    M. Ciba et al., Journal of Neuroscience Methods 293, 136-143 (2018), doi:10.1016/j.jneumeth.2017.09.008.
    """
    import neo
    import quantities as pq
    from elephant.spike_train_synchrony import spike_contrast as elephant_spike_contrast

    owner = "spike_contrast"
    shortest = positive(f"{owner}.min_bin", min_bin)
    found = grid_trains(owner, source, population, trial, units, duration, dt)
    trains = [steps for steps in found.steps if len(steps)]
    if len(trains) < 2 or max(len(steps) for steps in trains) < 2:
        return float("nan")
    if shortest > found.duration / 2:
        raise InputError(f"{owner}.min_bin: {shortest:g} s is more than half of the trial; choose a shorter bin")
    times = [(steps + (0.5 + _NUDGE)) * found.dt for steps in trains]
    spikes = [neo.SpikeTrain(train, units=pq.s, t_stop=found.duration) for train in times]
    return float(elephant_spike_contrast(spikes, min_bin=shortest * pq.s))
