"""The back ends `cython` and `numpy`: Brian2's runtime mode, driven trial by trial like the compiled one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np
from brian2.devices.device import reset_device, set_device

from bnsim.encoding.base import SpikeRaster
from bnsim.engine import equations as text
from bnsim.engine.build import Objects, brian2_reason, build, connect, pathways
from bnsim.engine.compiler import FLAGS
from bnsim.engine.job import Job, Outcome, diverged
from bnsim.engine.variables import Variable
from bnsim.errors import InputError
from bnsim.network import Network
from bnsim.timing import Timing


@contextmanager
def _runtime(target: str) -> Iterator[None]:
    """Brian2's runtime device with one code generation target, then what was set before."""
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
class _Seen:
    """What trials add up to: spike counts, number of recorded spikes at each trial's end, presentations."""

    counts: dict[str, np.ndarray]
    ends: dict[str, list[int]]
    presentations: np.ndarray


class RuntimeNetwork:
    """A network as live Brian2 objects (`cython`, `numpy`), made again only where the connectivity changes."""

    def __init__(
        self,
        network: Network,
        timing: Timing,
        continuous: bool,
        traces: Mapping[str, Sequence[str]],
        target: str,
    ) -> None:
        self.network, self.timing, self.continuous = network, timing, continuous
        self.traces, self.target = traces, target
        self._wired: dict[str, np.ndarray] = {}
        self._connected = False
        with _runtime(target):
            self._live = build(network, timing, traces)

    def initial_variables(self) -> dict[str, tuple[str, float]]:
        """Name -> (dtype, initial value) of the variables that carry over, weights excepted."""
        return {
            variable.name: (str(np.dtype(variable.brian2.dtype)), variable.initial)
            for variable in self._carried(self._live)
            if not variable.name.endswith(".w")
        }

    @property
    def pathways(self) -> list[str]:
        """Names of the synaptic pathways, whose spikes in flight a continuous run carries over."""
        return [name for name, _ in pathways(self.network, self._live)]

    @property
    def trace_units(self) -> dict[tuple[str, str], str]:
        """SI unit of each traced variable, by (population, variable)."""
        return self._live.trace_units

    def _carried(self, objects: Objects) -> list[Variable]:
        return [*objects.persistent, *(objects.transient if self.continuous else [])]

    def run(self, job: Job) -> Outcome:
        """Run a chunk of trials. Errors: MachineError where a variable became NaN or infinite."""
        with _runtime(self.target), np.errstate(all="ignore"):  # told by that error, as on the other back ends
            objects = self._objects(job)
            self._load(objects, job)
            seen = self._trials(objects, job)
            return self._outcome(objects, job, seen)

    def _objects(self, job: Job) -> Objects:
        """Live objects with the job's edges. Brian2 cannot rewire synapses, so other edges need other objects."""
        wanted = {
            f"{projection.name}.{part}": job.state[f"{projection.name}.{part}"]
            for projection in self.network.projections
            for part in ("source", "target", *(() if projection.delay_kind == "none" else ("delay",)))
        }
        same = all(np.array_equal(wanted[name], self._wired.get(name, np.zeros(0))) for name in wanted)
        if not self._connected or not same:
            objects = build(self.network, self.timing, self.traces) if self._connected else self._live
            for projection in self.network.projections:
                source, target = (wanted[f"{projection.name}.{part}"] for part in ("source", "target"))
                values = {"w": job.state[f"{projection.name}.w"]}
                if projection.delay_kind != "none":
                    values["delay"] = wanted[f"{projection.name}.delay"]
                connect(objects.synapses[projection.name], projection, source, target, values)
            try:
                objects.network.run(0 * brian2.second, namespace={})  # generates the code of all objects
            except Exception as error:
                raise InputError(f"Network: Brian2 refuses it: {brian2_reason(error)}") from error
            self._live, self._wired, self._connected = objects, wanted, True
        return self._live

    def _load(self, objects: Objects, job: Job) -> None:
        for projection in self.network.projections:
            _set(objects.synapses[projection.name], "w", job.state[f"{projection.name}.w"])
        for variable in self._carried(objects):
            _set(variable.group, variable.variable, job.state[variable.name])
        for name, pathway in pathways(self.network, objects):
            spikes = np.zeros((0, 2), dtype=np.int64)
            if self.continuous:
                parts = [job.state[f"{name}.in_flight_{part}"] for part in ("ahead", "synapse")]
                spikes = np.stack(parts, axis=1).astype(np.int64)
            _fill_queue(pathway.queue, spikes)
        for group in objects.groups.values():
            if "plastic" in group.variables:
                _set(group, "plastic", job.plastic)
        for monitor in objects.monitors:
            monitor.resize(0)
            _set(monitor, "N", 0)
        for raster in objects.rasters.values():
            raster.values[...] = 0.0  # a run that was interrupted may have left its spikes

    def _trials(self, objects: Objects, job: Job) -> _Seen:
        each_step = self._each_step(objects, job)
        seen = _Seen(
            {p.name: np.zeros((job.n_trials, p.size), np.int32) for p in self.network.populations},
            {p.name: [] for p in self.network.populations},
            np.ones(job.n_trials, dtype=np.int64),
        )
        for trial in range(job.n_trials):
            kept = [len(monitor.variables["t"].get_value()) for monitor in objects.monitors]
            while not self._present(objects, job, trial, int(seen.presentations[trial]), each_step):
                seen.presentations[trial] += 1
                for monitor, size in zip(objects.monitors, kept, strict=True):
                    monitor.resize(size)
                    _set(monitor, "N", size)
            self._end_trial(objects, job, trial, seen)
        return seen

    def _present(
        self, objects: Objects, job: Job, trial: int, number: int, each_step: Sequence[Callable[[], Any]]
    ) -> bool:
        """Presentation 1, 2, ... of a trial; whether it was the last."""
        timestep, time = (objects.clock.variables[name].get_value() for name in ("timestep", "t"))
        self._begin_presentation(objects, job, trial, number - 1)
        for step in range(self.timing.steps):
            if step == self.timing.presentation_steps:
                self._silence(objects)
            timestep[0], time[0] = step, step * self.timing.dt
            for function in each_step:
                function()
        timestep[0], time[0] = self.timing.steps, self.timing.trial
        if job.plastic:
            self._learn(objects, job, trial)
        repetition = self.network.repetition
        if repetition is None or number == repetition.most:
            return True
        count = objects.groups[repetition.population].variables["spike_count"].get_value()
        return bool(count.sum() >= repetition.minimum_spikes)

    def _learn(self, objects: Objects, job: Job, trial: int) -> None:
        """What is learned at the end of a presentation."""
        if self.network.reward is not None:
            variables = objects.groups[self.network.reward.population].variables
            count, last = (variables[name].get_value() for name in ("spike_count", "last_spike_step"))
            right = count.any() and np.lexsort((last, -count))[0] == job.correct[trial]
            for projection, signal in text.reward_signals(self.network):
                _set(objects.synapses[projection], signal, float(right))
        for item in objects.trial_end:
            for code in item._code_objects:
                code()

    def _each_step(self, objects: Objects, job: Job) -> list[Callable[[], Any]]:
        left_out = {item.name for item in objects.trial_end}
        left_out |= {m.name for name, m in objects.spike_monitors.items() if name not in job.record}
        left_out |= {m.name for (name, _), m in objects.trace_monitors.items() if name not in job.record}
        return [
            code for item in objects.network.sorted_objects if item.name not in left_out for code in item._code_objects
        ]

    def _begin_presentation(self, objects: Objects, job: Job, trial: int, repeated: int) -> None:
        scale = 1.0 if self.network.repetition is None else 1 + self.network.repetition.increment * repeated
        if not self.continuous:
            for variable in objects.transient:
                _set(variable.group, variable.variable, variable.initial)
            for _, pathway in pathways(self.network, objects):
                _fill_queue(pathway.queue, np.zeros((0, 2), dtype=np.int64))
        for population in self.network.populations:
            group = objects.groups[population.name]
            _set(group, "spike_count", 0)
            if "trial_key_high" in group.variables:
                _set(group, "trial_key_high", job.keys[trial, 0])
                _set(group, "trial_key_low", job.keys[trial, 1])
                _set(group, "first_step", repeated * self.timing.steps)
            drive = job.drives.get(population.name)
            if isinstance(drive, SpikeRaster):
                self._mark_raster(objects, population.name, drive, trial, 1.0)
            elif drive is not None:
                _set(group, "drive", scale * drive[trial])
        for projection, signal, kind in text.signals(self.network):
            values = job.signals[projection, signal][trial]
            if kind == "shared":
                _set(objects.synapses[projection], signal, values)
            else:
                described = next(p for p in self.network.projections if p.name == projection)
                _set(objects.groups[described.target], text.local_names(described)[signal], values)

    def _mark_raster(self, objects: Objects, name: str, drive: SpikeRaster, trial: int, value: float) -> None:
        index = drive.index[drive.offsets[trial] : drive.offsets[trial + 1]]
        objects.rasters[name].values.reshape(-1)[index] = value

    def _silence(self, objects: Objects) -> None:
        for population in self.network.populations:
            if "drive" in objects.groups[population.name].variables:
                _set(objects.groups[population.name], "drive", 0.0)

    def _end_trial(self, objects: Objects, job: Job, trial: int, seen: _Seen) -> None:
        for name, group in objects.groups.items():
            seen.counts[name][trial] = group.variables["spike_count"].get_value()
            seen.ends[name].append(len(objects.spike_monitors[name].variables["i"].get_value()))
            drive = job.drives.get(name)
            if isinstance(drive, SpikeRaster):
                self._mark_raster(objects, name, drive, trial, 0.0)
        if self.continuous:
            for variable in objects.times:
                values = variable.brian2.get_value()
                _set(variable.group, variable.variable, values - self.timing.trial)

    def _outcome(self, objects: Objects, job: Job, seen: _Seen) -> Outcome:
        for variable in (*objects.persistent, *objects.transient):
            if not np.isfinite(variable.brian2.get_value()).all():
                raise diverged(variable.name)
        state = {variable.name: np.array(variable.brian2.get_value()) for variable in self._carried(objects)}
        if self.continuous:
            for name, pathway in pathways(self.network, objects):
                ahead, synapse = _queued(pathway.queue).T.astype(np.int32)
                state |= {f"{name}.in_flight_synapse": synapse, f"{name}.in_flight_ahead": ahead}
        spikes = {}
        for name in job.record:
            variables = objects.spike_monitors[name].variables
            unit, time = (np.array(variables[part].get_value()) for part in ("i", "t"))
            spikes[name] = (unit, time, np.array(seen.ends[name], dtype=np.int64))
        traces = {
            (name, variable): np.array(monitor.variables[variable].get_value())
            for (name, variable), monitor in objects.trace_monitors.items()
            if name in job.record
        }
        return Outcome(state, seen.counts, spikes, traces, seen.presentations)


def _set(group: Any, name: str, value: Any) -> None:
    """Write an array in place, past Brian2's unit checks: everything here is in SI units."""
    group.variables[name].get_value()[...] = value


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
