"""One-to-one connectivity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.connectivity.base import Connectivity, Edges, Ends, equal_sizes
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class OneToOne(Connectivity):
    """Connect unit k to unit k, between populations of equal size."""

    @property
    def scattered(self) -> bool:
        """False: what follows one another reaches targets that follow one another."""
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
        equal_sizes("OneToOne", ends)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Return the pairs of equal index.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
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
        self.check(ends)
        index = np.arange(ends.n_source, dtype=np.int32)
        return Edges(index, index)
