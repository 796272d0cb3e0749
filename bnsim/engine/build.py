"""The only maker of Brian2 objects: from a description to groups, synapses and monitors of the active device."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np
from brian2.groups.group import CodeRunner
from brian2.stateupdaters.base import StateUpdateMethod
from brian2.units import second
from brian2.units.fundamentalunits import Quantity, get_unit

from bnsim import checks
from bnsim.encoding import SpikeTrains
from bnsim.engine import equations as text
from bnsim.engine import random
from bnsim.engine.exact import exact_in_parts
from bnsim.engine.functions import make_select, make_uniform
from bnsim.engine.initial import draw_edges, draw_synapses
from bnsim.engine.variables import ENGINE, Variable, check_names, classify
from bnsim.errors import InputError
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.timing import Timing


@dataclass(frozen=True)
class Objects:
    """The Brian2 objects of a network, and the part each of its variables plays.

    persistent: carry over from trial to trial. transient: set back to their initial value at each trial, or carried
    over in a continuous run; `times` among them are times that are re-based when a trial ends.
    trial_end: objects that run once in a trial's last step, where learning is on. draws: those that draw a random
    number for each unit and step, by population.
    """

    network: Any
    clock: Any
    groups: dict[str, Any]
    synapses: dict[str, Any]
    persistent: list[Variable]
    transient: list[Variable]
    times: list[Variable]
    trial_end: list[Any]
    draws: dict[str, Any]
    spike_monitors: dict[str, Any]
    trace_monitors: dict[tuple[str, str], Any]
    rasters: dict[str, Any]

    @property
    def monitors(self) -> list[Any]:
        return [*self.spike_monitors.values(), *self.trace_monitors.values()]

    @property
    def trace_units(self) -> dict[tuple[str, str], str]:
        """SI unit of each traced variable, "" where it has none."""
        dimensions = {key: self.groups[key[0]].variables[key[1]].dim for key in self.trace_monitors}
        return {key: "" if dim.is_dimensionless else str(get_unit(dim)) for key, dim in dimensions.items()}


def build(network: Network, timing: Timing, traces: Mapping[str, Sequence[str]]) -> Objects:
    """Make all objects in the active device. Synapses are left unconnected: edges are data (see the back ends).

    Errors: InputError where Brian2 refuses the equations, with Brian2's reason.
    """
    before = set(brian2.BrianObject.__instances__())
    try:
        return _build(network, timing, traces)
    except InputError:
        for reference in set(brian2.BrianObject.__instances__()) - before:
            _expect_no_run(reference(), "refused")
        raise


def _expect_no_run(item: Any, owner: str) -> None:
    """An object that is made but never run is no mistake here, and not worth Brian2's warning."""
    if item is not None:
        item._network = owner


def _build(network: Network, timing: Timing, traces: Mapping[str, Sequence[str]]) -> Objects:
    clock = brian2.Clock(dt=timing.dt * second, name="bnsim_clock")
    rasters = {
        population.name: brian2.TimedArray(
            np.zeros((timing.steps, population.size)), dt=timing.dt * second, name=f"raster_{population.name}"
        )
        for population in network.populations
        if isinstance(population.model, SpikeTrains)
    }
    # Plain loops: where one object is refused, those before it must live until `build` has dealt with them.
    groups: dict[str, Any] = {}
    for population in network.populations:
        groups[population.name] = _group(network, population, clock, rasters.get(population.name))
    draws = {name: drawn for name in groups if (drawn := _draw(name, groups[name], clock)) is not None}
    synapses: dict[str, Any] = {}
    for order, projection in enumerate(network.projections):
        synapses[projection.name] = _synapses(network, projection, groups, clock, order)
    trial_end = [item for p in network.projections for item in _trial_end(network, p, groups, synapses, clock)]
    spike_monitors = {name: brian2.SpikeMonitor(group, name=f"spikes_{name}") for name, group in groups.items()}
    trace_monitors = {
        (name, variable): _trace_monitor(network, groups, name, variable, clock)
        for name, variables in traces.items()
        for variable in variables
    }
    persistent, transient, times = classify(network, groups, synapses)
    objects = [*groups.values(), *synapses.values(), *spike_monitors.values(), *trace_monitors.values()]
    together = brian2.Network(objects, name="bnsim_network")
    for item in together.sorted_objects:
        _expect_no_run(item, together.id)
    return Objects(
        together,
        clock,
        groups,
        synapses,
        persistent,
        transient,
        times,
        trial_end,
        draws,
        spike_monitors,
        trace_monitors,
        rasters,
    )


