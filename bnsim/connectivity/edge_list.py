"""Connectivity that is given as a list of edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class EdgeList(Connectivity):
    """Connect given pairs, in any order; a pair may occur more than once.

    Parameters
    ----------
    source, target : array of int, shape (n_synapses,)
        Synapse k leads from unit `source[k]` to unit `target[k]`.
    factor : array of float, shape (n_synapses,), optional
        `factor[k]` multiplies the weight of synapse k.

    Raises
    ------
    InputError
        If the arrays differ in length, the units are not whole numbers, or the factors are not finite.
    """

    source: Any
    target: Any
    factor: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        n_edges = np.size(self.source)
        factor = np.ones(n_edges) if self.factor is None else self.factor
        for name, values in (("source", self.source), ("target", self.target), ("factor", factor)):
            array, kind = np.asarray(values), "finite" if name == "factor" else "whole"
            numeric = array.dtype.kind in ("iuf" if kind == "finite" else "iu") and np.isfinite(array).all()
            if array.shape != (n_edges,) or (n_edges and not numeric):
                raise InputError(
                    f"EdgeList.{name}: an array of shape {array.shape} and type {array.dtype}; "
                    f"give one {kind} number for each of the {n_edges} edges"
                )
            object.__setattr__(self, name, array)

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If an edge names a unit that its population does not have.
        """
        for name, units, size in (("source", self.source, ends.n_source), ("target", self.target, ends.n_target)):
            if len(units) and (units.min() < 0 or units.max() >= size):
                wrong = units.min() if units.min() < 0 else units.max()
                raise InputError(
                    f"EdgeList.{name}: names unit {wrong} of a population of {size}; give units 0 to {size - 1}"
                )

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Return the given edges in sorted order.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
            Not used.

        Returns
        -------
        Edges
            Sorted by source, then target; equal pairs keep their order.

        Raises
        ------
        InputError
            If an edge names a unit that its population does not have.
        """
        self.check(ends)
        source, target, factor = self.source.astype(np.int32), self.target.astype(np.int32), self.factor
        pair = source * np.int64(ends.n_target) + target
        if (np.diff(pair) < 0).any():
            order = np.argsort(pair, kind="stable")
            source, target, factor = source[order], target[order], factor[order]
        return Edges(source, target, factor.astype(np.float64))
