"""One look for every picture: palette, fonts, frames and saving.

`with style():` applies it to what is drawn inside and leaves matplotlib's own settings as they were. The
palette is that of Okabe & Ito (2008), told apart with any colour vision, in an order in which neighbours
also differ in grey.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, BLACK, VERMILLION = "#0072B2", "#E69F00", "#000000", "#D55E00"
SKY, GREEN, PURPLE = "#56B4E9", "#009E73", "#CC79A7"
PALETTE = (BLUE, ORANGE, BLACK, SKY, VERMILLION, PURPLE, GREEN)
INK, FAINT = "#222222", "#B4B4B4"

DIVERGING, SEQUENTIAL = "RdBu_r", "cividis"
RASTERIZE_ABOVE = 20_000
"""Marks beyond which a vector file would be slow to open: they become pixels within it."""
PIXELS_AN_INCH = 160
"""Of a figure that is saved, and of what is counted in pixels when it is drawn."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SETTINGS: Any = {
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 10.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=PALETTE),
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in the name of a class is no formula
    "text.hinting": "none",  # or a text's width would depend on the resolution, and what fits in one be cut in another
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.5,
    "image.interpolation": "nearest",
}


@contextmanager
def style() -> Iterator[None]:
    """Apply the project's look inside a `with` block and restore matplotlib's settings after it."""
    with mpl.rc_context(_SETTINGS):
        yield


def colour(index: int) -> str:
    """Return the colour of a population or series; the palette repeats after its end.

    Parameters
    ----------
    index : int
        Number of the population or series.

    Returns
    -------
    str
        A colour in hexadecimal digits.
    """
    return PALETTE[index % len(PALETTE)]


def save(figure: Figure, *paths: Path, dpi: int = PIXELS_AN_INCH) -> None:
    """Write a figure in the format of each path's suffix, the same bytes each time.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to write.
    *paths : pathlib.Path
        The files.
    dpi : int
        Pixels an inch of formats that consist of pixels.

    Notes
    -----
    Text in an SVG becomes outlines, so that it looks alike on a machine without the fonts. The layout and the frame
    around all that is drawn are found once, for all files: matplotlib would draw the figure once more for each.
    """
    engine = figure.get_layout_engine()
    settings: Any = {**_SETTINGS, "svg.fonttype": "path", "svg.hashsalt": "bnsim"}
    settings["figure.constrained_layout.use"] = False  # or taking the layout engine away would bring it back
    with mpl.rc_context(settings):
        figure.draw_without_rendering()
        frame = figure.get_tightbbox().padded(0.08)
        figure.set_layout_engine(None)
        try:
            for path in paths:
                metadata: dict[str, Any] = {"Date": None} if path.suffix == ".svg" else {}
                figure.savefig(path, dpi=dpi, metadata=metadata, bbox_inches=frame)
                if path.suffix == ".svg":
                    _make_well_formed(path)
        finally:
            figure.set_layout_engine(engine)


def _make_well_formed(path: Path) -> None:
    """Take out of an SVG what XML may not hold: matplotlib copies texts into comments, control characters too."""
    text = path.read_text(encoding="utf-8")
    allowed = _NO_XML.sub("", text)
    if allowed != text:
        path.write_text(allowed, encoding="utf-8")


def new_axes(width: float = 6.4, height: float = 3.6) -> Axes:
    """Make the axes of a new pyplot figure, which a notebook or `pyplot.show` displays.

    Parameters
    ----------
    width, height : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(width, height))[1]


def symmetric_limit(values: np.ndarray) -> float:
    """Return half the width of a colour scale that is centred on zero.

    Parameters
    ----------
    values : ndarray of float
        What is shown, all finite.

    Returns
    -------
    float
        The largest magnitude; 1 where all values are zero or there are none.
    """
    return float(np.max(np.abs(values), initial=0.0)) or 1.0
