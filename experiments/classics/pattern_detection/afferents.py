"""The input: afferents with wandering rates, half of which repeat a pattern."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.arrays import BoolArray, Float64Array, Int64Array

AFFERENTS, INVOLVED = 2000, 1000
"""Number of afferents, and of those that take part in the pattern, which come first."""
WINDOW, FREQUENCY = 50.0, 0.25
"""Length of the pattern (ms), and share of the windows in which it is presented."""
HIGHEST, SLOPE, BEND = 90.0, 1.8, 0.36
"""Largest rate (Hz), largest change of a rate (Hz/ms), and largest change of that in a millisecond."""
GAP, NOISE = 50.0, 10.0
"""Longest interval without a spike before spikes are added (ms), and rate of these (Hz)."""


@dataclass(frozen=True)
class Spikes:
    """Spikes of all afferents.

    Parameters
    ----------
    times
        Time of each spike, in ms.
    units
        Its afferent.
    presentations
        Beginnings of the presentations of the pattern, in ms.
    """

    times: Float64Array
    units: Int64Array
    presentations: Float64Array

    def on_grid(self, dt: float) -> tuple[Int64Array, Int64Array]:
        """Return the step and the afferent of each spike in order of time, one for an afferent and step.

        Parameters
        ----------
        dt
            Time step in ms.

        Returns
        -------
        steps, units : ndarray of int64
            Of each spike.
        """
        # A time that is a whole number of steps but for rounding belongs to the step that it begins.
        steps = np.floor(self.times / dt + 1e-9).astype(np.int64)
        steps, units = np.divmod(np.unique(steps * AFFERENTS + self.units), AFFERENTS)
        return steps, units


def drawn(duration: int, jitter: float, seed: int) -> Spikes:
    """Draw the input.

    Parameters
    ----------
    duration
        Its length, in s.
    jitter
        Standard deviation of the times of a presentation's spikes about those of the pattern, in ms.
    seed
        Seed of all random numbers.

    Returns
    -------
    Spikes
        The spikes, in no order.
    """
    generator = np.random.default_rng([seed, 0xAFFE])
    times, units = wandering(duration, generator)
    shown = presented(round(1e3 * duration / WINDOW), generator)
    presentations = WINDOW * np.flatnonzero(shown).astype(np.float64)
    window, involved = (times // WINDOW).astype(np.int64), units < INVOLVED
    pattern = involved & (window == np.argmax(shown))
    repeated = times[pattern] - presentations[0] + presentations[:, None]
    repeated += jitter * generator.standard_normal(repeated.shape)
    added = generator.poisson(NOISE * duration, AFFERENTS)
    kept = ~(involved & shown[window])
    everything = np.concatenate([times[kept], repeated.ravel(), 1e3 * duration * generator.random(added.sum())])
    whose = np.concatenate(
        [units[kept], np.tile(units[pattern], len(presentations)), np.repeat(np.arange(AFFERENTS), added)]
    )
    inside = (everything >= 0) & (everything < 1e3 * duration)  # jitter may leave the first and the last window
    return Spikes(everything[inside], whose[inside], presentations)


def wandering(duration: int, generator: np.random.Generator) -> tuple[Float64Array, Int64Array]:
    """Draw spikes whose rate changes from millisecond to millisecond, without a gap of more than 50 ms.

    Parameters
    ----------
    duration
        Length in s.
    generator
        Random numbers.

    Returns
    -------
    times : ndarray of float64
        Time of each spike, in ms.
    units : ndarray of int64
        Its afferent.
    """
    rate = HIGHEST * generator.random(AFFERENTS)
    slope = SLOPE * generator.uniform(-1, 1, AFFERENTS)
    last = -GAP * generator.random(AFFERENTS)
    times, units = [], []
    for end in range(1, 1000 * duration + 1):
        fires = np.flatnonzero((generator.random(AFFERENTS) < rate / 1e3) | (end - last > GAP))
        last[fires] = end - 1 + generator.random(len(fires))
        times.append(last[fires])
        units.append(fires)
        rate = np.clip(rate + slope, 0, HIGHEST)
        slope = np.clip(slope + BEND * generator.uniform(-1, 1, AFFERENTS), -SLOPE, SLOPE)
    return np.concatenate(times), np.concatenate(units)


def presented(windows: int, generator: np.random.Generator) -> BoolArray:
    """Choose the windows in which the pattern is presented, no two of them next to each other.

    Parameters
    ----------
    windows
        Number of windows.
    generator
        Random numbers.

    Returns
    -------
    ndarray of bool
        Whether a window is a presentation (window,).
    """
    shown = np.zeros(windows, bool)
    while shown.sum() < int(FREQUENCY * windows):
        chosen = int(generator.integers(windows))
        shown[chosen] = not shown[max(chosen - 1, 0) : chosen + 2].any() or shown[chosen]
    return shown
