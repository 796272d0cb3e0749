"""Units of the texts of synapses, plasticity rules and drives, which depend on the neurons that they act on."""

from __future__ import annotations

from typing import Any

from brian2.core.namespace import DEFAULT_UNITS
from brian2.units.fundamentalunits import Dimension, Quantity, get_dimensions

from bnsim.description import Description
from bnsim.dimensions import check_equations, check_statements, expression_dimensions, unit_name, units_of
from bnsim.drives import Drive
from bnsim.errors import InputError
from bnsim.network import Population
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.plasticity.base import STATEMENTS
from bnsim.program.links import Link
from bnsim.program.statements import fill

_Known = dict[str, Quantity]


def check_synapse(link: Link) -> None:
    """Refuse a synapse model whose units do not fit each other, or the neurons that it ends on.

    Parameters
    ----------
    link : Link
        The projection.

    Raises
    ------
    InputError
        If there is such a text.
    """
    synapse, model, owner = link.synapse, link.model, type(link.synapse).__name__
    equations = _named(synapse.equations, model)
    at_target = {**_parameters(synapse), **_of_neuron(model)}
    check_equations(f"{owner}.equations", equations, at_target, _parameters(synapse))
    own = _declared(f"{owner}.equations", equations)
    if synapse.current:
        current = _named(synapse.current, model)
        _demand(f"{owner}.current", current, {**at_target, **own}, DEFAULT_UNITS[model.input_unit].dim)
    if synapse.coupling:
        known = {"w": _of_unit(link.weight_unit), **_parameters(synapse), **_ends(link)}
        _demand(f"{owner}.coupling", _named(synapse.coupling, model), known, DEFAULT_UNITS[model.input_unit].dim)
    at_synapse = {"w": _of_unit(link.weight_unit), **_parameters(synapse), **_ends(link), **_ended(own, "post")}
    at_synapse |= _declared(f"{owner}.of_each", synapse.of_each)
    check_equations(f"{owner}.of_each", synapse.of_each, at_synapse, _parameters(synapse))
    jumps = [f"{jump.variable}_post += {jump.amount}" for jump in synapse.jumps]
    check_statements(f"{owner}.jumps", _named("\n".join(jumps), model), at_synapse)
    for attribute in ("on_pre", "each_step"):
        check_statements(f"{owner}.{attribute}", _named(getattr(synapse, attribute), model), at_synapse)


def check_rule(link: Link) -> None:
    """Refuse a plasticity rule whose units do not fit each other, or the neurons that it stands between.

    Parameters
    ----------
    link : Link
        The projection.

    Raises
    ------
    InputError
        If there is such a text.
    """
    rule, model = link.rule, link.model
    if rule is None:
        return
    owner = type(rule).__name__
    known = {"w": _of_unit(link.weight_unit), **_parameters(rule), **_ends(link)}
    texts = {
        attribute: _named(getattr(rule, attribute).replace("{weight_unit}", link.weight_unit), model)
        for attribute in ("equations", "presynaptic", "postsynaptic", *STATEMENTS)
    }
    at_source = _of_units(link.source) | _parameters(rule)
    at_target = _of_neuron(model) | _parameters(rule)
    for attribute, end in (("presynaptic", "pre"), ("postsynaptic", "post")):
        added = _declared(f"{owner}.{attribute}", texts[attribute])
        known |= _ended(added, end)
        at_target |= added if end == "post" else {}
        at_source |= added if end == "pre" else {}
    common = {name: _of_unit(unit.replace("{weight_unit}", link.weight_unit)) for name, unit in rule.common.items()}
    known |= _ended(common, "post")
    traces = {name: Quantity(1.0) for name in (*rule.presynaptic_traces, *rule.postsynaptic_traces)}
    known |= traces | {name: Quantity(1.0) for name, kind in rule.signals.items() if kind != "postsynaptic"}
    known |= _declared(f"{owner}.equations", texts["equations"])
    check_equations(f"{owner}.equations", texts["equations"], known, _parameters(rule))
    check_equations(f"{owner}.postsynaptic", texts["postsynaptic"], at_target, _parameters(rule))
    for attribute in ("on_pre", "on_post", "each_step"):
        check_statements(f"{owner}.{attribute}", texts[attribute], known)
    at_target |= common | traces
    check_statements(f"{owner}.presynaptic_each_step", texts["presynaptic_each_step"], {**at_source, **traces})
    check_statements(f"{owner}.postsynaptic_each_step", texts["postsynaptic_each_step"], at_target)
    for where, statements in rule.trial_end:
        place = known if where == "synapse" else at_target
        check_statements(f"{owner}.trial_end", _named(statements, model), place)


