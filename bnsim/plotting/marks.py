"""What a raster shows of a band's spikes: a mark each or, of too many, how many there are in each cell of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Float64Array, Int64Array
from bnsim.binning import Bins
from bnsim.parts import in_parts
from bnsim.plotting.bands import Band, Timeline
from bnsim.times import FloatArray

MOST_MARKS = 1_000_000
"""Marks of a picture beyond which they would hide each other, and take long to draw."""


@dataclass(frozen=True)
class Marks:
    """A mark for each spike.

    Parameters
    ----------
    times : ndarray of float, shape (n_marks,)
        In seconds on the axis.
    heights : ndarray of float, shape (n_marks,)
        Where each is centred: the middle of its unit's row.
    """

    times: FloatArray
    heights: FloatArray

    @classmethod
    def of(cls, band: Band, timeline: Timeline) -> Marks:
        """Return the marks of a band.

        Parameters
        ----------
        band : Band
            The band.
        timeline : Timeline
            The axis of time.

        Returns
        -------
        Marks
            Of those spikes that lie on the axis, of units that have a row.
        """
        parts = [(times, rows) for times, rows, _ in _drawn(band, timeline)]
        times, rows = (np.concatenate([np.zeros(0), *(part[side] for part in parts)]) for side in (0, 1))
        return cls(times, band.bottom + (rows + 0.5) / band.n_rows * (band.top - band.bottom))


@dataclass(frozen=True)
class Density:
    """How many spikes lie in each cell of a grid that fills the band.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_groups, n_bins)
        The spikes: those of groups of neighbouring rows, from bottom to top, in bins.
    sizes : ndarray of int64, shape (n_groups,)
        Units of each group: as many as of any other, or one less.
    bins : Bins
        The bins, over all trials.
    """

    counts: Int64Array
    sizes: Int64Array
    bins: Bins

    @property
    def rates(self) -> Float64Array:
        """Mean rate (Hz) of the units of a cell in its time, (n_groups, n_bins)."""
        return self.counts / (self.sizes[:, None] * self.bins.durations)

    @classmethod
    def of(cls, band: Band, timeline: Timeline, wide: int, high: int) -> Density:
        """Count the spikes of a band.

        Parameters
        ----------
        band : Band
            The band.
        timeline : Timeline
            The axis of time.
        wide, high : int
            Most cells in each direction.

        Returns
        -------
        Density
            The counts: in bins of whole time steps, and of a unit each where there are fewer units than cells.
        """
        n_steps = timeline.bins.n_steps * len(timeline.trials)
        bins = Bins(timeline.bins.dt, n_steps, -(-n_steps // wide))
        n_groups = min(high, band.n_rows)
        group = np.arange(band.n_rows) * n_groups // band.n_rows
        counts = np.zeros(n_groups * len(bins), np.int64)
        for _, rows, steps in _drawn(band, timeline):
            np.add.at(counts, group[rows] * len(bins) + steps // bins.steps_per_bin, 1)
        return cls(counts.reshape(n_groups, len(bins)), np.bincount(group), bins)


def densities_of(bands: Sequence[Band], timeline: Timeline, wide: int, high: int) -> list[Density] | None:
    """Return the densities of a raster's bands, where there are too many spikes for marks.

    Parameters
    ----------
    bands : sequence of Band
        The bands.
    timeline : Timeline
        The axis of time.
    wide, high : int
        Size of the picture in pixels.

    Returns
    -------
    list of Density or None
        All bands have one, so that they can be compared; none has, unless there would be more than `MOST_MARKS`.
    """
    if sum(len(times) for band in bands for times, _ in band.trains) <= MOST_MARKS:
        return None
    height = bands[-1].top - bands[0].bottom
    shares = [max(1, round(high * (band.top - band.bottom) / height)) for band in bands]
    found = [Density.of(band, timeline, wide, share) for band, share in zip(bands, shares, strict=True)]
    return found if sum(int(density.counts.sum()) for density in found) > MOST_MARKS else None


def _drawn(band: Band, timeline: Timeline) -> Iterator[tuple[FloatArray, Int64Array, Int64Array]]:
    """Part by part, of the spikes that are shown: times (s) on the axis, rows, and steps since the axis begins."""
    row_of = np.full(band.size, -1)
    row_of[band.units] = np.arange(band.n_rows)
    for place, train in enumerate(band.trains):
        for times, units in in_parts(*train):
            steps, rows = timeline.steps_since(times), row_of[units]
            shown = (steps >= 0) & (steps < timeline.bins.n_steps) & (rows >= 0)
            before = place * timeline.bins.n_steps
            yield times[shown] + place * timeline.length, rows[shown], steps[shown] + before
