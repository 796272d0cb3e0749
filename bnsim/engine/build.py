"""Creation of Brian2 objects: from a program to groups, synapses and monitors of the active device."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np
from brian2.codegen.generators import base as generators
from brian2.groups.group import CodeRunner
from brian2.units import second

from bnsim.arrays import Int64Array
from bnsim.engine import random
from bnsim.engine.functions import make_functions
from bnsim.errors import InputError
from bnsim.notation import reason
from bnsim.program import KEY_WORDS, Draw, PopulationProgram, Program, ProjectionProgram, Signal, Variable


@dataclass(frozen=True)
class Objects:
    """Brian2 objects of a program.

    Parameters
    ----------
    network : brian2.Network
        The network of all objects that run in every step.
    clock : brian2.Clock
        The clock of all objects.
    groups : dict of str to brian2.NeuronGroup
        By population.
    synapses : dict of str to brian2.Synapses
        By projection.
    trial_end : list of brian2.CodeRunner
        Objects that run once in a trial's last step, where learning is on.
    draws : dict of (str, str) to brian2.CodeRunner
        By population and variable, those that draw a random number for each unit and step.
    means : dict of (str, str) to brian2.CodeRunner
        The same, those that compute the means of numbers with a Poisson distribution.
    observers : dict of str to brian2.CodeRunner
        By population, those that copy computed variables where they can be recorded.
    """

    network: Any
    clock: Any
    groups: dict[str, Any]
    synapses: dict[str, Any]
    trial_end: list[Any]
    draws: dict[tuple[str, str], Any]
    means: dict[tuple[str, str], Any]
    observers: dict[str, Any]

    def owner(self, item: Variable | Signal) -> Any:
        """Return the group or the synapses that a variable or signal belongs to.

        Parameters
        ----------
        item : Variable or Signal
            The variable or signal.

        Returns
        -------
        brian2.NeuronGroup or brian2.Synapses
            The object that holds it.
        """
        return self.groups[item.owner] if item.place == "population" else self.synapses[item.owner]

    def pathways(self, program: Program) -> Iterator[tuple[str, Any]]:
        """Iterate over the pathways of all projections, in the network's order.

        Parameters
        ----------
        program : Program
            The program that these objects belong to.

        Yields
        ------
        name : str
            `<projection>.pre` or `<projection>.post`.
        pathway : brian2.SynapticPathway
            Brian2's pathway.
        """
        for projection, side in program.pathways:
            yield f"{projection.name}.{side}", getattr(self.synapses[projection.name], side)


ALONE = threading.RLock()
"""Held by the thread that uses Brian2's objects: device, preferences and caches are those of the process."""


@contextmanager
def without_upkeep() -> Iterator[None]:
    """Let descriptions become code in half the time; threads take turns.

    Garbage is not collected meanwhile: of the many objects that are made, most stay. Statements are not looked up in
    Brian2's cache, whose keys, made of all variables of a group, take longer than to make the statements.
    """
    with ALONE:
        collects, cached = gc.isenabled(), generators.make_statements
        gc.disable()
        generators.make_statements = getattr(cached, "__wrapped__", cached)
        try:
            yield
        finally:
            generators.make_statements = cached
            if collects:
                gc.enable()


AFTER_ALL = 2**20
"""Order of what comes after all pathways among the synapses of a step."""

Replayed = tuple[Int64Array, Int64Array]
"""Unit and step of given spikes."""


def build(program: Program, replayed: Mapping[str, Replayed] | None = None) -> Objects:
    """Create all Brian2 objects of a program in the active device; synapses are left unconnected, since edges are data.

    Parameters
    ----------
    program : Program
        The program.
    replayed : mapping of str to tuple of two ndarray of int64, optional
        Populations that become generators of given spikes: unit and step of each.

    Returns
    -------
    Objects
        The objects.

    Raises
    ------
    InputError
        If Brian2 refuses the equations, with Brian2's reason.
    """
    before = set(brian2.BrianObject.__instances__())
    try:
        return _build(program, replayed or {})
    except InputError:
        for reference in set(brian2.BrianObject.__instances__()) - before:
            expect_no_run(reference(), "refused")
        raise


