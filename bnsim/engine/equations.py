"""From descriptions to the text of Brian2 equations: renaming, gating, summing of inputs. No object is made here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bnsim.description import Description
from bnsim.encoding import Encoder, SpikeTrains
from bnsim.errors import InputError
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.plasticity import PlasticityRule

FORBIDDEN = ("xi", "rand", "randn", "poisson", "rand_range")
_STATEMENT = re.compile(r"^\s*(\w+)\s*(\*\*|//|[-+*/%])?=(?!=)\s*(.+?)\s*$")
_DECLARATION = re.compile(r"^\s*(?:d(\w+)\s*/\s*dt|(\w+))\s*(?:=|:)")


def declared(equations: str) -> list[str]:
    """Names of the variables that a block of equations declares."""
    found = [_DECLARATION.match(line) for line in equations.splitlines() if line.strip()]
    return [match.group(1) or match.group(2) for match in found if match]


def rename(text: str, names: Mapping[str, str]) -> str:
    """Replace whole identifiers; `name_pre`, `name_post` and `dname/dt` follow their name."""
    for old, new in names.items():
        text = re.sub(rf"\b{old}(_pre|_post)?\b", rf"{new}\1", text)
        text = re.sub(rf"\bd{old}(\s*/\s*dt)\b", rf"d{new}\1", text)
    return text


def gate(statements: str, persistent: Iterable[str], condition: str) -> str:
    """Statements in which every write to a persistent variable is undone where `condition` is false.

    Errors: a line that is no assignment, and could therefore hide one.
    """
    lines, kept = [], set(persistent)
    for line in re.sub(r"#.*", "", statements).replace(";", "\n").splitlines():
        match = _STATEMENT.match(line)
        if match is None and line.strip():
            raise InputError(
                f"statement {line.strip()!r}: not an assignment; write each as `name = value` or `name += value`"
            )
        if match and match.group(1) in kept:
            name, operator, value = match.groups()
            new = value if operator is None else f"{name} {operator} ({value})"
            line = f"{name} = bnsim_select({condition}, {new}, {name})"
        lines.append(line)
    return "\n".join(lines)


def local_names(projection: Projection) -> dict[str, str]:
    """How a projection's variables and parameters are called on its neurons: each after the projection's name.

    The name comes first because Brian2 reads `_pre` and `_post` at the end of a variable. Errors: a name that synapse
    model and rule share.
    """
    names = [*declared(projection.synapse.equations), *projection.synapse.parameters]
    rule = projection.plasticity
    if rule is not None:
        of_rule = [*declared(rule.presynaptic), *declared(rule.postsynaptic), *rule.parameters]
        of_rule += [name for name in _traces(rule) if on_neurons(projection, name)]
        shared = sorted({*names} & {*of_rule, *_traces(rule), *declared(rule.equations)})
        if shared:
            raise InputError(
                f"Projection({projection.name!r}): {type(projection.synapse).__name__} and {type(rule).__name__} both "
                f"have {shared[0]!r}; rename it in one of them"
            )
        names += of_rule
    return {name: f"{projection.name}_{name}" for name in names}


def projection_parameters(projection: Projection) -> dict[str, object]:
    """Constants of synapse model and rule, under their local names."""
    values = dict(projection.synapse.parameters)
    if projection.plasticity is not None:
        values |= projection.plasticity.parameters
    names = local_names(projection)
    return {names[name]: value for name, value in values.items()}


def neuron_equations(network: Network, population: Population) -> str:
    """All equations of a population: its model, its synapses' variables, the summed input, the engine's counters."""
    lines = ["spike_count : integer"]
    if _decides(network, population):
        lines.append("last_spike_step : integer")
    model = population.model
    _refuse_randomness(model)
    for projection in network.projections:
        names, rule = local_names(projection), projection.plasticity
        weight_unit = network.weight_unit_name(projection)
        if rule is not None and projection.source == population.name:
            lines.append(rename(rule.presynaptic, names))
            lines += [f"{names[name]} : 1" for name in rule.presynaptic_traces if on_neurons(projection, name)]
        if projection.target != population.name:
            continue
        assert isinstance(model, NeuronModel)
        lines.append(_fill(rename(projection.synapse.equations, names), model))
        if rule is not None:
            lines.append(rename(rule.postsynaptic.replace("{weight_unit}", weight_unit), names))
            lines += [f"{names[name]} : 1" for name in rule.postsynaptic_traces]
            common = (f"{name} : {unit}".replace("{weight_unit}", weight_unit) for name, unit in rule.common.items())
            lines += [line for line in common if line not in lines]
    if isinstance(model, Encoder):
        if not isinstance(model, SpikeTrains):
            lines.append("drive : 1")
        if re.search(r"\buniform\b", model.threshold):
            lines.append("uniform : 1\ntrial_key_high : integer (shared)\ntrial_key_low : integer (shared)")
            lines.append("first_step : integer (shared)")
        return "\n".join(lines)
    lines.insert(0, _model_equations(model))
    if population.encoder is not None:
        lines.append(f"drive : {model.input_unit}")
    learning = any(p.plasticity is not None and p.target == population.name for p in network.projections)
    if model.persistent or learning:
        lines.append("plastic : boolean (shared)")
    summed = _summed_input(network, population, model)
    if re.search(r"\bI\b", model.equations):
        lines.append(f"I = {summed or '0 * ' + model.input_unit} : {model.input_unit}")
    elif summed:
        raise InputError(
            f"{type(model).__name__}.equations: without I, the input of population {population.name!r} would be "
            "lost; add I to them"
        )
    return "\n".join(line for line in lines if line)


def _traces(rule: PlasticityRule) -> list[str]:
    return [*rule.presynaptic_traces, *rule.postsynaptic_traces]


def on_neurons(projection: Projection, trace: str) -> bool:
    """Whether a rule's trace lives on the neurons: where that is exact, it is many times cheaper than on synapses.

    A postsynaptic trace is the same for all synapses of a neuron. A presynaptic one is where spikes arrive when they
    are sent; but the neuron changes it before its spikes are dealt with, so `on_pre` must not read it.
    """
    rule = projection.plasticity
    assert rule is not None
    if trace in rule.postsynaptic_traces:
        return True
    return projection.delay_kind == "none" and not re.search(rf"\b{trace}\b", rule.on_pre)


def decay_statements(network: Network, population: Population) -> str:
    """What the traces of a population do in each step: the exact solution, whatever the neurons' method."""
    lines = []
    for projection in network.projections:
        rule, names = projection.plasticity, local_names(projection)
        if rule is None:
            continue
        traces: dict[str, tuple[str, str]] = {}
        if projection.source == population.name:
            traces |= rule.presynaptic_traces
        if projection.target == population.name:
            traces |= rule.postsynaptic_traces
        for name, (tau, _) in traces.items():
            if on_neurons(projection, name):
                lines.append(f"{names[name]} *= exp(-dt / {names[tau]})")
    return "\n".join(lines)


