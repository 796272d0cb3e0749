"""What the runtime back ends see of a run: counts, spikes and samples."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, Int32Array, Int64Array
from bnsim.engine.build import Objects
from bnsim.engine.job import SAMPLE_BYTES, SPIKE_BYTES, Job
from bnsim.program import Program


class Seen:
    """What is counted and recorded while trials run.

    Parameters
    ----------
    program : Program
        The program.
    objects : Objects
        Its Brian2 objects.
    job : Job
        The trials.

    Attributes
    ----------
    counts : dict of str to ndarray of int32, shape (trial, unit)
        Spike counts by population.
    presentations : ndarray of int64, shape (trial,)
        How often each trial was presented.
    steps : int
        How many steps have been simulated.
    """

    def __init__(self, program: Program, objects: Objects, job: Job) -> None:
        self._objects, self._job = objects, job
        self.counts = {p.name: np.zeros((job.n_trials, p.size), np.int32) for p in program.populations}
        self.presentations = np.ones(job.n_trials, dtype=np.int64)
        self._spikes: dict[str, list[tuple[Int32Array, Int64Array]]] = {name: [] for name in job.spikes}
        self._ends: dict[str, list[int]] = {name: [] for name in job.spikes}
        self._samples: dict[tuple[str, str], list[Float64Array]] = {name: [] for name in job.samples}
        self._sampled = [item for item in program.recordable if (item.owner, item.symbol) in job.samples]
        self._kept: list[int] = []
        self.steps, self._bytes, self._started = 0, 0, time.monotonic()

    @property
    def full(self) -> bool:
        """Whether the job's limit is reached."""
        limit = self._job.limit
        return limit is not None and (self._bytes >= limit.n_bytes or time.monotonic() >= self._started + limit.seconds)

    def note(self, step: int) -> None:
        """Record the spikes of the step that ends.

        Parameters
        ----------
        step : int
            Its number.
        """
        for name, noted in self._spikes.items():
            space = self._objects.groups[name].variables["_spikespace"].get_value()
            units, wanted = np.array(space[: space[-1]], dtype=np.int32), self._job.spikes[name]
            if wanted is not None:
                units = units[np.isin(units, wanted)]
            noted.append((units, np.full(len(units), step, dtype=np.int64)))
            self._bytes += SPIKE_BYTES * len(units)
        self.steps += 1

    def sample(self, step: int) -> None:
        """Sample the variables whose turn it is, at the start of a step.

        Parameters
        ----------
        step : int
            Its number.
        """
        for item in self._sampled:
            wanted = self._job.samples[item.owner, item.symbol]
            if step % wanted.every:
                continue
            owner = (self._objects.groups if item.place == "population" else self._objects.synapses)[item.owner]
            if item.computed:
                for code in self._objects.observers[item.owner]._code_objects:
                    code()
            values = owner.variables[f"observed_{item.symbol}" if item.computed else item.symbol].get_value()
            chosen: Any = ... if wanted.units is None else wanted.units
            self._samples[item.owner, item.symbol].append(np.array(values[chosen], dtype=np.float64))
            self._bytes += SAMPLE_BYTES * np.size(values[chosen])

    def keep(self) -> None:
        """Remember what there is when a trial begins."""
        self._kept = [len(noted) for noted in self._lists()]

    def forget(self) -> None:
        """Forget what has come since then."""
        for noted, size in zip(self._lists(), self._kept, strict=True):
            del noted[size:]

    def _lists(self) -> list[list[Any]]:
        return [*self._spikes.values(), *self._samples.values()]

    def end(self, trial: int) -> None:
        """Take the counts of a trial that has ended.

        Parameters
        ----------
        trial : int
            Its index.
        """
        for name, group in self._objects.groups.items():
            self.counts[name][trial] = group.variables["spike_count"].get_value()
        for name, ends in self._ends.items():
            ends.append(len(self._spikes[name]))

    def spikes(self) -> dict[str, tuple[Int32Array, Int64Array, Int64Array]]:
        """Return the recorded spikes.

        Returns
        -------
        dict of str to (ndarray of int32, ndarray of int64, ndarray of int64)
            As in `bnsim.engine.job.Outcome`.
        """
        found = {}
        for name, noted in self._spikes.items():
            sizes = np.cumsum([0, *(len(units) for units, _ in noted)])
            unit = np.concatenate([np.zeros(0, np.int32), *(units for units, _ in noted)])
            step = np.concatenate([np.zeros(0, np.int64), *(steps for _, steps in noted)])
            found[name] = (unit, step, sizes[self._ends[name]].astype(np.int64))
        return found

    def samples(self) -> dict[tuple[str, str], Float64Array]:
        """Return the samples.

        Returns
        -------
        dict of (str, str) to ndarray of float64
            As in `bnsim.engine.job.Outcome`.
        """
        return {name: np.array(rows) for name, rows in self._samples.items()}
