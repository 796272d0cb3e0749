"""Values that may differ from synapse to synapse: a number, a distribution or a matrix, checked and drawn alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges
from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers


def extent(values: Any) -> tuple[float, float]:
    """Return the smallest and largest value of a scalar, a distribution or a matrix.

    Parameters
    ----------
    values : Quantity, Distribution or array
        What is looked at.

    Returns
    -------
    tuple of float
        Smallest and largest value in SI units, infinite where a distribution has no bound.
    """
    if isinstance(values, Distribution):
        low, high = values.bounds
        return float(np.asarray(low)), float(np.asarray(high))
    return float(np.min(np.asarray(values))), float(np.max(np.asarray(values)))


def check_values(
    culprit: str,
    values: Any,
    example: Quantity,
    shape: tuple[int, int],
    *,
    minimum: float | None = None,
    bounded: bool = False,
) -> None:
    """Refuse a scalar, distribution or matrix of the wrong unit, shape or range.

    Parameters
    ----------
    culprit : str
        What the values were given as, for the message of an error.
    values : Quantity, Distribution or array
        The values to check.
    example : Quantity
        A value with the expected dimensions.
    shape : tuple of int
        Shape (source, target) that a matrix must have.
    minimum : float, optional
        Smallest value allowed, in SI units.
    bounded : bool
        Whether there must be a largest value.

    Raises
    ------
    InputError
        If the values do not fit.
    """
    if isinstance(values, Distribution):
        _check_distribution(culprit, values, example, minimum, bounded)
    elif np.ndim(values) == 0:
        checks.quantity(culprit, values, example, minimum=minimum, exclusive=False)
    else:
        _check_matrix(culprit, values, example, shape, minimum)


def _check_distribution(
    culprit: str, values: Distribution, example: Quantity, minimum: float | None, bounded: bool
) -> None:
    kind, (low, high) = type(values).__name__, values.bounds
    if np.isinf(low) or np.isinf(high):
        middle = Quantity(values.quantile(np.array([0.5]))[0], dim=get_dimensions(low))
        checks.quantity(culprit, middle, example, minimum=None, exclusive=False)
    for bound in (low, high):
        if not np.isinf(bound):
            checks.quantity(culprit, bound, example, minimum=minimum, exclusive=False)
    if minimum is not None and np.isinf(low):
        raise InputError(f"{culprit}: {kind} reaches below {minimum:g}; give it a minimum")
    if bounded and np.isinf(high):
        raise InputError(f"{culprit}: {kind} has no largest value; give it a maximum")


def _check_matrix(culprit: str, values: Any, example: Quantity, shape: tuple[int, int], minimum: float | None) -> None:
    if np.shape(values) != shape:
        raise InputError(f"{culprit}: a matrix of shape {np.shape(values)}; give (source, target) = {shape}")
    for value in (np.min(values), np.max(values), np.sum(values)):
        unit_value = Quantity(value, dim=get_dimensions(values))
        checks.quantity(culprit, unit_value, example, minimum=None, exclusive=False)
    if minimum is not None and np.min(np.asarray(values)) < minimum:
        raise InputError(f"{culprit}: holds values below {minimum:g}; raise them")


def draw_values(values: Any, edges: Edges, numbers: Numbers) -> Float64Array:
    """Draw the value of each edge.

    Parameters
    ----------
    values : Quantity, Distribution or array
        One value for all edges, a distribution, or a matrix of shape (source, target).
    edges : Edges
        The edges; their factors, where there are any, multiply the values.
    numbers : Numbers
        Random numbers of a distribution: the row is an edge's source, the place that among the edges of its source.

    Returns
    -------
    ndarray of float64, shape (n_synapses,)
        Values in SI units.
    """
    if isinstance(values, Distribution):
        drawn = values.draw(np.bincount(edges.source), numbers)
    else:
        array = np.asarray(values, dtype=np.float64)
        drawn = array[edges.source, edges.target] if array.ndim == 2 else np.full(len(edges.source), float(array))
    return drawn if edges.factor is None else drawn * edges.factor
