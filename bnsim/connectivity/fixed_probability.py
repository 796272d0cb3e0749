"""Random connectivity with a probability that is the same for all pairs."""

from __future__ import annotations

from dataclasses import dataclass

from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.pairs import all_by_probability
from bnsim.random_numbers import Numbers
from bnsim.recipe import Block


@dataclass(frozen=True, repr=False)
class FixedProbability(Connectivity):
    """Connect each pair independently with the same probability.

    Parameters
    ----------
    probability : float
        In [0, 1].
    autapses : bool
        Whether a unit may be connected to itself, in a projection of a population onto itself.

    Raises
    ------
    InputError
        If the probability is above 1.

    Notes
    -----
    In- and out-degrees are binomial. Between two connected targets of a source there are floor(ln u / ln(1 - p))
    others, u being its next random number: a geometric number, so that only edges cost time.
    """

    probability: float = parameter(0.1, minimum=0)
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.probability > 1:
            raise InputError(f"FixedProbability.probability: {self.probability} is above 1; give a value in [0, 1]")

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
        return (ends.block("probability", float(self.probability), name, autapses=self.autapses),)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the connected pairs.

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
        """
        own = self.autapses or not ends.recurrent
        return Edges(*all_by_probability(ends.n_source, ends.n_target, float(self.probability), numbers, own=own))
