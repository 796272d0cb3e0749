"""Time bins, counted in whole time steps: the one place where spikes are put into bins.

A spike lies on a grid of time steps. Its time in seconds is a rounded product, and so is the edge of a bin; compared
as floating-point numbers, a spike on an edge falls on either side of it. Here both are integers first: step k lies in
the bin that begins at or before it, and never in another.

Rules
-----
- The width of a bin is a whole number of steps; another width is refused.
- A time that is no whole number of bins ends in a shorter bin. Rates in it are divided by its own length.
- Spike times that come without a time step, as plain arrays and those of Neo do, are counted on a grid of one
  nanosecond unless a step is given: a time closer to an edge than half a nanosecond is taken to lie on it.
- A bin contains its first step and not the first step of the next one. A spike at the very end of a trial of plain
  times counts in the trial's last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim import times
from bnsim.arrays import FloatArray, Int64Array
from bnsim.errors import InputError
from bnsim.parts import in_parts

NANOSECOND = 1e-9
"""Time step (s) of spike times that come without one."""


def _tolerance(steps: float) -> float:
    """How far, in steps, a time may lie from the grid: a millionth of a step, and the rounding of the division."""
    return 1e-6 + 4 * float(np.finfo(np.float64).eps) * abs(steps)


def steps_of(spike_times: FloatArray, dt: float) -> Int64Array:
    """Return the time step of each spike.

    Parameters
    ----------
    spike_times : ndarray of float
        Times in seconds, of any shape.
    dt : float
        Time step in seconds.

    Returns
    -------
    ndarray of int
        The nearest step to each time.
    """
    return np.rint(np.asarray(spike_times, dtype=np.float64) / dt).astype(np.int64)


def whole_steps(culprit: str, value: times.Time, dt: float) -> int:
    """Return a time as a whole number of steps.

    Parameters
    ----------
    culprit : str
        What the time was given as, for the message of an error.
    value : float or Quantity
        Seconds, or a quantity with a unit of time.
    dt : float
        Time step in seconds.

    Returns
    -------
    int
        The number of steps, negative for a negative time.

    Raises
    ------
    InputError
        If the value is no time, or no whole number of steps.
    """
    time = times.seconds(culprit, value)
    steps = _countable(culprit, time, dt)
    if abs(time / dt - steps) > _tolerance(steps) or (time and not steps):
        nearest = max(abs(steps), 1) * dt
        raise InputError(
            f"{culprit}: {time:.12g} s is no whole number of time steps of {dt:g} s; "
            f"give a multiple such as {nearest:.9g} s"
        )
    return steps


def duration_steps(culprit: str, value: Any, dt: float) -> int:
    """Return a time that describes a simulation, and so must have a unit, as a whole number of steps.

    Parameters
    ----------
    culprit : str
        What the time was given as, for the message of an error.
    value : Quantity
        A quantity with a unit of time.
    dt : float
        Time step in seconds.

    Returns
    -------
    int
        The number of steps, negative for a negative time.

    Raises
    ------
    InputError
        If the value has no unit, is no time, or no whole number of steps.
    """
    return whole_steps(culprit, times.duration(culprit, value), dt)


def _countable(culprit: str, time: float, dt: float) -> int:
    """The nearest number of steps, refused where floating-point numbers do not tell one step from the next."""
    if not abs(time / dt) < 2**53:
        raise InputError(
            f"{culprit}: {time:g} s are more time steps of {dt:g} s than can be counted; give a shorter time"
        )
    return round(time / dt)


def whole_steps_within(time: float, dt: float) -> int:
    """Return how many whole steps lie within a time.

    Parameters
    ----------
    time : float
        Seconds.
    dt : float
        Time step in seconds.

    Returns
    -------
    int
        The number of steps, rounded down.
    """
    steps = time / dt
    return int(np.floor(steps + _tolerance(steps)))


def trial_steps(culprit: str, duration: float, dt: float) -> int:
    """Return the number of time steps of a trial; a step that has begun counts.

    Parameters
    ----------
    culprit : str
        What the duration was given as, for the message of an error.
    duration : float
        Length of the trial in seconds.
    dt : float
        Time step in seconds.

    Returns
    -------
    int
        The number of steps, at least one.

    Raises
    ------
    InputError
        If there are more steps than can be counted.
    """
    _countable(culprit, duration, dt)
    steps = duration / dt
    return max(1, int(np.ceil(steps - _tolerance(steps))))


@dataclass(frozen=True)
class Bins:
    """Bins of equal width over a stretch of time, of which the last may be shorter.

    Parameters
    ----------
    dt : float
        Time step in seconds.
    n_steps : int
        Length of the stretch in steps.
    steps_per_bin : int
        Width of a bin in steps.
    first_step : int
        The step at which the stretch begins.
    """

    dt: float
    n_steps: int
    steps_per_bin: int
    first_step: int = 0

    @classmethod
    def of(cls, culprit: str, bin_width: times.Time, dt: float, n_steps: int, first_step: int = 0) -> Bins:
        """Make bins of a width in seconds.

        Parameters
        ----------
        culprit : str
            What the width was given as, for the message of an error.
        bin_width : float or Quantity
            Seconds, or a quantity with a unit of time: a whole number of steps.
        dt : float
            Time step in seconds.
        n_steps : int
            Length of the stretch in steps.
        first_step : int
            The step at which the stretch begins.

        Returns
        -------
        Bins
            Bins that cover the stretch; a single one where it is shorter than the width.

        Raises
        ------
        InputError
            If the width is no positive time, or no whole number of steps.
        """
        times.positive(culprit, bin_width)
        return cls(dt, n_steps, whole_steps(culprit, bin_width, dt), first_step)

    def __len__(self) -> int:
        return -(-self.n_steps // self.steps_per_bin)

    @property
    def edge_steps(self) -> Int64Array:
        """Edges of the bins in steps, (n_bins + 1,)."""
        inner = np.arange(0, self.n_steps, self.steps_per_bin, dtype=np.int64)
        return self.first_step + np.append(inner, self.n_steps)

    @property
    def edges(self) -> FloatArray:
        """Edges of the bins in seconds, (n_bins + 1,)."""
        return self.edge_steps * self.dt

    @property
    def durations(self) -> FloatArray:
        """Length of each bin in seconds, (n_bins,)."""
        return np.diff(self.edge_steps) * self.dt

    def place(self, spike_times: FloatArray) -> Int64Array:
        """Return the bin of each spike.

        Parameters
        ----------
        spike_times : ndarray of float, shape (n_spikes,)
            Times in seconds, within the stretch.

        Returns
        -------
        ndarray of int, shape (n_spikes,)
            The index of the bin that each spike lies in.
        """
        return (steps_of(spike_times, self.dt) - self.first_step) // self.steps_per_bin

    def count(self, spike_times: FloatArray) -> Int64Array:
        """Return the number of spikes in each bin.

        Parameters
        ----------
        spike_times : ndarray of float, shape (n_spikes,)
            Times in seconds. Those outside the stretch are not counted.

        Returns
        -------
        ndarray of int, shape (n_bins,)
            The counts.
        """
        counts = np.zeros(len(self), np.int64)
        for (part,) in in_parts(np.asarray(spike_times)):
            counts += self.count_steps(steps_of(part, self.dt))
        return counts

    def count_steps(self, steps: Int64Array) -> Int64Array:
        """Return the number of spikes in each bin, of spikes whose steps are known.

        Parameters
        ----------
        steps : ndarray of int, shape (n_spikes,)
            Time steps. Those outside the stretch are not counted.

        Returns
        -------
        ndarray of int, shape (n_bins,)
            The counts.
        """
        since = steps - self.first_step
        inside = since[(since >= 0) & (since < self.n_steps)]
        return np.bincount(inside // self.steps_per_bin, minlength=len(self))
