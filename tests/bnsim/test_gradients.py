"""Networks for which the equations of eligibility propagation do not hold are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, second
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.errors import InputError

CELL = bnsim.AdaptiveThresholdLIF(v_rest=-60 * mV, v_threshold=-40 * mV)
RULE = bnsim.EligibilityPropagation(scale=20 * mV)
BACK = bnsim.Projection("output", "cell", bnsim.Modulatory(), Quantity(0.0), plasticity=bnsim.ErrorBroadcast())
RECURRENT = bnsim.Projection("cell", "cell", bnsim.Delta(), 1 * mV, plasticity=RULE)
OUT = bnsim.Projection("cell", "output", bnsim.Delta(), 1 * mV, plasticity=bnsim.ReadoutError())
BIAS = bnsim.Projection("bias", "output", bnsim.Graded(), 1 * mV, plasticity=bnsim.GradedReadoutError())
SHORT = bnsim.ShortTermPlasticity()


def network(*projections: bnsim.Projection, cell: Any = CELL, readout: Any = None) -> bnsim.Network:
    populations = [
        bnsim.Population("bias", 1, bnsim.GradedInput()),
        bnsim.Population("cell", 3, cell),
        bnsim.Population("output", 2, readout or bnsim.LeakyReadout()),
    ]
    return bnsim.Network(populations, projections)


def learning(each: bnsim.Projection, rule: bnsim.PlasticityRule | None = None, **changes: Any) -> bnsim.Projection:
    """A projection with changes to its rule, or another one."""
    assert each.plasticity is not None
    return replace(each, plasticity=rule or replace(each.plasticity, **changes))


def test_a_network_that_fits_is_taken_whatever_its_numbers_are_written_as() -> None:
    same = {"tau_m": np.full(3, 0.02) * second, "tau_theta": 2 * second}
    network(OUT, BIAS, BACK, RECURRENT, cell=replace(CELL, **same))
    network(BACK, RECURRENT, BIAS, OUT)  # what makes errors may be listed last


CELL_RULE = "Projection('cell_to_cell').plasticity: EligibilityPropagation"
READOUT_RULE = "Projection('cell_to_output').plasticity: ReadoutError"
BACK_RULE = "Projection('output_to_cell').plasticity: ErrorBroadcast"
REFUSED: list[tuple[Callable[[], object], str]] = [
    (
        lambda: network(OUT, BACK, RECURRENT, cell=replace(CELL, method="euler")),
        f"{CELL_RULE} takes the potentials of 'cell' to decay exactly, not by method 'euler'; "
        'give AdaptiveThresholdLIF(method="exact")',
    ),
    (
        lambda: network(OUT, BACK, RECURRENT, readout=bnsim.LeakyReadout(method="euler")),
        f"{READOUT_RULE} takes the potentials of 'output' to decay exactly, not by method 'euler'; "
        'give LeakyReadout(method="exact")',
    ),
    # Synapses.
    (
        lambda: network(OUT, BACK, replace(RECURRENT, synapse=bnsim.ExponentialCurrent())),
        f"{CELL_RULE} is for Delta synapses, not ExponentialCurrent; give Delta(), or another rule",
    ),
    (
        lambda: network(OUT, BACK, replace(RECURRENT, source="bias", synapse=bnsim.Graded(), name="bias_to_cell")),
        "Projection('bias_to_cell').plasticity: EligibilityPropagation is for Delta synapses, not Graded; "
        "give Delta(), or another rule",
    ),
    (
        lambda: network(OUT, BACK, learning(RECURRENT, bnsim.GradedEligibilityPropagation(scale=20 * mV))),
        "Projection('cell_to_cell').plasticity: GradedEligibilityPropagation is for Graded synapses, not Delta; "
        "give Graded(), or another rule",
    ),
    (
        lambda: network(learning(OUT, bnsim.GradedReadoutError())),
        "Projection('cell_to_output').plasticity: GradedReadoutError is for Graded synapses, not Delta; "
        "give Graded(), or another rule",
    ),
    (
        lambda: network(learning(BIAS, bnsim.ReadoutError())),
        "Projection('bias_to_output').plasticity: ReadoutError is for Delta synapses, not Graded; "
        "give Delta(), or another rule",
    ),
    (
        lambda: network(OUT, learning(replace(OUT, source="cell", target="cell", name="wrong"), BACK.plasticity)),
        "Projection('wrong').plasticity: ErrorBroadcast is for Modulatory synapses, not Delta; "
        "give Modulatory(), or another rule",
    ),
    (
        lambda: network(OUT, BACK, replace(RECURRENT, delay=1 * ms)),
        f"{CELL_RULE} takes every spike to arrive in its own time step; leave delay out",
    ),
    (
        lambda: network(replace(OUT, delay=bnsim.Uniform(0 * ms, 1 * ms))),
        f"{READOUT_RULE} takes every spike to arrive in its own time step; leave delay out",
    ),
    (
        lambda: network(OUT, BACK, replace(RECURRENT, short_term=SHORT)),
        f"{CELL_RULE} takes every spike to transmit the whole weight; leave short_term out",
    ),
    # Neurons.
    (
        lambda: network(OUT, BACK, RECURRENT, cell=bnsim.LIF(v_rest=-60 * mV, v_threshold=-40 * mV)),
        f"{CELL_RULE} takes 'cell' to be AdaptiveThresholdLIF neurons, not LIF; "
        "give AdaptiveThresholdLIF(), or another rule",
    ),
    (
        lambda: network(OUT, readout=bnsim.LIF()),
        f"{READOUT_RULE} takes 'output' to be LeakyReadout neurons, not LIF; give LeakyReadout(), or another rule",
    ),
    (
        lambda: network(BACK, RECURRENT, readout=bnsim.LIF()),
        f"{BACK_RULE} takes 'output' to be LeakyReadout neurons, not LIF; give LeakyReadout(), or another rule",
    ),
    (
        lambda: network(OUT, BACK, RECURRENT, cell=replace(CELL, refractory=2 * ms)),
        f"{CELL_RULE} takes 'cell' to have no refractory period, and it has 2 ms; "
        "leave refractory out of AdaptiveThresholdLIF",
    ),
    # Constants.
    (
        lambda: network(OUT, BACK, RECURRENT, cell=replace(CELL, tau_m=10 * ms)),
        f"{CELL_RULE}.tau_m: 20 ms, but tau_m of 'cell' is 10 ms; give both one value",
    ),
    (
        lambda: network(OUT, BACK, RECURRENT, cell=replace(CELL, tau_m=np.array([20, 20, 10]) * ms)),
        f"{CELL_RULE}.tau_m: 20 ms, but tau_m of 'cell' is an array of shape (3,); give both one value",
    ),
    (
        lambda: network(OUT, BACK, RECURRENT, cell=replace(CELL, tau_m=bnsim.Uniform(19 * ms, 21 * ms))),
        f"{CELL_RULE}.tau_m: 20 ms, but tau_m of 'cell' is Uniform(low=19 ms, high=21 ms); give both one value",
    ),
    (
        lambda: network(OUT, BACK, learning(RECURRENT, tau_theta=1 * second)),
        f"{CELL_RULE}.tau_theta: 1 s, but tau_theta of 'cell' is 2 s; give both one value",
    ),
    (
        lambda: network(OUT, BACK, learning(RECURRENT, scale=1 * mV)),
        f"{CELL_RULE}.scale: 1 mV is not v_threshold - v_rest of 'cell'; give that",
    ),
    (
        lambda: network(OUT, BACK, learning(RECURRENT, tau_output=5 * ms)),
        f"{CELL_RULE}.tau_output: 5 ms, but tau_m of 'output', whose errors arrive, is 20 ms; give both one value",
    ),
    (
        lambda: network(learning(OUT, tau_output=5 * ms)),
        f"{READOUT_RULE}.tau_output: 5 ms, but tau_m of 'output' is 20 ms; give both one value",
    ),
    (
        lambda: network(OUT, learning(BACK, tau_output=5 * ms)),
        f"{BACK_RULE}.tau_output: 5 ms, but tau_m of 'output' is 20 ms; give both one value",
    ),
    (
        lambda: network(OUT, learning(BIAS, scale=2 * mV)),
        f"{READOUT_RULE}.scale: 1 mV differs from 2 mV in 'bias_to_output', and 'output' has one error for both; "
        "give both one value",
    ),
    # The way of the errors.
    (
        lambda: network(OUT, RECURRENT),
        f"{CELL_RULE} learns from errors, and none reach 'cell'; "
        "add a projection from the readout with Modulatory() and ErrorBroadcast()",
    ),
    (
        lambda: network(OUT, RECURRENT, BACK),
        f"{CELL_RULE} would run before the errors of 'output_to_cell' arrive; "
        "list 'output_to_cell' before 'cell_to_cell'",
    ),
    (
        lambda: network(replace(OUT, plasticity=None), BACK, RECURRENT),
        f"{BACK_RULE} sends the errors of 'output', and no rule makes any there; "
        "give a projection onto 'output' ReadoutError(), with learning_rate=0 if its weights are fixed",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_a_network_of_which_the_gradient_would_be_wrong_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message


def told(**other: Any) -> dict[str, Any]:
    """Targets and weights of 2 trials of 4 steps and 2 classes, for two rules onto one readout."""
    target, asked = np.eye(2), np.ones((2, 4, 2))
    signals = {f"{name}.target": target for name in ("bias_to_output", "cell_to_output")}
    return {**signals, "bias_to_output.asked": asked, **other}


def test_rules_onto_one_readout_are_told_the_same() -> None:
    simulator = network(BIAS, OUT).compile(trial=4 * ms, dt=1 * ms, backend="numpy")
    state, stimulus = simulator.initial_state(0), {"bias": np.ones((2, 1))}
    simulator.run(state, stimulus, signals=told())  # ones in every step are the default of the other rule
    for name, value in (("target", 1 - np.eye(2)), ("asked", np.zeros((2, 2)))):
        signals = told(**{f"cell_to_output.{name}": value})
        with pytest.raises(InputError) as caught:
            simulator.run(state, stimulus, signals=signals)
        assert str(caught.value) == (
            f"Simulator.run(signals): 'cell_to_output.{name}' differs from 'bias_to_output.{name}', and 'output' makes "
            "one variable of both; give both the same"
        )
        simulator.run(state, stimulus, signals=signals, plastic=False)  # nothing learns from them
    with pytest.raises(InputError, match=r"'cell_to_output\.asked' differs from 'bias_to_output\.asked'"):
        simulator.run(state, stimulus, signals=told(**{"cell_to_output.asked": np.ones((2, 2, 2))}))
