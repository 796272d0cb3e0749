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

from bnsim.encoding import Encoder, SpikeTrains
from bnsim.engine import equations as text
from bnsim.engine import random
from bnsim.engine.build import Objects, pathways
from bnsim.engine.rows import SHORTEST
from bnsim.engine.variables import Variable
from bnsim.network import Network
from bnsim.timing import Timing

HELPERS = (Path(__file__).parent / "cpp" / "helpers.h").read_text(encoding="utf-8")


NOT_FINITE = "not finite: "
"""How the driver reports a variable that became NaN or infinite, before its name."""


@dataclass(frozen=True)
class Array:
    """A C++ array of the generated code: expressions for its first element and its length."""

    data: str
    size: str


def driver_source(network: Network, timing: Timing, objects: Objects, device: Any, continuous: bool) -> str:
    """The function `bnsim_run`, to be called where Brian2 would run its network."""
    writer = _Writer(network, timing, objects, device, continuous)
    parts = [*writer.read_job(), *writer.run_trials(), *writer.write_outcome()]
    body = "\n".join("    " + line for line in parts)
    draws = "\n".join(writer.draw(name) for name in writer.sparsely_drawn)
    run = f"int bnsim_run()\n{{\n    using namespace brian;\n{body}\n    return 0;\n}}\n"
    return f"{HELPERS}\n{random.CPP if draws else ''}\n{draws}\n{run}"


