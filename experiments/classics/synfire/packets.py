"""Packets of spikes: drawing those that enter a chain, and measuring those that arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray, IntArray
from bnsim.binning import NANOSECOND, steps_of
from bnsim.recording import SpikeTimes

Train: TypeAlias = tuple[FloatArray, IntArray]
"""Times in s, and units, of spikes."""

NEAR = 5.0
"""Largest distance of a packet's spikes from their median, in ms."""


def pulse(spikes: int, spread: float, size: int, centre: float, generator: np.random.Generator) -> Train:
    """Draw a packet of spikes.

    Parameters
    ----------
    spikes
        Number of spikes, each of another neuron of a group.
    spread
        Standard deviation of the spike times, in ms.
    size
        Number of neurons of the group.
    centre
        Mean of the spike times, in ms.
    generator
        Source of the random numbers.

    Returns
    -------
    tuple of array
        Times (spike,) in s, none before 0, and units (spike,).
    """
    units = generator.choice(size, spikes, replace=False)
    times = centre + spread * generator.standard_normal(spikes)
    return np.maximum(times, 0.0) / 1e3, units


@dataclass(frozen=True)
class Packets:
    """The packets of all groups of a chain.

    Parameters
    ----------
    centre
        Median of the spike times of each packet (trial, group), in ms.
    spread
        Spread of each packet (trial, group), in ms.
    spikes
        Number of spikes of each packet (trial, group), less those of the background.
    """

    centre: FloatArray
    spread: FloatArray
    spikes: FloatArray

    @classmethod
    def of(cls, spikes: SpikeTimes, shape: tuple[int, int], size: int, start: float, background: float) -> Packets:
        """Measure the packets on their way along a chain.

        Parameters
        ----------
        spikes
            Spikes of the chain's neurons, numbered by group.
        shape
            Numbers of trials and groups.
        size
            Number of neurons of a group.
        start
            Time at which each packet entered, in ms. In each group the packet is looked for near its time in the group
            before.
        background
            Firing rate of the neurons without a packet, in Hz.

        Returns
        -------
        Packets
            The packets.
        """
        trials, groups = shape
        place = spikes.trial * groups + spikes.unit // size
        order = np.argsort(place, kind="stable")
        trains = np.split(1e3 * spikes.time[order], np.searchsorted(place[order], np.arange(1, trials * groups)))
        found = np.empty((3, trials, groups))
        for trial in range(trials):
            expected = start
            for group in range(groups):
                found[:, trial, group] = _packet(trains[trial * groups + group], expected)
                expected = found[0, trial, group]
        return cls(found[0], found[1], found[2] - background * size * 2 * NEAR / 1e3)


def _packet(times: FloatArray, expected: float) -> tuple[float, float, int]:
    """Return the centre, the spread and the number of spikes; packets are slightly later in each group."""
    since = _whole(times) - _whole(expected)
    found = times[(since > -_whole(NEAR)) & (since < 2 * _whole(NEAR))]
    centre = float(np.median(found)) if len(found) else expected
    found = times[np.abs(_whole(times) - _whole(centre)) <= _whole(NEAR)]
    if not len(found):
        return centre, 0.0, 0
    low, high = np.percentile(found, [25, 75])
    return centre, float(high - low) / 1.349, len(found)


def _whole(times: FloatArray | float) -> NDArray[np.int64]:
    """Convert times in ms to whole nanoseconds, so that rounding does not move a spike across a limit."""
    return steps_of(np.asarray(times) / 1e3, NANOSECOND)


def half_way(spikes: FloatArray, survival: FloatArray) -> float | None:
    """Return the number of spikes at which the survival first reaches one half.

    Parameters
    ----------
    spikes
        Numbers of spikes that were tried (n,), in any order.
    survival
        Share of the packets that lived at each of them (n,).

    Returns
    -------
    float or None
        Interpolated linearly between the numbers that were tried; None where the survival never reaches one half or is
        never below it.
    """
    order = np.argsort(spikes)
    spikes, survival = spikes[order], survival[order]
    above = np.flatnonzero(survival >= 0.5)
    if not len(above) or above[0] == 0:
        return None
    (low, high), (before, after) = spikes[above[0] - 1 : above[0] + 1], survival[above[0] - 1 : above[0] + 1]
    return float(low + (high - low) * (0.5 - before) / (after - before))
