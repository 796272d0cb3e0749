"""What is handed to a back end and what comes back: plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bnsim.arrays import Float64Array, Int32Array, Int64Array
from bnsim.encoding.base import Drive
from bnsim.errors import DivergenceError


@dataclass(frozen=True)
class Job:
    """A chunk of trials.

    state: arrays by name (see `bnsim.state`). drives: by population, (trial, unit). signals: by (projection, signal),
    (trial, unit) or (trial,). correct: the unit that a reward is given for, (trial,), -1 where none is. keys: the two
    words of each trial's key, (trial, 2). record: populations whose spike times and traces are wanted.
    profile: whether to time each object.
    """

    state: Mapping[str, np.ndarray]
    drives: Mapping[str, Drive]
    signals: Mapping[tuple[str, str], Float64Array]
    correct: Int64Array
    keys: Int64Array
    plastic: bool
    record: frozenset[str]
    profile: bool = False

    @property
    def n_trials(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Outcome:
    """What a chunk returned.

    state: the arrays that changed. counts: by population, (trial, unit). spikes: by population, (unit, time in seconds,
    end), spikes of trial k being end[k - 1] to end[k]. traces: by (population, variable), (trial x step, unit).
    presentations: how often each trial was presented, (trial,). seconds: by object, where that was asked for.
    """

    state: dict[str, np.ndarray]
    counts: dict[str, Int32Array]
    spikes: dict[str, tuple[Int32Array, Float64Array, Int64Array]]
    traces: dict[tuple[str, str], Float64Array]
    presentations: Int64Array
    seconds: dict[str, float] = field(default_factory=dict)


def diverged(name: str) -> DivergenceError:
    """The error for a variable that became NaN or infinite."""
    return DivergenceError(
        f"simulation: {name} became NaN or infinite; choose a smaller dt or weaker weights (exact integration also "
        "fails where a synapse's time constant equals the membrane's: make them differ)"
    )
