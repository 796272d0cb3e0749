"""Equations and statements of a projection's synapses: variables, transmission, and learning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from bnsim import checks
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program import short_term
from bnsim.program.links import Link
from bnsim.program.neurons import still
from bnsim.program.parts import Received, TrialEnd
from bnsim.program.statements import (
    assignments,
    declared,
    discard,
    fill,
    gate,
    refuse_persistent,
    refuse_randomness,
    rename,
)


def equations(link: Link) -> str:
    """Return the variables of each synapse: the weight, the rule's traces, signals, and those of short-term plasticity.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Equations in Brian2's notation, one a line.

    Raises
    ------
    InputError
        If synapse model or rule draw random numbers.
    """
    lines = [f"w : {link.weight_unit}", rename(link.synapse.of_each, link.names)]
    rule = link.rule
    refuse_randomness(link.synapse)
    if rule is not None:
        refuse_randomness(rule)
        lines.append(rename(rule.equations, link.names))
        for name, (tau, _) in link.presynaptic_traces.items():
            if link.on_neurons(name):
                continue
            decay = f"d{name}/dt = -{name} / {link.names[tau]} : 1 (event-driven)"
            lines.append(f"{name} : 1" if link.in_each_step(name) else decay)
        lines += [f"{name} : 1 (shared)" for name, kind in rule.signals.items() if kind != "postsynaptic"]
    lines += short_term.equations(link)
    lines += _coupling(link)
    return "\n".join(line for line in lines if line)


def _coupling(link: Link) -> list[str]:
    """The currents of electrical synapses, which Brian2 adds up before the neurons' step."""
    text = _named_ends(rename(link.synapse.coupling, link.names), link)
    signed = {"pre": f"-({text})", "post": text}
    return [f"{name}_{end} = {signed[end]} : {link.model.input_unit} (summed)" for end, name in link.currents.items()]


def on_pre(link: Link) -> str:
    """Return the statements at the arrival of a presynaptic spike: transmission, short-term plasticity, then learning.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        As for `transmission` and `learning`.
    """
    transmitted = transmission(link)
    lines = [f"{link.arrived}_post += w" if link.counted else transmitted, *short_term.on_pre(link)]
    if link.rule is not None:
        lines.append(learning(link, "on_pre"))
        for name, (_, statement) in link.presynaptic_traces.items():
            if not link.on_neurons(name):
                lines.append(rename(statement, link.names))
    return "\n".join(line for line in lines if line)


def transmission(link: Link) -> str:
    """Return what a spike does to the postsynaptic neuron; a refractory neuron discards it.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        If a variable does not exist or is persistent, or a change of it cannot be left out during the refractory
        period.
    """
    synapse, owner = link.synapse, type(link.synapse).__name__
    known = ["{membrane}", *declared(synapse, "equations"), *declared(link.model, "equations")]
    for jump in synapse.jumps:
        checks.one_of(f"{owner}.jumps", jump.variable, known)
    written = [f"{jump.variable}_post += {jump.amount}" for jump in synapse.jumps]
    written += [synapse.on_pre] if synapse.on_pre else []
    # Filled in after renaming: the neuron's membrane variable may bear the name of one of the synapse's.
    statements = fill(rename(short_term.scaled(link, "\n".join(written)), link.names), link.model)
    culprit = f"{owner}.on_pre"
    _refuse_persistent(link, culprit, statements)
    return discard(culprit, statements, _conditions(link))


def graded(link: Link) -> str:
    """Return what a synapse does in every step, where spikes arrive; a refractory neuron discards it.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        If it transmits the value of a unit that holds none, it writes a persistent variable, or a change of one cannot
        be left out during the refractory period.
    """
    synapse = link.synapse
    if "drive_pre" in synapse.each_step and isinstance(link.source.model, NeuronModel):
        raise InputError(
            f"Projection({link.name!r}): {type(synapse).__name__} transmits the values that units of an encoder hold, "
            f"and {link.source.name!r} has neurons; give that population bnsim.GradedInput(), or another synapse"
        )
    culprit = f"{type(synapse).__name__}.each_step"
    statements = fill(_named_ends(rename(synapse.each_step, link.names), link), link.model)
    _refuse_persistent(link, culprit, statements)
    for name, _ in assignments(culprit, statements):
        if name in ("w", "drive_pre", "drive_post", "drive"):
            raise InputError(f"{culprit}: writes {name!r}; add to a variable of the postsynaptic neuron instead")
    _refuse_order(link, culprit, statements)
    return discard(culprit, statements, _conditions(link))


def _named_ends(text: str, link: Link) -> str:
    """A text in which the membrane variable of the neurons at each end is their own."""
    for end, model in (("pre", link.source.model), ("post", link.target.model)):
        if isinstance(model, NeuronModel):
            text = text.replace(f"{{membrane}}_{end}", f"{model.membrane}_{end}")
    return text


