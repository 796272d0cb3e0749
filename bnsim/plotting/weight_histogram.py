"""Distribution of weights, one set or several over each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.style import INK, colour, new_axes, style


def weight_histogram(
    weights: ArrayLike | Mapping[str, ArrayLike],
    *,
    bins: int = 50,
    bounds: tuple[float, float] | None = None,
    label: str = "Weight",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of synapses in each of `bins` equal bins over the range of all weights, NaN left out.

    weights: an array of any shape, or named arrays (for example before and after learning) drawn over each
    other in the same bins. bounds: the least and the greatest weight that the rule allows, drawn as dotted
    lines. `label` names the horizontal axis and should hold the unit.

    Returns the axes. Errors: InputError for an empty set, infinite weights, or fewer than one bin.
    """
    sets = weights if isinstance(weights, Mapping) else {"": weights}
    values = {name: _values(name, array) for name, array in sets.items()}
    if not values or bins < 1:
        raise InputError("weight_histogram: nothing to draw; pass one set of weights or more and at least one bin")
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins)
    with style():
        ax = ax or new_axes(5.6, 3.2)
        for index, (name, array) in enumerate(values.items()):
            share = np.histogram(array, edges)[0] / len(array) * 100
            ax.stairs(share, edges, fill=True, color=colour(index), alpha=0.3)
            ax.stairs(share, edges, color=colour(index), linewidth=1.4, label=name or None)
        for bound in bounds or ():
            ax.axvline(bound, color=INK, linewidth=1.0, linestyle=":")
        ax.set_ylim(bottom=0)
        ax.set_xlabel(label)
        ax.set_ylabel("Synapses (%)")
        if isinstance(weights, Mapping):
            ax.legend()
    return ax


def _values(name: str, array: ArrayLike) -> np.ndarray:
    values = np.asarray(array, dtype=float).ravel()
    values = values[~np.isnan(values)]
    if not values.size or not np.isfinite(values).all():
        owner = f"weights[{name!r}]" if name else "weights"
        raise InputError(f"weight_histogram.{owner}: no weights or infinite ones; pass finite numbers")
    return values
