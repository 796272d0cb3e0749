"""Weight matrix as an image."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes, plain_numbers
from bnsim.plotting.style import DIVERGING, SEQUENTIAL, new_axes, style, symmetric_limit
from bnsim.plotting.units import labelled, shown_in, si_unit_of
from bnsim.selection import refuse
from bnsim.state import State


def weight_image(
    weights: ArrayLike | State,
    projection: str | None = None,
    *,
    label: str = "Weight",
    presynaptic: str = "Presynaptic unit",
    postsynaptic: str = "Postsynaptic unit",
    ax: Axes | None = None,
) -> Axes:
    """Draw a weight matrix as an image, postsynaptic units up.

    Parameters
    ----------
    weights : State, or array_like of shape (n_presynaptic, n_postsynaptic)
        A state of a network, or weights of any unit, of a Brian2 quantity in SI units. NaN, where there is no synapse,
        is left white.
    projection : str, optional
        Which of a state's projections; it must be given with a state.
    label : str
        Name of the colour bar, which should hold the unit of an array; that of a state's weights is added.
    presynaptic, postsynaptic : str
        Names of the horizontal and the vertical axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the image.

    Raises
    ------
    InputError
        If the weights are no matrix of numbers, or infinite, or the state has no such projection.

    Notes
    -----
    With negative weights the colours are centred on zero; without, they begin there. The weights of several synapses
    between the same units are added.

    The matrix at sample k of a recording's weights is that of the state with these weights:
    `state.replace({"E_to_E.w": recording.weights["E_to_E"].values[0, k]})`.
    """
    checked_axes("weight_image.ax", ax)
    if isinstance(weights, State):
        matrix, label = _of_state(weights, projection, label)
    else:
        refuse("weight_image", {"projection": projection}, "an array holds one matrix")
        matrix = plain_numbers("weight_image.weights", weights)
    if matrix.ndim != 2 or not matrix.size:
        raise InputError(
            f"weight_image.weights: shape {matrix.shape} is not (presynaptic, postsynaptic); pass a 2-D array"
        )
    if np.isinf(matrix).any():
        raise InputError("weight_image.weights: some are infinite; pass finite numbers, and NaN for no synapse")
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


def _of_state(state: State, projection: str | None, label: str) -> tuple[np.ndarray, str]:
    if projection is None:
        raise InputError("weight_image.projection: no projection was named; give that of the state")
    scale, unit = shown_in(si_unit_of(state.weights(projection)))
    return np.asarray(state.weights(projection, matrix=True)) * scale, labelled(label, unit)
