"""All-to-all connectivity, with and without the unit of the same index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.connectivity.base import Connectivity, Edges, Ends, equal_sizes
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class AllToAll(Connectivity):
    """Connect every source to every target.

    Parameters
    ----------
    autapses : bool
        Whether a unit is connected to itself, in a projection of a population onto itself.
    """

    autapses: bool = True

    @property
    def scattered(self) -> bool:
        """False: the targets of a unit follow one another."""
        return False

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Return all pairs.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
            Not used.

        Returns
        -------
        Edges
            Sorted by source, then target.
        """
        return _pairs(ends, without_diagonal=ends.recurrent and not self.autapses)


@dataclass(frozen=True, repr=False)
class AllToOthers(Connectivity):
    """Connect unit k to every unit but unit k, between populations of equal size: the complement of `OneToOne`.

    So an inhibitory unit reaches all cells but the one that drives it.
    """

    @property
    def scattered(self) -> bool:
        """False: the targets of a unit follow one another."""
        return False

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If the populations differ in size.
        """
        equal_sizes("AllToOthers", ends)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Return all pairs of different index.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
            Not used.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If the populations differ in size.
        """
        self.check(ends)
        return _pairs(ends, without_diagonal=True)


def _pairs(ends: Ends, *, without_diagonal: bool) -> Edges:
    source = np.repeat(np.arange(ends.n_source, dtype=np.int32), ends.n_target)
    target = np.tile(np.arange(ends.n_target, dtype=np.int32), ends.n_source)
    if without_diagonal:
        keep = source != target
        source, target = source[keep], target[keep]
    return Edges(source, target)
