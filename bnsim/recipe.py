"""How the synapses of a projection are drawn, in numbers alone: what stands in a state in the place of many synapses.

A recipe holds rules, sizes and keys. A compiled program draws the synapses from it when it starts, so that a network of
some hundred million synapses takes no memory in Python; and Python draws the same ones, to the last bit, whenever they
are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bnsim import pairs
from bnsim.arrays import Float64Array, Int64Array
from bnsim.memory import check_fits
from bnsim.quantiles import normal_quantile
from bnsim.random_numbers import Numbers

RECIPE, RECIPE_VALUES = ".recipe", ".recipe_values"
"""What follows a projection's name in those of the arrays that hold its recipe."""

Rule = Literal["probability", "in_degree", "out_degree", "total_number"]
Kind = Literal["one", "uniform", "normal"]

RULES, KINDS = get_args(Rule), get_args(Kind)

MANY = 10**6
"""Synapses of a projection from which on a state holds a recipe: so many pairs there must be."""

N_PARAMETERS = 8
"""Numbers that values are drawn with, at most."""

SMALLEST = 1.5e-11
"""Probability from which on compiled programs have the quantile of the normal distribution."""


def in_single_precision(weights: Float64Array) -> Float64Array:
    """Return weights that are rounded to single precision.

    Parameters
    ----------
    weights : ndarray of float64
        The weights.

    Returns
    -------
    ndarray of float64
        The nearest numbers that single precision has.
    """
    return weights.astype(np.float32).astype(np.float64)


@dataclass(frozen=True)
class Block:
    """Random pairs of some sources and some targets (see `bnsim.pairs`).

    Parameters
    ----------
    rule : {"probability", "in_degree", "out_degree", "total_number"}
        How they are chosen.
    source, target : tuple of int
        First unit and number of units.
    amount : float
        The probability, the degree or the number of pairs.
    own : bool
        Whether unit k of the sources may be paired with unit k of the targets.
    stream : int
        Identity of the stream of random numbers.
    factor : float
        By which weights are multiplied.
    """

    rule: Rule
    source: tuple[int, int]
    target: tuple[int, int]
    amount: float
    own: bool
    stream: int
    factor: float = 1.0

    @property
    def n_expected(self) -> float:
        """How many pairs there are, in the mean."""
        n_source, n_target = self.source[1], self.target[1]
        of_one = {"probability": n_source * n_target, "in_degree": n_target, "out_degree": n_source, "total_number": 1}
        return self.amount * of_one[self.rule]

    def draw(self, key: int) -> pairs.Pairs:
        """Return the pairs.

        Parameters
        ----------
        key : int
            Key of the random numbers.

        Returns
        -------
        source, target : ndarray of int32
            Sorted by source, then target, counted from the first units.
        """
        sizes, numbers = (self.source[1], self.target[1]), Numbers(key, self.stream)
        if self.rule == "probability":
            return pairs.all_by_probability(*sizes, self.amount, numbers, own=self.own)
        draw = {
            "in_degree": pairs.by_in_degree,
            "out_degree": pairs.by_out_degree,
            "total_number": pairs.by_total_number,
        }[self.rule]
        return draw(*sizes, int(self.amount), numbers, own=self.own)


