"""Receptive fields: the weights into each unit as a small image, in a grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.style import DIVERGING, new_axes, style, symmetric_limit


def receptive_fields(
    fields: ArrayLike,
    *,
    image_shape: tuple[int, int] | None = None,
    columns: int | None = None,
    label: str = "Weight",
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each unit's input weights as an image; unit 0 at the top left, then row by row.

    fields: (units, height, width), or (units, pixels) with `image_shape` = (height, width). Blue is
    negative, red positive, white zero, on one scale for all. `columns` defaults to a grid that is about
    square. names: a word for each unit, such as the class that it stands for, at the lower right of its patch.

    Returns the axes, which hold the whole grid. Errors: InputError where shapes do not fit.
    """
    patches = _patches(np.asarray(fields, dtype=float), image_shape)
    n_units, height, width = patches.shape
    if columns is None:
        columns = int(np.ceil(np.sqrt(n_units * height / width)))
    elif columns < 1:
        raise InputError(f"receptive_fields.columns: {columns} is below 1; pass a number of columns")
    if names is not None and len(names) != n_units:
        raise InputError(f"receptive_fields.names: {len(names)} for {n_units} units; pass one for each")
    rows = -(-n_units // columns)
    gap = max(1, round(0.08 * min(height, width)))
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for unit, patch in enumerate(patches):
        top, left = (unit // columns) * (height + gap), (unit % columns) * (width + gap)
        mosaic[top : top + height, left : left + width] = patch
    limit = symmetric_limit(patches)
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
    if fields.ndim == 2 and image_shape is not None and fields.shape[1] == np.prod(image_shape):
        fields = fields.reshape(-1, *image_shape)
    if fields.ndim != 3 or not fields.size:
        raise InputError(
            f"receptive_fields.fields: shape {fields.shape} with image_shape {image_shape} is no stack of "
            "images; pass (units, height, width), or (units, height x width) and image_shape=(height, width)"
        )
    return fields
