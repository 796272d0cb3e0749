"""Estimates from activity: regressions over several generations, and the exponent of sizes of avalanches."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit, minimize_scalar

from bnsim.arrays import Float64Array, FloatArray, IntArray


def slopes(activity: FloatArray, lags: int) -> Float64Array:
    """Return the slopes of linear regressions of the activity on that some generations before.

    Parameters
    ----------
    activity
        Number of spikes (generation,).
    lags
        Largest number of generations.

    Returns
    -------
    ndarray of float64
        Slopes over 1, 2, ... generations; NaN where the activity does not vary.
    """
    found = np.full(lags, np.nan)
    for lag in range(1, lags + 1):
        before, after = activity[:-lag], activity[lag:]
        deviation = before - before.mean()
        square = deviation @ deviation
        if square > 0:
            found[lag - 1] = deviation @ after / square
    return found


def multistep(slopes: FloatArray) -> float:
    """Return the branching ratio by multistep regression: the best fit of b m^k to slopes.

    Parameters
    ----------
    slopes
        Slopes over k = 1, 2, ... generations.

    Returns
    -------
    float
        The branching ratio m; NaN where there is no fit.
    """
    if not np.isfinite(slopes).all():
        return float("nan")
    generations = np.arange(1, len(slopes) + 1)
    start = max(float(slopes[0]), 1e-3), 1 - 2 / len(slopes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # no covariance: the estimate alone is used
        (_, ratio), _ = curve_fit(
            lambda k, b, m: b * m**k, generations, slopes, p0=start, bounds=([0, 0], [np.inf, 1.5]), max_nfev=10_000
        )
    return float(ratio)


def exponent(sizes: IntArray, smallest: int, largest: int) -> float:
    """Return the exponent of a power law by maximum likelihood.

    Parameters
    ----------
    sizes
        Sizes of avalanches.
    smallest, largest
        Sizes between which the power law is fitted.

    Returns
    -------
    float
        The exponent, between 0 and 5; NaN where no size lies between.
    """
    chosen = sizes[(sizes >= smallest) & (sizes <= largest)]
    if not chosen.size:
        return float("nan")
    logarithms, mean = np.log(np.arange(smallest, largest + 1)), np.log(chosen).mean()

    def surprise(power: float) -> float:
        return float(power * mean + np.log(np.exp(-power * logarithms).sum()))

    return float(minimize_scalar(surprise, bounds=(0, 5), method="bounded").x)