def pathways(network: Network, objects: Objects) -> Iterator[tuple[str, Any]]:
    """Name `<projection>.<pre|post>` and Brian2's pathway, in the network's order."""
    for projection in network.projections:
        for pathway in objects.synapses[projection.name]._pathways:
            yield f"{projection.name}.{pathway.prepost}", pathway


def namespace(network: Network, population: Population, raster: Any = None) -> dict[str, Any]:
    """All constants and functions that a population's equations may use; nothing is looked up elsewhere."""
    names: dict[str, Any] = {"bnsim_uniform": make_uniform(), "bnsim_select": make_select()}
    if isinstance(population.model, NeuronModel):
        names |= population.model.parameters
    if raster is not None:
        names["raster"] = raster
    for projection in network.projections:
        if population.name in (projection.source, projection.target):
            names |= text.projection_parameters(projection)
    return names


def _group(network: Network, population: Population, clock: Any, raster: Any) -> Any:
    model = population.model
    threshold = model.threshold
    refractory: Any = False
    method = "exact"
    if isinstance(model, NeuronModel):
        refractory = _refractory(model, float(clock.dt / second))
        method = checks.one_of(f"{type(model).__name__}.method", model.method, StateUpdateMethod.stateupdaters)
        if method == "exact" and text.has_conductance(network, population):
            method = "exponential_euler"
        if method == "exact":
            text.refuse_equal_time_constants(network, population, model)
    group = _refusable(
        f"Population({population.name!r})",
        lambda: brian2.NeuronGroup(
            population.size,
            text.neuron_equations(network, population),
            threshold=threshold,
            reset=text.reset_statements(network, population),
            refractory=refractory,
            method=exact_in_parts if method == "exact" else method,
            namespace=namespace(network, population, raster),
            dtype={"trial_key_high": np.int64, "trial_key_low": np.int64},
            clock=clock,
            name=f"population_{population.name}",
        ),
    )
    if isinstance(model, NeuronModel):
        check_names(model)
    decays = text.decay_statements(network, population)
    if decays:
        group.run_regularly(decays, when="start", clock=clock, name=f"decay_{population.name}")
    arrivals = text.arrival_statements(network, population)
    if arrivals:
        group.contained_objects.append(_at_spikes(group, arrivals, f"arrivals_{population.name}"))
    return group


def _refractory(model: NeuronModel, dt: float) -> str | bool:
    """Brian2's condition for being refractory, False where there is no such period.

    Brian2 rounds a period to steps and divides the time since the last spike by dt to count them, for each neuron and
    step; half a step less than the period, as a time, tells the same steps apart and needs no division.
    """
    steps = int((float(model.refractory) + 1e-3 * dt) / dt)
    return f"t - lastspike < {(steps - 0.5) * dt!r} * second" if float(model.refractory) > 0 else False


def _draw(name: str, group: Any, clock: Any) -> Any:
    """The object that draws a population's random numbers, None where it needs none.

    In a loop of its own, which the compiler turns into vector instructions; within the threshold it cannot.
    """
    if "uniform" not in group.variables:
        return None
    stream = random.stream(f"{name}:spikes")
    return group.run_regularly(
        f"uniform = bnsim_uniform(trial_key_high, trial_key_low, {stream}, first_step + t_in_timesteps, i)",
        when="before_thresholds",
        clock=clock,
        name=f"draw_{name}",
    )


def _at_spikes(group: Any, statements: str, name: str) -> Any:
    """Statements of the units that spike, before the synapses; Brian2 itself takes one block for each event."""
    return CodeRunner(
        group,
        "reset",
        code=statements,
        clock=group.clock,
        when="after_thresholds",
        name=name,
        override_conditional_write=["not_refractory"],
        needed_variables=["_spikespace"],
        template_kwds={"eventspace_variable": group.variables["_spikespace"]},
    )