@dataclass(frozen=True)
class Values:
    """Values in SI units, each of which is the quantile of a random number.

    Parameters
    ----------
    kind : {"one", "uniform", "normal"}
        Their distribution; "one" if all are alike.
    parameters : tuple of float
        one: the value. uniform: the lowest one and the width. normal: mean and standard deviation; whether it is
        truncated (1 or 0); then the probability below the lower bound, that within the bounds, that above the upper
        bound, and the bounds.
    stream : int
        Identity of the stream of random numbers.
    """

    kind: Kind
    parameters: tuple[float, ...]
    stream: int = 0

    @property
    def extent(self) -> tuple[float, float]:
        """Smallest and largest value, infinite where there is no bound."""
        if self.kind == "one":
            return self.parameters[0], self.parameters[0]
        if self.kind == "uniform":
            low, width = self.parameters
            return low, low + width
        return self.parameters[6], self.parameters[7]

    @property
    def compiles(self) -> bool:
        """Whether a compiled program can draw them: it knows no quantile that is farther out than its numbers reach."""
        if self.kind != "normal" or not self.parameters[2]:
            return True
        below, within, above = self.parameters[3:6]
        return min(below, above) + 2.0**-33 * within >= SMALLEST

    def quantile(self, probability: Float64Array) -> Float64Array:
        """Return the values at these probabilities; each tail is computed from its own end.

        Parameters
        ----------
        probability : ndarray of float64
            Above 0 and below 1.

        Returns
        -------
        ndarray of float64
            Of the same shape.
        """
        if self.kind == "one":
            return np.full(np.shape(probability), self.parameters[0])
        if self.kind == "uniform":
            low, width = self.parameters
            return low + width * probability
        mean, deviation, truncated, below, within, above, low, high = self.parameters
        if truncated:
            lower, upper = below + probability * within, above + (1.0 - probability) * within
            z = np.where(lower < 0.5, 1.0, -1.0) * normal_quantile(np.minimum(lower, upper))
        else:
            z = normal_quantile(probability)
        values: Float64Array = np.clip(mean + deviation * z, low, high)  # rounding alone would leave the bounds
        return values

    def draw(self, lengths: Int64Array, key: int) -> Float64Array:
        """Draw values, row by row.

        Parameters
        ----------
        lengths : ndarray of int, shape (row,)
            How many values there are in each row.
        key : int
            Key of the random numbers.

        Returns
        -------
        ndarray of float64, shape (sum(lengths),)
            The values of all rows, one after the other.
        """
        if self.kind == "one":
            return np.full(int(np.sum(lengths)), self.parameters[0])
        return Numbers(key, self.stream).quantiles(self.quantile, lengths)


