"""Base class of connectivity: which units are connected and by which factor, as index arrays drawn from a key."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Float64Array, Int32Array, IntArray
from bnsim.description import Description
from bnsim.random_numbers import Numbers


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

    @classmethod
    def sorted(cls, source: IntArray, target: IntArray) -> Edges:
        """Return edges in any order as edges in order.

        Parameters
        ----------
        source, target : ndarray of int, shape (n_synapses,)
            Units below 2**31.

        Returns
        -------
        Edges
            Sorted by source, then target.
        """
        both = np.sort((source.astype(np.int64) << 32) | target)
        return cls((both >> 32).astype(np.int32), both.astype(np.int32))


@dataclass(frozen=True)
class Ends:
    """The populations that a projection connects.

    Parameters
    ----------
    n_source, n_target : int
        Their sizes.
    recurrent : bool
        Whether they are one and the same, so that unit k of the one is unit k of the other.
    """

    n_source: int
    n_target: int
    recurrent: bool = False


@dataclass(frozen=True, repr=False)
class Connectivity(Description, abstract=True):
    """Rule that draws the edges of a projection. Subclass it to write your own.

    Notes
    -----
    A rule takes its random numbers by row and place, so that no edge depends on how many are drawn at once. The row is
    the source unit where the rule's docstring names no other.

    `autapses`, where a rule has it, concerns projections of a population onto itself: whether a unit may be connected
    to itself. Between two populations there is nothing to exclude.
    """

    @abstractmethod
    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the edges.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If the populations do not fit.
        """