def expect_no_run(item: Any, owner: str) -> None:
    """Keep Brian2 from warning of an object that is made but never run, which is no mistake here.

    Parameters
    ----------
    item : BrianObject or None
        The object.
    owner : str
        What it was made for.
    """
    if item is not None:
        item._network = owner


def _build(program: Program, replayed: Mapping[str, Replayed]) -> Objects:
    clock = brian2.Clock(dt=program.dt * second, name="bnsim_clock")
    # Plain loops: where one object is refused, those before it must live until `build` has dealt with them.
    groups: dict[str, Any] = {}
    for population in program.populations:
        given = replayed.get(population.name)
        groups[population.name] = _group(population, clock) if given is None else _generator(population, given, clock)
    draws, means = dict[tuple[str, str], Any](), dict[tuple[str, str], Any]()
    for population in program.populations:
        for draw in population.draws:
            place, group = (population.name, draw.symbol), groups[population.name]
            draws[place] = _draw(population, draw, group, clock)
            if draw.mean:
                name = f"mean_{population.name}_{draw.symbol}"
                means[place] = group.run_regularly(
                    f"{draw.mean} = {draw.of}", when="start", order=-2, clock=clock, name=name
                )
    synapses: dict[str, Any] = {}
    for order, projection in enumerate(program.projections):
        synapses[projection.name] = _synapses(projection, groups, clock, order)
    trial_end = []
    for end in program.trial_end:
        group = groups[end.owner] if end.place == "population" else synapses[end.owner]
        trial_end.append(group.run_regularly(end.statements, when="end", clock=clock, name=end.name))
    observers = {
        population.name: _observer(population, groups[population.name], clock)
        for population in program.populations
        if population.computed
    }
    together = brian2.Network([*groups.values(), *synapses.values()], name="bnsim_network")
    for item in together.sorted_objects:
        expect_no_run(item, together.id)
    return Objects(together, clock, groups, synapses, trial_end, draws, means, observers)


def _generator(population: PopulationProgram, given: Replayed, clock: Any) -> Any:
    units, steps = given
    name, times = f"population_{population.name}", steps * float(clock.dt) * second
    return brian2.SpikeGeneratorGroup(population.size, units, times, clock=clock, name=name)


def _group(population: PopulationProgram, clock: Any) -> Any:
    observed = (f"{item.observed} : {item.unit_name}" for item in population.computed)
    group = _refusable(
        f"Population({population.name!r})",
        lambda: brian2.NeuronGroup(
            population.size,
            "\n".join([population.equations, *observed]),
            threshold=population.threshold,
            reset=population.reset,
            refractory=population.refractory or False,
            method=_method(population),
            namespace={**population.constants, **make_functions()},
            dtype=dict.fromkeys(KEY_WORDS, np.int64),
            clock=clock,
            name=f"population_{population.name}",
        ),
    )
    if population.decays:
        group.run_regularly(population.decays, when="start", clock=clock, name=f"decay_{population.name}")
    if population.at_start:
        group.run_regularly(population.at_start, when="start", clock=clock, name=f"drives_{population.name}")
    if population.from_outside:
        name = f"from_outside_{population.name}"
        group.run_regularly(population.from_outside, when="synapses", order=-1, clock=clock, name=name)
    if population.receives:
        name = f"receive_{population.name}"
        group.run_regularly(population.receives, when="synapses", order=AFTER_ALL, clock=clock, name=name)
    if population.each_step:
        name = f"each_step_{population.name}"
        group.run_regularly(population.each_step, when="after_thresholds", order=-1, clock=clock, name=name)
    if population.arrivals:
        group.contained_objects.append(_at_spikes(group, population.arrivals, f"arrivals_{population.name}"))
    return group


