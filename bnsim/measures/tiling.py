"""Spike time tiling coefficient: do spikes of two trains coincide more often than their rates explain?"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, Int64Array
from bnsim.binning import whole_steps_within
from bnsim.measures.trains import GridTrains, Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, positive


def spike_time_tiling(
    source: Source,
    population: str | None = None,
    *,
    trial: int | None = None,
    units: Indices | None = None,
    window: Time = 0.005,
    duration: Time | None = None,
    dt: Time | None = None,
) -> FloatArray:
    """Return the spike time tiling coefficient of every pair of units in one trial.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    units : int or sequence of int, optional
        The units to compare, all if not given. The cost grows with the square of their number.
    window : float or Quantity
        Two spikes meet where they are no further apart than this.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    ndarray of float, shape (n_units, n_units)
        A symmetric matrix of values from -1 to 1, free of the rates' influence. The diagonal is 1; rows and columns of
        silent units are NaN.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, or a time is no time.

    Notes
    -----
    Counted in whole time steps. A window of k steps to either side of a spike holds 2 k + 1 places for a spike of the
    other train, and so it tiles (k + 1/2) steps to either side: with k steps, independent trains on a grid would meet
    more often than the tiled time lets expect. Elephant's function has no grid, and its window widens with the time
    since the start of the trial, by 10 microseconds a second.

    References
    ----------
    C. S. Cutts and S. J. Eglen, Journal of Neuroscience 34, 14288-14303 (2014), doi:10.1523/JNEUROSCI.2767-14.2014.
    """
    owner = "spike_time_tiling"
    width = positive(f"{owner}.window", window)
    trains = grid_trains(owner, source, population, trial, units, duration, dt)
    steps = whole_steps_within(min(width, trains.duration), trains.dt)
    tiled = [_tiled_share(train, steps, trains) if len(train) else np.nan for train in trains.steps]
    matrix = np.full((len(tiled), len(tiled)), np.nan)
    for row, first in enumerate(trains.steps):
        for column, second in enumerate(trains.steps[: row + 1]):
            if len(first) and len(second):
                forward = _excess(_met_share(first, second, steps), tiled[column])
                backward = _excess(_met_share(second, first, steps), tiled[row])
                matrix[row, column] = matrix[column, row] = 0.5 * forward + 0.5 * backward
    return matrix


def _met_share(train: Int64Array, other: Int64Array, steps: int) -> float:
    """Share of the spikes of a train that have one of the other within so many steps."""
    nearest = np.searchsorted(other, train - steps)
    met = other[np.minimum(nearest, len(other) - 1)] <= train + steps
    return int((met & (nearest < len(other))).sum()) / len(train)


def _tiled_share(train: Int64Array, steps: int, trains: GridTrains) -> float:
    """Share of the trial that lies within the window of a spike, each spike being in the middle of its step."""
    reach = (steps + 0.5) * trains.dt
    times = (train + 0.5) * trains.dt
    gaps = np.diff(times)
    overlapping, apart = np.sum(gaps[gaps <= 2 * reach]), int((gaps > 2 * reach).sum()) * 2 * reach
    for end in (times[0], trains.duration - times[-1]):
        if end < reach:
            overlapping += end
        else:
            apart += reach
    return float((overlapping + apart) / trains.duration)


def _excess(met: float, tiled: float) -> float:
    """How far the share of spikes that meet exceeds the tiled share of the trial, relative to how far it could."""
    return 1.0 if met * tiled == 1 else (met - tiled) / (1 - met * tiled)