@dataclass(frozen=True)
class Recipe:
    """How the synapses of a projection are drawn.

    Parameters
    ----------
    key : int
        Key of the random numbers, from 0 to 2**64 - 1.
    n_source, n_target : int
        Sizes of the populations.
    blocks : tuple of Block
        Their pairs; the targets of each lie behind those of the blocks before it, or are the same ones.
    weights : Values
        Weights in SI units.
    single : bool
        Whether weights are rounded to single precision.
    delays : Values or None
        Delays in seconds, where each synapse has one of its own.
    """

    key: int
    n_source: int
    n_target: int
    blocks: tuple[Block, ...]
    weights: Values
    single: bool
    delays: Values | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the arrays that it gives."""
        return ("source", "target", "w", *(() if self.delays is None else ("delay",)))

    @property
    def n_expected(self) -> float:
        """How many synapses there are, in the mean."""
        return sum(block.n_expected for block in self.blocks)

    @property
    def alike(self) -> bool:
        """Whether all synapses have one weight."""
        return self.weights.kind == "one" and len({block.factor for block in self.blocks}) <= 1

    @property
    def extent(self) -> tuple[float, float]:
        """Smallest and largest weight that can be drawn, infinite where there is no bound."""
        products = np.multiply.outer(self.weights.extent, [block.factor for block in self.blocks] or [1.0])
        return float(products.min()), float(products.max())

    @property
    def longest_delay(self) -> float:
        """Longest delay in seconds that can be drawn; 0 where synapses have none of their own."""
        return self.delays.extent[1] if self.delays is not None else 0.0

    def edges(self) -> tuple[pairs.Pairs, Float64Array]:
        """Draw the synapses.

        Returns
        -------
        pairs : tuple of two ndarray of int32, shape (n_synapses,)
            Source and target of each, sorted by source, then target.
        factor : ndarray of float64, shape (n_synapses,)
            By which each weight is multiplied.

        Raises
        ------
        InputError
            If they do not fit into memory.
        """
        check_fits("State", 24.0 * self.n_expected, "leave its synapses to the simulation, which takes less for them")
        sources, targets, factors = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0)]
        for block in self.blocks:
            own = block.draw(self.key)
            sources.append(own[0] + np.int32(block.source[0]))
            targets.append(own[1] + np.int32(block.target[0]))
            factors.append(np.full(len(own[0]), block.factor))
        source, target, factor = np.concatenate(sources), np.concatenate(targets), np.concatenate(factors)
        if len(self.blocks) > 1:
            order = np.lexsort((target, source))
            source, target, factor = source[order], target[order], factor[order]
        return (source, target), factor

    def arrays(self) -> dict[str, np.ndarray]:
        """Draw the synapses with their weights and delays.

        Returns
        -------
        dict of str to ndarray
            The `parts`, in SI units.

        Raises
        ------
        InputError
            If they do not fit into memory.
        """
        (source, target), factor = self.edges()
        lengths = np.bincount(source)
        weights = self.weights.draw(lengths, self.key) * factor
        if self.single:
            weights = in_single_precision(weights)
        arrays: dict[str, np.ndarray] = {"source": source, "target": target, "w": weights}
        if self.delays is not None:
            arrays["delay"] = self.delays.draw(lengths, self.key)
        return arrays

    def numbers(self) -> tuple[Int64Array, Float64Array]:
        """Return the recipe as two arrays, which a compiled program reads.

        Returns
        -------
        whole : ndarray of int64
            Words of the key, low and high; sizes; whether weights are single; kind and stream of weights and
            delays, kind -1 for no delays; the number of blocks; for each rule, first unit and number of sources and of
            targets, degree or number of pairs, whether units may be paired with themselves, and stream.
        real : ndarray of float64
            Parameters of weights and delays, `N_PARAMETERS` each; for each block the probability, the logarithm of its
            complement, and the factor.
        """
        delays = Values("one", (0.0,)) if self.delays is None else self.delays
        kinds = [KINDS.index(self.weights.kind), -1 if self.delays is None else KINDS.index(delays.kind)]
        whole = [self.key & 0xFFFFFFFF, self.key >> 32, self.n_source, self.n_target, self.single]
        whole += [kinds[0], self.weights.stream, kinds[1], delays.stream, len(self.blocks)]
        real = [*_padded(self.weights.parameters), *_padded(delays.parameters)]
        for block in self.blocks:
            by_probability = block.rule == "probability"
            number, probability = (0, block.amount) if by_probability else (int(block.amount), 0.0)
            whole += [RULES.index(block.rule), *block.source, *block.target, number, block.own, block.stream]
            real += [probability, pairs.of_others(probability), block.factor]
        return np.array(whole, np.int64), np.array(real, np.float64)

    @classmethod
    def of(cls, whole: Int64Array, real: Float64Array) -> Recipe:
        """Read a recipe from two arrays.

        Parameters
        ----------
        whole, real : ndarray
            As `numbers` returns them.

        Returns
        -------
        Recipe
            The recipe.

        Raises
        ------
        ValueError
            If they hold none.
        """
        head, per_block = 10, 8
        n_blocks = int(whole[head - 1]) if len(whole) >= head else -1
        if len(whole) != head + per_block * n_blocks or len(real) != 2 * N_PARAMETERS + 3 * n_blocks:
            raise ValueError("a recipe is of another length")
        low, high, n_source, n_target, single, *values, _ = whole[:head].tolist()
        kinds = [values[0], max(values[2], 0)]
        if not (0 <= low < 2**32 and 0 <= high < 2**32 and all(0 <= kind < len(KINDS) for kind in kinds)):
            raise ValueError("a recipe holds a number that is none of its kind")
        of_blocks = zip(whole[head:].reshape(-1, per_block), real[2 * N_PARAMETERS :].reshape(-1, 3), strict=True)
        recipe = cls(
            key=low | high << 32,
            n_source=n_source,
            n_target=n_target,
            blocks=tuple(_block(*numbers, n_source, n_target) for numbers in of_blocks),
            weights=_values(kinds[0], values[1], real[:N_PARAMETERS]),
            single=bool(single),
            delays=None if values[2] < 0 else _values(kinds[1], values[3], real[N_PARAMETERS : 2 * N_PARAMETERS]),
        )
        if not all(np.array_equal(*both, equal_nan=True) for both in zip(recipe.numbers(), (whole, real), strict=True)):
            raise ValueError("a recipe holds a number that is none of its kind")
        return recipe


_LENGTHS = {"one": 1, "uniform": 2, "normal": N_PARAMETERS}
"""Number of parameters of each kind of values."""


def _padded(parameters: tuple[float, ...]) -> list[float]:
    return [*parameters, *[0.0] * (N_PARAMETERS - len(parameters))]


def _values(kind: int, stream: int, parameters: Float64Array) -> Values:
    return Values(KINDS[kind], tuple(parameters[: _LENGTHS[KINDS[kind]]].tolist()), stream)


def _block(whole: Int64Array, real: Float64Array, n_source: int, n_target: int) -> Block:
    rule, first, n_first, second, n_second, number, own, stream = whole.tolist()
    probability, _, factor = real.tolist()
    inside = 0 <= first <= first + n_first <= n_source and 0 <= second <= second + n_second <= n_target
    if not (0 <= rule < len(RULES) and inside and number >= 0 and 0 <= probability <= 1 and 0 <= stream < 2**32):
        raise ValueError("a recipe holds a number that is none of its kind")
    amount = probability if RULES[rule] == "probability" else number
    return Block(RULES[rule], (first, n_first), (second, n_second), amount, bool(own), stream, factor)
