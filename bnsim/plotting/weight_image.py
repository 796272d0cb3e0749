"""Weight matrix as an image."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.style import DIVERGING, SEQUENTIAL, new_axes, style, symmetric_limit


def weight_image(
    weights: ArrayLike,
    *,
    label: str = "Weight",
    presynaptic: str = "Presynaptic unit",
    postsynaptic: str = "Postsynaptic unit",
    ax: Axes | None = None,
) -> Axes:
    """Draw a weight matrix (presynaptic, postsynaptic), postsynaptic units up, NaN (no synapse) left white.

    With negative weights the colours are centred on zero; without, they begin there. `label` names the
    colour bar and should hold the unit. Returns the axes. Errors: InputError where the matrix is not
    two-dimensional.
    """
    matrix = np.asarray(weights, dtype=float)
    if matrix.ndim != 2 or not matrix.size:
        raise InputError(
            f"weight_image.weights: shape {matrix.shape} is not (presynaptic, postsynaptic); pass a 2-D array"
        )
    finite = matrix[np.isfinite(matrix)]
    limit = symmetric_limit(finite)
    signed = bool((finite < 0).any())
    with style():
        ax = ax or new_axes(5.6, 4.2)
        image = ax.imshow(
            matrix.T,
            cmap=DIVERGING if signed else SEQUENTIAL,
            vmin=-limit if signed else 0.0,
            vmax=limit,
            aspect="auto",
            origin="lower",
        )
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(presynaptic)
        ax.set_ylabel(postsynaptic)
        bar = ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
        bar.outline.set_visible(False)
    return ax
