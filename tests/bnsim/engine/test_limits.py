"""Limits of weights: after the factors of connectivity, in given states, after learning; and Dale's law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import ms, mV, nS
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim import EdgeList, InputError
from bnsim.engine.simulator import Simulator

CONDUCTANCE = bnsim.ExponentialConductance()


def simulator(
    synapse: bnsim.SynapseModel,
    weights: Any,
    connectivity: bnsim.Connectivity | None = None,
    rule: bnsim.PlasticityRule | None = None,
) -> Simulator:
    model = bnsim.ConductanceLIF() if synapse is CONDUCTANCE else bnsim.LIF()
    populations = [bnsim.Population("input", 3, bnsim.Poisson()), bnsim.Population("cells", 4, model)]
    projection = bnsim.Projection("input", "cells", synapse, weights, connectivity or bnsim.AllToAll(), plasticity=rule)
    return bnsim.Network(populations, [projection]).compile(20 * ms, 1 * ms, backend="numpy")


def message(action: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        action()
    return str(caught.value)


def test_factors_do_not_make_conductances_negative() -> None:
    drawn = simulator(CONDUCTANCE, 2 * nS, EdgeList([0, 2], [1, 3], [1.0, -1.5]))
    assert message(lambda: drawn.initial_state(0)) == (
        "Projection('input_to_cells').weights: -3 nS from unit 2 to unit 3 leaves 0 and more; "
        "change the weights, or the factors of their connectivity"
    )
    assert message(lambda: drawn.network.to_brian2()).startswith("Projection('input_to_cells').weights: -3 nS")


def test_factors_do_not_lift_weights_above_the_rules_bound() -> None:
    rule = bnsim.PairSTDP(w_max=2 * mV)
    drawn = simulator(bnsim.Delta(), 1 * mV, EdgeList([0, 1], [1, 1], [2.0, 2.5]), rule)
    assert message(lambda: drawn.initial_state(0)) == (
        "Projection('input_to_cells').weights: 2.5 mV from unit 1 to unit 1 leaves 0 V to 2 mV; "
        "change the weights, or the factors of their connectivity"
    )
    rounded = simulator(bnsim.Delta(), 0.1 * mV, EdgeList([0], [1], [3.0]), bnsim.PairSTDP(w_max=0.3 * mV))
    assert rounded.initial_state(0)["input_to_cells.w"][0] > float(0.3 * mV)  # by the last bit, which is no fault


def test_a_state_that_leaves_the_limits_is_refused() -> None:
    conductances = simulator(CONDUCTANCE, 2 * nS)
    bounded = simulator(bnsim.Delta(), 1 * mV, rule=bnsim.PairSTDP(w_max=2 * mV))
    for start, weight, fault in (
        (conductances, -1e-9, "-1 nS from unit 1 to unit 0 leaves 0 and more"),
        (bounded, 2.1e-3, "2.1 mV from unit 1 to unit 0 leaves 0 V to 2 mV"),
        (bounded, -1e-12, "-1 pV from unit 1 to unit 0 leaves 0 V to 2 mV"),
    ):
        weights = start.initial_state(0)["input_to_cells.w"].copy()
        weights[4] = weight
        state = start.initial_state(0).replace({"input_to_cells.w": weights})
        assert message(lambda start=start, state=state: start.run(state, np.ones((1, 3)))) == (  # type: ignore[misc]
            f"Simulator.run(state): input_to_cells.w: {fault}; correct the state"
        )
    bounded.run(bounded.initial_state(0), np.ones((1, 3)))


def test_weights_without_limits() -> None:
    """A rule without bounds, and a synapse of either sign."""
    start = simulator(bnsim.Delta(), 1 * mV, rule=bnsim.ErrorModulated(scale=1 * mV))
    state = start.initial_state(0).replace({"input_to_cells.w": np.linspace(-5, 5, 12)})
    start.run(state, np.ones((1, 3)), signals={"input_to_cells.target": np.zeros((1, 4))})


def test_scaling_may_lift_weights_above_the_bound_but_not_above_the_total() -> None:
    """Three inputs of 0.5 are scaled to a total of 6: each is 2 then, above w_max, and may go on from there."""
    rule = bnsim.DiehlCookSTDP(w_max=Quantity(1.0), total=Quantity(6.0))
    populations = [
        bnsim.Population("input", 3, bnsim.Poisson()),
        bnsim.Population("cells", 4, bnsim.DiehlCookExcitatory()),
    ]
    projection = bnsim.Projection("input", "cells", CONDUCTANCE, Quantity(0.5), plasticity=rule)
    start = bnsim.Network(populations, [projection]).compile(20 * ms, 1 * ms, backend="numpy")
    state, _ = start.run(start.initial_state(0), np.zeros((1, 3)))
    np.testing.assert_allclose(state["input_to_cells.w"], 2.0)
    start.run(state, np.zeros((1, 3)))
    beyond = state.replace({"input_to_cells.w": np.full(12, 6.5)})
    assert "6.5 from unit 0 to unit 0 leaves 0 to 6" in message(lambda: start.run(beyond, np.zeros((1, 3))))


@dataclass(frozen=True, repr=False)
class Unbounded(bnsim.PlasticityRule):
    """Changes weights without bounds."""

    step: Quantity = bnsim.parameter(1 * nS, above=0, any_unit=True)
    on_pre: ClassVar[str] = "w -= step"
    weight_scale: ClassVar[str] = "step"  # type: ignore[assignment]


def test_a_rule_that_could_make_conductances_negative_is_refused() -> None:
    assert message(lambda: simulator(CONDUCTANCE, 1 * nS, rule=Unbounded())) == (
        "Projection('input_to_cells').plasticity: Unbounded may turn the sign of weights, but a conductance is never "
        "negative; give a rule with bounds, such as PairSTDP"
    )


def recurrent(*projections: tuple[str, str, Any], dale: bool = True, **options: Any) -> bnsim.Network:
    """Two populations, with delta synapses of the given weights between them."""
    return bnsim.Network(
        [bnsim.Population(name, 5, bnsim.LIF()) for name in ("exc", "inh")],
        [bnsim.Projection(one, other, bnsim.Delta(), weights, **options) for one, other, weights in projections],
        dale=dale,
    )


def drawn_by(network: bnsim.Network) -> bnsim.State:
    return network.compile(10 * ms, 1 * ms, backend="numpy").initial_state(0)


def test_a_population_keeps_to_one_sign() -> None:
    drawn_by(
        recurrent(("exc", "inh", 1 * mV), ("exc", "exc", 0 * mV), ("inh", "exc", -2 * mV), ("inh", "inh", -1 * mV))
    )
    mixed = [("exc", "exc", 0.2 * mV), ("inh", "exc", -1 * mV), ("exc", "inh", -0.1 * mV)]
    assert message(lambda: drawn_by(recurrent(*mixed))) == (
        "Network.dale: population 'exc' has weights of both signs, -100 uV in exc_to_inh and 200 uV in exc_to_exc; "
        "give all weights of a population one sign"
    )
    drawn_by(recurrent(*mixed, dale=False))  # on request only


def test_dales_law_concerns_what_is_drawn() -> None:
    """The synapses of one projection too: a distribution of both signs, and the factors of connectivity."""
    with pytest.raises(InputError, match=r"^Network\.dale: population 'exc' .* in exc_to_inh and .* in exc_to_inh; "):
        drawn_by(recurrent(("exc", "inh", bnsim.Normal(0 * mV, 1 * mV))))
    drawn_by(recurrent(("exc", "inh", bnsim.Normal(5 * mV, 0.1 * mV))))
    turned = EdgeList([0, 1], [1, 1], [1.0, -1.0])
    with pytest.raises(InputError, match=r"^Network\.dale: population 'exc' has weights of both signs, -1 mV in"):
        drawn_by(recurrent(("exc", "inh", 1 * mV), connectivity=turned))


def test_dales_law_holds_for_states_too() -> None:
    start = recurrent(("exc", "inh", 1 * mV)).compile(10 * ms, 1 * ms, backend="numpy")
    state = start.initial_state(0)
    other = state.replace({"exc_to_inh.w": np.linspace(-1, 1, 25)})
    assert message(lambda: start.run(other, trials=1)) == (
        "Simulator.run(state): population 'exc' has weights of both signs, -1 V in exc_to_inh and 1 V in exc_to_inh, "
        "against Network.dale; correct the state"
    )
    start.run(state, trials=1)


def test_conductances_have_no_sign() -> None:
    """Beside inhibition by negative weights: its reversal potential makes a conductance inhibitory."""
    network = bnsim.Network(
        [bnsim.Population("inh", 3, bnsim.ConductanceLIF()), bnsim.Population("cells", 3, bnsim.LIF())],
        [
            bnsim.Projection("inh", "inh", bnsim.ExponentialConductance(reversal=-80 * mV), 1 * nS),
            bnsim.Projection("inh", "cells", bnsim.Delta(), -1 * mV),
        ],
        dale=True,
    )
    drawn_by(network)


def test_a_rule_that_turns_signs_does_not_go_with_dales_law() -> None:
    assert message(lambda: recurrent(("exc", "inh", 1 * mV), plasticity=bnsim.ErrorModulated(scale=1 * mV))) == (
        "Projection('exc_to_inh').plasticity: ErrorModulated may turn the sign of weights, but Network.dale allows one "
        "sign a population; give a rule with bounds, such as PairSTDP"
    )
    recurrent(("exc", "inh", 1 * mV), plasticity=bnsim.PairSTDP(w_max=2 * mV))


def test_dales_law_compiles_nothing() -> None:
    one, other = (recurrent(("exc", "inh", 1 * mV), dale=dale) for dale in (True, False))
    assert one.fingerprint() != other.fingerprint()
    programs = [network.compile(10 * ms, 1 * ms, backend="numpy").program for network in (one, other)]
    assert programs[0] == programs[1]
