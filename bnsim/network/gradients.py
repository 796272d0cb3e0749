"""Whether a network is what rules that follow a gradient take it to be: in another, the gradient would be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bnsim import checks
from bnsim.errors import InputError
from bnsim.network.projection import Projection
from bnsim.neurons import AdaptiveThresholdLIF, LeakyReadout, NeuronModel
from bnsim.plasticity import (
    EligibilityPropagation,
    ErrorBroadcast,
    GradedEligibilityPropagation,
    GradedReadoutError,
    PlasticityRule,
    ReadoutError,
)
from bnsim.synapses import Delta, Graded, Modulatory, SynapseModel

if TYPE_CHECKING:
    from bnsim.network.whole import Network

M = TypeVar("M", bound=NeuronModel)

SYNAPSES: dict[type[PlasticityRule], type[SynapseModel]] = {
    GradedEligibilityPropagation: Graded,
    GradedReadoutError: Graded,
    EligibilityPropagation: Delta,
    ReadoutError: Delta,
    ErrorBroadcast: Modulatory,
}
"""The kind of synapse that each rule is for, of a rule before its base."""

ROUNDING = 1e-9
"""Relative difference of two values that are meant to be one: 20 * ms and 0.02 * second differ by rounding."""


def check_gradient(network: Network, projection: Projection, rule: PlasticityRule) -> None:
    """Refuse a rule of eligibility propagation in a network for which its equations do not hold.

    Parameters
    ----------
    network : Network
        The network.
    projection : Projection
        One of its projections.
    rule : PlasticityRule
        The rule of that projection. Rules of other kinds pass.

    Raises
    ------
    InputError
        If the synapse is of another kind than the rule is for, has a delay or short-term plasticity, the neurons are of
        another kind, have other constants or are integrated otherwise than exactly, or no error reaches them.
    """
    kind = next((synapse for of, synapse in SYNAPSES.items() if isinstance(rule, of)), None)
    if kind is None:
        return
    culprit = f"Projection({projection.name!r}).plasticity: {type(rule).__name__}"
    if not isinstance(projection.synapse, kind):
        raise InputError(
            f"{culprit} is for {kind.__name__} synapses, not {type(projection.synapse).__name__}; "
            f"give {kind.__name__}(), or another rule"
        )
    if projection.delay_kind != "none":
        raise InputError(f"{culprit} takes every spike to arrive in its own time step; leave delay out")
    if projection.short_term is not None:
        raise InputError(f"{culprit} takes every spike to transmit the whole weight; leave short_term out")
    if isinstance(rule, EligibilityPropagation):
        _check_cells(culprit, network, projection, rule)
    elif isinstance(rule, ReadoutError):
        _check_readout(culprit, network, projection, rule)
    elif isinstance(rule, ErrorBroadcast):
        _check_broadcast(culprit, network, projection, rule)


def _check_cells(culprit: str, network: Network, projection: Projection, rule: EligibilityPropagation) -> None:
    name = projection.target
    cell = _model(culprit, network, name, AdaptiveThresholdLIF)
    if float(cell.refractory) > 0:
        raise InputError(
            f"{culprit} takes {name!r} to have no refractory period, and it has {checks.describe(cell.refractory)}; "
            f"leave refractory out of {type(cell).__name__}"
        )
    for constant in ("tau_m", "tau_theta"):
        _check_equal(f"{culprit}.{constant}", getattr(rule, constant), f"{constant} of {name!r}", cell, constant)
    distance = cell.numbers("v_threshold") - cell.numbers("v_rest")
    if not np.allclose(distance, float(np.asarray(rule.scale)), rtol=ROUNDING, atol=0):
        raise InputError(
            f"{culprit}.scale: {checks.describe(rule.scale)} is not v_threshold - v_rest of {name!r}; give that"
        )
    broadcasts = list(_onto(network, name, ErrorBroadcast))
    if not broadcasts:
        raise InputError(
            f"{culprit} learns from errors, and none reach {name!r}; "
            "add a projection from the readout with Modulatory() and ErrorBroadcast()"
        )
    order = list(network.projections)
    for broadcast in broadcasts:
        if order.index(broadcast) > order.index(projection):
            raise InputError(
                f"{culprit} would run before the errors of {broadcast.name!r} arrive; "
                f"list {broadcast.name!r} before {projection.name!r}"
            )
        readout = network[broadcast.source].model
        assert isinstance(readout, NeuronModel)
        what = f"tau_m of {broadcast.source!r}, whose errors arrive,"
        _check_equal(f"{culprit}.tau_output", rule.tau_output, what, readout, "tau_m")


def _check_readout(culprit: str, network: Network, projection: Projection, rule: ReadoutError) -> None:
    readout = _model(culprit, network, projection.target, LeakyReadout)
    _check_equal(f"{culprit}.tau_output", rule.tau_output, f"tau_m of {projection.target!r}", readout, "tau_m")
    for other in _onto(network, projection.target, ReadoutError):
        assert other.plasticity is not None
        scale = other.plasticity.parameters["scale"]
        if not np.isclose(float(np.asarray(scale)), float(np.asarray(rule.scale)), rtol=ROUNDING, atol=0):
            raise InputError(
                f"{culprit}.scale: {checks.describe(rule.scale)} differs from {checks.describe(scale)} in "
                f"{other.name!r}, and {projection.target!r} has one error for both; give both one value"
            )


def _check_broadcast(culprit: str, network: Network, projection: Projection, rule: ErrorBroadcast) -> None:
    name = projection.source
    readout = _model(culprit, network, name, LeakyReadout)
    _check_equal(f"{culprit}.tau_output", rule.tau_output, f"tau_m of {name!r}", readout, "tau_m")
    if not any(_onto(network, name, ReadoutError)):
        raise InputError(
            f"{culprit} sends the errors of {name!r}, and no rule makes any there; "
            f"give a projection onto {name!r} ReadoutError(), with learning_rate=0 if its weights are fixed"
        )


def _onto(network: Network, name: str, kind: type[PlasticityRule]) -> Iterator[Projection]:
    """Projections onto a population that have a rule of a kind."""
    for projection in network.projections:
        if projection.target == name and isinstance(projection.plasticity, kind):
            yield projection


def _model(culprit: str, network: Network, name: str, kind: type[M]) -> M:
    """The model of a population, which must be of a kind."""
    model = network[name].model
    if not isinstance(model, kind):
        raise InputError(
            f"{culprit} takes {name!r} to be {kind.__name__} neurons, not {type(model).__name__}; "
            f"give {kind.__name__}(), or another rule"
        )
    if model.method != "exact":
        raise InputError(
            f"{culprit} takes the potentials of {name!r} to decay exactly, not by method {model.method!r}; "
            f'give {type(model).__name__}(method="exact")'
        )
    return model


def _check_equal(culprit: str, value: Any, what: str, model: NeuronModel, constant: str) -> None:
    if not np.allclose(model.numbers(constant), float(np.asarray(value)), rtol=ROUNDING, atol=0):
        found = checks.shown(getattr(model, constant))
        raise InputError(f"{culprit}: {checks.describe(value)}, but {what} is {found}; give both one value")