def _synapses(network: Network, projection: Projection, groups: dict[str, Any], clock: Any, order: int) -> Any:
    rule = projection.plasticity
    on_post = text.synapse_statements(network, projection, rule.on_post) if rule is not None and rule.on_post else None
    on_pre = text.on_pre(network, projection) or None
    delay: dict[str, Any] = {} if projection.delay_kind == "each" or on_pre is None else {"pre": 0 * second}
    if on_post is not None:
        delay["post"] = 0 * second
    synapses = _refusable(
        f"Projection({projection.name!r})",
        lambda: brian2.Synapses(
            groups[projection.source],
            groups[projection.target],
            text.synapse_equations(network, projection),
            on_pre=on_pre,
            on_post=on_post,
            delay=delay or None,
            namespace=namespace(network, network[projection.target])
            | namespace(network, network[projection.source])
            | text.projection_parameters(projection),
            clock=clock,
            name=f"projection_{projection.name}",
        ),
    )
    if on_pre is not None:
        synapses.pre.order = 2 * order
    if on_post is not None:
        synapses.post.order = 2 * order + 1
    return synapses


def _trial_end(
    network: Network, projection: Projection, groups: dict[str, Any], synapses: dict[str, Any], clock: Any
) -> list[Any]:
    rule = projection.plasticity
    objects = []
    for index, (where, statements) in enumerate(rule.trial_end if rule is not None else ()):
        checks.one_of(f"{type(rule).__name__}.trial_end", where, ["postsynaptic", "synapse"])
        group = groups[projection.target] if where == "postsynaptic" else synapses[projection.name]
        objects.append(
            group.run_regularly(
                text.trial_end_statements(projection, where, statements),
                when="end",
                clock=clock,
                name=f"trial_end_{index}_{projection.name}",
            )
        )
    return objects


def _trace_monitor(network: Network, groups: dict[str, Any], name: str, variable: str, clock: Any) -> Any:
    population = network[name]
    known = []
    if isinstance(population.model, NeuronModel):
        known = [found for found in text.declared(text.neuron_equations(network, population)) if found not in ENGINE]
    if variable not in known:
        raise InputError(
            f"compile(traces): population {name!r} has no variable {variable!r}; it has {', '.join(known) or 'none'}"
        )
    return brian2.StateMonitor(
        groups[name], variable, record=True, clock=clock, when="start", name=f"trace_{name}_{variable}"
    )


def _refusable(culprit: str, make: Any) -> Any:
    try:
        return make()
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{culprit}: Brian2 refuses it: {brian2_reason(error)}") from error


def brian2_reason(error: BaseException) -> str:
    """The last link of an exception chain, on one line, and the object in question where Brian2 names one."""
    named = re.search(r"object named '(\w+)'", str(error))
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) + (f" (in {named.group(1)})" if named else "")


def plain_network(network: Network, dt: Quantity, key: int) -> Any:
    """See `Network.to_brian2`."""
    for projection in network.projections:
        if projection.plasticity is not None and projection.plasticity.trial_end:
            raise InputError(
                f"to_brian2: {type(projection.plasticity).__name__} learns at the end of a trial, which plain Brian2 "
                "does not know; use Network.compile"
            )
    for population in network.populations:
        if isinstance(population.model, SpikeTrains):
            raise InputError(
                f"to_brian2: {population.name!r} replays spikes that a run is given; "
                "use a brian2.SpikeGeneratorGroup instead"
            )
    timing = Timing(float(dt / second), 1, 1)
    objects = build(network, timing, {})
    for projection in network.projections:
        edges = draw_edges(network, projection, key)
        values = draw_synapses(network, projection, edges, key)
        connect(objects.synapses[projection.name], projection, edges.source, edges.target, values)
    for variable in objects.transient:
        if variable not in objects.times:
            setattr(variable.group, f"{variable.variable}_", variable.initial)
    high, low = random.trial_keys(key, np.zeros(1, np.uint64))[0]
    for group in objects.groups.values():
        if "plastic" in group.variables:
            group.plastic = True
        if "trial_key_high" in group.variables:
            group.trial_key_high, group.trial_key_low = high, low
    return objects.network


def connect(
    synapses: Any,
    projection: Projection,
    source: np.ndarray,
    target: np.ndarray,
    values: Mapping[str, np.ndarray],
) -> None:
    """Make the synapses of a runtime device, with their weights and delays in SI units."""
    if len(source):
        synapses.connect(i=source, j=target)
    else:
        synapses.connect(False)
    synapses.w_ = values["w"]
    if projection.delay_kind == "shared":
        synapses.pre.delay_ = float(values["delay"][0]) if len(values["delay"]) else 0.0
    elif projection.delay_kind == "each":
        synapses.pre.delay_ = values["delay"]