def arrival_statements(network: Network, population: Population) -> str:
    """What a spike of a unit does to its presynaptic traces, before any synapse sees the spike."""
    lines = []
    for projection in network.projections:
        rule = projection.plasticity
        if rule is not None and projection.source == population.name:
            for name, (_, statement) in rule.presynaptic_traces.items():
                if on_neurons(projection, name):
                    lines.append(rename(statement, local_names(projection)))
    return "\n".join(lines)


def _refuse_randomness(description: Description) -> None:
    """Brian2's own random numbers do not depend on the run's key."""
    for attribute in description.STRUCTURE:
        value = getattr(description, attribute)
        found = re.search(rf"\b({'|'.join(FORBIDDEN)})\b", value) if isinstance(value, str) else None
        if found:
            raise InputError(
                f"{type(description).__name__}.{attribute}: {found.group(1)!r} is random outside the run's key; "
                "use an encoder for noise"
            )


def _decides(network: Network, population: Population) -> bool:
    return network.reward is not None and network.reward.population == population.name


def _model_equations(model: NeuronModel) -> str:
    lines, gated = [], set()
    for line in model.equations.splitlines():
        match = re.match(r"^\s*d(\w+)\s*/\s*dt\s*=\s*(.+):(.+)$", line)
        if match and match.group(1) in model.persistent:
            name, rate, unit = match.groups()
            line = f"d{name}/dt = int(plastic) * ({rate.strip()}) : {unit.strip()}"
            gated.add(name)
        lines.append(line)
    missed = [name for name in model.persistent if re.search(rf"\bd{name}\s*/\s*dt\b", model.equations)]
    missed = [name for name in missed if name not in gated]
    if missed:
        raise InputError(
            f"{type(model).__name__}.equations: the persistent {missed[0]!r} has an equation of several lines; "
            "write it on one line"
        )
    text = "\n".join(lines)
    if float(model.refractory) == 0:
        text = re.sub(r"\(\s*unless refractory\s*\)", "", text)
    return text


def _summed_input(network: Network, population: Population, model: NeuronModel) -> str:
    terms = ["drive"] if population.encoder is not None else []
    for projection in network.projections:
        if projection.target == population.name and projection.synapse.current:
            terms.append(_fill(rename(projection.synapse.current, local_names(projection)), model))
    return " + ".join(terms)


def _fill(text: str, model: NeuronModel) -> str:
    conductance = "1" if model.input_unit == "volt" else "siemens"
    return (
        text.replace("{input_unit}", model.input_unit)
        .replace("{conductance_unit}", conductance)
        .replace("{membrane}", model.membrane)
    )


def has_conductance(network: Network, population: Population) -> bool:
    """Whether a conductance synapse ends on the population: its equations are then no longer linear."""
    return any(p.target == population.name and p.synapse.weight == "conductance" for p in network.projections)


