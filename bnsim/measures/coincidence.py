"""Coincidence factor: how many spikes of a model does a recorded train have, beyond chance?"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, Int64Array
from bnsim.binning import steps_of, whole_steps_within
from bnsim.errors import InputError
from bnsim.measures.trains import Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, Times, positive, spike_times


def coincidence_factor(
    source: Source,
    population: str | None = None,
    *,
    reference: Times,
    trial: int | None = None,
    units: Indices | None = None,
    precision: Time = 0.002,
    duration: Time | None = None,
    dt: Time | None = None,
) -> FloatArray:
    """Return the coincidence factor of each unit's spikes with those of a reference, such as a recorded neuron.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        The model's spikes, with their times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    reference : array_like or Quantity, shape (n_spikes,)
        Times of the reference's spikes since the start of the trial; plain numbers are seconds.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    units : int or sequence of int, optional
        The units to compare, all if not given.
    precision : float or Quantity
        Two spikes coincide where they are no further apart than this.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    ndarray of float, shape (n_units,)
        At most 1, for a train that coincides with each spike of the reference and has as many; 0 is chance. NaN where
        the unit fires so often that chance alone makes all spikes coincide, or where neither train has a spike.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, a time is no time, or a spike of
        the reference lies after the end of the trial.

    Notes
    -----
    With N spikes of the reference, n of the unit at the rate nu, and N_c spikes of the reference that have at least one
    of the unit within the precision Delta,

        (N_c - 2 nu Delta N) / ((N + n) / 2) / (1 - 2 nu Delta).

    2 nu Delta N coincidences are expected of a train with the unit's rate that knows nothing of the reference and has
    no intervals below 2 Delta. A Poisson train has: it meets a spike with the probability 1 - exp(-2 nu Delta), and its
    factor is below 0 in the mean, by (2 nu Delta)^2 / 2 where this is small. Counted in whole time steps: a precision
    of k steps holds 2 k + 1 places for a spike, and 2 Delta is that many steps. Elephant has no such measure.

    The last term grows without bound as 2 nu Delta nears 1: compare trains of about the same rate.

    References
    ----------
    W. M. Kistler, W. Gerstner and J. L. van Hemmen, Neural Computation 9, 1015-1045 (1997). R. Jolivet et al., Journal
    of Neuroscience Methods 169, 417-424 (2008).
    """
    owner = "coincidence_factor"
    width = positive(f"{owner}.precision", precision)
    trains = grid_trains(owner, source, population, trial, units, duration, dt)
    given = np.sort(steps_of(spike_times(f"{owner}.reference", reference), trains.dt))
    if len(given) and given[-1] > trains.n_steps:
        raise InputError(
            f"{owner}.reference: a spike at {given[-1] * trains.dt:g} s lies after the trial of {trains.duration:g} s; "
            "give times since its start"
        )
    steps = whole_steps_within(min(width, trains.duration), trains.dt)
    return np.array([_factor(train, given, steps, trains.n_steps) for train in trains.steps], float)


def _factor(train: Int64Array, reference: Int64Array, steps: int, n_steps: int) -> float:
    """Coincidence factor of one train with the reference."""
    by_chance = (2 * steps + 1) * len(train) / n_steps
    both = (len(train) + len(reference)) / 2
    if not both or by_chance >= 1:
        return float("nan")
    first = np.searchsorted(train, reference - steps, side="left")
    last = np.searchsorted(train, reference + steps, side="right")
    met = int((last > first).sum())
    return float((met - by_chance * len(reference)) / both / (1 - by_chance))
