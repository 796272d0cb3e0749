"""Whether a projection fits the populations that it joins."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from brian2.units import ms, volt
from brian2.units.fundamentalunits import DIMENSIONLESS, Quantity, get_dimensions

from bnsim import checks
from bnsim.cells import check_cells, is_of_cells
from bnsim.connectivity import (
    AllToAll,
    FixedInDegree,
    FixedOutDegree,
    FixedProbability,
    FixedTotalNumber,
    OneToOne,
)
from bnsim.connectivity.base import Ends
from bnsim.dimensions import unit_name
from bnsim.distributions import Distribution
from bnsim.errors import IneffectiveRuleWarning, InputError
from bnsim.network.gradients import check_gradient
from bnsim.network.population import Population
from bnsim.network.projection import Projection
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.plasticity import PlasticityRule
from bnsim.synapses.base import SIGNED
from bnsim.values import check_values, extent

if TYPE_CHECKING:
    from bnsim.network.whole import Network

WITHOUT_FACTORS = (AllToAll, FixedInDegree, FixedOutDegree, FixedProbability, FixedTotalNumber, OneToOne)
"""Connectivity whose synapses all have the weight that a projection gives."""


def check_projection(network: Network, projection: Projection, source: Population, target: Population) -> None:
    """Refuse a projection that does not fit the populations that it joins.

    Parameters
    ----------
    network : Network
        The network that holds it.
    projection : Projection
        The projection.
    source, target : Population
        Its ends.

    Raises
    ------
    InputError
        If it ends on an encoder, weights, delays or the rule have the wrong unit, sign or shape, weights would have a
        unit that no state holds, a rule could make weights negative that must not be, or its gradient would be wrong.
    """
    culprit = f"Projection({projection.name!r})"
    if not isinstance(target.model, NeuronModel):
        raise InputError(
            f"{culprit}.target: {target.name!r} is an encoder and takes no input; give a population of neurons"
        )
    if projection.synapse.coupling:
        _check_coupling(culprit, projection, source, target.model)
    elif projection.synapse.jumps or projection.synapse.on_pre:
        source.check_fires(f"{culprit}.source")
    if projection.delay_kind != "none" and (projection.synapse.coupling or projection.synapse.weight == "modulatory"):
        raise InputError(f"{culprit}.delay: {type(projection.synapse).__name__} has none; leave delay out")
    if projection.connectivity.spatial:
        _check_space(culprit, projection, source, target)
    _check_connectivity(culprit, projection, source, target)
    unit, shape = network.weight_unit(projection), (source.size, target.size)
    if projection.synapse.weight == "potential" and get_dimensions(unit) not in (volt.dim, DIMENSIONLESS):
        raise InputError(
            f"{culprit}: {type(projection.synapse).__name__} needs a membrane variable in volt or without unit, and "
            f"{target.model.membrane!r} of {type(target.model).__name__} has {unit_name(get_dimensions(unit))}; use "
            "ExponentialCurrent"
        )
    _check_weights(f"{culprit}.weights", projection, target.model, unit, shape)
    check_values(f"{culprit}.delay", projection.delay, 1 * ms, shape, minimum=0.0, bounded=True)
    if projection.plasticity is not None:
        check_gradient(network, projection, projection.plasticity)
        _check_rule(culprit, network, projection, projection.plasticity)


def _check_connectivity(culprit: str, projection: Projection, source: Population, target: Population) -> None:
    try:
        projection.connectivity.check(Ends(source.size, target.size, recurrent=source is target))
    except InputError as error:
        raise InputError(f"{culprit}.connectivity: {error}") from None


def check_initial(culprit: str, population: Population, incoming: Iterable[Projection]) -> None:
    """Refuse values at the start of variables that a population does not have.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    population : Population
        The population.
    incoming : iterable of Projection
        The projections that end there: their synapses' variables begin with their names.

    Raises
    ------
    InputError
        If there is no such variable, or values have another unit than a variable of the model.
    """
    if not population.initial or not isinstance(population.model, NeuronModel):
        return
    found = read_equations(f"{type(population.model).__name__}.equations", population.model.equations)
    units = {name: equation.dim for name, equation in found.items()}
    parts = (*(projection.name for projection in incoming), *(f"drive{k}" for k in range(len(population.drives))))
    for symbol, values in population.initial.items():
        if symbol in units:
            check = check_cells if is_of_cells(values) else checks.quantity
            unit = Quantity(1.0, dim=units[symbol])
            check(f"{culprit}[{symbol!r}]", values, unit, minimum=None, exclusive=False)
        elif not symbol.startswith(tuple(f"{part}_" for part in parts)):
            checks.one_of(culprit, symbol, units)


def check_dale(projections: Iterable[Projection]) -> None:
    """Refuse weights of both signs from one population, where they are single values.

    Parameters
    ----------
    projections : iterable of Projection
        The projections of a network that is to keep to Dale's law.

    Raises
    ------
    InputError
        If there are such weights. Those that are drawn are looked at when they are.
    """
    seen: dict[tuple[str, bool], str] = {}
    for projection in projections:
        single = np.ndim(projection.weights) == 0 and not isinstance(projection.weights, Distribution)
        plain = isinstance(projection.connectivity, WITHOUT_FACTORS)
        if projection.synapse.weight in SIGNED and single and plain and float(np.asarray(projection.weights)):
            positive = float(np.asarray(projection.weights)) > 0
            seen[projection.source, positive] = f"{checks.describe(projection.weights)} in {projection.name}"
    for source, positive in seen:
        if positive and (source, False) in seen:
            raise InputError(
                f"Network.dale: population {source!r} has weights of both signs, {seen[source, False]} and "
                f"{seen[source, True]}; give all weights of a population one sign"
            )


def _check_weights(
    culprit: str, projection: Projection, target: NeuronModel, unit: Quantity, shape: tuple[int, int]
) -> None:
    weights, kind = projection.weights, projection.synapse.weight
    target.check_conductance(culprit, kind, weights)
    conductance = kind == "conductance"
    if conductance and np.ndim(weights) == 0 and not isinstance(weights, Distribution):
        checks.quantity(culprit, weights, unit, minimum=None, exclusive=False)
        if weights < 0 * unit:
            raise InputError(
                f"{culprit}: {checks.describe(weights)} is negative; a conductance excites or inhibits by its "
                f"synapse's reversal potential, as GABAA inhibits; give {checks.describe(-weights)}"
            )
    check_values(culprit, weights, unit, shape, minimum=0.0 if conductance else None)


def _check_rule(culprit: str, network: Network, projection: Projection, rule: PlasticityRule) -> None:
    name = type(rule).__name__
    if "reward" in rule.signals.values() and network.reward is None:
        raise InputError(
            f"{culprit}.plasticity: {name} waits for a reward; "
            "give Network(reward=Reward(population)) the population that decides"
        )
    scale = getattr(rule, rule.weight_scale)
    unit = network.weight_unit(projection)
    checks.quantity(f"{culprit}.plasticity: {name}.{rule.weight_scale}", scale, unit, minimum=None, exclusive=False)
    low, high = extent(projection.weights)
    lowest, highest = rule.weight_bounds or (-np.inf, np.inf)
    if low < lowest or high > highest:
        bounded = np.isfinite(highest)
        bounds = f"0 to {checks.describe(scale)}" if bounded else "0 and more"
        if low < lowest and high <= 0 and projection.synapse.weight in SIGNED:
            raise InputError(
                f"{culprit}.weights: negative, but {name} keeps weights within {bounds}; to inhibit, give a synapse "
                "that does so by its reversal potential, such as GABAA"
            )
        raise InputError(
            f"{culprit}.weights: leave the bounds of {name}, {bounds}; "
            f"choose weights within{', or another w_max' if bounded else ''}"
        )
    target = network[projection.target].model
    assert isinstance(target, NeuronModel)
    doubt = rule.doubt(target.ceiling)
    if doubt:
        warnings.warn(f"{culprit}.plasticity: {name}: {doubt}", IneffectiveRuleWarning, stacklevel=6)
    low, high = rule.reachable_weights or (-np.inf, np.inf)
    if projection.synapse.weight == "conductance" and low < 0:
        reason = "a conductance is never negative"
    elif network.dale and projection.synapse.weight in SIGNED and low < 0 < high:
        reason = "Network.dale allows one sign a population"
    else:
        return
    raise InputError(
        f"{culprit}.plasticity: {name} may turn the sign of weights, but {reason}; "
        "give a rule with bounds, such as PairSTDP"
    )


def _check_space(culprit: str, projection: Projection, source: Population, target: Population) -> None:
    """Distances need positions of both populations, in one space."""
    rule = type(projection.connectivity).__name__
    for population in (source, target):
        if population.positions is None:
            raise InputError(
                f"{culprit}.connectivity: {rule} needs positions, {population.name!r} has none; "
                "give Population(..., positions=bnsim.Grid(shape, spacing)), say"
            )
    for what, one, other in (
        ("number of dimensions", source.positions.dimensions, target.positions.dimensions),
        ("period in metres", source.positions.lengths, target.positions.lengths),
    ):
        if one != other:
            raise InputError(
                f"{culprit}.connectivity: {source.name!r} and {target.name!r} lie in different spaces, whose {what} is "
                f"{one} and {other}; give both positions in one"
            )


def _check_coupling(culprit: str, projection: Projection, source: Population, target: NeuronModel) -> None:
    """Electrical synapses join two membranes whose input has the same unit."""
    model, synapse = source.model, type(projection.synapse).__name__
    if not isinstance(model, NeuronModel):
        raise InputError(
            f"{culprit}.source: {source.name!r} is an encoder and has no membrane for {synapse}; "
            "give a population of neurons"
        )
    if model.input_unit != target.input_unit:
        raise InputError(
            f"{culprit}: {synapse} cannot couple {type(model).__name__}, whose input is in {model.input_unit}, to "
            f"{type(target).__name__}, whose input is in {target.input_unit}; choose models with the same unit"
        )
    if projection.plasticity is not None:
        raise InputError(
            f"{culprit}.plasticity: {synapse} transmits no spikes from which a rule could learn; leave plasticity out"
        )
