"""Random connectivity in which every target has equally many inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.connectivity.base import Connectivity, Edges, Ends, degree
from bnsim.connectivity.sampling import different
from bnsim.errors import InputError
from bnsim.pairs import by_in_degree, by_source
from bnsim.random_numbers import Numbers
from bnsim.recipe import Block


@dataclass(frozen=True, repr=False)
class FixedInDegree(Connectivity):
    """Connect every target to as many sources, which are drawn uniformly and with replacement: a fixed in-degree.

    So a source may be connected to a target several times (multapses); `multapses=False` draws without replacement.

    Parameters
    ----------
    degree : int
        Synapses that end on each target.
    multapses : bool
        Whether a source may be connected to a target several times.
    autapses : bool
        Whether a unit may be connected to itself, in a projection of a population onto itself.

    Raises
    ------
    InputError
        If the degree is no whole number of at least 0.

    Notes
    -----
    Both are allowed by default, as in NEST's `fixed_indegree`. The out-degrees are then binomial, with n_target x
    degree trials of probability 1 / n_source. The row of the random numbers is the target unit, the place the number of
    its input.
    """

    degree: int
    multapses: bool = True
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        degree("FixedInDegree.degree", self.degree)

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If there are too few sources for as many inputs.
        """
        own = self.autapses or not ends.recurrent
        available = ends.n_source if own else ends.n_source - 1
        if self.degree > available and not (self.multapses and available):
            raise InputError(
                f"FixedInDegree.degree: {self.degree} inputs from {available} sources; "
                "lower the degree or allow multapses and autapses"
            )

    def blocks(self, ends: Ends, name: str) -> tuple[Block, ...] | None:
        """Return the rule as blocks of random pairs, which a compiled program can draw.

        Parameters
        ----------
        ends : Ends
            The populations.
        name : str
            Name of the stream of random numbers.

        Returns
        -------
        tuple of Block or None
            What `draw` draws from this stream; None where only `draw` can.
        """
        if not self.multapses:
            return None
        self.check(ends)
        return (ends.block("in_degree", self.degree, name, autapses=self.autapses),)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the sources of each target.

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
            If there are too few sources for as many inputs.
        """
        self.check(ends)
        own = self.autapses or not ends.recurrent
        if self.multapses:
            return Edges(*by_in_degree(ends.n_source, ends.n_target, self.degree, numbers, own=own))
        sources = np.empty((ends.n_target, self.degree), np.int32)
        for rows, units in different(numbers, ends.n_target, self.degree, ends.n_source, own=own):
            sources[rows] = units
        return Edges(*by_source(sources, ends.n_source))
