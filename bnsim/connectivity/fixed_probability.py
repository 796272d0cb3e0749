"""Random connectivity with a probability that is the same for all pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Int32Array, Int64Array
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.quantiles import log
from bnsim.random_numbers import Numbers

BLOCK = 2**15
"""Random numbers at once: as many as stay in the processor's cache."""


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
        sources, targets = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for source, target in chosen_pairs(ends, float(self.probability), numbers):
            keep = source != target if ends.recurrent and not self.autapses else slice(None)
            sources.append(source[keep])
            targets.append(target[keep])
        return Edges(np.concatenate(sources), np.concatenate(targets))


def chosen_pairs(ends: Ends, probability: float, numbers: Numbers) -> Iterator[tuple[Int32Array, Int32Array]]:
    """Choose each pair with the same probability, a block of sources at a time.

    Parameters
    ----------
    ends : Ends
        The populations.
    probability : float
        In [0, 1].
    numbers : Numbers
        The random numbers.

    Yields
    ------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    if probability == 0:
        return
    places = _places(ends.n_target * probability)
    rows = max(1, BLOCK // places)
    for start in range(0, ends.n_source, rows):
        block = np.arange(start, min(start + rows, ends.n_source))
        yield _chosen(block, ends.n_target, probability, numbers, places)


def _places(mean: float) -> int:
    """How many numbers a row is given at a time, a multiple of 4: rarely fewer than it needs."""
    return 4 * math.ceil((mean + 4 * math.sqrt(mean) + 4) / 4)


def _chosen(
    rows: Int64Array, n_target: int, probability: float, numbers: Numbers, places: int
) -> tuple[Int32Array, Int32Array]:
    """Pairs of some rows; those whose end is not reached go on, `places` numbers at a time."""
    logarithm = math.log1p(-probability) if probability < 1 else -math.inf
    sources, targets = [], []
    last, first = np.full(len(rows), -1.0), 0
    while len(rows):
        steps = np.floor(log(numbers.rows(rows, places, first)) / logarithm) + 1
        position = last[:, None] + np.cumsum(steps, axis=1)
        inside = position < n_target
        sources.append(np.repeat(rows, inside.sum(axis=1)).astype(np.int32))
        targets.append(position[inside].astype(np.int32))
        on = inside[:, -1]
        rows, last, first = rows[on], position[on, -1], first + places
    if len(sources) == 1:
        return sources[0], targets[0]
    edges = Edges.sorted(np.concatenate(sources), np.concatenate(targets))
    return edges.source, edges.target
