"""Cross-correlation histogram of two units."""

from __future__ import annotations

import warnings

import numpy as np

from bnsim.arrays import FloatArray, Int64Array
from bnsim.binning import Bins
from bnsim.errors import InputError
from bnsim.measures.trains import Source, grid_trains
from bnsim.times import Time, is_sequence, positive, shown


def cross_correlation(
    source: Source,
    population: str | None = None,
    *,
    units: tuple[int, int],
    trial: int | None = None,
    bin_width: Time = 0.001,
    max_lag: Time = 0.05,
    duration: Time | None = None,
    dt: Time | None = None,
) -> tuple[FloatArray, Int64Array]:
    """Return the cross-correlation histogram of two units in one trial.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    units : (int, int)
        The two units; twice the same for an autocorrelation.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    bin_width : float or Quantity
        Width of the bins that spikes are counted in: a whole number of time steps.
    max_lag : float or Quantity
        Largest lag, rounded to a whole number of bins. It must be shorter than the trial.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    lags : ndarray of float, shape (n_lags,)
        From ``-max_lag`` to ``max_lag`` in seconds. At a positive lag the second unit fired later.
    pairs : ndarray of int, shape (n_lags,)
        The number of pairs of spikes whose bins are so far apart.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, a time is no time, the width is no
        whole number of steps, or the lag does not fit into the trial.

    Notes
    -----
    Spikes are counted in whole time steps (see `bnsim.binning`). Where the trial is no whole number of bins, the last
    bin is shorter; its spikes are counted too. Elephant correlates the counts.
    """
    import quantities as pq
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import cross_correlation_histogram

    owner = "cross_correlation"
    width, lag = positive(f"{owner}.bin_width", bin_width), positive(f"{owner}.max_lag", max_lag)
    first, second = _pair(f"{owner}.units", units)
    trains = grid_trains(
        owner, source, population, trial, [first] if first == second else [first, second], duration, dt
    )
    bins = Bins.of(f"{owner}.bin_width", width, trains.dt, trains.n_steps)
    n_lags = round(lag / width)
    if not 1 <= n_lags < len(bins):
        raise InputError(
            f"{owner}.max_lag: {lag:g} s does not lie between one bin ({width:g} s) and "
            f"the length of the trial ({trains.duration:g} s); choose a lag between them"
        )
    counts = [bins.count_steps(trains.steps[place]) for place in (0, -1)]
    with warnings.catch_warnings():
        # Elephant 1.2 still passes an argument that its unit library has deprecated.
        warnings.filterwarnings("ignore", message="The 'copy' argument in Quantity", category=DeprecationWarning)
        # A bin is a second long here, so that no length is divided by another.
        binned = [BinnedSpikeTrain(count[np.newaxis], bin_size=1 * pq.s, t_start=0 * pq.s) for count in counts]
        histogram, lags = cross_correlation_histogram(*binned, window=[-n_lags, n_lags])
    return np.asarray(lags) * width, np.rint(histogram.magnitude.ravel()).astype(np.int64)


def _pair(culprit: str, units: tuple[int, int]) -> tuple[int, int]:
    """Two indices, which may be equal."""
    if not is_sequence(units) or len(units) != 2:
        raise InputError(f"{culprit}: {shown(units)} is no pair; give two units, such as (0, 1)")
    return units[0], units[1]
