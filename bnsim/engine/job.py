"""Input and output of a back end: plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bnsim.arrays import Float64Array, Int32Array, Int64Array
from bnsim.encoding.base import Drive
from bnsim.errors import DivergenceError


@dataclass(frozen=True)
class Job:
    """Chunk of trials to be run.

    Parameters
    ----------
    state : mapping of str to ndarray
        Arrays by name, in SI units (see `bnsim.state`).
    drives : mapping of str to Drive
        By population: an array of shape (trial, unit) in SI units, or a `SpikeRaster`.
    signals : mapping of (str, str) to ndarray of float64
        By projection and signal, of shape (trial, unit) or (trial,).
    correct : ndarray of int64, shape (trial,)
        The unit whose decision is rewarded; -1 where there is none.
    keys : ndarray of int64, shape (trial, 2)
        The two words of each trial's key.
    plastic : bool
        Whether learning is on.
    record : frozenset of str
        Populations whose spike times and traces are recorded.
    profile : bool
        Whether each object is timed.
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
    """Result of a chunk of trials.

    Parameters
    ----------
    state : dict of str to ndarray
        The arrays that changed, by name, in SI units.
    counts : dict of str to ndarray of int32, shape (trial, unit)
        Spike counts by population.
    spikes : dict of str to (ndarray of int32, ndarray of float64, ndarray of int64)
        By recorded population, the unit and the time in seconds of each spike, and for each trial the number of spikes
        up to its end: spikes of trial k are those from end[k - 1] to end[k].
    traces : dict of (str, str) to ndarray of float64, shape (trial x step, unit)
        Traces by population and variable, in SI units.
    presentations : ndarray of int64, shape (trial,)
        How often each trial was presented.
    seconds : dict of str to float
        Time taken by each object in seconds, where the job asks for it.
    """

    state: dict[str, np.ndarray]
    counts: dict[str, Int32Array]
    spikes: dict[str, tuple[Int32Array, Float64Array, Int64Array]]
    traces: dict[tuple[str, str], Float64Array]
    presentations: Int64Array
    seconds: dict[str, float] = field(default_factory=dict)


def diverged(name: str) -> DivergenceError:
    """Return the error for a variable that became NaN or infinite.

    Parameters
    ----------
    name : str
        Name of the variable.

    Returns
    -------
    DivergenceError
        To be raised.
    """
    return DivergenceError(
        f"simulation: {name} became NaN or infinite; choose a smaller dt or weaker weights (exact integration also "
        "fails where a synapse's time constant equals the membrane's: make them differ)"
    )
