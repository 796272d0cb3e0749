"""The texts of a projection's synapses: variables, transmission, and what its rule changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bnsim import checks
from bnsim.errors import InputError
from bnsim.program.links import Link
from bnsim.program.parts import TrialEnd
from bnsim.program.statements import fill, gate, refuse_randomness, rename


def equations(link: Link) -> str:
    """Variables of each synapse: the weight, the rule's traces, and the signals that are told to all at once."""
    lines = [f"w : {link.weight_unit}"]
    rule = link.rule
    refuse_randomness(link.synapse)
    if rule is not None:
        refuse_randomness(rule)
        lines.append(rename(rule.equations, link.names))
        for name, (tau, _) in link.presynaptic_traces.items():
            if not link.on_neurons(name):
                lines.append(f"d{name}/dt = -{name} / {link.names[tau]} : 1 (event-driven)")
        lines += [f"{name} : 1 (shared)" for name, kind in rule.signals.items() if kind != "postsynaptic"]
    return "\n".join(line for line in lines if line)


def on_pre(link: Link) -> str:
    """Transmission, then learning, at the arrival of a presynaptic spike."""
    # Filled in after renaming: the neuron's membrane variable may bear the name of one of the synapse's.
    transmission = fill(rename(link.synapse.on_pre, link.names), link.model)
    if link.synapse.weight == "potential" and float(link.model.refractory) > 0:
        transmission = transmission.replace("+= w", "+= w * int(not_refractory_post)")
    lines = [transmission]
    if link.rule is not None:
        lines.append(learning(link, link.rule.on_pre))
        for name, (_, statement) in link.presynaptic_traces.items():
            if not link.on_neurons(name):
                lines.append(rename(statement, link.names))
    return "\n".join(line for line in lines if line)


def on_post(link: Link) -> str:
    """Learning at a postsynaptic spike."""
    return learning(link, link.rule.on_post) if link.rule is not None and link.rule.on_post else ""


def learning(link: Link, statements: str) -> str:
    """A rule's statements under local names, its changes of the weight gated.

    Raises
    ------
    InputError
        If a statement writes a neuron's persistent variable, which is the neuron's own to change.
    """
    for end, population in (("pre", link.source), ("post", link.target)):
        for name in getattr(population.model, "persistent", ()):
            if re.search(rf"\b{name}_{end}\s*(\*\*|//|[-+*/%])?=(?!=)", statements):
                raise InputError(
                    f"{type(link.rule).__name__}: writes {name!r} of {population.name!r}, which is persistent; "
                    "let the neuron model change it"
                )
    return gate(rename(statements, link.synapse_names), ["w"], "plastic_post")


def trial_end(link: Link) -> Iterator[TrialEnd]:
    """A rule's statements at the end of a trial, under local names."""
    rule = link.rule
    for index, (where, statements) in enumerate(rule.trial_end if rule is not None else ()):
        checks.one_of(f"{type(rule).__name__}.trial_end", where, ["postsynaptic", "synapse"])
        name = f"trial_end_{index}_{link.name}"
        if where == "synapse":
            yield TrialEnd(name, "projection", link.name, rename(statements, link.synapse_names))
        else:
            yield TrialEnd(name, "population", link.target.name, rename(statements, link.names))
