"""The variables of a built network: which carry over, which start anew, and with what value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.engine import equations as text
from bnsim.network import Network
from bnsim.neurons import NeuronModel

NEVER = -1e4
"""Seconds: time of the last spike of a neuron that never fired, as in Brian2."""

ENGINE = frozenset(
    {
        "spike_count",
        "drive",
        "plastic",
        "trial_key_high",
        "trial_key_low",
        "uniform",
        "first_step",
        "last_spike_step",
        "lastspike",
        "not_refractory",
    }
)
"""Variables of a population that the engine or Brian2 adds: the model and its synapses know nothing of them."""


@dataclass(frozen=True)
class Variable:
    """One array of the simulation: `group` holds it as `variable`; `initial` is its value at the start, in SI units."""

    name: str
    group: Any
    variable: str
    initial: float

    @property
    def brian2(self) -> Any:
        """Brian2's own description of the array."""
        return self.group.variables[self.variable]


def classify(
    network: Network, groups: dict[str, Any], synapses: dict[str, Any]
) -> tuple[list[Variable], list[Variable], list[Variable]]:
    """Persistent, transient and, among the latter, times (see `bnsim.engine.build.Objects`)."""
    persistent: list[Variable] = []
    transient: list[Variable] = []
    times: list[Variable] = []
    for population in network.populations:
        group, model = groups[population.name], population.model
        signals = {
            text.local_names(p)[name]
            for p in network.projections
            if p.plasticity is not None and p.target == population.name
            for name in p.plasticity.signals
            if name in text.local_names(p)
        }
        neurons = model if isinstance(model, NeuronModel) else None
        for name in sorted((group.equations.diff_eq_names | group.equations.parameter_names) - ENGINE - signals):
            value = _initial_value(neurons, group, name) if neurons is not None else 0.0
            variable = Variable(f"{population.name}.{name}", group, name, value)
            carried = neurons is not None and name in neurons.persistent
            (persistent if carried else transient).append(variable)
        if "lastspike" in group.variables:
            times.append(Variable(f"{population.name}.lastspike", group, "lastspike", NEVER))
            transient.append(Variable(f"{population.name}.not_refractory", group, "not_refractory", 1.0))
    for projection in network.projections:
        group = synapses[projection.name]
        rule = projection.plasticity
        shared = set() if rule is None else set(rule.signals)
        names = group.equations.diff_eq_names | group.equations.parameter_names
        if group.event_driven is not None:
            names |= group.event_driven.diff_eq_names
        for name in sorted(names - {"w", "lastupdate"} - shared):
            transient.append(Variable(f"{projection.name}.{name}", group, name, 0.0))
        if "lastupdate" in group.variables:
            times.append(Variable(f"{projection.name}.lastupdate", group, "lastupdate", 0.0))
        if rule is not None:
            persistent.append(Variable(f"{projection.name}.w", group, "w", 0.0))
    return persistent, transient + times, times


def _initial_value(model: NeuronModel, group: Any, name: str) -> float:
    if name not in model.initial:
        return 0.0
    expression = model.initial[name]
    value, unit = model.constant(expression), Quantity(1.0, dim=group.variables[name].dim)
    checks.quantity(
        f"{type(model).__name__}.initial[{name!r}] = {expression}", value, unit, minimum=None, exclusive=False
    )
    return float(np.asarray(value))


def check_names(model: NeuronModel) -> None:
    """That what a model says about its variables is about variables that it has."""
    known = text.declared(model.equations)
    for attribute in ("persistent", "initial"):
        for name in getattr(model, attribute):
            checks.one_of(f"{type(model).__name__}.{attribute}", name, known)
    checks.one_of(f"{type(model).__name__}.membrane", model.membrane, known)