def check_drive(culprit: str, drive: Drive, population: Population, declared: str) -> None:
    """Refuse a drive whose units do not fit each other, or the neurons that it acts on.

    Parameters
    ----------
    culprit : str
        The drive, for the message of an error.
    drive : Drive
        The drive.
    population : Population
        The neurons.
    declared : str
        All equations of the drive, those of its courses among them.

    Raises
    ------
    InputError
        If there is such a text.
    """
    model = population.model
    assert isinstance(model, NeuronModel)
    around = {**_of_neuron(model), **_parameters(drive)}
    check_equations(f"{culprit}.equations", _named(drive.equations, model), around, _parameters(drive))
    known = {**around, **_declared(f"{culprit}.equations", declared)}
    if drive.current:
        _demand(f"{culprit}.current", _named(drive.current, model), known, DEFAULT_UNITS[model.input_unit].dim)
    check_statements(f"{culprit}.at_start", _named(drive.at_start, model), known)
    check_statements(f"{culprit}.arrivals", _named(drive.arrivals, model), known)
    if drive.mean_count:
        courses = {name: _of_unit(fill(unit, model)) for name, unit in drive.courses.items()}
        _demand_number(f"{culprit}.mean_count", drive.mean_count, {**courses, **known})


def _demand_number(culprit: str, text: str, known: _Known) -> None:
    found = expression_dimensions(culprit, text, known)
    if found is not None and not found.is_dimensionless:
        raise InputError(f"{culprit}: {text!r} has {unit_name(found)}, and must have none; multiply a rate by dt, say")


def _named(text: str, model: NeuronModel) -> str:
    """A text with the units of the neurons, in which their membrane variable is called so: its own name may be one of
    the text's."""
    return fill(text.replace("{membrane}", "membrane"), model)


def _demand(culprit: str, text: str, known: _Known, expected: Dimension) -> None:
    found = expression_dimensions(f"{culprit}: {text!r}", text, known)
    if found is not None and found is not expected:
        raise InputError(
            f"{culprit}: {text!r} has {unit_name(found)}, the neurons' input {unit_name(expected)}; correct its units"
        )


def _of_unit(unit: str) -> Quantity:
    return Quantity(1.0, dim=next(iter(read_equations("unit", f"x : {unit}").values())).dim)


def _parameters(description: Description) -> _Known:
    given: dict[str, Any] = description.parameters
    return {
        name: Quantity(1.0, dim=get_dimensions(getattr(value, "bounds", (value,))[0]))
        for name, value in given.items()
        if not isinstance(value, str)
    }


def _declared(culprit: str, text: str) -> _Known:
    return units_of(read_equations(culprit, text))


def _of_neuron(model: NeuronModel) -> _Known:
    declared = _declared(f"{type(model).__name__}.equations", model.equations)
    named = {"I": Quantity(1.0, dim=DEFAULT_UNITS[model.input_unit].dim), "membrane": declared[model.membrane]}
    return {**_parameters(model), **declared, **named}


def _ended(known: _Known, end: str) -> _Known:
    return {f"{name}_{end}": value for name, value in known.items()}


def _of_units(population: Population) -> _Known:
    """What statements may name of a population's units: neurons, or those of an encoder."""
    model = population.model
    return _of_neuron(model) if isinstance(model, NeuronModel) else {"drive": Quantity(1.0)}


def _ends(link: Link) -> _Known:
    """What synapses may name of the neurons on either side; without an ending, those of the postsynaptic side."""
    found: _Known = {}
    for end, population in (("pre", link.source), ("post", link.target)):
        found |= _ended(_of_units(population), end)
    return {**_of_neuron(link.model), **found}
