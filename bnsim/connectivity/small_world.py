"""Small-world connectivity: a ring of neighbours of which some are exchanged for units anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim import checks
from bnsim.arrays import BoolArray, Int64Array
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.connectivity.sampling import TAKEN
from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class SmallWorld(Connectivity):
    """Connect each unit to its neighbours on a ring, and rewire some of these synapses to targets anywhere.

    Parameters
    ----------
    neighbours : int
        Synapses that begin at each unit, half of them to either side: an even number.
    rewiring : float
        Probability that a synapse is rewired, in [0, 1].

    Raises
    ------
    InputError
        If the number of neighbours is not even or not above 0, or the probability is above 1.

    Notes
    -----
    The synapses of each unit are taken in the order +1, -1, +2, -2, ... of their distance; a rewired one gets a target
    that is uniform among all units but the unit itself and the targets it has (its neighbours that were not rewired,
    and those found before). There are neither autapses nor multapses, and every out-degree is `neighbours`. With k
    neighbours of n units the clustering coefficient falls from 3 (k - 2) / (4 (k - 1)) at rewiring 0 about as
    (1 - rewiring)^3, and the mean path length from n / (2 k) towards that of a random graph, ln n / ln k.

    Place j of a row decides whether synapse j is rewired; attempts 1, 2, ... to find its target take places k + j,
    2 k + j, ...

    Deviation: Watts and Strogatz rewire undirected edges. Here the two directions between a pair of units are two
    synapses, each rewired on its own.

    References
    ----------
    D. Watts and S. Strogatz, Collective dynamics of small-world networks, Nature 393 (1998) 440-442; A. Barrat and M.
    Weigt, On the properties of small-world network models, European Physical Journal B 13 (2000) 547-560, for the
    clustering coefficient.
    """

    neighbours: int
    rewiring: float = parameter(0.1, minimum=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("SmallWorld.neighbours", self.neighbours, minimum=2)
        if self.neighbours % 2:
            raise InputError(f"SmallWorld.neighbours: {self.neighbours} is odd; give as many to either side")
        if self.rewiring > 1:
            raise InputError(f"SmallWorld.rewiring: {self.rewiring} is above 1; give a probability")

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If source and target are different populations, or the ring has too few units.
        """
        if not ends.recurrent:
            raise InputError("SmallWorld: source and target are different populations; connect a population to itself")
        n = ends.n_source
        if self.neighbours >= n:
            raise InputError(f"SmallWorld.neighbours: {self.neighbours} of a ring of {n} units; give fewer than {n}")

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the targets of each unit.

        Parameters
        ----------
        ends : Ends
            The population, as source and target.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If source and target are different populations, or the ring has too few units.
        """
        self.check(ends)
        n = ends.n_source
        size = max(1, TAKEN // n)
        blocks = [np.arange(start, min(start + size, n)) for start in range(0, n, size)]
        targets = [np.nonzero(self._connected(rows, n, numbers))[1].astype(np.int32) for rows in blocks]
        return Edges(np.repeat(np.arange(n, dtype=np.int32), self.neighbours), np.concatenate(targets))

    def _connected(self, rows: Int64Array, n: int, numbers: Numbers) -> BoolArray:
        """Which targets (row, unit) the rows have."""
        k = self.neighbours
        steps = np.arange(1, k // 2 + 1)
        neighbour = (rows[:, None] + np.stack([steps, -steps], axis=1).ravel()) % n
        rewired = numbers.rows(rows, k) < self.rewiring
        index = np.arange(len(rows))
        taken = np.zeros((len(rows), n), bool)
        taken[index, rows] = True  # the unit itself
        taken[np.nonzero(~rewired)[0], neighbour[~rewired]] = True
        for synapse in range(k):
            open_, attempt = index[rewired[:, synapse]], 0
            while len(open_):
                attempt += 1
                target = (numbers.at(rows[open_], attempt * k + synapse) * n).astype(np.int64)
                free = ~taken[open_, target]
                taken[open_[free], target[free]] = True
                open_ = open_[~free]
        taken[index, rows] = False
        return taken