def _method(population: PopulationProgram) -> Any:
    """Brian2's name of a method, or a function that gives Brian2 the statements of a step."""
    step = population.integration
    if step is None:
        return population.method or "exact"
    return lambda equations, variables=None, method_options=None: step.code


def _draw(population: PopulationProgram, draw: Draw, group: Any, clock: Any) -> Any:
    """The object that draws random numbers of a population; the compiled driver has a faster one (see there).

    Those of drives come before anything that is integrated.
    """
    of_encoder = population.stimulus is not None and draw.symbol in ("uniform", "fires")
    when, order = ("before_thresholds", 0) if of_encoder else ("start", -1)
    place = f"{', '.join(KEY_WORDS)}, {random.stream(draw.stream)}, first_step + t_in_timesteps, i"
    drawn = {
        "uniform": f"bnsim_uniform({place})",
        "poisson": f"bnsim_poisson({draw.mean}, {place})",
        "chance": f"bnsim_uniform({place}) < {draw.of}",
    }
    return group.run_regularly(
        f"{draw.symbol} = {drawn[draw.kind]}",
        when=when,
        order=order,
        clock=clock,
        name=f"draw_{population.name}_{draw.symbol}",
    )


def _observer(population: PopulationProgram, group: Any, clock: Any) -> Any:
    """The object that computes what may be recorded; it runs only where a run records it."""
    copies = "\n".join(f"{item.observed} = {item.symbol}" for item in population.computed)
    return group.run_regularly(copies, when="start", clock=clock, name=f"observe_{population.name}")


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


def _synapses(projection: ProjectionProgram, groups: dict[str, Any], clock: Any, order: int) -> Any:
    delay: dict[str, Any] = dict.fromkeys(projection.pathways, 0 * second)
    if projection.delay == "each":
        del delay["pre"]
    synapses = _refusable(
        f"Projection({projection.name!r})",
        lambda: brian2.Synapses(
            groups[projection.source],
            groups[projection.target],
            projection.equations,
            on_pre=projection.on_pre or None,
            on_post=projection.on_post or None,
            delay=delay or None,
            namespace={**projection.constants, **make_functions()},
            clock=clock,
            name=f"projection_{projection.name}",
        ),
    )
    for side in projection.pathways:
        pathway = getattr(synapses, side)
        pathway.order = 2 * order + (side == "post")
        pathway.add_attribute("program")  # read by the template of synapses
        pathway.program = projection
    if projection.graded:
        name = f"graded_{projection.name}"
        synapses.run_regularly(projection.graded, when="synapses", order=2 * order, clock=clock, name=name)
    if projection.each_step:
        name = f"each_step_{projection.name}"
        synapses.run_regularly(projection.each_step, when="end", order=order, clock=clock, name=name)
    return synapses


def _refusable(culprit: str, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{culprit}: Brian2 refuses it: {reason(error)}") from error


def connect(synapses: Any, projection: ProjectionProgram, arrays: Mapping[str, np.ndarray]) -> None:
    """Create the synapses of a projection in a runtime device.

    Parameters
    ----------
    synapses : brian2.Synapses
        The projection's object, not connected yet.
    projection : ProjectionProgram
        The projection.
    arrays : mapping of str to ndarray
        Arrays of a `State` by name, in SI units: source, target, weights and, where there are any, delays.
    """
    source, target = (arrays[f"{projection.name}.{part}"].astype(np.int32, copy=False) for part in ("source", "target"))
    if len(source):
        synapses.connect(i=source, j=target)
    else:
        synapses.connect(False)
    synapses.w_ = arrays[f"{projection.name}.w"]
    if projection.delay == "none":
        return
    delay = arrays[f"{projection.name}.delay"]
    if projection.delay == "each":
        synapses.pre.delay_ = delay
    else:
        synapses.pre.delay_ = float(delay[0]) if len(delay) else 0.0
