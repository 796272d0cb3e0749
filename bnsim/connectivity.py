"""Connectivity: which units are connected and by which factor, as index arrays drawn in NumPy from a key.

Each draw is a list of edges sorted by source, then target. Random draws come from NumPy's Philox generator, keyed by
the run's key and the projection's name, so they depend on nothing else.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, Int32Array
from bnsim.description import Description, parameter
from bnsim.errors import InputError
from bnsim.receptive_fields import GaborPatches

__all__ = ["AllToAll", "Connectivity", "EdgeList", "FixedProbability", "OneToOne", "ReceptiveFields"]


@dataclass(frozen=True)
class Edges:
    """Source unit, target unit and weight factor of every synapse.

    Parameters
    ----------
    source, target : ndarray of int32, shape (n_synapses,)
        Index of the presynaptic and of the postsynaptic unit.
    factor : ndarray of float64, shape (n_synapses,), optional
        Factor that multiplies the weight of each synapse. None: 1 for all.
    """

    source: Int32Array
    target: Int32Array
    factor: Float64Array | None = None


@dataclass(frozen=True, repr=False)
class Connectivity(Description, abstract=True):
    """Rule that draws the edges of a projection."""

    @abstractmethod
    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Draw the edges.

        Parameters
        ----------
        n_source, n_target : int
            Sizes of the populations.
        generator : numpy.random.Generator
            Source of the random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If the sizes do not fit.
        """


@dataclass(frozen=True, repr=False)
class AllToAll(Connectivity):
    """Connect every source to every target.

    Parameters
    ----------
    self_connections : bool
        Whether a unit is connected to the unit of its own index.
    """

    self_connections: bool = True

    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Return all pairs; no random numbers are drawn.

        Parameters
        ----------
        n_source, n_target : int
            Sizes of the populations.
        generator : numpy.random.Generator
            Not used.

        Returns
        -------
        Edges
            Sorted by source, then target.
        """
        source, target = np.divmod(np.arange(n_source * n_target, dtype=np.int64), n_target)
        if not self.self_connections:
            keep = source != target
            source, target = source[keep], target[keep]
        return Edges(source.astype(np.int32), target.astype(np.int32))


@dataclass(frozen=True, repr=False)
class OneToOne(Connectivity):
    """Connect unit k to unit k, between populations of equal size."""

    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Return the pairs of equal index; no random numbers are drawn.

        Parameters
        ----------
        n_source, n_target : int
            Sizes of the populations.
        generator : numpy.random.Generator
            Not used.

        Returns
        -------
        Edges
            Sorted by source.

        Raises
        ------
        InputError
            If the populations differ in size.
        """
        if n_source != n_target:
            raise InputError(f"OneToOne: {n_source} sources and {n_target} targets; give populations of equal size")
        index = np.arange(n_source, dtype=np.int32)
        return Edges(index, index)


@dataclass(frozen=True, repr=False)
class FixedProbability(Connectivity):
    """Connect each pair independently with the same probability.

    Parameters
    ----------
    probability : float
        In [0, 1].
    self_connections : bool
        Whether a unit may be connected to the unit of its own index.

    Raises
    ------
    InputError
        If the probability is above 1.
    """

    probability: float = parameter(0.1, minimum=0)
    self_connections: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.probability > 1:
            raise InputError(f"FixedProbability.probability: {self.probability} is above 1; give a value in [0, 1]")

    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Draw the connected pairs, one random number for each possible pair.

        Parameters
        ----------
        n_source, n_target : int
            Sizes of the populations.
        generator : numpy.random.Generator
            Source of the random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.
        """
        targets = []
        for row in range(n_source):  # row by row: a large network must not need n_source x n_target numbers at once
            chosen = np.flatnonzero(generator.random(n_target) < self.probability)
            targets.append(chosen if self.self_connections else chosen[chosen != row])
        source = np.repeat(np.arange(n_source, dtype=np.int32), [len(chosen) for chosen in targets])
        return Edges(source, np.concatenate(targets).astype(np.int32) if targets else np.zeros(0, np.int32))


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

    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Return the given edges in sorted order; no random numbers are drawn.

        Parameters
        ----------
        n_source, n_target : int
            Sizes of the populations.
        generator : numpy.random.Generator
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
        for name, units, size in (("source", self.source, n_source), ("target", self.target, n_target)):
            if len(units) and (units.min() < 0 or units.max() >= size):
                wrong = units.min() if units.min() < 0 else units.max()
                raise InputError(
                    f"EdgeList.{name}: names unit {wrong} of a population of {size}; give units 0 to {size - 1}"
                )
        order = np.lexsort((self.target, self.source))
        source, target = (units[order].astype(np.int32) for units in (self.source, self.target))
        return Edges(source, target, self.factor[order].astype(np.float64))


@dataclass(frozen=True, repr=False)
class ReceptiveFields(Connectivity):
    """Connect each target to one patch of an image through a Gabor filter; sources are the image's pixels, row by row.

    Parameters
    ----------
    filters : GaborPatches
        The filters, whose values multiply the weight.
    """

    filters: GaborPatches = GaborPatches()

    def draw(self, n_source: int, n_target: int, generator: np.random.Generator) -> Edges:
        """Draw one filter for each target and return its pixels as edges.

        Parameters
        ----------
        n_source : int
            Number of pixels.
        n_target : int
            Number of filters.
        generator : numpy.random.Generator
            Source of the random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target; `factor` holds the values of the filters.

        Raises
        ------
        InputError
            If the number of sources is not the number of pixels of the image.
        """
        height, width = self.filters.image_shape
        if n_source != height * width:
            raise InputError(
                f"ReceptiveFields.filters: an image of {height} x {width} pixels needs {height * width} sources, "
                f"the population has {n_source}; make them equal"
            )
        matrix = self.filters.draw(n_target, generator).T.tocsr()
        matrix.sort_indices()
        source = np.repeat(np.arange(n_source, dtype=np.int32), np.diff(matrix.indptr))
        return Edges(source, matrix.indices.astype(np.int32), matrix.data.astype(np.float64))