def refuse_equal_time_constants(network: Network, population: Population, model: NeuronModel) -> None:
    """Brian2's exact solution for a current that decays as fast as the membrane divides by their difference: 0 / 0."""
    lines = [
        line.partition(":")[0]
        for line in model.equations.splitlines()
        if re.match(rf"\s*d{model.membrane}\s*/\s*dt", line)
    ]
    used = [name for name in model.parameters if any(re.search(rf"\b{name}\b", line) for line in lines)]
    for projection in network.projections:
        parameters = projection.synapse.parameters
        if projection.target != population.name or "tau" not in parameters:
            continue
        for name in used:
            if float(model.parameters[name]) == float(parameters["tau"]):
                raise InputError(
                    f"Projection({projection.name!r}): {type(projection.synapse).__name__}.tau equals "
                    f"{type(model).__name__}.{name}, where exact integration fails; change one of them by 0.1 %"
                )


def reset_statements(network: Network, population: Population) -> str:
    """What happens at a spike of a unit: the model's reset, the count, traces of rules at the presynaptic neuron."""
    model = population.model
    lines = [gate(model.reset, model.persistent, "plastic")] if isinstance(model, NeuronModel) else []
    lines.append("spike_count += 1")
    if _decides(network, population):
        lines.append("last_spike_step = t_in_timesteps")
    for projection in network.projections:
        if projection.plasticity is not None and projection.source == population.name:
            lines.append(rename(projection.plasticity.on_presynaptic_spike, local_names(projection)))
        if projection.plasticity is not None and projection.target == population.name:
            for _, statement in projection.plasticity.postsynaptic_traces.values():
                lines.append(rename(statement, local_names(projection)))
    return "\n".join(line for line in lines if line)


def synapse_equations(network: Network, projection: Projection) -> str:
    """Variables of each synapse: the weight, the rule's traces, and the signals that are told to all at once."""
    lines = [f"w : {network.weight_unit_name(projection)}"]
    rule = projection.plasticity
    _refuse_randomness(projection.synapse)
    if rule is not None:
        _refuse_randomness(rule)
        names = local_names(projection)
        lines.append(rename(rule.equations, names))
        for name, (tau, _) in rule.presynaptic_traces.items():
            if not on_neurons(projection, name):
                lines.append(f"d{name}/dt = -{name} / {names[tau]} : 1 (event-driven)")
        lines += [f"{name} : 1 (shared)" for name, kind in rule.signals.items() if kind != "postsynaptic"]
    return "\n".join(line for line in lines if line)


def on_pre(network: Network, projection: Projection) -> str:
    """Transmission, then learning, at the arrival of a presynaptic spike."""
    model = network[projection.target].model
    assert isinstance(model, NeuronModel)
    # Filled in after renaming: the neuron's membrane variable may bear the name of one of the synapse's.
    transmission = _fill(rename(projection.synapse.on_pre, local_names(projection)), model)
    if projection.synapse.weight == "potential" and float(model.refractory) > 0:
        transmission = transmission.replace("+= w", "+= w * int(not_refractory_post)")
    lines = [transmission]
    rule = projection.plasticity
    if rule is not None:
        lines.append(synapse_statements(network, projection, rule.on_pre))
        for name, (_, statement) in rule.presynaptic_traces.items():
            if not on_neurons(projection, name):
                lines.append(rename(statement, local_names(projection)))
    return "\n".join(line for line in lines if line)


def synapse_statements(network: Network, projection: Projection, statements: str) -> str:
    """A rule's statements under local names, its changes of the weight gated.

    Errors: a statement that writes a neuron's persistent variable, which is the neuron's own to change.
    """
    for end, population in (("pre", projection.source), ("post", projection.target)):
        for name in getattr(network[population].model, "persistent", ()):
            if re.search(rf"\b{name}_{end}\s*(\*\*|//|[-+*/%])?=(?!=)", statements):
                raise InputError(
                    f"{type(projection.plasticity).__name__}: writes {name!r} of {population!r}, which is persistent; "
                    "let the neuron model change it"
                )
    return gate(rename(statements, _synapse_names(projection)), ["w"], "plastic_post")


def trial_end_statements(projection: Projection, where: str, statements: str) -> str:
    """A rule's statements at the end of a trial, under local names; they run only where learning is on."""
    return rename(statements, _synapse_names(projection) if where == "synapse" else local_names(projection))


def _synapse_names(projection: Projection) -> dict[str, str]:
    """As `local_names`, for statements of the synapse, which reaches a trace that lives on its neurons."""
    names, rule = local_names(projection), projection.plasticity
    assert rule is not None
    for ending, traces in (("pre", rule.presynaptic_traces), ("post", rule.postsynaptic_traces)):
        names |= {name: f"{names[name]}_{ending}" for name in traces if on_neurons(projection, name)}
    return names


def signals(network: Network) -> Iterator[tuple[str, str, str]]:
    """(projection, signal, "postsynaptic" or "shared") of every signal that a run is given for a rule."""
    for projection in network.projections:
        if projection.plasticity is not None:
            for signal, kind in projection.plasticity.signals.items():
                if kind != "reward":
                    yield projection.name, signal, kind


def reward_signals(network: Network) -> Iterator[tuple[str, str]]:
    """(projection, signal) of every signal that the network's reward is told as."""
    for projection in network.projections:
        if projection.plasticity is not None:
            for signal, kind in projection.plasticity.signals.items():
                if kind == "reward":
                    yield projection.name, signal
