"""Digits that someone draws, brought into the form that the images of a data set have.

Images of handwritten digits were not written as they are: whoever made a data set scaled each digit to a box and put it
into the middle. A network that learned from them knows no other. So a drawing takes the same way: its strokes become a
fine bitmap that fills the box, each pixel is the mean of its part of it, in the steps of the data set, and the whole
comes to the middle of the image.

Notes
-----
digits   Bitmaps of 32 x 32, of which the 8 x 8 pixels count 4 x 4 cells each. In the images a digit is as high as the
         bitmap and about 20 cells wide, in the middle, whatever its proportions were; a straight 1 is narrower.
mnist    The longer side is 20 of 28 pixels, proportions are kept, and whole pixels move the centre of mass to pixel 14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array
from bnsim.errors import InputError, advice

SIDE = 256
"""Side of the area in which digits are drawn: coordinates are whole numbers from 0 to 255."""
MOST = 5000
"""Points of a drawing at most."""
FINE = 4
"""Cells of the bitmap along the side of a pixel, as in the digits of UCI, which count them."""


@dataclass(frozen=True)
class Form:
    """How the images of a data set are made of what was written.

    Parameters
    ----------
    side
        Pixels along each side of an image.
    box
        Height and width, in pixels, to which a digit is scaled.
    stretch
        How many times more one side may be scaled than the other; 1 keeps the proportions.
    by_mass
        Whether the centre of mass comes to pixel side / 2, by whole pixels; otherwise the box is in the middle.
    pen
        Width of a stroke, in pixels.
    levels
        Value of a pixel that is wholly ink; others are rounded to whole numbers.
    """

    side: int
    box: tuple[float, float]
    stretch: float
    by_mass: bool
    pen: float
    levels: int

    def scales(self, height: float, width: float) -> tuple[float, float]:
        """Return how many pixels the units of a digit's height and width become.

        Parameters
        ----------
        height, width
            Of the digit, in any unit; one of them may be 0.

        Returns
        -------
        tuple of float
            For height and width.
        """
        full = [each / max(length, 1e-9) for each, length in zip(self.box, (height, width), strict=True)]
        least = min(full)
        return min(full[0], self.stretch * least), min(full[1], self.stretch * least)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "digits": Form(8, (8, 5), stretch=1.5, by_mass=False, pen=1.3, levels=16),
        "mnist": Form(28, (20, 20), stretch=1.0, by_mass=True, pen=2.7, levels=255),
    }
)
"""By task, as measured in the images. Pens are such that drawings have the share of ink that the images have."""


@dataclass(frozen=True)
class Drawing:
    """A drawing of lines.

    Parameters
    ----------
    strokes
        For each stroke its points (x, y), x from left to right and y from top to bottom, from 0 to 255.

    Raises
    ------
    InputError
        If there is no point, one lies outside, or there are too many.
    """

    strokes: tuple[tuple[tuple[int, int], ...], ...]

    def __post_init__(self) -> None:
        points = [point for stroke in self.strokes for point in stroke]
        if not points or not all(self.strokes):
            raise InputError("drawing: has a stroke without a point; give some, such as '120,20 120,230'")
        if len(points) > MOST:
            raise InputError(f"drawing: has {len(points)} points; give at most {MOST}")
        for x, y in points:
            if not (0 <= x < SIDE and 0 <= y < SIDE):
                raise InputError(f"drawing: {x},{y} lies outside; give coordinates from 0 to {SIDE - 1}")

    @classmethod
    def of(cls, text: object) -> Drawing:
        """Read a drawing.

        Parameters
        ----------
        text
            Points as x,y with spaces between them; strokes have a semicolon between them.

        Returns
        -------
        Drawing
            The drawing.

        Raises
        ------
        InputError
            If it is no such text.
        """
        if not isinstance(text, str):
            raise InputError("drawing: is no text; give points such as '120,20 120,230'")
        try:
            strokes = tuple(tuple(_point(word) for word in stroke.split()) for stroke in text.split(";"))
        except ValueError:
            raise InputError("drawing: holds something else than points x,y; give some like '120,20 120,230'") from None
        return cls(strokes)

    def text(self) -> str:
        """Return the text that `of` reads.

        Returns
        -------
        str
            The text.
        """
        return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in self.strokes)

    def sample(self, task: str) -> Float64Array:
        """Return the drawing as the unscaled samples of a task are.

        Parameters
        ----------
        task
            A key of `FORMS`.

        Returns
        -------
        ndarray, shape (pixels,)
            Whole numbers, 0 for paper.

        Raises
        ------
        InputError
            If the task has no digits that are drawn.
        """
        if task not in FORMS:
            raise InputError(f"drawing: none for {task!r}; {advice(task, FORMS)}")
        return framed(self._bitmap(FORMS[task]), FORMS[task]).ravel()

    def _bitmap(self, form: Form) -> Float64Array:
        """Where there is ink, in cells: of the size that fills the box of the form, so that pens are alike."""
        points = np.array([point for stroke in self.strokes for point in stroke], np.float64)
        low, extent, pen = points.min(axis=0), np.ptp(points, axis=0), form.pen * FINE
        inner = replace(form, box=(form.box[0] - form.pen, form.box[1] - form.pen))
        scale = FINE * np.array(inner.scales(extent[1], extent[0])[::-1]) * (extent > 0)
        width, height = (max(1, round(each)) for each in extent * scale + pen)
        cells = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
        nearest = np.full((height, width), np.inf)
        for stroke in self.strokes:
            scaled = (np.array(stroke, np.float64) - low) * scale + pen / 2
            for begin, end in zip(scaled, np.concatenate([scaled[1:], scaled[-1:]]), strict=True):
                nearest = np.minimum(nearest, _distance(cells, begin, end))
        return (nearest <= pen / 2).astype(np.float64)


def framed(picture: NDArray[np.floating], form: Form) -> Float64Array:
    """Return a picture of a digit as the data set has it.

    Parameters
    ----------
    picture
        Ink from 0 (none) to 1, at any resolution, with any margin (row, column).
    form
        The form of the data set.

    Returns
    -------
    ndarray, shape (side, side)
        Whole numbers from 0 to the form's levels.

    Raises
    ------
    InputError
        If there is no ink.
    """
    if not (picture > 0).any():
        raise InputError("drawing: is empty; draw something")
    rows, columns = (np.flatnonzero((picture > 0).any(axis=axis)) for axis in (1, 0))
    digit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    grain = 1 if form.by_mass else FINE  # whole pixels are moved, or cells
    sizes = [
        max(1, round(length * scale * grain))
        for length, scale in zip(digit.shape, form.scales(*digit.shape), strict=True)
    ]
    digit = _means(digit.shape[0], sizes[0]) @ digit @ _means(digit.shape[1], sizes[1]).T
    sheet = np.zeros((form.side * grain, form.side * grain))
    top, left = (_start(digit.sum(axis=1 - axis), len(sheet), form.by_mass) for axis in (0, 1))
    sheet[top : top + sizes[0], left : left + sizes[1]] = digit
    return np.rint(form.levels * sheet.reshape(form.side, grain, form.side, grain).mean(axis=(1, 3)))


def _start(ink: Float64Array, side: int, by_mass: bool) -> int:
    """Where a digit begins, so that its middle is that of the image, or as near to it as the edges allow."""
    middle = float(ink @ np.arange(len(ink)) / ink.sum()) if by_mass else len(ink) / 2
    return int(np.clip(round(side / 2 - middle), 0, side - len(ink)))


def _means(before: int, after: int) -> Float64Array:
    """The matrix (after, before) that makes of a row of cells one with another number: each is the mean of its part."""
    edges = np.linspace(0, before, after + 1)
    cells = np.arange(before)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    return np.maximum(overlap, 0) * after / before


def _distance(cells: Float64Array, begin: Float64Array, end: Float64Array) -> Float64Array:
    """From each cell to the nearest point of a line from one point to another."""
    along = end - begin
    square = float(along @ along)
    share = np.clip((cells - begin) @ along / square, 0, 1) if square else np.zeros(cells.shape[:2])
    difference = cells - begin - share[..., None] * along
    return np.sqrt((difference**2).sum(axis=-1))


def _point(word: str) -> tuple[int, int]:
    x, y = word.split(",")
    return int(x), int(y)
