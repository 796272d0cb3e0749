"""Which part of time is drawn, which units have a row, and on which axes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bnsim.binning import whole_steps
from bnsim.errors import InputError
from bnsim.times import FloatArray, Time, is_sequence, numbers, shown, spike_times

IntArray: TypeAlias = NDArray[np.int64]
Window: TypeAlias = "tuple[Time, Time]"
"""Start and stop of a stretch of time."""


def window_steps(culprit: str, window: Window, dt: float, n_steps: int | None) -> tuple[int, int]:
    """Return the first step of a window in a trial and its length in steps.

    n_steps: of the trial; None where its end is not known.
    """
    if not is_sequence(window) or len(window) != 2:
        raise InputError(f"{culprit}: {shown(window)} is no pair of times; give (start, stop)")
    start, stop = (whole_steps(culprit, time, dt) for time in window)
    if not 0 <= start < stop <= (stop if n_steps is None else n_steps):
        trial = "a trial, which starts at 0 s" if n_steps is None else f"the trial of 0 to {n_steps * dt:g} s"
        raise InputError(
            f"{culprit}: {start * dt:g} to {stop * dt:g} s does not lie in {trial}; give 0 <= start < stop within it"
        )
    return start, stop - start


def sampled_units(culprit: str, sample: int | None, size: int) -> IntArray:
    """Return the units that are drawn: all, or so many at random, in order and always the same of a size."""
    if sample is None:
        return np.arange(size)
    if isinstance(sample, bool) or not isinstance(sample, (int, np.integer)) or sample < 1:
        raise InputError(f"{culprit}: {shown(sample)} is no number of units; give a whole number of at least 1")
    if sample >= size:
        return np.arange(size)
    return np.sort(np.random.default_rng(size).choice(size, sample, replace=False))


def times_and_units(culprit: str, source: object) -> tuple[FloatArray, IntArray]:
    """Return the times (s) and units of a pair of plain arrays, ordered by time."""
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
    """Refuse what is not a single matplotlib axes, such as the array that `subplots` returns for several."""
    if ax is not None and not isinstance(ax, Axes):
        raise InputError(f"{culprit}: {shown(ax)} is no matplotlib axes; give one axes, or leave it out")


def plain_numbers(culprit: str, values: object) -> FloatArray:
    """Return weights as plain floats, those of a quantity in SI units."""
    return numbers(culprit, np.asarray(values) if hasattr(values, "dim") else values, "an array of numbers").astype(
        float
    )
