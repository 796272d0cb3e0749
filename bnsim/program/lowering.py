"""Lowering: a network and a time grid become a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges
from bnsim.encoding import Encoder
from bnsim.errors import InputError
from bnsim.network import Network, Projection
from bnsim.neurons import NeuronModel
from bnsim.program import neurons, synapses, variables
from bnsim.program.links import Link
from bnsim.program.neurons import Cells
from bnsim.program.parts import Data, Draw, PopulationProgram, Program, ProjectionProgram, Stimulus, Traced
from bnsim.program.statements import parsed
from bnsim.timing import Timing
from bnsim.values import draw_values


def lower(
    network: Network, timing: Timing, *, continuous: bool = False, traces: Mapping[str, Sequence[str]] | None = None
) -> Program:
    """Resolve all names, units, equations, statements and the order of variables of a network, once.

    Parameters
    ----------
    network : Network
        The description.
    timing : Timing
        The time grid.
    continuous : bool
        Whether trials follow each other without a break.
    traces : mapping of str to sequence of str, optional
        Variables to record, by population.

    Returns
    -------
    Program
        All that a back end reads.

    Raises
    ------
    InputError
        If the parts of the network do not fit together: a name that is missing or taken, text that cannot be read.
    """
    if continuous and network.repetition is not None:
        raise InputError("compile(continuous): a Repetition starts trials anew; leave it out or give continuous=False")
    links = [Link.of(network, projection) for projection in network.projections]
    decides = "" if network.reward is None else network.reward.population
    all_cells = [
        Cells(
            population,
            [link for link in links if population.name in (link.source.name, link.target.name)],
            population.name == decides,
        )
        for population in network.populations
    ]
    populations = [_population(cells, timing) for cells in all_cells]
    named = {program.name: program for program in populations}
    projections = [_projection(link, named) for link in links]
    found = list(chain.from_iterable(map(variables.of_population, all_cells, populations)))
    found += chain.from_iterable(map(variables.of_projection, links, projections))
    return Program(
        timing=timing,
        continuous=continuous,
        populations=tuple(populations),
        projections=tuple(projections),
        variables=variables.in_order(found),
        signals=tuple(signal for link in links for signal in variables.signals(link)),
        trial_end=tuple(end for link in links for end in synapses.trial_end(link)),
        traces=tuple(_traced(network, named, traces or {})),
        repetition=network.repetition,
        reward=network.reward,
    )


def _population(cells: Cells, timing: Timing) -> PopulationProgram:
    population, model = cells.population, cells.population.model
    neuron = model if isinstance(model, NeuronModel) else None
    if neuron is not None:
        neurons.check_names(neuron)
    constants = dict(neuron.parameters) if neuron is not None else {}
    for link in cells.links:
        constants |= link.constants
    encoder = population.stimulus_encoder
    draw = None
    if isinstance(model, Encoder) and cells.draws:
        draw = Draw(f"{population.name}:spikes", model.silent_without_drive)
    return PopulationProgram(
        name=population.name,
        size=population.size,
        equations=neurons.equations(cells),
        threshold=model.threshold or "False",
        reset=neurons.reset(cells),
        refractory="" if neuron is None else neurons.refractory(neuron, timing.dt),
        method="exact" if neuron is None else neurons.method(cells, neuron),
        constants=constants,
        decays=neurons.decays(cells),
        arrivals=neurons.arrivals(cells),
        learns=cells.learns,
        draw=draw,
        stimulus=None if encoder is None else Stimulus(encoder.form, encoder.drive),
    )


def _projection(link: Link, populations: Mapping[str, PopulationProgram]) -> ProjectionProgram:
    projection = link.projection
    source, target = populations[link.source.name], populations[link.target.name]
    on_pre = synapses.on_pre(link)
    if projection.delay_kind != "none" and not on_pre:
        raise InputError(f"Projection({link.name!r}).delay: {type(link.synapse).__name__} has none; leave delay out")
    return ProjectionProgram(
        name=link.name,
        source=source.name,
        target=target.name,
        n_source=source.size,
        n_target=target.size,
        equations=synapses.equations(link),
        on_pre=on_pre,
        on_post=synapses.on_post(link),
        delay=projection.delay_kind,
        constants={**target.constants, **source.constants, **link.constants},
        data=Data(
            partial(projection.connectivity.draw, source.size, target.size),
            partial(_weights, projection),
            partial(_delays, projection),
            projection.longest_delay,
        ),
    )


def _weights(projection: Projection, edges: Edges, generator: np.random.Generator) -> Float64Array:
    return draw_values(projection.weights, edges, generator)


def _delays(projection: Projection, edges: Edges, generator: np.random.Generator) -> Float64Array:
    if projection.delay_kind == "shared":
        return np.array([float(np.asarray(projection.delay))])
    return draw_values(projection.delay, Edges(edges.source, edges.target), generator)


def _traced(
    network: Network, populations: Mapping[str, PopulationProgram], traces: Mapping[str, Sequence[str]]
) -> Iterator[Traced]:
    for name, wanted in traces.items():
        checks.one_of("compile(traces)", name, populations)
        found = {}
        if isinstance(network[name].model, NeuronModel):
            found = parsed(f"Population({name!r})", populations[name].equations)
        known = [symbol for symbol in found if symbol not in neurons.ENGINE]
        for symbol in wanted:
            if symbol not in known:
                raise InputError(
                    f"compile(traces): population {name!r} has no variable {symbol!r}; "
                    f"it has {', '.join(known) or 'none'}"
                )
            yield Traced(name, symbol, variables.si_unit(found[symbol]))
