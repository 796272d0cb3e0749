"""Random connectivity with a given number of synapses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim import checks
from bnsim.arrays import Int64Array
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.errors import InputError
from bnsim.pairs import by_total_number, numbered, separated
from bnsim.random_numbers import Numbers
from bnsim.recipe import Block


@dataclass(frozen=True, repr=False)
class FixedTotalNumber(Connectivity):
    """Make a given number of synapses, the source and target of each being drawn uniformly and with replacement.

    So a source may be connected to a target several times (multapses); `multapses=False` draws without replacement.

    Parameters
    ----------
    number : int
        Synapses in all.
    multapses : bool
        Whether a source may be connected to a target several times.
    autapses : bool
        Whether a unit may be connected to itself, in a projection of a population onto itself.

    Raises
    ------
    InputError
        If the number is no whole number of at least 0.

    Notes
    -----
    Both are allowed by default, as in NEST's `fixed_total_number`. In- and out-degrees are then multinomial. There is
    one row of random numbers, row 0: places 2 k and 2 k + 1 are source and target of pair k. Without multapses the
    first `number` different pairs are connected; where that is more than half of all pairs, the first different ones
    that are to be left out are drawn instead.
    """

    number: int
    multapses: bool = True
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("FixedTotalNumber.number", self.number, minimum=0)

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If there are too few pairs.
        """
        available = ends.n_source * self._others(ends)
        if self.number > available and not (self.multapses and available):
            raise InputError(
                f"FixedTotalNumber.number: {self.number} synapses for {available} pairs; "
                "lower the number or allow multapses and autapses"
            )

    def _others(self, ends: Ends) -> int:
        """Number of targets that a source may be connected to."""
        return ends.n_target if self.autapses or not ends.recurrent else ends.n_target - 1

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
        return (ends.block("total_number", self.number, name, autapses=self.autapses),)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the pairs.

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
            If there are too few pairs.
        """
        self.check(ends)
        others = self._others(ends)
        own, available = others == ends.n_target, ends.n_source * others
        if self.multapses:
            return Edges(*by_total_number(ends.n_source, ends.n_target, self.number, numbers, own=own))
        if 2 * self.number <= available:
            pairs = _different(numbers, ends.n_source, others, self.number)
        else:
            chosen = np.ones(available, bool)
            chosen[_different(numbers, ends.n_source, others, available - self.number)] = False
            pairs = np.flatnonzero(chosen)
        return Edges(*separated(pairs, others, own=own))


def _different(numbers: Numbers, n_source: int, n_target: int, number: int) -> Int64Array:
    """The first different pairs, sorted."""
    pairs, drawn = _once(numbered(numbers, n_source, n_target, 0, number)), number
    while len(pairs) < number:
        missing = number - len(pairs)
        more = _once(numbered(numbers, n_source, n_target, drawn, missing))
        place = np.searchsorted(pairs, more)
        new = pairs[np.minimum(place, len(pairs) - 1)] != more
        pairs, drawn = np.insert(pairs, place[new], more[new]), drawn + missing
    return pairs


def _once(pairs: Int64Array) -> Int64Array:
    """Each pair once, sorted: what `numpy.unique` does, which takes sixty times as long in NumPy 2.3."""
    pairs = np.sort(pairs)
    return pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
