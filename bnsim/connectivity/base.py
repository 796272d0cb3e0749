"""Base class of connectivity: which units are connected and by which factor, as index arrays drawn from a key."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, Int32Array, IntArray
from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.pairs import in_order
from bnsim.random_numbers import Numbers, stream
from bnsim.recipe import Block, Rule


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
    def sorted(cls, source: IntArray, target: IntArray, factor: Float64Array | None = None) -> Edges:
        """Return edges in any order as edges in order.

        Parameters
        ----------
        source, target : ndarray of int, shape (n_synapses,)
            Units below 2**31.
        factor : ndarray of float64, shape (n_synapses,), optional
            Factor of each synapse; None for none.

        Returns
        -------
        Edges
            Sorted by source, then target; synapses of the same pair stay in their order.
        """
        if factor is None:
            return cls(*in_order(source, target))
        order = np.argsort((source.astype(np.int64) << 32) | target, kind="stable")
        return cls(source[order].astype(np.int32), target[order].astype(np.int32), factor[order])


@dataclass(frozen=True)
class Ends:
    """The populations that a projection connects.

    Parameters
    ----------
    n_source, n_target : int
        Their sizes.
    recurrent : bool
        Whether they are one and the same, so that unit k of the one is unit k of the other.
    source_positions, target_positions : ndarray of float64, shape (unit, dimension), optional
        Where their units lie, in metres; None for populations without positions.
    period : tuple of float, optional
        Length in metres after which space repeats itself in each dimension; None where it has borders.
    """

    n_source: int
    n_target: int
    recurrent: bool = False
    source_positions: Float64Array | None = None
    target_positions: Float64Array | None = None
    period: tuple[float, ...] | None = None

    def block(self, rule: Rule, amount: float, name: str, *, autapses: bool) -> Block:
        """Return random pairs of all units of both populations.

        Parameters
        ----------
        rule : {"probability", "in_degree", "out_degree", "total_number"}
            How they are chosen.
        amount : float
            The probability, the degree or the number of pairs.
        name : str
            Name of the stream of random numbers.
        autapses : bool
            Whether a unit may be paired with itself.

        Returns
        -------
        Block
            The pairs, in numbers.
        """
        own = autapses or not self.recurrent
        return Block(rule, (0, self.n_source), (0, self.n_target), amount, own, stream(name))

    def part(self, source: slice, target: slice, *, recurrent: bool) -> Ends:
        """Return some units of both populations as populations of their own.

        Parameters
        ----------
        source, target : slice
            First and last unit, as in `slice(0, 10)`.
        recurrent : bool
            Whether they are the same units.

        Returns
        -------
        Ends
            With their positions, where they have any.
        """
        of_source, of_target = self.source_positions, self.target_positions
        return Ends(
            source.stop - source.start,
            target.stop - target.start,
            recurrent,
            None if of_source is None else of_source[source],
            None if of_target is None else of_target[target],
            self.period,
        )

    def distance(self, source: IntArray, target: IntArray) -> Float64Array:
        """Return the distance between the units of pairs.

        Parameters
        ----------
        source, target : ndarray of int, shape (pair,)
            The pairs, of populations that have positions.

        Returns
        -------
        ndarray of float64, shape (pair,)
            In metres; across the border of a space that repeats itself, where that is shorter.
        """
        assert self.source_positions is not None
        assert self.target_positions is not None
        squared: Float64Array = np.zeros(len(source))
        for dimension in range(self.source_positions.shape[1]):
            between = self.target_positions[target, dimension] - self.source_positions[source, dimension]
            if self.period is not None:
                between -= self.period[dimension] * np.round(between / self.period[dimension])
            squared += between**2
        return np.sqrt(squared)


def equal_sizes(culprit: str, ends: Ends) -> None:
    """Refuse populations of different sizes.

    Parameters
    ----------
    culprit : str
        Name of the rule, for the message of an error.
    ends : Ends
        The populations.

    Raises
    ------
    InputError
        If the populations differ in size.
    """
    if ends.n_source != ends.n_target:
        raise InputError(
            f"{culprit}: {ends.n_source} sources and {ends.n_target} targets; give populations of equal size"
        )


def degree(culprit: str, value: object) -> int:
    """Return a number of synapses of each unit.

    Parameters
    ----------
    culprit : str
        What it was given as, for the message of an error.
    value : object
        The value to check.

    Returns
    -------
    int
        The number.

    Raises
    ------
    InputError
        If it is no whole number of at least 0.
    """
    if isinstance(value, float) and 0 < value < 1:
        raise InputError(
            f"{culprit}: {value:g} is no number of synapses; for a probability give FixedProbability({value:g})"
        )
    return checks.count(culprit, value, minimum=0)


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

    @property
    def spatial(self) -> bool:
        """Whether both populations must have positions."""
        return False

    @property
    def scattered(self) -> bool:
        """Whether the targets of a unit lie here and there in the population; False where they follow one another."""
        return True

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations; their positions are not known yet.

        Raises
        ------
        InputError
            If their sizes do not fit.
        """

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
        return None

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
