"""Receptive fields: the weights into each unit as a small image, in a grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes, plain_numbers
from bnsim.plotting.style import DIVERGING, new_axes, style, symmetric_limit
from bnsim.times import shown


def receptive_fields(
    fields: ArrayLike,
    *,
    image_shape: tuple[int, int] | None = None,
    columns: int | None = None,
    label: str = "Weight",
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the input weights of each unit as an image, unit 0 at the top left, then row by row.

    Parameters
    ----------
    fields : array_like, shape (n_units, height, width) or (n_units, n_pixels)
        The weights into each unit. NaN, where there is no synapse, is grey.
    image_shape : (int, int), optional
        Height and width, for fields in rows of pixels, which need it.
    columns : int, optional
        Of the grid, which is about square if not given.
    label : str
        Name of the colour bar, which should hold the unit.
    names : sequence of str, optional
        A word for each unit, such as the class that it stands for, at the lower right of its image.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which hold the whole grid.

    Raises
    ------
    InputError
        If the fields are no images of numbers, are infinite, or do not fit the image's shape or the names.

    Notes
    -----
    Blue is negative, red positive, white zero, on one scale for all units.
    """
    checked_axes("receptive_fields.ax", ax)
    patches = _patches(plain_numbers("receptive_fields.fields", fields), image_shape)
    n_units, height, width = patches.shape
    if columns is None:
        columns = int(np.ceil(np.sqrt(n_units * height / width)))
    elif isinstance(columns, bool) or not isinstance(columns, (int, np.integer)) or columns < 1:
        raise InputError(
            f"receptive_fields.columns: {shown(columns)} is no number of columns; pass a whole number of at least 1"
        )
    if names is not None and len(names) != n_units:
        raise InputError(f"receptive_fields.names: {len(names)} for {n_units} units; pass one for each")
    rows = -(-n_units // columns)
    gap = max(1, round(0.08 * min(height, width)))
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for unit, patch in enumerate(patches):
        top, left = (unit // columns) * (height + gap), (unit % columns) * (width + gap)
        mosaic[top : top + height, left : left + width] = patch
    limit = symmetric_limit(patches[np.isfinite(patches)])
    # Gaps in light grey, so that a patch that fades to white keeps an edge.
    framed = colormaps[DIVERGING].with_extremes(bad="#D8D8D8")
    with style():
        ax = ax or new_axes(5.4, 4.8 * min(1.5, mosaic.shape[0] / mosaic.shape[1]))
        colours = ax.figure.colorbar(
            ax.imshow(mosaic, cmap=framed, vmin=-limit, vmax=limit),
            ax=ax,
            label=label,
            pad=0.02,
            shrink=0.8,
        )
        colours.outline.set_visible(False)
        ax.set_axis_off()
        size = min(8.0, 150 / max(rows, columns))
        for unit, name in enumerate(names or ()):
            bottom, left = (unit // columns + 1) * (height + gap) - gap, (unit % columns) * (width + gap)
            ax.text(left + width - 0.5, bottom - 0.5, name, ha="right", va="bottom", fontsize=size, color="black")
    return ax


def _patches(fields: np.ndarray, image_shape: tuple[int, int] | None) -> np.ndarray:
    if image_shape is not None and (
        np.shape(image_shape) != (2,)
        or not all(isinstance(side, (int, np.integer)) and side > 0 for side in image_shape)
    ):
        raise InputError(f"receptive_fields.image_shape: {image_shape!r} is no (height, width); give two whole numbers")
    if fields.ndim == 2 and image_shape is not None and fields.shape[1] == np.prod(image_shape):
        fields = fields.reshape(-1, *image_shape)
    if fields.ndim != 3 or not fields.size:
        raise InputError(
            f"receptive_fields.fields: shape {fields.shape} with image_shape {image_shape} is no stack of "
            "images; pass (units, height, width), or (units, height x width) and image_shape=(height, width)"
        )
    if np.isinf(fields).any():
        raise InputError("receptive_fields.fields: some are infinite; pass finite numbers, and NaN for no synapse")
    return fields
