"""Distribution of weights, one set or several over each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes, checked_bins, plain_numbers
from bnsim.plotting.style import INK, colour, new_axes, style


def weight_histogram(
    weights: ArrayLike | Mapping[str, ArrayLike],
    *,
    bins: int = 50,
    bounds: tuple[float, float] | None = None,
    label: str = "Weight",
    ax: Axes | None = None,
) -> Axes:
    """Draw the distribution of weights: the share of synapses in equal bins over the range of all weights.

    Parameters
    ----------
    weights : array_like or mapping of str to array_like
        Weights of any shape, or named sets of them, such as those before and after learning, drawn over each other in
        the same bins. NaN, where there is no synapse, is left out. Of a Brian2 quantity they are in SI units.
    bins : int
        Number of bins.
    bounds : (float, float), optional
        The least and the greatest weight that the rule allows, drawn as dotted lines.
    label : str
        Name of the horizontal axis, which should hold the unit.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; each set's shares sum to 100 %.

    Raises
    ------
    InputError
        If a set is empty, infinite or holds no numbers, there are fewer bins than one, or the bounds are no pair.
    """
    checked_axes("weight_histogram.ax", ax)
    sets = weights if isinstance(weights, Mapping) else {"": weights}
    values = {name: _values(name, array) for name, array in sets.items()}
    if not values:
        raise InputError("weight_histogram: nothing to draw; pass one set of weights or more")
    checked_bins("weight_histogram.bins", bins)
    limits = () if bounds is None else _limits(bounds)
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins)
    with style():
        ax = ax or new_axes(5.6, 3.2)
        for index, (name, array) in enumerate(values.items()):
            share = np.histogram(array, edges)[0] / len(array) * 100
            ax.stairs(share, edges, fill=True, color=colour(index), alpha=0.3)
            ax.stairs(share, edges, color=colour(index), linewidth=1.4, label=name or None)
        for bound in limits:
            ax.axvline(bound, color=INK, linewidth=1.0, linestyle=":")
        ax.set_ylim(bottom=0)
        ax.set_xlabel(label)
        ax.set_ylabel("Synapses (%)")
        if isinstance(weights, Mapping):
            ax.legend()
    return ax


def _values(name: str, array: ArrayLike) -> np.ndarray:
    owner = f"weight_histogram.weights[{name!r}]" if name else "weight_histogram.weights"
    values = plain_numbers(owner, array).ravel()
    values = values[~np.isnan(values)]
    if not values.size or not np.isfinite(values).all():
        raise InputError(f"{owner}: no weights or infinite ones; pass finite numbers")
    return values


def _limits(bounds: tuple[float, float]) -> tuple[float, float]:
    limits = plain_numbers("weight_histogram.bounds", bounds)
    if limits.shape != (2,) or not np.isfinite(limits).all() or limits[0] > limits[1]:
        raise InputError(f"weight_histogram.bounds: {bounds!r} is no pair of limits; pass (least, greatest)")
    return float(limits[0]), float(limits[1])
