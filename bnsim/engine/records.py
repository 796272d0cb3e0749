"""What a run records: from the request to a job, and from outcomes to a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bnsim import checks
from bnsim.arrays import FloatArray, Int32Array, IntArray, UInt64Array
from bnsim.binning import duration_steps
from bnsim.engine.job import Grid, Outcome, Sampling
from bnsim.errors import InputError
from bnsim.program import Program, Recordable
from bnsim.record import Request, Spikes, Trace, Weights, as_index
from bnsim.recording import Recording, SampledTrace, SpikeTimes
from bnsim.selection import checked_index
from bnsim.state import State


@dataclass(frozen=True)
class Record:
    """What is recorded, checked.

    Parameters
    ----------
    spikes : mapping of str to (ndarray of int32 or None)
        By population, the units whose spikes are recorded; None for all.
    samples : mapping of (str, str) to Sampling
        By owner and symbol.
    """

    spikes: Mapping[str, Int32Array | None]
    samples: Mapping[tuple[str, str], Sampling]

    @classmethod
    def of(cls, culprit: str, program: Program, requests: Sequence[Request]) -> Record:
        """Check what a run is asked to record.

        Parameters
        ----------
        culprit : str
            What the requests were given as, for the message of an error.
        program : Program
            The program to be run.
        requests : sequence of Spikes, Trace or Weights
            What is recorded.

        Returns
        -------
        Record
            The same by name.

        Raises
        ------
        InputError
            If a request is none, or names what the network does not have, or something is named twice.
        """
        if isinstance(requests, (str, Request)):
            raise InputError(f"{culprit}: {requests!r} is no list; give a list, such as [bnsim.Spikes('cells')]")
        spikes: dict[str, Int32Array | None] = {}
        samples: dict[tuple[str, str], Sampling] = {}
        for request in requests:
            if not isinstance(request, (Spikes, Trace, Weights)):
                raise InputError(
                    f"{culprit}: {request!r} cannot be recorded; give bnsim.Spikes, bnsim.Trace or bnsim.Weights"
                )
            if isinstance(request, Spikes):
                name = _population(culprit, program, request.population, request.units)
                twice, spikes[name] = name in spikes, as_index(request.units)
            else:
                place = _weights(program, request) if isinstance(request, Weights) else _variable(program, request)
                every = 1 if request.every is None else duration_steps(f"{culprit}.every", request.every, program.dt)
                units = as_index(request.synapses if isinstance(request, Weights) else request.units)
                twice, samples[place] = place in samples, Sampling(_positive(culprit, every), units)
            if twice:
                raise InputError(f"{culprit}: {request!r} is given twice; leave one out")
        return cls(spikes, samples)

    def check_synapses(self, culprit: str, program: Program, state: State) -> None:
        """Refuse synapses that there are not.

        Parameters
        ----------
        culprit : str
            What the requests were given as, for the message of an error.
        program : Program
            The program to be run.
        state : State
            Where the run begins, which tells how many synapses there are.

        Raises
        ------
        InputError
            If there is no such synapse.
        """
        for item in program.recordable:
            wanted = self.samples.get((item.owner, item.symbol))
            if item.place == "projection" and wanted is not None and wanted.units is not None:
                for synapse in (wanted.units.min(), wanted.units.max()):
                    n_synapses = len(state[f"{item.owner}.source"])
                    checked_index(f"{culprit}: synapses of {item.owner!r}", synapse, n_synapses, "synapse")

    def recording(
        self, program: Program, grid: Grid, numbers: UInt64Array, outcomes: Sequence[Outcome], state: State
    ) -> Recording:
        """Return the recording of a run.

        Parameters
        ----------
        program : Program
            The program that was run.
        grid : Grid
            Time of the run as a whole: of a continuous run, one trial as long as the run.
        numbers : ndarray of uint64, shape (trial,)
            Numbers of the trials.
        outcomes : sequence of Outcome
            What its jobs returned.
        state : State
            A state of the run, which tells how many synapses there are.

        Returns
        -------
        Recording
            Counts, spikes, traces and weights.
        """
        counts = {p.name: np.concatenate([outcome.counts[p.name] for outcome in outcomes]) for p in program.populations}
        presentations = np.concatenate([outcome.presentations for outcome in outcomes])
        if grid.continuous:
            counts = {name: values.sum(axis=0, dtype=np.int64)[None] for name, values in counts.items()}
            presentations = np.ones(1, np.int64)
        sampled: dict[str, dict[str, SampledTrace]] = {"population": {}, "projection": {}}
        traces: dict[str, dict[str, SampledTrace]] = {}
        for item in program.recordable:
            if (item.owner, item.symbol) in self.samples:
                trace = self._trace(program, grid, item, outcomes, state)
                sampled[item.place][item.owner] = trace
                if item.place == "population":
                    traces.setdefault(item.owner, {})[item.symbol] = trace
        return Recording(
            duration=grid.steps * program.dt,
            dt=program.dt,
            trials=numbers,
            counts=counts,
            spikes={name: self._spike_times(program, grid, name, outcomes) for name in self.spikes},
            traces=traces,
            presentations=presentations,
            weights=sampled["projection"],
            start=grid.first_step * program.dt,
        )

    def nothing(self, program: Program) -> Outcome:
        """Return the outcome of no step at all.

        Parameters
        ----------
        program : Program
            The program to be run.

        Returns
        -------
        Outcome
            Everything that is recorded, without a spike or sample.
        """
        none = np.zeros(0, np.int64)
        return Outcome(
            state={},
            counts={p.name: np.zeros((1, p.size), np.int32) for p in program.populations},
            spikes={name: (none.astype(np.int32), none, none) for name in self.spikes},
            samples={(item.owner, item.symbol): np.zeros((0, 1)) for item in program.recordable},
            presentations=none,
            steps=0,
        )

    def _spike_times(self, program: Program, grid: Grid, name: str, outcomes: Sequence[Outcome]) -> SpikeTimes:
        parts, wanted = [outcome.spikes[name] for outcome in outcomes], self.spikes[name]
        unit: IntArray = np.concatenate([part[0] for part in parts]).astype(np.int64)
        time: FloatArray = np.concatenate([part[1] for part in parts]) * program.dt
        units: IntArray = np.arange(program.population(name).size) if wanted is None else wanted.astype(np.int64)
        if grid.continuous:
            return SpikeTimes(np.zeros(len(unit), np.int64), unit, time, units)
        numbers = np.concatenate([np.diff(part[2], prepend=0) for part in parts])
        return SpikeTimes(np.repeat(np.arange(len(numbers)), numbers), unit, time, units)

    def _trace(
        self, program: Program, grid: Grid, item: Recordable, outcomes: Sequence[Outcome], state: State
    ) -> SampledTrace:
        wanted = self.samples[item.owner, item.symbol]
        rows = np.concatenate([outcome.samples[item.owner, item.symbol] for outcome in outcomes])
        first = -(-grid.first_step // wanted.every) * wanted.every
        times = np.arange(first, grid.first_step + grid.steps, wanted.every) * program.dt
        units: IntArray
        if wanted.units is not None:
            units = wanted.units
        elif item.place == "population":
            units = np.arange(program.population(item.owner).size)
        else:
            units = np.arange(len(state[f"{item.owner}.source"]))
        n_trials = 1 if grid.continuous else sum(len(outcome.presentations) for outcome in outcomes)
        return SampledTrace(rows.reshape(n_trials, len(times), len(units)), times, item.unit, units)


def _population(culprit: str, program: Program, name: str, units: Sequence[int] | None) -> str:
    checks.one_of(culprit, name, [population.name for population in program.populations])
    for unit in units or ():
        checked_index(f"{culprit}: units of {name!r}", unit, program.population(name).size, "unit")
    return name


def _variable(program: Program, request: Trace) -> tuple[str, str]:
    culprit = "Simulator.run(record)"
    _population(culprit, program, request.population, request.units)
    known = [item.symbol for item in program.recordable if item.owner == request.population]
    if request.variable not in known:
        raise InputError(
            f"{culprit}: population {request.population!r} has no variable {request.variable!r}; "
            f"it has {', '.join(known) or 'none'}"
        )
    return request.population, request.variable


def _weights(program: Program, request: Weights) -> tuple[str, str]:
    names = [projection.name for projection in program.projections]
    return checks.one_of("Simulator.run(record)", request.projection, names), "w"


def _positive(culprit: str, steps: int) -> int:
    if steps < 1:
        raise InputError(f"{culprit}.every: not above 0; give a multiple of dt")
    return steps
