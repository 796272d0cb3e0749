"""Input and output of a back end: plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bnsim.arrays import Float64Array, Int32Array, Int64Array
from bnsim.drives.encoder import Encoded
from bnsim.errors import DivergenceError
from bnsim.program import Program
from bnsim.state import State

CHECK_EVERY = 256
"""Steps between two looks for NaN and infinite values; trials are looked at when they end, too."""

LEAST_SHARED = 4096
"""Neurons of a population whose steps are worth sharing between threads."""

Reporter = Callable[[int], None]
"""Function that is told now and then how many steps of a job have been simulated."""


@dataclass(frozen=True)
class Grid:
    """Time of a job: how long its trials are, or the segments of a continuous run.

    Parameters
    ----------
    steps : int
        Length of a trial or segment in steps.
    presentation_steps : int
        Length in steps of its first part, in which the stimulus is on.
    first_step : int
        Number of the first step of a continuous run, counted from the state's beginning.
    continuous : bool
        True where segments follow each other without a break; False where each trial starts from rest at step 0.
    parts : int
        Number of equal parts of the presentation, each with values of its own of stimulus and signals.
    """

    steps: int
    presentation_steps: int
    first_step: int = 0
    continuous: bool = False
    parts: int = 1


@dataclass(frozen=True)
class Sampling:
    """Variable to be sampled at the start of every few steps.

    Parameters
    ----------
    every : int
        Steps between two samples; in a continuous run, those whose number is a multiple of it.
    units : ndarray of int32 or None
        Units, or synapses, to be sampled; None for all.
    """

    every: int
    units: Int32Array | None = None


@dataclass(frozen=True)
class Limit:
    """When a job of a continuous run ends before its last step, so that what it records fits into memory.

    Parameters
    ----------
    n_bytes : int
        After the step in which so many bytes of spikes and samples have been recorded.
    seconds : float
        After the step in which so much real time has passed.
    """

    n_bytes: int
    seconds: float


SPIKE_BYTES, SAMPLE_BYTES = 12, 8
"""Memory that a recorded spike takes, as unit and step, and a sampled value."""


@dataclass(frozen=True)
class Job:
    """Chunk of trials to be run, or of a continuous run.

    Parameters
    ----------
    grid : Grid
        Time of the job.
    state : State
        Where it begins.
    drives : mapping of str to Encoded
        By population: an array of shape (trial, part, unit) in SI units, or a `SpikeRaster`.
    signals : mapping of (str, str) to ndarray of float64
        By projection and signal, of shape (trial, part, unit) or (trial, part).
    correct : ndarray of int64, shape (trial,)
        The unit whose decision is rewarded; -1 where there is none.
    keys : ndarray of int64, shape (trial, 2)
        The two words of each trial's key.
    plastic : bool
        Whether learning is on.
    spikes : mapping of str to (ndarray of int32 or None)
        Populations whose spikes are recorded, with the units whose spikes are; None for all.
    samples : mapping of (str, str) to Sampling
        Variables that are sampled, by owner and symbol.
    profile : bool
        Whether each object is timed.
    limit : Limit or None
        When it may end early; None for not at all.
    threads : int
        How many share the work of a step.
    first : int
        Number of trials of the run that are in jobs before this one.
    """

    grid: Grid
    state: State
    drives: Mapping[str, Encoded]
    signals: Mapping[tuple[str, str], Float64Array]
    correct: Int64Array
    keys: Int64Array
    plastic: bool
    spikes: Mapping[str, Int32Array | None]
    samples: Mapping[tuple[str, str], Sampling]
    profile: bool = False
    limit: Limit | None = None
    threads: int = 1
    first: int = 0

    @property
    def n_trials(self) -> int:
        return len(self.keys)

    def place_of(self, trial: int) -> int:
        """Return which trial of the run one of the job's is.

        Parameters
        ----------
        trial : int
            Its index in the job; -1 in a continuous run.

        Returns
        -------
        int
            Its index in the run; -1 in a continuous run.
        """
        return -1 if trial < 0 else self.first + trial


@dataclass(frozen=True)
class Outcome:
    """Result of a chunk of trials.

    Parameters
    ----------
    state : dict of str to ndarray
        The arrays that changed, by name, in SI units.
    counts : dict of str to ndarray of int32, shape (trial, unit)
        Spike counts by population.
    spikes : dict of str to (ndarray of int32, ndarray of int64, ndarray of int64)
        By recorded population, the unit and the step of each spike, and for each trial the number of spikes up to its
        end: spikes of trial k are those from end[k - 1] to end[k].
    samples : dict of (str, str) to ndarray of float64, shape (sample, unit)
        Samples by owner and symbol, one trial's after the other's, in SI units.
    presentations : ndarray of int64, shape (trial,)
        How often each trial was presented.
    seconds : dict of str to float
        Time taken by each object in seconds, where the job asks for it.
    steps : int or None
        How many steps of a continuous run were simulated; None for all.
    """

    state: dict[str, np.ndarray]
    counts: dict[str, Int32Array]
    spikes: dict[str, tuple[Int32Array, Int64Array, Int64Array]]
    samples: dict[tuple[str, str], Float64Array]
    presentations: Int64Array
    seconds: dict[str, float] = field(default_factory=dict)
    steps: int | None = None


def diverged(program: Program, name: str, unit: int, trial: int, time: float) -> DivergenceError:
    """Return the error for a variable that became NaN or infinite.

    Parameters
    ----------
    program : Program
        The program that was run.
    name : str
        Name of one of its variables.
    unit : int
        First neuron or synapse of which it is not finite.
    trial : int
        Index of the trial, -1 in a continuous run.
    time : float
        When that was seen, in seconds; it had happened in one of the `CHECK_EVERY` steps before.

    Returns
    -------
    DivergenceError
        To be raised.
    """
    (place,) = (variable.place for variable in program.variables if variable.name == name)
    where = f"{'unit' if place == 'population' else 'synapse'} {unit}"
    when = f"by {time * 1e3:g} ms" + (f" of trial {trial}" if trial >= 0 else "")
    return DivergenceError(
        f"simulation: {name} became NaN or infinite, in {where} {when}; choose a smaller dt or weaker weights"
    )
