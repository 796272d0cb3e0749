"""Cross-correlation histogram of two units, or of all pairs of two groups."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from bnsim.arrays import FloatArray, Int64Array, NumberArray
from bnsim.binning import Bins
from bnsim.errors import InputError
from bnsim.measures.trains import GridTrains, Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, is_sequence, positive, shown


def cross_correlation(
    source: Source,
    population: str | tuple[str, str] | None = None,
    *,
    units: tuple[Indices | None, Indices | None] | None = None,
    trial: int | None = None,
    bin_width: Time = 0.001,
    max_lag: Time = 0.05,
    normalized: bool = False,
    duration: Time | None = None,
    dt: Time | None = None,
) -> tuple[FloatArray, NumberArray]:
    """Return the cross-correlation histogram of two units, or summed over pairs of them, in one trial.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str or (str, str), optional
        Which of a recording's populations, the only one with spike times if not given; or that of the first and that
        of the second unit of each pair, such as ``("E", "I")``.
    units : (int or sequence of int, int or sequence of int), optional
        The first units of the pairs and the second ones, such as ``(0, 1)`` or ``(range(50), range(50))``; None in
        place of either, or of both, is all. A unit is paired with itself in an autocorrelation alone, such as (3, 3).
    trial : int, optional
        Which of a recording's trials, the first if not given.
    bin_width : float or Quantity
        Width of the bins that spikes are counted in: a whole number of time steps.
    max_lag : float or Quantity
        Largest lag, rounded to a whole number of bins. It must be shorter than the trial.
    normalized : bool
        Whether to divide by the number of pairs of spikes that independent trains with the same numbers of spikes have
        on average: 1 is chance.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    lags : ndarray of float, shape (n_lags,)
        From ``-max_lag`` to ``max_lag`` in seconds. At a positive lag the second unit fired later.
    pairs : ndarray of int or float, shape (n_lags,)
        The number of pairs of spikes whose bins are so far apart, of all pairs of units together; in a normalized
        histogram their ratio to chance, NaN where no train of a pair has a spike.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, a time is no time, the width is no
        whole number of steps, or the lag does not fit into the trial.

    Notes
    -----
    Spikes are counted in whole time steps (see `bnsim.binning`). Where the trial is no whole number of bins, the last
    bin is shorter; its spikes are counted too. Elephant correlates the counts. By chance, trains of N_1 and N_2 spikes
    in a trial of n bins have N_1 N_2 (n - abs(k)) / n^2 pairs at a lag of k bins.
    """
    owner = "cross_correlation"
    width, lag = positive(f"{owner}.bin_width", bin_width), positive(f"{owner}.max_lag", max_lag)
    names = (
        _pair(f"{owner}.population", population, "names", ("E", "I")) if is_sequence(population) else [population] * 2
    )
    sides = [None, None] if units is None else _pair(f"{owner}.units", units, "units", (0, 1))
    first, second = (
        grid_trains(owner, source, name, trial, side, duration, dt) for name, side in zip(names, sides, strict=True)
    )
    bins = Bins.of(f"{owner}.bin_width", width, first.dt, first.n_steps)
    n_lags = round(lag / width)
    if not 1 <= n_lags < len(bins):
        raise InputError(
            f"{owner}.max_lag: {lag:g} s does not lie between one bin ({width:g} s) and "
            f"the length of the trial ({first.duration:g} s); choose a lag between them"
        )
    pairs, products = _all_pairs(first, second, bins, n_lags)
    alone = len(first.units) == len(second.units) == 1
    if names[0] == names[1] and not alone:
        for unit, train in zip(first.units, first.steps, strict=True):
            if unit in second.units:
                with_itself = _correlated(bins.count_steps(train), bins.count_steps(train), n_lags)
                pairs, products = pairs - with_itself, products - len(train) ** 2
    lags = np.arange(-n_lags, n_lags + 1)
    if not normalized:
        return lags * width, pairs
    n_bins = first.n_steps / bins.steps_per_bin
    chance = products * (n_bins - np.abs(lags)) / n_bins**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return lags * width, np.where(chance > 0, pairs / chance, np.nan)


def _all_pairs(first: GridTrains, second: GridTrains, bins: Bins, n_lags: int) -> tuple[Int64Array, int]:
    """The histogram of all pairs of units, itself included, and the number of pairs of their spikes."""
    pooled = [np.concatenate([np.zeros(0, np.int64), *trains.steps]) for trains in (first, second)]
    counts = [bins.count_steps(steps) for steps in pooled]
    return _correlated(counts[0], counts[1], n_lags), len(pooled[0]) * len(pooled[1])


def _correlated(first: Int64Array, second: Int64Array, n_lags: int) -> Int64Array:
    """Sum over bins of the product of one's count and the other's at each lag, at which the other is later."""
    import quantities as pq
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import cross_correlation_histogram

    with warnings.catch_warnings():
        # Elephant 1.2 still passes an argument that its unit library has deprecated.
        warnings.filterwarnings("ignore", message="The 'copy' argument in Quantity", category=DeprecationWarning)
        # A bin is a second long here, so that no length is divided by another.
        binned = [
            BinnedSpikeTrain(counts[np.newaxis], bin_size=1 * pq.s, t_start=0 * pq.s) for counts in (first, second)
        ]
        histogram, _ = cross_correlation_histogram(*binned, window=[-n_lags, n_lags])
    return np.rint(histogram.magnitude.ravel()).astype(np.int64)


def _pair(culprit: str, values: Any, what: str, example: tuple[Any, Any]) -> list[Any]:
    if not is_sequence(values) or len(values) != 2:
        raise InputError(f"{culprit}: {shown(values)} is no pair; give two {what}, such as {example}")
    return list(values)
