"""Connectivity of populations that consist of groups, such as the layers of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from bnsim import checks
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers
from bnsim.recipe import Block


@dataclass(frozen=True, repr=False)
class Blocks(Connectivity):
    """Connect groups of units, with a rule of its own for each pair of groups.

    So a few populations and projections describe a network of many groups, and compile as fast.

    Parameters
    ----------
    source_sizes, target_sizes : sequence of int
        Numbers of units of the groups, in the order of the units.
    rules : sequence of sequence of Connectivity or None
        `rules[i][j]` connects source group i to target group j; None where there are no synapses.
    factors : array of float, shape (source group, target group), optional
        `factors[i][j]` multiplies the weights of these synapses. Default: 1 for all.

    Raises
    ------
    InputError
        If a size is no whole number of at least 1, an entry is no rule, or rules or factors have another shape.

    Notes
    -----
    Each rule draws from a stream of its own, "<projection>:edges:<i>:<j>", as if the two groups were populations. A
    population projects onto itself with the same groups at both ends; the rules between a group and itself are then
    told so.

    Examples
    --------
    ::

        layers = bnsim.Blocks((80, 20), (80, 20), [[bnsim.FixedInDegree(8), None], [None, bnsim.FixedInDegree(2)]])
    """

    source_sizes: Sequence[int]
    target_sizes: Sequence[int]
    rules: Any
    factors: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("source_sizes", "target_sizes"):
            sizes = tuple(getattr(self, name))
            object.__setattr__(self, name, tuple(checks.count(f"Blocks.{name}", size) for size in sizes))
        shape = (len(self.source_sizes), len(self.target_sizes))
        rules = tuple(tuple(row) for row in self.rules)
        object.__setattr__(self, "rules", rules)
        if tuple(len(row) for row in rules) != (shape[1],) * shape[0]:
            raise InputError(
                f"Blocks.rules: rows of {', '.join(str(len(row)) for row in rules)} entries; "
                f"give {shape[0]} rows of {shape[1]}, one for each pair of groups"
            )
        for rule in (rule for row in rules for rule in row):
            if rule is not None and not isinstance(rule, Connectivity):
                raise InputError(f"Blocks.rules: {rule!r} is no Connectivity; give one, or None")
        if self.factors is not None:
            factors = np.asarray(self.factors, dtype=np.float64)
            if factors.shape != shape or not np.isfinite(factors).all():
                raise InputError(f"Blocks.factors: of shape {factors.shape}; give finite numbers of shape {shape}")
            object.__setattr__(self, "factors", factors)

    @property
    def spatial(self) -> bool:
        """Whether both populations must have positions: where one of the rules needs them."""
        return any(rule is not None and rule.spatial for row in self.rules for rule in row)

    @property
    def scattered(self) -> bool:
        """Whether one of the rules scatters targets."""
        return any(rule is not None and rule.scattered for row in self.rules for rule in row)

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If the sizes of the groups do not add up to those of the populations, or a rule does not fit its groups.
        """
        for name, size in (("source_sizes", ends.n_source), ("target_sizes", ends.n_target)):
            total = sum(getattr(self, name))
            if total != size:
                raise InputError(f"Blocks.{name}: add up to {total} for a population of {size}; give the size of each")
        for i, j in product(range(len(self.source_sizes)), range(len(self.target_sizes))):
            if self.rules[i][j] is not None:
                sizes = self.source_sizes[i], self.target_sizes[j]
                self.rules[i][j].check(Ends(*sizes, recurrent=ends.recurrent and i == j))

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
        self.check(ends)
        found = []
        for i, j, pair, begins in self._pairs(ends):
            blocks = self.rules[i][j].blocks(pair, f"{name}:{i}:{j}")
            if blocks is None or len(blocks) != 1:
                return None
            factor = 1.0 if self.factors is None else float(self.factors[i][j])
            sizes = (begins[0], pair.n_source), (begins[1], pair.n_target)
            found.append(replace(blocks[0], source=sizes[0], target=sizes[1], factor=factor))
        return tuple(found)

    def _pairs(self, ends: Ends) -> Iterator[tuple[int, int, Ends, tuple[int, int]]]:
        """Iterate over the pairs of groups that are connected: their numbers, units, and the first of these."""
        begins = [np.concatenate([[0], np.cumsum(sizes)]) for sizes in (self.source_sizes, self.target_sizes)]
        for i, j in product(range(len(self.source_sizes)), range(len(self.target_sizes))):
            if self.rules[i][j] is not None:
                units = [slice(int(begin[k]), int(begin[k + 1])) for begin, k in zip(begins, (i, j), strict=True)]
                pair = ends.part(*units, recurrent=ends.recurrent and i == j)
                yield i, j, pair, (units[0].start, units[1].start)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the edges of all pairs of groups.

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
            If the sizes of the groups do not add up to those of the populations.
        """
        self.check(ends)
        source, target, factor = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
        for i, j, pair, begins in self._pairs(ends):
            edges = self.rules[i][j].draw(pair, numbers.apart(f"{i}:{j}"))
            source.append(edges.source.astype(np.int64) + begins[0])
            target.append(edges.target.astype(np.int64) + begins[1])
            own = np.ones(len(edges.source)) if edges.factor is None else edges.factor
            factor.append(own if self.factors is None else own * self.factors[i][j])
        return Edges.sorted(np.concatenate(source), np.concatenate(target), np.concatenate(factor))
