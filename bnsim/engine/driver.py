"""The C++ that drives a compiled network: job after job, it takes the arrays, runs the trials, returns the outcome.

Brian2 generates the code of every object; this driver takes the place of its single `run` call. The process lives on
between jobs (see `bnsim.engine.resident`): what a job brings may be left as it stands, and all else is at the start of
each job as it was before the first, so that no job depends on those before. For each trial the driver sets the
transient variables, loads the drive, restarts the clock at 0 and runs the steps (again, where the network asks for a
repetition); so a trial does not know its place in the chunk, nothing but data depends on connectivity, on the number of
trials or on their length, and only what is wanted is returned. A continuous run is a trial that starts where the last
one ended, with a drive for each of its segments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bnsim.engine import random
from bnsim.engine.build import Objects
from bnsim.engine.job import CHECK_EVERY, SAMPLE_BYTES, SPIKE_BYTES
from bnsim.engine.rows import SHORTEST
from bnsim.program import (
    KEY_WORDS,
    Draw,
    PopulationProgram,
    Program,
    ProjectionProgram,
    Received,
    Recordable,
    Signal,
    Variable,
    layout,
)

HELPERS, DRAWS = (
    (Path(__file__).parent / "cpp" / name).read_text(encoding="utf-8") for name in ("helpers.h", "draws.h")
)
GENERATOR = "".join((random.NORMAL_QUANTILE_CPP, random.POISSON_QUANTILE_CPP, random.THRESHOLDS_CPP))
CONSTANTS = f"enum {{ CHECK_EVERY = {CHECK_EVERY}, SPIKE_BYTES = {SPIKE_BYTES}, SAMPLE_BYTES = {SAMPLE_BYTES} }};\n"


NOT_FINITE = "not finite: "
"""How the driver reports a variable that became NaN or infinite, before its name, unit, trial and time."""

_DRAWS = {"uniform": "Uniform", "poisson": "Poisson", "chance": "Chance"}
_TYPES = {"bool": "char", "int32": "int32_t", "int64": "int64_t", "float64": "double"}


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
    parts = [*writer.read_job(), *writer.prepare(), *writer.run_trials(), *writer.write_outcome()]
    draws = "\n".join(writer.draw(population, draw) for population, draw in writer.drawn)
    receiving = "\n".join(writer.receive(population) for population in program.populations if population.received)
    check = _function("static void bnsim_check(const bnsim::Place& place)", writer.check())
    # What happens once a job is not worth the compiler's time.
    job = _function("__attribute__((cold)) static void bnsim_job()", parts)
    run = _function("int bnsim_run()", writer.run_jobs())
    helpers = f"{CONSTANTS}{HELPERS}\n{GENERATOR + DRAWS if draws else ''}"
    return f"{helpers}\n{draws}\n{receiving}\n{check}\n{job}\n{run}"


def _function(head: str, body: Iterable[str]) -> str:
    lines = "\n".join("    " + line for line in ["using namespace brian;", *body])
    return f"{head}\n{{\n{lines}\n}}\n"


class _Writer:
    def __init__(self, program: Program, objects: Objects, device: Any) -> None:
        self.program, self.objects, self.device = program, objects, device
        self.pathways = dict(objects.pathways(program))
        self.variables = {variable.name: variable for variable in program.variables}
        self._job = tuple(layout.job(program))

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

    def run_jobs(self) -> Iterator[str]:
        """Take jobs until the owner has no more. What Ctrl-C means is for the owner to decide: it reaches both."""
        yield "std::signal(SIGINT, SIG_IGN);"
        yield "bnsim::Fresh fresh;"
        yield from (f"fresh.add({name}, _num_{name});" for name in self._fresh())
        yield f"while (bnsim::exchange.receive({len(self._job)})) {{"
        yield "    fresh.restore();"
        yield "    bnsim_job();"
        yield "}"
        yield "return 0;"

    def _fresh(self) -> list[str]:
        """Arrays of fixed size that neither a job nor every trial sets, by name."""
        sent = {self.array(self.objects.groups[a.owner], a.part).data for a in self._job if a.content == "coefficient"}
        sent |= {self.of(variable).data for variable in self.program.variables if variable.place == "population"}
        sent |= {self.vector(synapses, "N") for synapses in self.objects.synapses.values()}
        arrays = (v for v in self.device.arrays if v not in self.device.dynamic_arrays)
        return sorted({str(self.device.get_array_name(variable, access_data=False)) for variable in arrays} - sent)

    def read_job(self) -> Iterator[str]:
        for array in self._job:
            yield from self._read(array)
        yield "std::vector<int64_t> presentations;"
        for population in self.program.populations:
            yield f"std::vector<int32_t> counts_{population.name}(n_trials * {population.size});"

    def check(self) -> Iterator[str]:
        """Look for values that are not finite."""
        for variable in self.program.variables:
            values = self.of(variable)
            yield f'bnsim::check_finite({values.data}, {values.size}, "{NOT_FINITE}{variable.name}", place);'

    def prepare(self) -> Iterator[str]:
        """The loop, with all that it does besides the network's functions."""
        clock = ", ".join(self.vector(self.objects.clock, name) for name in ("timestep", "t"))
        yield "bnsim::Loop loop = {bnsim::functions_of(bnsim_network), "
        yield f"    {clock}, {self.program.dt!r}, bnsim_check, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, reports, 0,"
        yield "    header[8], std::chrono::steady_clock::now() + std::chrono::milliseconds(header[9]), false};"
        yield "bnsim::Functions& functions = loop.functions;"
        n_ends = sum(len(item._code_objects) for item in self.objects.trial_end)
        yield f"loop.seconds.resize(profile ? functions.size() + {n_ends} : 0);"
        yield from self._leave_out()
        for population in self.program.populations:
            name, space = population.name, self.vector(self.objects.groups[population.name], "_spikespace")
            yield f"bnsim::Recorder recorder_{name}(spikes_{name}, {space}, {population.size});"
            yield f"if (recorder_{name}.on) loop.recorders.push_back(&recorder_{name});"
            if _replays(population):
                drive = self.array(self.objects.groups[name], "drive").data
                yield f"bnsim::Replay replay_{name} = {{{drive}, {population.size}}};"
                yield f"loop.replays.push_back(&replay_{name});"
            for series in population.series:
                values = self.array(self.objects.groups[name], series.symbol)
                feeder = f"feeder_{name}_{series.symbol}"
                given = f"series_{name}_{series.symbol}"
                yield f"bnsim::Feeder {feeder} = {{{values.data}, {values.size}, (int64_t){given}[0], &{given}[1], "
                yield f"    ({given}.size() - 1) / {values.size}}};"
                yield f"loop.feeders.push_back(&{feeder});"
        for item in self.program.recordable:
            yield from self._sampler(item)

    def _sampler(self, item: Recordable) -> Iterator[str]:
        owner = (self.objects.groups if item.place == "population" else self.objects.synapses)[item.owner]
        values, update = self.array(owner, f"observed_{item.symbol}" if item.computed else item.symbol), "NULL"
        if item.computed:
            (code,) = self.objects.observers[item.owner]._code_objects
            update = f"_run_{code.name}"
        name = f"{item.owner}_{item.symbol}"
        kind = f"(const {_TYPES[item.dtype]}*)({values.data})"
        yield f"bnsim::Sampler sampler_{name}(sample_{name}, {kind}, {values.size}, {update});"
        yield f"if (sampler_{name}.every) loop.samplers.push_back(&sampler_{name});"

    def _leave_out(self) -> Iterator[str]:
        """What the loop does not do in every step."""
        for item in (*self.objects.trial_end, *self.objects.observers.values()):
            yield from (f"bnsim::leave_out(functions, _run_{code.name});" for code in item._code_objects)
        for pathway in self.pathways.values():  # rows take the place of Brian2's queues
            yield f"bnsim::leave_out(functions, _run_{pathway.name}_push_spikes);"
        for population in self.program.populations:
            if population.received:
                yield f"bnsim::replace(functions, {self._receiving(population)}, bnsim_receive_{population.name});"
        for population, draw in self.drawn:
            (code,) = self.objects.draws[population.name, draw.symbol]._code_objects
            name = f"{population.name}_{draw.symbol}"
            yield f"bnsim::replace(functions, _run_{code.name}, bnsim_draw_{name});"
            if draw.mean:
                (code,) = self.objects.means[population.name, draw.symbol]._code_objects
                yield f"bnsim::leave_out(functions, _run_{code.name});"
                if draw.steady:
                    yield f"loop.steady.push_back(bnsim_expect_{name});"
            elif not draw.sparse:
                yield f"draws_{name}.words.choose({population.size});"

    def _read(self, array: layout.Array) -> Iterator[str]:
        match array.content:
            case "header":
                yield 'int64_t header[12]; bnsim::read(header, 12, "header");'
                yield "const int64_t n_trials = header[0], steps = header[4], shown = header[5];"
                yield "const bool plastic = header[1] != 0, profile = header[2] != 0, continuous = header[3] != 0;"
                yield "const bool reports = header[7] != 0;"
                yield "const int64_t parts = header[11];"
            case "coefficient":
                values = self.array(self.objects.groups[array.owner], array.part)
                yield f'bnsim::read({values.data}, {values.size}, "{array.name}");'
            case "recipe" | "recipe_values":
                vector, known = self._local(array), "bool" if array.content == "recipe" else ""
                yield f"static std::vector<{_TYPES[array.dtype]}> {vector};"
                yield f"{known} drawn_{array.owner} {'=' if known else '|='} bnsim::read({vector});"
            case "source":
                yield f"bool wired_{array.owner} = bnsim::read({self._index(array.owner, 'source')});"
            case "target":
                yield f"wired_{array.owner} |= bnsim::read({self._index(array.owner, 'target')});"
                yield f"if (wired_{array.owner}) {{"
                yield from ("    " + line for line in self._make_room(self.program.projection(array.owner)))
                yield "}"
            case "weight":
                projection = self.program.projection(array.owner)
                values = self.array(self.objects.synapses[array.owner], array.part)
                weighed = f'bnsim::read({values.data}, {values.size}, "{array.name}")'
                yield f"const bool weighed_{array.owner} = {weighed};"
                if projection.delay == "none":
                    yield from self._wire(projection)
            case "delay":
                values = self.array(self.objects.synapses[array.owner].pre, array.part)
                yield f'wired_{array.owner} |= bnsim::read({values.data}, {values.size}, "{array.name}");'
                yield from self._wire(self.program.projection(array.owner))
            case "variable" if not self._starts_trials(self.variables[array.name]):
                values = self.of(self.variables[array.name])
                yield f'bnsim::read({values.data}, {values.size}, "{array.name}");'
            case _:
                vector, kept = self._local(array), "static " if array.content in layout.KEPT else ""
                yield f"{kept}std::vector<{_TYPES[array.dtype]}> {vector}; bnsim::read({vector});"

    @staticmethod
    def _starts_trials(variable: Variable) -> bool:
        """Whether its given values are needed again at the start of each trial, and so stand apart."""
        return variable.role == "transient" and variable.place == "population"

    def _local(self, array: layout.Array) -> str:
        """Return the name of the driver's own vector for an array that Brian2 does not hold."""
        if array.content == "signal":
            return _signal(array.owner, array.part)
        if array.content in ("variable", "sample", "series"):
            return f"{'given' if array.content == 'variable' else array.content}_{array.owner}_{array.part}"
        return "_".join(part for part in (array.part, array.owner) if part)

    def _sent(self, array: layout.Array) -> str:
        """Return the rows through which the spikes go that are in flight to a projection's targets."""
        return f"bnsim_rows_{self.pathways[f'{array.owner}.pre'].name}"

    def _in_flight(self, array: layout.Array) -> tuple[str, str]:
        """Return the driver's vectors for them."""
        return f"in_flight_unit_{array.owner}", f"in_flight_age_{array.owner}"

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
        """Rows, once synapses and delays are known. Spikes that go back to the source have no delay."""
        synapses, name = self.objects.synapses[projection.name], projection.name
        source, target = self._index(name, "source"), self._index(name, "target")
        weights, rows = self.array(synapses, "w"), f"bnsim_rows_{synapses.name}_pre"
        if projection.drawable:
            delay = self.array(synapses.pre, "delay").data if projection.delay == "shared" else "NULL"
            targets = "near" if projection.near else "far"
            yield f"if (recipe_{name}.size()) {{"
            yield f"    if (drawn_{name} || wired_{name}) {{"
            yield f"        const bnsim::Recipe recipe(recipe_{name}, recipe_values_{name});"
            yield f"        {rows}.draw(recipe, {rows}.{targets}, {int(projection.counted)}, {projection.n_source}, "
            yield f"            {delay}, {self.program.dt!r}, {self.vector(synapses.source, '_spikespace')});"
            if projection.counted:
                yield f"        {rows}.count_spikes({projection.n_target});"
            yield "    }"
            yield "} else {"
        else:
            yield "{"
        if projection.counted:
            yield f"    if (weighed_{name}) {rows}.sum_ones({weights.data}, {weights.size});"
        yield f"    if (wired_{name}) {{"
        for line in self._rows(synapses, "pre", synapses.source, (source, target), projection.delay != "none"):
            yield "        " + line
        if f"{name}.post" in self.pathways:
            for line in self._rows(synapses, "post", synapses.target, (target, source), delayed=False):
                yield "        " + line
        yield "    }"
        if projection.fixed:
            yield f"    if (wired_{name} || weighed_{name}) {{"
            yield f"        {rows}.pack({target}, {projection.n_target}, {weights.data}, {int(projection.counted)});"
            if projection.counted:
                yield f"        {rows}.count_spikes({projection.n_target});"
            yield "    }"
        yield "}"
        if projection.counted:
            (item,) = (r for r in self.program.population(projection.target).received if r.projection == name)
            yield f"{self.array(self.objects.groups[projection.target], item.factor).data}[0] = {rows}.factor;"

    def _rows(self, synapses: Any, side: str, spiking: Any, ends: tuple[str, str], delayed: bool) -> Iterator[str]:
        delay = self.array(synapses.pre, "delay") if delayed else Array("NULL", "0")
        given = f"{int(spiking.N)}, {delay.data}, {delay.size}, {self.program.dt!r}, {SHORTEST}"
        spikes = self.vector(spiking, "_spikespace")
        yield f"bnsim_rows_{synapses.name}_{side}.wire({', '.join(ends)}, {given}, {spikes});"

    def run_trials(self) -> list[str]:
        lines = []
        lines.append("bnsim::team.begin((int)header[10]);")
        for projection in self.program.projections:
            if projection.drawable:
                rows = f"bnsim_rows_{self.objects.synapses[projection.name].name}_pre"
                lines.append(f"{rows}.share_out(bnsim::team.size, {projection.n_target});")
        for population in self.program.populations:
            if population.learns:
                flag = self.vector(self.objects.groups[population.name], "plastic")
                lines.append(f"{flag}[0] = plastic;")
        lines += ["if (continuous) {", *("    " + line for line in self._go_on()), "}"]
        presentation = [*self._begin_presentation(), *self._steps(), *self._learn()]
        lines.append("for (int64_t trial = 0; trial < n_trials && !loop.full; trial++) {")
        lines.append("    const int64_t first = continuous ? header[6] + trial * steps : 0;")
        lines += ["    " + line for line in self._present(presentation)]
        lines += ["    " + line for line in self._end_trial()]
        return [*lines, "}", "bnsim::team.end();"]

    def _go_on(self) -> Iterator[str]:
        """Begin where the last run ended."""
        for variable in self.program.transient:
            if self._starts_trials(variable):
                yield self._start_with_given(variable)
        for pathway in self.pathways.values():
            yield f"bnsim_rows_{pathway.name}.clear();"
        for array in layout.in_flight(self.program):
            if array.content == "in_flight_age":
                yield f"{self._sent(array)}.put({', '.join(self._in_flight(array))});"

    def _start_with_given(self, variable: Variable) -> str:
        values = self.of(variable)
        given = f'given_{variable.owner}_{variable.symbol}, "{variable.name}"'
        return f"bnsim::start_with({values.data}, {values.size}, {given});"

    def _start_anew(self) -> Iterator[str]:
        """Begin a trial from rest: neurons with the values that the state holds, synapses with one for all."""
        for variable in self.program.transient:
            values = self.of(variable)
            if self._starts_trials(variable):
                yield self._start_with_given(variable)
            else:
                yield f"std::fill({values.data}, {values.data} + {values.size}, {variable.initial!r});"
        for pathway in self.pathways.values():
            yield f"bnsim_rows_{pathway.name}.clear();"

    def _present(self, presentation: list[str]) -> Iterator[str]:
        """A trial's presentation, again and again where the network asks for that."""
        yield "int64_t presentation = 0;"
        repetition = self.program.repetition
        if repetition is None:
            yield from presentation
            return
        population = self.program.population(repetition.population)
        count = self.array(self.objects.groups[population.name], "spike_count").data
        yield "loop.keep();"
        yield "for (;; presentation++) {"
        yield "    loop.forget();"
        yield from ("    " + line for line in presentation)
        yield "    int64_t n_spikes = 0;"
        yield f"    for (int k = 0; k < {population.size}; k++) n_spikes += {count}[k];"
        yield f"    if (n_spikes >= {repetition.minimum_spikes} || presentation + 1 == {repetition.most}) break;"
        yield "}"

    def _begin_presentation(self) -> Iterator[str]:
        yield "if (!continuous) {"
        yield from ("    " + line for line in self._start_anew())
        yield "}"
        for population in self.program.populations:
            group, name, size = self.objects.groups[population.name], population.name, population.size
            count = self.array(group, "spike_count").data
            yield f"std::fill({count}, {count} + {size}, 0);"
            if population.draws:
                yield f"{self.vector(group, 'trial_key_high')}[0] = keys[2 * trial];"
                yield f"{self.vector(group, 'trial_key_low')}[0] = keys[2 * trial + 1];"
                yield f"{self.vector(group, 'first_step')}[0] = presentation * steps;"
            if _replays(population):
                yield f"replay_{name}.begin(index_{name}.data(), offsets_{name}[trial], offsets_{name}[trial + 1]);"
        for signal in self.program.rewarded:  # until the network has decided
            yield f"{self.of(signal).data}[0] = 0;"

    def _begin_part(self) -> Iterator[str]:
        """Values of stimulus and signals in a part of the presentation."""
        repetition = self.program.repetition
        scale = "1.0" if repetition is None else f"(1 + {float(repetition.increment)!r} * presentation)"
        yield "const int64_t place = trial * parts + part;"
        for population in self.program.populations:
            if population.stimulus is not None and not _replays(population):
                name, size = population.name, population.size
                drive = self.array(self.objects.groups[name], "drive").data
                yield f"for (int k = 0; k < {size}; k++) {drive}[k] = {scale} * drive_{name}[place * {size} + k];"
                yield from self._driven(population)
        for signal in self.program.told:
            array, given = self.of(signal), _signal(signal.projection, signal.name)
            yield f"std::copy_n(&{given}[place * {array.size}], {array.size}, {array.data});"

    @property
    def drawn(self) -> list[tuple[PopulationProgram, Draw]]:
        """All random numbers of populations."""
        return [(population, draw) for population in self.program.populations for draw in population.draws]

    def draw(self, population: PopulationProgram, draw: Draw) -> str:
        """A function in the place of Brian2's, which calls the generator for every unit: the numbers are the same."""
        name, group = f"{population.name}_{draw.symbol}", self.objects.groups[population.name]
        keys = ", ".join(f"{self.vector(group, word)}[0]" for word in KEY_WORDS)
        step = f"{self.vector(group, 'first_step')}[0] + {self.vector(self.objects.clock, 'timestep')}[0]"
        numbers = f"{self.array(group, draw.symbol).data}, {population.size}"
        lines = [f"draws_{name}.draw({keys}, {random.stream(draw.stream)}u, {step}, {numbers});"]
        functions = f"static bnsim::{_DRAWS[draw.kind]} draws_{name};\n"
        if draw.mean:
            (code,) = self.objects.means[population.name, draw.symbol]._code_objects
            means = self.array(group, draw.mean).data
            expect = [f"_run_{code.name}();", f"draws_{name}.expect({means}, {numbers});"]
            functions += _function(f"static void bnsim_expect_{name}()", expect)
            lines = lines if draw.steady else [f"bnsim_expect_{name}();", *lines]
        return functions + _function(f"static void bnsim_draw_{name}()", lines)

    def _driven(self, population: PopulationProgram) -> Iterator[str]:
        """Tell those of an encoder's random numbers that depend on the drive what it is now."""
        group, size = self.objects.groups[population.name], population.size
        drive = self.array(group, "drive").data
        for draw in population.draws:
            name = f"draws_{population.name}_{draw.symbol}"
            if draw.kind == "chance":
                yield f"{name}.expect({drive}, {self.array(group, draw.symbol).data}, {size});"
            elif draw.sparse:
                yield f"{name}.words.choose({size}, {drive});"

    def _receiving(self, population: PopulationProgram) -> str:
        """Name of the function that Brian2 generates for what a population receives."""
        group = self.objects.groups[population.name]
        (code,) = next(
            item._code_objects for item in group.contained_objects if item.name == f"receive_{population.name}"
        )
        return f"_run_{code.name}"

    def receive(self, population: PopulationProgram) -> str:
        """A function in the place of Brian2's, which reads counts where spikes are counted: the sums are the same."""
        group = self.objects.groups[population.name]
        rows = {
            item.projection: f"bnsim_rows_{self.objects.synapses[item.projection].name}_pre"
            for item in population.received
        }
        lines = [f"if (!({' && '.join(f'{name}.counts.size()' for name in rows.values())})) {{"]
        for item in population.received:
            lines.append(f"    {rows[item.projection]}.sum_counts({self.array(group, item.symbol).data});")
        lines += [f"    return {self._receiving(population)}();", "}"]
        for variable in dict.fromkeys(item.variable for item in population.received):
            own = [item for item in population.received if item.variable == variable]
            lines += self._receive_counts(group, variable, own, rows)
        return _function(f"static void bnsim_receive_{population.name}()", lines)

    def _receive_counts(
        self, group: Any, variable: str, received: list[Received], rows: Mapping[str, str]
    ) -> Iterator[str]:
        names = [rows[item.projection] for item in received]
        values, condition = self.array(group, variable), received[0].condition
        yield f"if ({' || '.join(f'{name}.reaches_any()' for name in names)}) {{"
        for number, (item, name) in enumerate(zip(received, names, strict=True)):
            yield f"    const uint16_t* const __restrict count_{number} = {name}.counts.data();"
            yield f"    const double factor_{number} = {self.array(group, item.factor).data}[0];"
        yield f"    double* const __restrict values = {values.data};"
        gate = ""
        if condition:
            yield f"    const char* const __restrict moving = {self.array(group, condition).data};"
            gate = " * (int)moving[k]"
        total = " + ".join(f"count_{number}[k] * factor_{number}" for number in range(len(received)))
        yield f"    for (int k = 0; k < {values.size}; k++) values[k] += ({total}){gate};"
        yield from (f"    {name}.forget_counts();" for name in names)
        yield "}"

    def _steps(self) -> Iterator[str]:
        yield "for (int64_t part = 0; part < parts; part++) {"
        yield from ("    " + line for line in self._begin_part())
        yield "    loop.run(first, part * shown / parts, (part + 1) * shown / parts, continuous ? -1 : trial);"
        yield "}"
        yield "if (shown < steps) {"
        for population in self.program.populations:
            if population.stimulus is not None and not _replays(population):
                drive = self.array(self.objects.groups[population.name], "drive")
                yield f"    std::fill({drive.data}, {drive.data} + {drive.size}, 0.0);"
                yield from ("    " + line for line in self._driven(population))
        yield "    loop.run(first, shown, steps, continuous ? -1 : trial);"
        yield "}"
        for population in self.program.populations:
            if _replays(population):
                yield f"replay_{population.name}.end();"

    def _learn(self) -> Iterator[str]:
        """What is learned at the end of a presentation."""
        codes = [f"_run_{code.name}" for item in self.objects.trial_end for code in item._code_objects]
        calls = [
            f"if (profile) bnsim::call({code}, loop.seconds[functions.size() + {index}]); else {code}();"
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
        yield "bnsim_check({continuous ? -1 : trial, loop.t[0]});"
        for population in self.program.populations:
            name, size = population.name, population.size
            count = self.array(self.objects.groups[name], "spike_count").data
            yield f"std::memcpy(&counts_{name}[trial * {size}], {count}, {size} * sizeof(int32_t));"
            yield f"recorder_{name}.end.push_back(recorder_{name}.unit.size());"

    def write_outcome(self) -> Iterator[str]:
        carried = [*layout.variables(self.program.transient), *layout.in_flight(self.program)]
        learned = [*layout.variables(self.program.persistent)]
        for array in layout.outcome(self.program, plastic=True, continuous=True):
            if array in carried or array in learned:
                where = "continuous" if array in carried else "plastic"
                yield f"if ({where}) {{ {' '.join(self._write(array))} }}"
            else:
                yield from self._write(array)
        yield "bnsim::exchange.send();"

    def _write(self, array: layout.Array) -> Iterator[str]:
        match array.content:
            case "variable":
                variable = self.variables[array.name]
                values = self.of(variable)
                yield f"bnsim::write({values.data}, {values.size});"
                if self._starts_trials(variable):  # what is returned is what the process holds
                    given = f"given_{variable.owner}_{variable.symbol}"
                    yield f"std::copy_n({values.data}, {values.size}, {given}.begin());"
            case "in_flight_unit":
                unit, age = self._in_flight(array)
                yield f"{unit}.clear(); {age}.clear();"
                yield f"{self._sent(array)}.take({unit}, {age});"
                yield f"bnsim::write({unit});"
            case "spike_unit" | "spike_step" | "spike_end":
                yield f"bnsim::write(recorder_{array.owner}.{array.content.removeprefix('spike_')});"
            case "samples":
                yield f"bnsim::write(sampler_{array.owner}_{array.part}.samples);"
            case "seconds":
                yield "bnsim::write(loop.seconds);"
            case "steps":
                yield "bnsim::write(&loop.done, 1);"
            case _:
                yield f"bnsim::write({self._local(array)});"


def _signal(projection: str, name: str) -> str:
    """Name of the driver's vector for a signal."""
    return f"signal_{projection}_{name}"


def _replays(population: PopulationProgram) -> bool:
    return population.stimulus is not None and population.stimulus.form == "spikes"