def _refuse_order(link: Link, culprit: str, statements: str) -> None:
    """Refuse statements whose outcome depends on which synapse comes first, within one population."""
    if link.source.name != link.target.name:
        return
    for name, _ in assignments(culprit, statements):
        variable = name.removesuffix("_post")
        if re.search(rf"\b{variable}_pre\b", statements):
            raise InputError(
                f"{culprit}: within {link.source.name!r} it changes {variable!r}, which other synapses read in the "
                "same step, so that their order would count; let it add to a variable of its own"
            )


def received(link: Link) -> Received:
    """Return what becomes of the spikes that a neuron counts.

    Parameters
    ----------
    link : Link
        A projection in which spikes are counted.

    Returns
    -------
    Received
        The variable that they change, and the names of sum and factor.
    """
    (jump,) = link.synapse.jumps
    variable = fill(rename(f"{jump.variable}_post", link.names), link.model)
    own = variable.removesuffix("_post")
    condition = _conditions(link).get(variable, "").removesuffix("_post")
    return Received(link.name, own, condition, link.arrived, link.common, link.weight_unit)


def on_post(link: Link) -> str:
    """Return the statements at a postsynaptic spike: learning only.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        As for `learning`.
    """
    return learning(link, "on_post") if link.rule is not None else ""


def each_step(link: Link) -> str:
    """Return a rule's statements at the end of every step, then the decay of the traces that they read.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        As for `learning`.
    """
    if link.rule is None or not link.rule.each_step:
        return ""
    lines = [learning(link, "each_step")]
    _refuse_order(link, f"{type(link.rule).__name__}.each_step", lines[0])
    for name, (tau, _) in link.presynaptic_traces.items():
        if not link.on_neurons(name) and link.in_each_step(name):
            lines.append(f"{name} *= exp(-dt / {link.names[tau]})")
    return "\n".join(lines)


def learning(link: Link, event: Literal["on_pre", "on_post", "each_step"]) -> str:
    """Return a rule's statements under local names; changes of the weight take effect only where learning is on.

    Parameters
    ----------
    link : Link
        A projection with a rule.
    event : {"on_pre", "on_post", "each_step"}
        Which of the rule's statements.

    Returns
    -------
    str
        Statements, one a line; "" where there are none.

    Raises
    ------
    InputError
        If a line is not an assignment, writes a persistent variable of a neuron, or changes a variable in a way that
        cannot be left out during the refractory period.
    """
    assert link.rule is not None
    culprit = f"{type(link.rule).__name__}.{event}"
    statements = fill(rename(getattr(link.rule, event), link.synapse_names), link.model)
    _refuse_persistent(link, culprit, statements)
    kept = ["w", *link.rule.persistent]
    return discard(culprit, gate(culprit, statements, kept, "plastic_post"), _conditions(link))


def _neuron_variables(link: Link, names: Callable[[NeuronModel], Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """Some of the neurons' variables: how statements of the synapse call each, its own name, and its end."""
    for end, population in (("pre", link.source), ("post", link.target)):
        if isinstance(population.model, NeuronModel):
            yield from ((f"{name}_{end}", name, end) for name in names(population.model))
    # Brian2 looks for a name without ending among the synapse's own variables, then among the postsynaptic ones.
    own = read_equations(f"Projection({link.name!r})", equations(link))
    yield from ((name, name, "post") for name in names(link.model) if name not in own)


def _refuse_persistent(link: Link, culprit: str, statements: str) -> None:
    """Refuse statements that write a persistent variable: only the neuron model knows whether learning is on."""
    written = {name for name, _ in assignments(culprit, statements)}
    for called, name, end in _neuron_variables(link, lambda model: model.persistent):
        if called in written:
            owner = (link.source if end == "pre" else link.target).model
            assert isinstance(owner, NeuronModel)
            refuse_persistent(culprit, name, owner)


def _conditions(link: Link) -> dict[str, str]:
    """Return the condition for a jump of each neuron variable that is constant during the refractory period."""
    moving = _neuron_variables(link, lambda model: still(model) if float(model.refractory) > 0 else ())
    return {called: f"not_refractory_{end}" for called, _, end in moving}


def trial_end(link: Link) -> Iterator[TrialEnd]:
    """Iterate over a rule's statements at the end of a trial, under local names.

    Parameters
    ----------
    link : Link
        The projection; without a rule there are none.

    Yields
    ------
    TrialEnd
        Statements for each synapse or each postsynaptic neuron.
    """
    rule = link.rule
    for index, (where, statements) in enumerate(rule.trial_end if rule is not None else ()):
        name = f"trial_end_{index}_{link.name}"
        if where == "synapse":
            yield TrialEnd(name, "projection", link.name, rename(statements, link.synapse_names))
        else:
            yield TrialEnd(name, "population", link.target.name, rename(statements, link.names))
