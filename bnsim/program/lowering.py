"""Lowering: a network and a time step become a program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges, Ends
from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.limits import Limits
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program import names, neurons, synapses, units, variables
from bnsim.program.drives import DriveParts, declared_of_cells, drives_of
from bnsim.program.links import Link
from bnsim.program.neurons import Cells
from bnsim.program.parts import Data, Stimulus
from bnsim.program.starts import starts_of
from bnsim.program.whole import PopulationProgram, Program, ProjectionProgram
from bnsim.random_numbers import Numbers, stream
from bnsim.recipe import MANY, Recipe, Values, in_single_precision
from bnsim.synapses.base import SIGNED
from bnsim.values import draw_values


def lower(network: Network, dt: float, *, portable: bool = False) -> Program:
    """Resolve all names, units, equations, statements and the order of variables of a network, once.

    Parameters
    ----------
    network : Network
        The description.
    dt : float
        Time step in seconds.
    portable : bool
        Whether others are to read the program. It is slower then: synapses hold the traces of rules also where neurons
        could (which needs statements between threshold and synapses, for which Brian2 has no name), and each spike
        changes a neuron by itself (see `Link.counted`).

    Returns
    -------
    Program
        All that a back end reads.

    Raises
    ------
    InputError
        If the parts of the network do not fit together: a name that is missing or taken, text that cannot be read.
    """
    links = [Link.of(network, link, portable=portable) for link in network.projections]
    decides = "" if network.reward is None else network.reward.population
    all_cells = [
        Cells(
            population,
            [link for link in links if population.name in (link.source.name, link.target.name)],
            population.name == decides,
            _drives(population, dt),
        )
        for population in network.populations
    ]
    populations = [_population(cells, dt) for cells in all_cells]
    named = {program.name: program for program in populations}
    projections = [_projection(network, link, named, dt) for link in links]
    ends = tuple(end for link in links for end in synapses.trial_end(link))
    for cells, program in zip(all_cells, populations, strict=True):
        _refuse_second_positions(cells.population, program)
        names.check_population(type(cells.population.model).__name__, program, ends, cells.parts)
    for link, projection in zip(links, projections, strict=True):
        parts = [link.synapse, *([link.rule] if link.rule is not None else [])]
        names.check_projection(projection, named[projection.source], named[projection.target], ends, parts)
    found = list(chain.from_iterable(map(variables.of_population, all_cells, populations)))
    found += chain.from_iterable(map(variables.of_projection, links, projections))
    return Program(
        dt=dt,
        populations=tuple(populations),
        projections=tuple(projections),
        variables=variables.in_order(found),
        signals=tuple(signal for link in links for signal in variables.signals(link)),
        trial_end=ends,
        repetition=network.repetition,
        reward=network.reward,
    )


def _drives(population: Population, dt: float) -> tuple[DriveParts, ...]:
    model = population.model
    if not isinstance(model, NeuronModel):
        return ()
    return drives_of(population, neurons.still(model) if float(model.refractory) > 0 else set(), dt)


def _population(cells: Cells, dt: float) -> PopulationProgram:
    population, model = cells.population, cells.population.model
    neuron = model if isinstance(model, NeuronModel) else None
    if neuron is not None:
        neurons.check_names(neuron)
    of_cells = {} if neuron is None else neuron.of_cells
    constants = {} if neuron is None else {n: v for n, v in neuron.parameters.items() if n not in of_cells}
    for link in cells.links:
        neurons.check_prefix(cells, link)
        constants |= link.constants
    for drive in cells.drives:
        constants |= drive.constants
    encoder = population.stimulus_encoder
    draws = tuple(drive.draw for drive in cells.drives if drive.draw is not None)
    if cells.draw is not None:
        draws = (cells.draw,)
    equations = neurons.equations(cells)
    integration, method = None, ""
    if neuron is not None:
        equations = "\n".join([equations, *declared_of_cells(of_cells)])
        integration, method = neurons.integration(cells, neuron, equations, constants, dt)
    if integration is not None:
        kind = "constant" if integration.of_cells else "shared, constant"
        equations = "\n".join([equations, *(f"{name} : 1 ({kind})" for name in integration.names)])
    return PopulationProgram(
        name=population.name,
        size=population.size,
        equations=equations,
        threshold=neurons.threshold(cells),
        reset=neurons.reset(cells),
        refractory="" if neuron is None else neurons.refractory(neuron, dt),
        method=method,
        integration=integration,
        constants=constants,
        computed=variables.computed(population.name, equations),
        decays=neurons.decays(cells),
        arrivals=neurons.arrivals(cells),
        each_step=neurons.each_step(cells),
        learns=cells.learns,
        at_start="\n".join(drive.at_start for drive in cells.drives if drive.at_start),
        from_outside="\n".join(drive.arrivals for drive in cells.drives if drive.arrivals),
        received=tuple(synapses.received(link) for link in cells.incoming if link.counted),
        draws=draws,
        series=tuple(series for drive in cells.drives for series in drive.series),
        stimulus=None if encoder is None else Stimulus(encoder.form, encoder.drive),
        starts=starts_of(cells, equations, constants),
        positions=None if population.positions is None else partial(population.positions.draw, population.size),
    )


def _projection(
    network: Network, link: Link, populations: Mapping[str, PopulationProgram], dt: float
) -> ProjectionProgram:
    projection = link.projection
    source, target = populations[link.source.name], populations[link.target.name]
    units.check_synapse(link)
    units.check_rule(link)
    on_pre, equations = synapses.on_pre(link), synapses.equations(link)
    dale = network.dale and link.synapse.weight in SIGNED
    _refuse_vanishing_delays(projection, dt)
    if projection.delay_kind != "none" and not on_pre:
        raise InputError(f"Projection({link.name!r}).delay: {type(link.synapse).__name__} has none; leave delay out")
    return ProjectionProgram(
        name=link.name,
        source=source.name,
        target=target.name,
        n_source=source.size,
        n_target=target.size,
        weight_unit=variables.si_unit(read_equations(f"Projection({link.name!r})", equations)["w"]),
        equations=equations,
        on_pre=on_pre,
        on_post=synapses.on_post(link),
        graded=synapses.graded(link),
        each_step=synapses.each_step(link),
        fixed=link.fixed,
        counted=link.counted,
        delay=projection.delay_kind,
        constants={**target.constants, **source.constants, **link.constants},
        data=Data(
            partial(_edges, projection, link.source, link.target),
            partial(_weights, projection),
            partial(_delays, projection),
            projection.longest_delay,
            drawn_limits=network.weight_limits(projection, learned=False),
            limits=network.weight_limits(projection, learned=True),
            recipe=partial(_recipe, link, network.weight_limits(projection, learned=False), dale),
            dale=dale,
        ),
    )


def _refuse_vanishing_delays(projection: Projection, dt: float) -> None:
    """Delays are rounded to time steps; one that is given must not become none."""
    given = np.asarray(projection.delay, dtype=np.float64) if not isinstance(projection.delay, Distribution) else None
    vanishing = np.zeros(0) if given is None else given[(given > 0) & (given < dt / 2)]
    if vanishing.size:
        raise InputError(
            f"Projection({projection.name!r}).delay: {vanishing.min() * 1e3:g} ms is less than half a time step of "
            f"{dt * 1e3:g} ms, so that it would become none; give 0 ms, or choose a smaller dt"
        )


def _refuse_second_positions(population: Population, program: PopulationProgram) -> None:
    """A state holds positions beside the variables, by name."""
    if population.positions is not None and "positions" in read_equations(population.name, program.equations):
        model = type(population.model).__name__
        raise InputError(f"Population({population.name!r}).positions: {model} has a variable of that name; rename it")


def _recipe(link: Link, limits: Limits, one_sign: bool, key: int) -> Recipe | None:
    projection, source, target = link.projection, link.source, link.target
    if not link.fixed or source.size * target.size < MANY or projection.connectivity.spatial:
        return None
    ends = Ends(source.size, target.size, source.name == target.name)
    blocks = projection.connectivity.blocks(ends, f"{link.name}:edges")
    weights = _values(projection.weights, f"{link.name}:weights")
    own_delay = projection.delay_kind == "each"
    delays = _values(projection.delay, f"{link.name}:delays") if own_delay else None
    if blocks is None or weights is None or (own_delay and delays is None):
        return None
    if link.counted and len({block.factor for block in blocks}) > 1:  # spikes are not worth the same
        return None
    recipe = Recipe(key, source.size, target.size, blocks, weights, projection.single_precision, delays)
    nowhere, (low, high) = np.zeros(2, np.int32), recipe.extent
    outside = limits.fault(nowhere, nowhere, np.array([low, high])) or (one_sign and low < 0 < high)
    return None if outside else recipe


def _values(given: Any, name: str) -> Values | None:
    """How values are drawn, where a compiled program can draw them."""
    if isinstance(given, Distribution):
        values = given.values(stream(name))
        return values if values is not None and values.compiles else None
    return Values("one", (float(np.asarray(given)),)) if np.ndim(given) == 0 else None


def _edges(
    projection: Projection,
    source: Population,
    target: Population,
    source_positions: Float64Array | None,
    target_positions: Float64Array | None,
    numbers: Numbers,
) -> Edges:
    period = None if source.positions is None else source.positions.lengths
    recurrent = source.name == target.name
    ends = Ends(source.size, target.size, recurrent, source_positions, target_positions, period)
    return projection.connectivity.draw(ends, numbers)


def _weights(projection: Projection, edges: Edges, numbers: Numbers) -> Float64Array:
    weights = draw_values(projection.weights, edges, numbers)
    return in_single_precision(weights) if projection.single_precision else weights


def _delays(projection: Projection, edges: Edges | None, numbers: Numbers) -> Float64Array:
    if edges is None or projection.delay_kind == "shared":
        return np.array([float(np.asarray(projection.delay))])
    return draw_values(projection.delay, Edges(edges.source, edges.target), numbers)
