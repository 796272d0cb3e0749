"""Which part of time is drawn, which units have a row, and on which axes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes

from bnsim.arrays import Int64Array
from bnsim.binning import whole_steps
from bnsim.errors import InputError
from bnsim.times import FloatArray, Time, is_sequence, numbers, shown, spike_times

Window: TypeAlias = "tuple[Time, Time]"
"""Start and stop of a stretch of time."""


def window_steps(culprit: str, window: Window, dt: float, end: int | None, begin: int = 0) -> tuple[int, int]:
    """Return the first step of a window in a trial and its length in steps.

    Parameters
    ----------
    culprit : str
        What the window was given as, for the message of an error.
    window : pair of float or Quantity
        Start and stop; plain numbers are seconds.
    dt : float
        Time step in seconds.
    end : int or None
        Step at which the trial ends; None where that is not known.
    begin : int
        Step at which it begins: not 0 in a part of a continuous run.

    Returns
    -------
    first_step : int
        First step of the window.
    n_steps : int
        Length of the window in steps.

    Raises
    ------
    InputError
        If the window is not a pair of times, or does not lie in the trial.
    """
    if not is_sequence(window) or len(window) != 2:
        raise InputError(f"{culprit}: {shown(window)} is no pair of times; give (start, stop)")
    start, stop = (whole_steps(culprit, time, dt) for time in window)
    if not begin <= start < stop <= (stop if end is None else end):
        trial = "a trial, which starts at 0 s" if end is None else f"the trial of {begin * dt:g} to {end * dt:g} s"
        raise InputError(
            f"{culprit}: {start * dt:g} to {stop * dt:g} s does not lie in {trial}; "
            f"give {begin * dt:g} <= start < stop within it"
        )
    return start, stop - start


def times_and_units(culprit: str, source: object) -> tuple[FloatArray, Int64Array]:
    """Return the times and units of a pair of plain arrays, ordered by time.

    Parameters
    ----------
    culprit : str
        What the pair was given as, for the message of an error.
    source : object
        A pair (times, units).

    Returns
    -------
    times : ndarray of float, shape (n_spikes,)
        Spike times in seconds.
    units : ndarray of int64, shape (n_spikes,)
        Unit of each spike.

    Raises
    ------
    InputError
        If the source is not such a pair, or the arrays differ in length or hold values that are no times or units.
    """
    if not isinstance(source, (tuple, list)) or len(source) != 2:
        raise InputError(
            f"{culprit}: {shown(source)} is neither a Recording nor a pair (times, units); give one of them"
        )
    times = spike_times(culprit, source[0])
    units = numbers(culprit, source[1], "the unit of each spike as a whole number")
    if units.shape != times.shape:
        raise InputError(f"{culprit}: {times.size} times and units of shape {units.shape}; give one unit for each time")
    if not np.isfinite(units).all() or (units != np.rint(units)).any():
        raise InputError(f"{culprit}: the units hold fractions or NaN; give the unit of each spike as a whole number")
    if units.size and units.min() < 0:
        raise InputError(f"{culprit}: unit {int(units.min())} is negative; number the units from 0")
    order = np.argsort(times, kind="stable")
    return times[order], units[order].astype(np.int64)


def checked_axes(culprit: str, ax: Axes | None) -> None:
    """Refuse what is not a single matplotlib axes, such as the array that `subplots` returns for several.

    Parameters
    ----------
    culprit : str
        What the axes were given as, for the message of an error.
    ax : matplotlib.axes.Axes or None
        The axes to check; None is allowed.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if ax is not None and not isinstance(ax, Axes):
        raise InputError(f"{culprit}: {shown(ax)} is no matplotlib axes; give one axes, or leave it out")


def checked_bins(culprit: str, bins: object) -> None:
    """Refuse what is no number of bins.

    Parameters
    ----------
    culprit : str
        What the number was given as, for the message of an error.
    bins : int
        The number to check.

    Raises
    ------
    InputError
        If it is no whole number of at least 1.
    """
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or bins < 1:
        raise InputError(f"{culprit}: {shown(bins)} is no number of bins; pass a whole number of at least 1")


def plain_numbers(culprit: str, values: object) -> FloatArray:
    """Return weights as plain floats, those of a quantity in SI units.

    Parameters
    ----------
    culprit : str
        What the weights were given as, for the message of an error.
    values : array_like or Quantity
        Weights of any shape.

    Returns
    -------
    ndarray of float
        The weights, of the same shape.

    Raises
    ------
    InputError
        If the values are not numbers.
    """
    return numbers(culprit, np.asarray(values) if hasattr(values, "dim") else values, "an array of numbers").astype(
        float
    )
