"""Spikes that are too many for a mark each, as shades."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm, to_rgb

from bnsim.plotting.bands import Band, Timeline
from bnsim.plotting.marks import Density
from bnsim.plotting.style import INK, colour
from bnsim.plotting.units import shown_time

FAINTEST = 0.2
"""Opacity of a cell with next to no spikes, which must be told from none."""


def draw_densities(ax: Axes, bands: Sequence[Band], densities: Sequence[Density], timeline: Timeline) -> None:
    """Draw the rate in each cell of a grid as the opacity of the band's colour.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    bands : sequence of Band
        The bands.
    densities : sequence of Density
        The spikes of each.
    timeline : Timeline
        The axis of time.

    Notes
    -----
    Opacity grows with the square root of the rate, the same for all bands: up to 1 at the highest rate of any cell, so
    that nothing is cut off. Chance fluctuations of the root of a count are as large at low counts as at high ones, so
    that no part of the picture looks noisier than another.
    """
    rates = [density.rates for density in densities]
    highest = max(float(of_band.max()) for of_band in rates)
    scale = timeline.shown_in[0]
    for index, (band, density, of_band) in enumerate(zip(bands, densities, rates, strict=True)):
        begin = timeline.boundaries[0]
        end = begin + len(density.bins) * density.bins.steps_per_bin * density.bins.dt  # the last bin may be shorter
        shade = to_rgb(colour(index))
        shades = LinearSegmentedColormap.from_list(band.name, [(*shade, FAINTEST), (*shade, 1.0)])
        ax.imshow(
            np.ma.masked_equal(of_band, 0.0),
            extent=(begin * scale, end * scale, band.bottom, band.top),
            origin="lower",
            aspect="auto",
            interpolation="antialiased",
            interpolation_stage="rgba",
            cmap=shades.with_extremes(bad=(*shade, 0.0)),
            norm=PowerNorm(0.5, 0.0, highest),
            label=band.name,
        )
    number, width = sum(int(density.counts.sum()) for density in densities), densities[0].bins.durations[0]
    darkest = f"{highest:.3g}" if highest < 100 else f"{highest:,.0f}"
    note = f"density of {number:,} spikes: darkest {darkest} Hz, in cells of {shown_time(float(f'{width:.3g}'))}"
    height = 1.08 if len(timeline.trials) > 1 else 1.02  # above the numbers of trials
    ax.text(1, height, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color=INK)
