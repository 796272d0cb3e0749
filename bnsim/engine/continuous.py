"""A continuous run as a sequence of jobs: as many segments at once as fit into memory, fewer where a job ends early."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bnsim.arrays import Int64Array
from bnsim.description import canonical
from bnsim.drives.encoder import Encoded, SpikeRaster
from bnsim.engine import random, stimuli
from bnsim.engine.backends import CompiledNetwork
from bnsim.engine.job import Grid, Job, Limit, Outcome, Reporter
from bnsim.engine.records import Record
from bnsim.engine.signals import Signals
from bnsim.identity import checksum
from bnsim.program import Program
from bnsim.state import CLOCK, KEY, State


@dataclass(frozen=True)
class Run:
    """All that the jobs of a continuous run depend on besides the state.

    Parameters
    ----------
    program : Program
        The program to be run.
    segment : int
        Length in steps of a segment, in which the stimulus is constant.
    n_segments : int
        Number of segments.
    drives : mapping of str to Encoded
        By population, with one entry a segment.
    told : mapping of (str, str) to ndarray of float64, shape (1, 1, ...)
        Signals of rules.
    correct : ndarray of int64, shape (1,)
        Not used in a continuous run.
    plastic : bool
        Whether learning is on.
    wanted : Record
        What is recorded.
    chunk : int
        Largest number of segments of a job.
    limit : Limit or None
        When the first job ends early; later ones may take longer (see `_rarer`).
    threads : int
        How many share the work.
    """

    program: Program
    segment: int
    n_segments: int
    drives: Mapping[str, Encoded]
    told: Signals
    correct: Int64Array
    plastic: bool
    wanted: Record
    chunk: int
    limit: Limit | None = None
    threads: int = 1

    @property
    def n_steps(self) -> int:
        """Length of the run in steps."""
        return self.segment * self.n_segments

    def pieces(
        self, engine: CompiledNetwork, state: State, report: Reporter | None, done: int = 0
    ) -> Iterator[tuple[State, Grid, Outcome]]:
        """Iterate over the run, job by job.

        Parameters
        ----------
        engine : CompiledNetwork
            The compiled program.
        state : State
            Where the run begins, or goes on.
        report : callable or None
            Is told now and then how many steps of the run are done.
        done : int
            Steps of the run that lie behind the state.

        Yields
        ------
        state : State
            Where the piece ends.
        grid : Grid
            Time of the piece, as one segment.
        outcome : Outcome
            Its outcome.
        """
        start, limit = int(state[CLOCK][0]) - done, self.limit
        while done < self.n_steps:
            job = self._job(state, start, done, limit)
            begun = time.monotonic()
            outcome = engine.run(job, _later(report, done))
            limit = _rarer(limit, time.monotonic() - begun)
            steps = job.grid.steps * job.n_trials if outcome.steps is None else outcome.steps
            done += steps
            state = State({**state, **outcome.state, CLOCK: np.array([start + done], np.int64)})
            yield state, Grid(steps, steps, start + done - steps, continuous=True), outcome

    def identity(self, state: State) -> str:
        """Return a checksum of all that the run depends on.

        Parameters
        ----------
        state : State
            Where the run begins.

        Returns
        -------
        str
            The checksum.
        """
        described = {
            "program": self.program,
            "steps": (self.segment, self.n_segments),
            "plastic": self.plastic,
            "spikes": dict(self.wanted.spikes),
            "samples": {".".join(name): sampling for name, sampling in self.wanted.samples.items()},
        }
        arrays = {f"state {name}": array for name, array in state.items()}
        arrays |= {f"signal {'.'.join(name)}": values for name, values in self.told.items()}
        for name, drive in self.drives.items():
            parts = {"": drive} if isinstance(drive, np.ndarray) else vars(drive)
            arrays |= {f"drive {name} {part}": array for part, array in parts.items()}
        return checksum(json.dumps(canonical(described), sort_keys=True), arrays)

    def _job(self, state: State, start: int, done: int, limit: Limit | None) -> Job:
        """The job that goes on after some steps: with the rest of a segment, or with whole ones."""
        segment, begun = divmod(done, self.segment)
        steps = self.segment - begun
        part = slice(segment, segment + 1 if begun else min(segment + self.chunk, self.n_segments))
        drives = {name: stimuli.cut(drive, part) for name, drive in self.drives.items()}
        if begun:
            sizes = {name: self.program.population(name).size for name in drives}
            drives = {name: stimuli.rest(drive, begun * sizes[name]) for name, drive in drives.items()}
        n = part.stop - part.start
        drives = {name: each if isinstance(each, SpikeRaster) else each[:, None] for name, each in drives.items()}
        return Job(
            grid=Grid(steps, steps, start + done, continuous=True),
            state=state,
            drives=drives,
            signals={name: np.repeat(values, n, axis=0) for name, values in self.told.items()},
            correct=np.repeat(self.correct, n),
            keys=np.repeat(random.trial_keys(int(state[KEY][0]), np.zeros(1, np.uint64)), n, axis=0),
            plastic=self.plastic,
            spikes=self.wanted.spikes,
            samples=self.wanted.samples,
            limit=limit,
            threads=self.threads,
        )


def _rarer(limit: Limit | None, seconds: float) -> Limit | None:
    """The limit of the next job, after one of so many seconds: what comes on top of its steps takes a tenth at most."""
    return limit and replace(limit, seconds=max(limit.seconds, 10 * (seconds - limit.seconds)))


def _later(report: Reporter | None, steps: int) -> Reporter | None:
    """A reporter of a job that begins after some steps."""
    return None if report is None else lambda done: report(steps + done)