class _Writer:
    def __init__(self, network: Network, timing: Timing, objects: Objects, device: Any, continuous: bool) -> None:
        self.network, self.timing, self.objects = network, timing, objects
        self.device, self.continuous = device, continuous

    def array(self, group: Any, variable: str) -> Array:
        declared = group.variables[variable]
        name = self.device.get_array_name(declared, access_data=False)
        if declared in self.device.dynamic_arrays:
            return Array(f"({name}.empty() ? 0 : &{name}[0])", f"{name}.size()")
        return Array(name, str(declared.size))

    def of(self, variable: Variable) -> Array:
        return self.array(variable.group, variable.variable)

    def vector(self, group: Any, variable: str) -> str:
        return str(self.device.get_array_name(group.variables[variable], access_data=False))

    def read_job(self) -> list[str]:
        lines = [
            'int64_t header[3]; bnsim::read(header, 3, "header");',
            "const int64_t n_trials = header[0]; const bool plastic = header[1] != 0, profile = header[2] != 0;",
        ]
        for population in self.network.populations:
            lines.append(f'char record_{population.name}; bnsim::read(&record_{population.name}, 1, "record");')
        for projection in self.network.projections:
            lines += self._read_synapses(projection.name, projection.delay_kind)
        for variable in self.objects.persistent:
            if not variable.name.endswith(".w"):
                array = self.of(variable)
                lines.append(f'bnsim::read({array.data}, {array.size}, "{variable.name}");')
        if self.continuous:
            for variable in self.objects.transient:
                array = self.of(variable)
                lines.append(f'bnsim::read({array.data}, {array.size}, "{variable.name}");')
            for index, (_, pathway) in enumerate(pathways(self.network, self.objects)):
                lines.append(f"std::vector<int32_t> synapse_{index}, ahead_{index};")
                lines.append(f"bnsim::read(synapse_{index}); bnsim::read(ahead_{index});")
                lines.append(f"bnsim::put(*{pathway.name}.queue[0], synapse_{index}, ahead_{index});")
        return lines + self._read_stimulus()

    def _read_synapses(self, name: str, delay_kind: str) -> list[str]:
        synapses = self.objects.synapses[name]
        source, target = self.vector(synapses, "_synaptic_pre"), self.vector(synapses, "_synaptic_post")
        lines = [f"bnsim::read({source}); bnsim::read({target});"]
        registered = sorted(
            str(self.device.get_array_name(variable, access_data=False)) for variable in synapses._registered_variables
        )
        lines += [f"{array}.resize({source}.size());" for array in registered if array not in (source, target)]
        outgoing, incoming = self.vector(synapses, "N_outgoing"), self.vector(synapses, "N_incoming")
        lines += [
            f"{outgoing}.assign({len(synapses.source)}, 0); {incoming}.assign({len(synapses.target)}, 0);",
            f"for (size_t k = 0; k < {source}.size(); k++) {{ {outgoing}[{source}[k]]++; {incoming}[{target}[k]]++; }}",
            f"{self.vector(synapses, 'N')}[0] = {source}.size();",
        ]
        weight = self.array(synapses, "w")
        lines.append(f'bnsim::read({weight.data}, {weight.size}, "{name}.w");')
        if delay_kind != "none":
            delay = self.array(synapses.pre, "delay")
            lines.append(f'bnsim::read({delay.data}, {delay.size}, "{name}.delay");')
        lines += [f"_before_run_{pathway.name}_push_spikes();" for pathway in synapses._pathways]
        if delay_kind == "none":
            spikes = self.vector(synapses.source, "_spikespace")
            lines.append(
                f"bnsim_rows_{synapses.name}.find({source}, {target}, {len(synapses.source)}, {SHORTEST}, {spikes});"
            )
        return lines

    def _read_stimulus(self) -> list[str]:
        lines = ["std::vector<int64_t> keys; bnsim::read(keys);"]
        lines.append("std::vector<int64_t> presentations;")
        if self.network.reward is not None:
            lines.append("std::vector<int64_t> correct; bnsim::read(correct);")
        for population in self.network.populations:
            name = population.name
            if isinstance(population.model, SpikeTrains):
                lines.append(f"std::vector<int64_t> offsets_{name}, index_{name};")
                lines.append(f"bnsim::read(offsets_{name}); bnsim::read(index_{name});")
            elif population.stimulus_encoder is not None:
                lines.append(f"std::vector<double> drive_{name}; bnsim::read(drive_{name});")
        for projection, signal, _ in text.signals(self.network):
            lines.append(
                f"std::vector<double> signal_{projection}_{signal}; bnsim::read(signal_{projection}_{signal});"
            )
        for population in self.network.populations:
            name = population.name
            lines.append(f"std::vector<int32_t> counts_{name}(n_trials * {population.size});")
            lines.append(f"std::vector<int64_t> end_{name};")
        return lines

    def run_trials(self) -> list[str]:
        lines = ["bnsim::Functions functions = bnsim::functions_of(bnsim_network);"]
        n_ends = sum(len(item._code_objects) for item in self.objects.trial_end)
        lines.append(f"std::vector<double> seconds(profile ? functions.size() + {n_ends} : 0);")
        for group in self.objects.groups.values():
            if "plastic" in group.variables:
                lines.append(f"{self.vector(group, 'plastic')}[0] = plastic;")
        for item in self.objects.trial_end:
            lines += [f"bnsim::leave_out(functions, _run_{code.name});" for code in item._code_objects]
        for population, monitor in self._monitors():
            for code in monitor._code_objects:
                lines.append(f"if (!record_{population}) bnsim::leave_out(functions, _run_{code.name});")
        for synapses in self.objects.synapses.values():
            if "pre" in synapses._synaptic_updaters:
                push = f"_run_{synapses.pre.name}_push_spikes"
                lines.append(f"if (bnsim_rows_{synapses.name}.direct()) bnsim::leave_out(functions, {push});")
        for name in self.sparsely_drawn:
            (code,) = self.objects.draws[name]._code_objects
            lines.append(f"bnsim::replace(functions, _run_{code.name}, bnsim_draw_{name});")
        presentation = [*self._begin_presentation(), *self._steps(), *self._learn()]
        lines.append("for (int64_t trial = 0; trial < n_trials; trial++) {")
        lines += ["    " + line for line in self._present(presentation)]
        lines += ["    " + line for line in self._end_trial()]
        return [*lines, "}"]

    def _present(self, presentation: list[str]) -> Iterator[str]:
        """A trial's presentation, again and again where the network asks for that."""
        yield "int64_t presentation = 0;"
        repetition = self.network.repetition
        if repetition is None:
            yield from presentation
            return
        population = self.network[repetition.population]
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
        repetition = self.network.repetition
        scale = "1.0" if repetition is None else f"(1 + {float(repetition.increment)!r} * presentation)"
        if not self.continuous:
            for variable in self.objects.transient:
                array = self.of(variable)
                yield f"std::fill({array.data}, {array.data} + {array.size}, {variable.initial!r});"
            for _, pathway in pathways(self.network, self.objects):
                yield f"bnsim::empty(*{pathway.name}.queue[0]);"
        for population in self.network.populations:
            group, name, size = self.objects.groups[population.name], population.name, population.size
            count = self.array(group, "spike_count").data
            yield f"std::fill({count}, {count} + {size}, 0);"
            if "trial_key_high" in group.variables:
                yield f"{self.vector(group, 'trial_key_high')}[0] = keys[2 * trial];"
                yield f"{self.vector(group, 'trial_key_low')}[0] = keys[2 * trial + 1];"
                yield f"{self.vector(group, 'first_step')}[0] = presentation * {self.timing.steps};"
            if isinstance(population.model, SpikeTrains):
                yield from self._mark_raster(name, "1.0")
            elif population.stimulus_encoder is not None:
                drive = self.array(group, "drive").data
                yield f"for (int k = 0; k < {size}; k++) {drive}[k] = {scale} * drive_{name}[trial * {size} + k];"
                if name in self.sparsely_drawn:
                    yield f"driven_{name}.clear();"
                    yield f"for (int k = 0; k < {size}; k++) if ({drive}[k] != 0) driven_{name}.push_back(k);"
                    yield f"while (driven_{name}.size() % 8) driven_{name}.push_back(driven_{name}.back());"
        for projection, signal, kind in text.signals(self.network):
            array = self._signal(projection, signal, kind)
            yield f"std::copy_n(&signal_{projection}_{signal}[trial * {array.size}], {array.size}, {array.data});"

    @property
    def sparsely_drawn(self) -> list[str]:
        """Populations whose random numbers are drawn for the units that are driven, not for all."""
        return [
            population.name
            for population in self.network.populations
            if isinstance(population.model, Encoder)
            and population.model.silent_without_drive
            and population.name in self.objects.draws
        ]

    def draw(self, name: str) -> str:
        """A function in the place of Brian2's, which draws for every unit: the numbers that are used are the same.

        The last driven unit stands in the list several times, to fill the compiler's vectors.
        """
        group = self.objects.groups[name]
        keys = ", ".join(f"{self.vector(group, f'trial_key_{half}')}[0]" for half in ("high", "low"))
        step = f"{self.vector(group, 'first_step')}[0] + {self.vector(self.objects.clock, 'timestep')}[0]"
        return f"""
static std::vector<int32_t> driven_{name};
static std::vector<double> drawn_{name}({self.network[name].size + 8});
static void bnsim_draw_{name}() {{
    using namespace brian;
    const int64_t high_low[2] = {{{keys}}}, step = {step};
    const int n = (int)driven_{name}.size();
    const int32_t* const unit = driven_{name}.data();
    double* const drawn = drawn_{name}.data();
    for (int k = 0; k < n; k++)
        drawn[k] = bnsim_uniform(high_low[0], high_low[1], {random.stream(f"{name}:spikes")}, step, unit[k]);
    double* const uniform = {self.array(group, "uniform").data};
    for (int k = 0; k < n; k++) uniform[unit[k]] = drawn[k];
}}"""

    def _mark_raster(self, name: str, value: str) -> Iterator[str]:
        yield f"for (int64_t k = offsets_{name}[trial]; k < offsets_{name}[trial + 1]; k++)"
        yield f"    raster_{name}_values[index_{name}[k]] = {value};"

    def _signal(self, projection: str, signal: str, kind: str) -> Array:
        described = next(p for p in self.network.projections if p.name == projection)
        if kind == "shared":
            return self.array(self.objects.synapses[projection], signal)
        return self.array(self.objects.groups[described.target], text.local_names(described)[signal])

    def _steps(self) -> Iterator[str]:
        dt, steps, shown = self.timing.dt, self.timing.steps, self.timing.presentation_steps
        clock = ", ".join(self.vector(self.objects.clock, name) for name in ("timestep", "t"))
        yield f"bnsim::run_steps(functions, {clock}, {dt!r}, 0, {shown}, seconds);"
        if shown == steps:
            return
        for population in self.network.populations:
            if "drive" in self.objects.groups[population.name].variables and population.stimulus_encoder is not None:
                drive = self.array(self.objects.groups[population.name], "drive")
                yield f"std::fill({drive.data}, {drive.data} + {drive.size}, 0.0);"
        yield from (f"driven_{name}.clear();" for name in self.sparsely_drawn)
        yield f"bnsim::run_steps(functions, {clock}, {dt!r}, {shown}, {steps}, seconds);"

    def _learn(self) -> Iterator[str]:
        """What is learned at the end of a presentation."""
        codes = [f"_run_{code.name}" for item in self.objects.trial_end for code in item._code_objects]
        calls = [
            f"if (profile) bnsim::call({code}, seconds[functions.size() + {index}]); else {code}();"
            for index, code in enumerate(codes)
        ]
        if calls or self.network.reward is not None:
            yield f"if (plastic) {{ {' '.join([*self._tell_reward(), *calls])} }}"

    def _tell_reward(self) -> Iterator[str]:
        if self.network.reward is None:
            return
        group = self.objects.groups[self.network.reward.population]
        count, last = (self.array(group, name) for name in ("spike_count", "last_spike_step"))
        yield f"const double reward = bnsim::decision({count.data}, {last.data}, {count.size}) == correct[trial];"
        for projection, signal in text.reward_signals(self.network):
            yield f"{self.array(self.objects.synapses[projection], signal).data}[0] = reward;"

    def _end_trial(self) -> Iterator[str]:
        yield "presentations.push_back(presentation + 1);"
        for population in self.network.populations:
            name, size = population.name, population.size
            count = self.array(self.objects.groups[name], "spike_count").data
            yield f"std::memcpy(&counts_{name}[trial * {size}], {count}, {size} * sizeof(int32_t));"
            yield f"end_{name}.push_back({self.vector(self.objects.spike_monitors[name], 'i')}.size());"
            if isinstance(population.model, SpikeTrains):
                yield from self._mark_raster(name, "0.0")
        if self.continuous:
            for variable in self.objects.times:
                array = self.of(variable)
                yield f"for (size_t k = 0; k < {array.size}; k++) {array.data}[k] -= {self.timing.trial!r};"

    def write_outcome(self) -> Iterator[str]:
        for variable in (*self.objects.persistent, *self.objects.transient):
            array = self.of(variable)
            yield f'bnsim::check_finite({array.data}, {array.size}, "{NOT_FINITE}{variable.name}");'
        carried = [*self.objects.persistent, *(self.objects.transient if self.continuous else [])]
        for variable in carried:
            array = self.of(variable)
            yield f"bnsim::write({array.data}, {array.size});"
        if self.continuous:
            for index, (_, pathway) in enumerate(pathways(self.network, self.objects)):
                yield f"synapse_{index}.clear(); ahead_{index}.clear();"
                yield f"bnsim::take(*{pathway.name}.queue[0], synapse_{index}, ahead_{index});"
                yield f"bnsim::write(synapse_{index}); bnsim::write(ahead_{index});"
        for population in self.network.populations:
            name = population.name
            monitor = self.objects.spike_monitors[name]
            yield f"bnsim::write(counts_{name});"
            yield f"bnsim::write({self.vector(monitor, 'i')}); bnsim::write({self.vector(monitor, 't')});"
            yield f"bnsim::write(end_{name});"
        yield "bnsim::write(presentations); bnsim::write(seconds);"
        for (_, traced), monitor in self.objects.trace_monitors.items():
            rows = self.vector(monitor, traced)
            yield "{ std::vector<double> rows;"
            yield f"  for (int k = 0; k < {rows}.n; k++)"
            yield f"    for (int j = 0; j < {rows}.m; j++) rows.push_back({rows}(k, j));"
            yield "  bnsim::write(rows); }"
        yield "std::fflush(stdout);"
