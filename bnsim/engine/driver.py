"""The C++ that drives a compiled network: reads a job from standard input, runs its trials, writes the outcome.

Brian2 generates the code of every object; this driver takes the place of its single `run` call. For each trial it
sets the transient variables, loads the drive, restarts the clock at 0 and runs the steps (again, where the network
asks for a repetition); so a trial does not know
its place in the chunk, nothing but data depends on connectivity or on the number of trials, and only what is wanted
is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bnsim.engine import random
from bnsim.engine.build import Objects
from bnsim.engine.rows import SHORTEST
from bnsim.program import KEY_WORDS, PopulationProgram, Program, ProjectionProgram, Signal, Variable, layout

HELPERS, DRAWS = (
    (Path(__file__).parent / "cpp" / name).read_text(encoding="utf-8") for name in ("helpers.h", "draws.h")
)

NOT_FINITE = "not finite: "
"""How the driver reports a variable that became NaN or infinite, before its name."""

_TYPES = {"int8": "char", "int32": "int32_t", "int64": "int64_t", "float64": "double"}


@dataclass(frozen=True)
class Array:
    """C++ array of the generated code.

    Parameters
    ----------
    data : str
        Expression for a pointer to its first element.
    size : str
        Expression for its length.
    """

    data: str
    size: str


def driver_source(program: Program, objects: Objects, device: Any) -> str:
    """Return the C++ source of the function `bnsim_run`, which is called where Brian2 would run its network.

    Parameters
    ----------
    program : Program
        The program.
    objects : Objects
        Its Brian2 objects.
    device : RowDevice
        The device that they were created in.

    Returns
    -------
    str
        C++ source.
    """
    writer = _Writer(program, objects, device)
    parts = [*writer.read_job(), *writer.run_trials(), *writer.write_outcome()]
    body = "\n".join("    " + line for line in parts)
    draws = "\n".join(writer.draw(population) for population in writer.drawn)
    run = f"int bnsim_run()\n{{\n    using namespace brian;\n{body}\n    return 0;\n}}\n"
    return f"{HELPERS}\n{random.UNIFORM_CPP + DRAWS if draws else ''}\n{draws}\n{run}"


class _Writer:
    def __init__(self, program: Program, objects: Objects, device: Any) -> None:
        self.program, self.timing, self.objects, self.device = program, program.timing, objects, device
        self.pathways = dict(objects.pathways(program))
        self.carried = {variable.name: variable for variable in program.carried}

    def array(self, group: Any, variable: str) -> Array:
        declared = group.variables[variable]
        name = self.device.get_array_name(declared, access_data=False)
        if declared in self.device.dynamic_arrays:
            return Array(f"({name}.empty() ? 0 : &{name}[0])", f"{name}.size()")
        return Array(name, str(declared.size))

    def of(self, variable: Variable | Signal) -> Array:
        return self.array(self.objects.owner(variable), variable.symbol)

    def vector(self, group: Any, variable: str) -> str:
        return str(self.device.get_array_name(group.variables[variable], access_data=False))

    def read_job(self) -> Iterator[str]:
        for array in layout.job(self.program):
            yield from self._read(array)
        yield "std::vector<int64_t> presentations;"
        for population in self.program.populations:
            yield f"std::vector<int32_t> counts_{population.name}(n_trials * {population.size});"
            yield f"std::vector<int64_t> end_{population.name};"

    def _read(self, array: layout.Array) -> Iterator[str]:
        match array.content:
            case "header":
                yield 'int64_t header[3]; bnsim::read(header, 3, "header");'
                yield "const int64_t n_trials = header[0];"
                yield "const bool plastic = header[1] != 0, profile = header[2] != 0;"
            case "record":
                yield f'char record_{array.owner}; bnsim::read(&record_{array.owner}, 1, "record");'
            case "source" | "target":
                yield f"bnsim::read({self._index(array.owner, array.content)});"
                if array.content == "target":
                    yield from self._make_room(self.program.projection(array.owner))
            case "weight" | "delay":
                projection, synapses = self.program.projection(array.owner), self.objects.synapses[array.owner]
                values = self.array(synapses if array.content == "weight" else synapses.pre, array.part)
                yield f'bnsim::read({values.data}, {values.size}, "{array.name}");'
                if array.content == "delay" or projection.delay == "none":
                    yield from self._wire(projection)
            case "variable":
                values = self.of(self.carried[array.name])
                yield f'bnsim::read({values.data}, {values.size}, "{array.name}");'
            case _:
                vector = self._local(array)
                yield f"std::vector<{_TYPES[array.dtype]}> {vector}; bnsim::read({vector});"
                if array.content == "in_flight_ahead":
                    yield f"bnsim::put({', '.join(self._queue(array))});"

    def _local(self, array: layout.Array) -> str:
        """Return the name of the driver's own vector for an array that Brian2 does not hold."""
        if array.content == "signal":
            return _signal(array.owner, array.part)
        return "_".join(part for part in (array.part, *array.owner.split(".")) if part)

    def _queue(self, array: layout.Array) -> tuple[str, str, str]:
        """Return a pathway's queue, and the driver's vectors for the spikes in flight there."""
        name = array.owner.replace(".", "_")
        queue = f"*{self.pathways[array.owner].name}.queue[0]"
        return queue, f"in_flight_synapse_{name}", f"in_flight_ahead_{name}"

    def _index(self, projection: str, end: str) -> str:
        return self.vector(self.objects.synapses[projection], "_synaptic_pre" if end == "source" else "_synaptic_post")

    def _make_room(self, projection: ProjectionProgram) -> Iterator[str]:
        """Room for as many synapses as were read."""
        synapses = self.objects.synapses[projection.name]
        source, target = self._index(projection.name, "source"), self._index(projection.name, "target")
        registered = sorted(
            str(self.device.get_array_name(variable, access_data=False)) for variable in synapses._registered_variables
        )
        yield from (f"{array}.resize({source}.size());" for array in registered if array not in (source, target))
        outgoing, incoming = self.vector(synapses, "N_outgoing"), self.vector(synapses, "N_incoming")
        yield f"{outgoing}.assign({projection.n_source}, 0); {incoming}.assign({projection.n_target}, 0);"
        count = f"{outgoing}[{source}[k]]++; {incoming}[{target}[k]]++;"
        yield f"for (size_t k = 0; k < {source}.size(); k++) {{ {count} }}"
        yield f"{self.vector(synapses, 'N')}[0] = {source}.size();"

    def _wire(self, projection: ProjectionProgram) -> Iterator[str]:
        """Queues, and rows where there are any, once synapses and delays are known."""
        synapses = self.objects.synapses[projection.name]
        yield from (f"_before_run_{pathway.name}_push_spikes();" for pathway in synapses._pathways)
        if projection.delay == "none":
            source, target = self._index(projection.name, "source"), self._index(projection.name, "target")
            spikes = self.vector(synapses.source, "_spikespace")
            yield (f"bnsim_rows_{synapses.name}.find({source}, {target}, {projection.n_source}, {SHORTEST}, {spikes});")

    def run_trials(self) -> list[str]:
        lines = ["bnsim::Functions functions = bnsim::functions_of(bnsim_network);"]
        n_ends = sum(len(item._code_objects) for item in self.objects.trial_end)
        lines.append(f"std::vector<double> seconds(profile ? functions.size() + {n_ends} : 0);")
        for population in self.program.populations:
            if population.learns:
                flag = self.vector(self.objects.groups[population.name], "plastic")
                lines.append(f"{flag}[0] = plastic;")
        for item in self.objects.trial_end:
            lines += [f"bnsim::leave_out(functions, _run_{code.name});" for code in item._code_objects]
        for name, monitor in self._monitors():
            for code in monitor._code_objects:
                lines.append(f"if (!record_{name}) bnsim::leave_out(functions, _run_{code.name});")
        for synapses in self.objects.synapses.values():
            if "pre" in synapses._synaptic_updaters:
                push = f"_run_{synapses.pre.name}_push_spikes"
                lines.append(f"if (bnsim_rows_{synapses.name}.direct()) bnsim::leave_out(functions, {push});")
        for population in self.drawn:
            (code,) = self.objects.draws[population.name]._code_objects
            lines.append(f"bnsim::replace(functions, _run_{code.name}, bnsim_draw_{population.name});")
            if population not in self.sparsely_drawn:
                lines.append(f"draws_{population.name}.choose({population.size});")
        presentation = [*self._begin_presentation(), *self._steps(), *self._learn()]
        lines.append("for (int64_t trial = 0; trial < n_trials; trial++) {")
        lines += ["    " + line for line in self._present(presentation)]
        lines += ["    " + line for line in self._end_trial()]
        return [*lines, "}"]

    def _present(self, presentation: list[str]) -> Iterator[str]:
        """A trial's presentation, again and again where the network asks for that."""
        yield "int64_t presentation = 0;"
        repetition = self.program.repetition
        if repetition is None:
            yield from presentation
            return
        population = self.program.population(repetition.population)
        count = self.array(self.objects.groups[population.name], "spike_count").data
        kept = [(self.vector(monitor, name), self.vector(monitor, "N")) for name, monitor in self._kept()]
        yield from (f"const size_t kept_{index} = {array}.size();" for index, (array, _) in enumerate(kept))
        yield "for (;; presentation++) {"
        for index, (array, number) in enumerate(kept):
            yield f"    {array}.resize(kept_{index}); {number}[0] = kept_{index};"
        yield from ("    " + line for line in presentation)
        yield "    int64_t n_spikes = 0;"
        yield f"    for (int k = 0; k < {population.size}; k++) n_spikes += {count}[k];"
        yield f"    if (n_spikes >= {repetition.minimum_spikes} || presentation + 1 == {repetition.most}) break;"
        yield "}"

    def _kept(self) -> Iterator[tuple[str, Any]]:
        """Arrays, by name and monitor, that are shortened to forget a presentation; rows of traces follow their t."""
        for monitor in self.objects.spike_monitors.values():
            yield from (("i", monitor), ("t", monitor))
        yield from (("t", monitor) for monitor in self.objects.trace_monitors.values())

    def _monitors(self) -> list[tuple[str, Any]]:
        spikes = list(self.objects.spike_monitors.items())
        return spikes + [(population, monitor) for (population, _), monitor in self.objects.trace_monitors.items()]

    def _begin_presentation(self) -> Iterator[str]:
        repetition = self.program.repetition
        scale = "1.0" if repetition is None else f"(1 + {float(repetition.increment)!r} * presentation)"
        if not self.program.continuous:
            for variable in self.program.transient:
                array = self.of(variable)
                yield f"std::fill({array.data}, {array.data} + {array.size}, {variable.initial!r});"
            for pathway in self.pathways.values():
                yield f"bnsim::empty(*{pathway.name}.queue[0]);"
        for population in self.program.populations:
            group, name, size = self.objects.groups[population.name], population.name, population.size
            count = self.array(group, "spike_count").data
            yield f"std::fill({count}, {count} + {size}, 0);"
            if population.draw is not None:
                yield f"{self.vector(group, 'trial_key_high')}[0] = keys[2 * trial];"
                yield f"{self.vector(group, 'trial_key_low')}[0] = keys[2 * trial + 1];"
                yield f"{self.vector(group, 'first_step')}[0] = presentation * {self.timing.steps};"
            if _replays(population):
                yield from self._mark_raster(name, "1.0")
            elif population.stimulus is not None:
                drive = self.array(group, "drive").data
                yield f"for (int k = 0; k < {size}; k++) {drive}[k] = {scale} * drive_{name}[trial * {size} + k];"
                if population in self.sparsely_drawn:
                    yield f"draws_{name}.choose({size}, {drive});"
        for signal in self.program.told:
            array, given = self.of(signal), _signal(signal.projection, signal.name)
            yield f"std::copy_n(&{given}[trial * {array.size}], {array.size}, {array.data});"

    @property
    def drawn(self) -> list[PopulationProgram]:
        """Populations that draw random numbers."""
        return [population for population in self.program.populations if population.draw is not None]

    @property
    def sparsely_drawn(self) -> list[PopulationProgram]:
        """Populations whose random numbers are drawn for the units that are driven, not for all."""
        return [p for p in self.drawn if p.draw is not None and p.draw.sparse]

    def draw(self, population: PopulationProgram) -> str:
        """A function in the place of Brian2's, which calls the generator for every unit: the numbers are the same."""
        assert population.draw is not None
        name, group = population.name, self.objects.groups[population.name]
        keys = ", ".join(f"{self.vector(group, word)}[0]" for word in KEY_WORDS)
        step = f"{self.vector(group, 'first_step')}[0] + {self.vector(self.objects.clock, 'timestep')}[0]"
        numbers = f"{self.array(group, 'uniform').data}, {population.size}"
        return f"""
static bnsim::Draws draws_{name};
static void bnsim_draw_{name}() {{
    using namespace brian;
    draws_{name}.draw({keys}, {random.stream(population.draw.stream)}u, {step}, {numbers});
}}"""

    def _mark_raster(self, name: str, value: str) -> Iterator[str]:
        yield f"for (int64_t k = offsets_{name}[trial]; k < offsets_{name}[trial + 1]; k++)"
        yield f"    raster_{name}_values[index_{name}[k]] = {value};"

    def _steps(self) -> Iterator[str]:
        dt, steps, shown = self.timing.dt, self.timing.steps, self.timing.presentation_steps
        clock = ", ".join(self.vector(self.objects.clock, name) for name in ("timestep", "t"))
        yield f"bnsim::run_steps(functions, {clock}, {dt!r}, 0, {shown}, seconds);"
        if shown == steps:
            return
        for population in self.program.populations:
            if population.stimulus is not None and not _replays(population):
                drive = self.array(self.objects.groups[population.name], "drive")
                yield f"std::fill({drive.data}, {drive.data} + {drive.size}, 0.0);"
        yield from (f"draws_{population.name}.blocks.clear();" for population in self.sparsely_drawn)
        yield f"bnsim::run_steps(functions, {clock}, {dt!r}, {shown}, {steps}, seconds);"

    def _learn(self) -> Iterator[str]:
        """What is learned at the end of a presentation."""
        codes = [f"_run_{code.name}" for item in self.objects.trial_end for code in item._code_objects]
        calls = [
            f"if (profile) bnsim::call({code}, seconds[functions.size() + {index}]); else {code}();"
            for index, code in enumerate(codes)
        ]
        if calls or self.program.reward is not None:
            yield f"if (plastic) {{ {' '.join([*self._tell_reward(), *calls])} }}"

    def _tell_reward(self) -> Iterator[str]:
        if self.program.reward is None:
            return
        group = self.objects.groups[self.program.reward.population]
        count, last = (self.array(group, name) for name in ("spike_count", "last_spike_step"))
        yield f"const double reward = bnsim::decision({count.data}, {last.data}, {count.size}) == correct[trial];"
        yield from (f"{self.of(signal).data}[0] = reward;" for signal in self.program.rewarded)

    def _end_trial(self) -> Iterator[str]:
        yield "presentations.push_back(presentation + 1);"
        for population in self.program.populations:
            name, size = population.name, population.size
            count = self.array(self.objects.groups[name], "spike_count").data
            yield f"std::memcpy(&counts_{name}[trial * {size}], {count}, {size} * sizeof(int32_t));"
            yield f"end_{name}.push_back({self.vector(self.objects.spike_monitors[name], 'i')}.size());"
            if _replays(population):
                yield from self._mark_raster(name, "0.0")
        if self.program.continuous:
            for variable in self.program.times:
                array = self.of(variable)
                yield f"for (size_t k = 0; k < {array.size}; k++) {array.data}[k] -= {self.timing.trial!r};"

    def write_outcome(self) -> Iterator[str]:
        for variable in self.program.variables:
            values = self.of(variable)
            yield f'bnsim::check_finite({values.data}, {values.size}, "{NOT_FINITE}{variable.name}");'
        for array in layout.outcome(self.program):
            yield from self._write(array)
        yield "std::fflush(stdout);"

    def _write(self, array: layout.Array) -> Iterator[str]:
        match array.content:
            case "variable":
                values = self.of(self.carried[array.name])
                yield f"bnsim::write({values.data}, {values.size});"
            case "in_flight_synapse":
                queue, synapse, ahead = self._queue(array)
                yield f"{synapse}.clear(); {ahead}.clear();"
                yield f"bnsim::take({queue}, {synapse}, {ahead});"
                yield f"bnsim::write({synapse});"
            case "spike_unit" | "spike_time":
                monitor = self.objects.spike_monitors[array.owner]
                yield f"bnsim::write({self.vector(monitor, 'i' if array.content == 'spike_unit' else 't')});"
            case "trace":
                rows = self.vector(self.objects.trace_monitors[array.owner, array.part], array.part)
                yield "{ std::vector<double> rows;"
                yield f"  for (int k = 0; k < {rows}.n; k++)"
                yield f"    for (int j = 0; j < {rows}.m; j++) rows.push_back({rows}(k, j));"
                yield "  bnsim::write(rows); }"
            case _:
                yield f"bnsim::write({self._local(array)});"


def _signal(projection: str, name: str) -> str:
    """Name of the driver's vector for a signal."""
    return f"signal_{projection}_{name}"


def _replays(population: PopulationProgram) -> bool:
    return population.stimulus is not None and population.stimulus.form == "spikes"
