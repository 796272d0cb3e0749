"""The back ends `cython` and `numpy`: Brian2's runtime mode, driven trial by trial like the compiled one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import brian2
import numpy as np
from brian2.devices.device import reset_device, set_device

from bnsim.description import canonical
from bnsim.drives.encoder import SpikeRaster
from bnsim.engine import in_flight
from bnsim.engine.build import ALONE, Objects, build, connect, without_upkeep
from bnsim.engine.compiler import FLAGS
from bnsim.engine.job import CHECK_EVERY, Job, Outcome, Reporter, diverged
from bnsim.engine.seen import Seen
from bnsim.errors import InputError
from bnsim.notation import reason
from bnsim.program import Program, ProjectionProgram

NOTHING = np.zeros((0, 2), np.int64)
"""No spike in a queue."""


@contextmanager
def runtime(target: str) -> Iterator[None]:
    """Have Brian2's runtime device with one code generation target, then what was set before; threads take turns.

    Parameters
    ----------
    target : str
        "cython" or "numpy".

    Yields
    ------
    None
        While it is active.
    """
    with ALONE:
        before = brian2.prefs.codegen.target, brian2.prefs.codegen.cpp.extra_compile_args_gcc
        set_device("runtime")
        brian2.prefs.codegen.target = target
        brian2.prefs.codegen.cpp.extra_compile_args_gcc = list(FLAGS)
        try:
            yield
        finally:
            brian2.prefs.codegen.target, brian2.prefs.codegen.cpp.extra_compile_args_gcc = before
            reset_device()


@dataclass(frozen=True)
class Runtime:
    """Back ends `cython` and `numpy`.

    Parameters
    ----------
    target : {"cython", "numpy"}
        Brian2's code generation target.
    """

    target: Literal["cython", "numpy"]

    def compile(self, program: Program, cache: str | Path | None) -> RuntimeNetwork:
        """Prepare a program for running; see `bnsim.engine.backends.Backend`.

        Parameters
        ----------
        program : Program
            The lowered network.
        cache : str, Path or None
            Not used.

        Returns
        -------
        RuntimeNetwork
            The network; equal programs share one.

        Raises
        ------
        InputError
            If Brian2 refuses the equations.
        """
        return _network(json.dumps(canonical(program), sort_keys=True), self.target, _Hidden(program))


@dataclass(frozen=True)
class _Hidden:
    """A program that takes no part in the comparison of arguments: its canonical form stands beside it."""

    program: Program

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hidden)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _network(identity: str, target: str, hidden: _Hidden) -> RuntimeNetwork:
    """Return the network of a program; live Brian2 objects are slow to create, so that equal programs share them."""
    return RuntimeNetwork(hidden.program, target)


class RuntimeNetwork:
    """Network of live Brian2 objects (`cython`, `numpy`), created again only where the connectivity changes.

    Parameters
    ----------
    program : Program
        The lowered network.
    target : {"cython", "numpy"}
        Brian2's code generation target.
    """

    profiles = False

    def __init__(self, program: Program, target: str) -> None:
        self.program, self.target = program, target
        self._wired: dict[str, np.ndarray] = {}
        self._connected = False
        with runtime(target):
            self._live = build(program)

    def run(self, job: Job, report: Reporter | None = None) -> Outcome:
        """Run a chunk of trials.

        Parameters
        ----------
        job : Job
            The trials and all that they depend on.
        report : callable, optional
            Is told now and then how many steps are done.

        Returns
        -------
        Outcome
            The state afterwards and what was recorded.

        Raises
        ------
        InputError
            If Brian2 refuses the equations.
        MachineError
            If a variable becomes NaN or infinite.
        """
        for projection in self.program.projections:  # live objects hold their synapses
            job = replace(job, state=job.state.with_synapses(projection.name))
        with runtime(self.target), np.errstate(all="ignore"):  # told by that error, as on the other back ends
            objects = self._objects(job)
            self._load(objects, job)
            seen = self._trials(objects, job, report)
            return self._outcome(objects, job, seen)

    def _objects(self, job: Job) -> Objects:
        """Live objects with the job's edges. Brian2 cannot rewire synapses, so other edges need other objects."""
        wanted = {
            f"{projection.name}.{part}": job.state[f"{projection.name}.{part}"]
            for projection in self.program.projections
            for part in ("source", "target", *(() if projection.delay == "none" else ("delay",)))
        }
        same = all(np.array_equal(wanted[name], self._wired.get(name, np.zeros(0))) for name in wanted)
        if not self._connected or not same:
            objects = build(self.program) if self._connected else self._live
            for projection in self.program.projections:
                connect(objects.synapses[projection.name], projection, job.state)
            try:
                with without_upkeep():
                    objects.network.run(0 * brian2.second, namespace={})  # generates the code of all objects
            except Exception as error:
                raise InputError(f"Network: Brian2 refuses it: {reason(error)}") from error
            self._live, self._wired, self._connected = objects, wanted, True
        return self._live

    def _load(self, objects: Objects, job: Job) -> None:
        for projection in self.program.projections:
            _set(objects.synapses[projection.name], "w", job.state[f"{projection.name}.w"])
        for population in self.program.populations:
            for item in population.received:
                weights = job.state[f"{item.projection}.w"]
                alike = bool(len(weights)) and bool((weights == weights[0]).all())
                if alike:
                    _set(objects.synapses[item.projection], "w", 1.0)
                _set(objects.groups[population.name], item.factor, weights[0] if alike else 1.0)
                _set(objects.groups[population.name], item.symbol, 0.0)  # an interrupted run may have left its spikes
        carried = (*self.program.persistent, *(self.program.transient if job.grid.continuous else ()))
        for variable in (*self.program.parameters, *carried):
            _set(objects.owner(variable), variable.symbol, job.state[variable.name])
        for _, pathway in objects.pathways(self.program):
            _fill_queue(pathway.queue, NOTHING)
        for projection in self._delayed(job):
            unit, age = (job.state[f"{projection.name}.in_flight_{part}"] for part in ("unit", "age"))
            arrivals = in_flight.expected(unit, age, *self._wiring(projection, job))
            _fill_queue(objects.synapses[projection.name].pre.queue, arrivals)
        for (name, symbol), value in self.program.coefficients(job.plastic, job.state).items():
            _set(objects.groups[name], symbol, value)
        for population in self.program.populations:
            if population.learns:
                _set(objects.groups[population.name], "plastic", job.plastic)
            if population.stimulus is not None and population.stimulus.form == "spikes":
                _set(objects.groups[population.name], "drive", 0.0)  # an interrupted run may have left its spikes

    def _delayed(self, job: Job) -> list[ProjectionProgram]:
        """Projections whose spikes may be in flight when a run begins and ends."""
        return [each for each in self.program.projections if job.grid.continuous and each.delay != "none"]

    def _wiring(self, projection: ProjectionProgram, job: Job) -> tuple[np.ndarray, np.ndarray]:
        """Source, and delay in steps, of each synapse."""
        source, delay = (job.state[f"{projection.name}.{part}"] for part in ("source", "delay"))
        return source, np.broadcast_to((delay / self.program.dt + 0.5).astype(np.int64), source.shape)

    def _trials(self, objects: Objects, job: Job, report: Reporter | None) -> Seen:
        each_step = self._each_step(objects)
        seen = Seen(self.program, objects, job)
        for trial in range(job.n_trials):
            seen.keep()
            while not self._present(objects, job, trial, seen, each_step, report):
                seen.presentations[trial] += 1
                seen.forget()
            self._check_finite(objects, job, trial, float(objects.clock.variables["t"].get_value()[0]))
            seen.end(trial)
            if seen.full:
                break
        return seen

    def _present(
        self,
        objects: Objects,
        job: Job,
        trial: int,
        seen: Seen,
        each_step: Sequence[Callable[[], Any]],
        report: Reporter | None,
    ) -> bool:
        """Run one presentation of a trial, or one segment, and return whether it was the last."""
        timestep, time = (objects.clock.variables[name].get_value() for name in ("timestep", "t"))
        number, grid = int(seen.presentations[trial]), job.grid
        repetition = self.program.repetition
        scale = 1.0 if repetition is None else 1 + repetition.increment * (number - 1)
        self._begin_presentation(objects, job, trial, number - 1)
        replays = self._replays(objects, job, trial)
        feeders = [
            (_values(objects.groups[population.name], series.symbol), series)
            for population in self.program.populations
            for series in population.series
        ]
        first = grid.first_step + trial * grid.steps if grid.continuous else 0
        for step in range(grid.steps):
            if step == grid.presentation_steps:
                self._silence(objects)
            elif step < grid.presentation_steps and step * grid.parts % grid.presentation_steps == 0:
                self._begin_part(objects, job, trial, step * grid.parts // grid.presentation_steps, scale)
            timestep[0], time[0] = first + step, (first + step) * self.program.dt
            for values, series in feeders:
                if step == 0 or (first + step) % series.every == 0:
                    place = (first + step) // series.every
                    values[...] = series.values[place] if place < len(series.values) else 0.0
            for drive, units in replays:
                drive[units[step - 1]], drive[units[step]] = 0.0, 1.0
            seen.sample(first + step)
            for function in each_step:
                function()
            seen.note(first + step)
            if (first + step + 1) % CHECK_EVERY == 0:
                self._check_finite(objects, job, trial, (first + step + 1) * self.program.dt)
                if report is not None:
                    report(trial * grid.steps + step + 1)
            if seen.full:
                break
        for drive, _ in replays:
            drive[...] = 0.0
        timestep[0], time[0] = first + step + 1, (first + step + 1) * self.program.dt
        if job.plastic:
            self._learn(objects, job, trial)
        if repetition is None or number == repetition.most:
            return True
        count = objects.groups[repetition.population].variables["spike_count"].get_value()
        return bool(count.sum() >= repetition.minimum_spikes)

    def _replays(self, objects: Objects, job: Job, trial: int) -> list[tuple[np.ndarray, list[np.ndarray]]]:
        """The drive of each population that replays spikes, and the units to be marked in it by step."""
        found = []
        for name, drive in job.drives.items():
            if isinstance(drive, SpikeRaster):
                size = self.program.population(name).size
                steps, units = np.divmod(drive.index[drive.offsets[trial] : drive.offsets[trial + 1]], size)
                by_step = np.split(units, np.searchsorted(steps, np.arange(1, job.grid.steps)))
                # The list's last entry stands before its first: no spikes are left to be cleared there.
                found.append((_values(objects.groups[name], "drive"), [*by_step, np.zeros(0, np.int64)]))
        return found

    def _check_finite(self, objects: Objects, job: Job, trial: int, time: float) -> None:
        for variable in self.program.variables:
            finite = np.isfinite(_values(objects.owner(variable), variable.symbol))
            if not finite.all():
                place = -1 if job.grid.continuous else job.place_of(trial)
                raise diverged(self.program, variable.name, int(np.argmin(finite)), place, time)

    def _learn(self, objects: Objects, job: Job, trial: int) -> None:
        """Execute what is learned at the end of a presentation."""
        if self.program.reward is not None:
            variables = objects.groups[self.program.reward.population].variables
            count, last = (variables[name].get_value() for name in ("spike_count", "last_spike_step"))
            right = count.any() and np.lexsort((last, -count))[0] == job.correct[trial]
            for signal in self.program.rewarded:
                _set(objects.owner(signal), signal.symbol, float(right))
        for item in objects.trial_end:
            for code in item._code_objects:
                code()

    def _each_step(self, objects: Objects) -> list[Callable[[], Any]]:
        left_out = {item.name for item in (*objects.trial_end, *objects.observers.values())}
        return [
            code for item in objects.network.sorted_objects if item.name not in left_out for code in item._code_objects
        ]

    def _begin_presentation(self, objects: Objects, job: Job, trial: int, repeated: int) -> None:
        if not job.grid.continuous:
            for variable in self.program.transient:
                start = job.state[variable.name] if variable.place == "population" else variable.initial
                _set(objects.owner(variable), variable.symbol, start)
            for _, pathway in objects.pathways(self.program):
                _fill_queue(pathway.queue, NOTHING)
        for population in self.program.populations:
            group = objects.groups[population.name]
            _set(group, "spike_count", 0)
            if population.draws:
                _set(group, "trial_key_high", job.keys[trial, 0])
                _set(group, "trial_key_low", job.keys[trial, 1])
                _set(group, "first_step", repeated * job.grid.steps)
        for signal in self.program.rewarded:  # until the network has decided
            _set(objects.owner(signal), signal.symbol, 0.0)

    def _begin_part(self, objects: Objects, job: Job, trial: int, part: int, scale: float) -> None:
        """Set stimulus and signals to their values in a part of the presentation."""
        for name, drive in job.drives.items():
            if not isinstance(drive, SpikeRaster):
                _set(objects.groups[name], "drive", scale * drive[trial, part])
        for signal in self.program.told:
            _set(objects.owner(signal), signal.symbol, job.signals[signal.projection, signal.name][trial, part])

    def _silence(self, objects: Objects) -> None:
        for population in self.program.populations:
            if population.stimulus is not None and population.stimulus.form == "values":
                _set(objects.groups[population.name], "drive", 0.0)

    def _outcome(self, objects: Objects, job: Job, seen: Seen) -> Outcome:
        carried = (*self.program.persistent, *(self.program.transient if job.grid.continuous else ()))
        state = {v.name: np.array(_values(objects.owner(v), v.symbol)) for v in carried}
        for projection in self._delayed(job):
            arrivals = _queued(objects.synapses[projection.name].pre.queue)
            unit, age = in_flight.sent(arrivals, *self._wiring(projection, job))
            state |= {f"{projection.name}.in_flight_unit": unit, f"{projection.name}.in_flight_age": age}
        steps = seen.steps if job.grid.continuous else None
        return Outcome(state, seen.counts, seen.spikes(), seen.samples(), seen.presentations, steps=steps)


def _values(group: Any, name: str) -> np.ndarray:
    """An array of Brian2's itself, past its unit checks: everything here is in SI units."""
    values: np.ndarray = group.variables[name].get_value()
    return values


def _set(group: Any, name: str, value: Any) -> None:
    _values(group, name)[...] = value


def _fill_queue(queue: Any, spikes: np.ndarray) -> None:
    """Empty a queue, then put (steps ahead, synapse) into it.

    Between steps, slot k of Brian2's queue holds what arrives in k + 1 steps: it moves on at the end of a step, in
    C++ at the beginning.
    """
    spikes = spikes - np.array([1, 0])
    if hasattr(queue, "X"):
        for row in range(len(queue.n)):
            queue.n[row] = 0
        widest = int(np.bincount(spikes[:, 0]).max()) if len(spikes) else 0
        if widest > queue.X.shape[1]:
            queue._resize(widest + 1)
        queue._store_spikes(spikes)
        return
    offset, slots = queue._full_state()
    new: list[list[int]] = [[] for _ in slots]
    for ahead, synapse in spikes:
        new[(offset + ahead) % len(new)].append(int(synapse))
    queue._restore_from_full_state((offset, new))


def _queued(queue: Any) -> np.ndarray:
    """(steps ahead, synapse) of all spikes in flight, by arrival, then in the order in which they were sent."""
    if hasattr(queue, "X"):
        spikes = queue._extract_spikes() + np.array([1, 0])
        return spikes[np.argsort(spikes[:, 0], kind="stable")]
    offset, slots = queue._full_state()
    rows = [(slot + 1, synapse) for slot in range(len(slots)) for synapse in slots[(offset + slot) % len(slots)]]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
