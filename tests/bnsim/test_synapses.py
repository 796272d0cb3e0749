"""Synapse models between populations: signs and units. Their potentials are tested in tests/reference."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from brian2.units import Hz, metre, ms, mV, nA, nS

import bnsim
from bnsim import LIF, ConductanceLIF, Delta, ExponentialConductance, ExponentialCurrent, InputError
from bnsim.description import declared_parameters
from tests.networks import driven, given, simulate


@pytest.mark.parametrize(
    ("model", "synapse", "weight", "sign"),
    [
        (LIF(), Delta(), 2 * mV, 1),
        (LIF(), Delta(), -2 * mV, -1),
        (LIF(), ExponentialCurrent(), 2 * mV, 1),
        (LIF(), ExponentialCurrent(), -2 * mV, -1),
        (LIF(), ExponentialConductance(reversal=0 * mV), 0.1, 1),
        (LIF(), ExponentialConductance(reversal=-80 * mV), 0.1, -1),
        (ConductanceLIF(), ExponentialCurrent(), 0.1 * nA, 1),
        (ConductanceLIF(), ExponentialCurrent(), -0.1 * nA, -1),
        (ConductanceLIF(), ExponentialConductance(reversal=0 * mV), 2 * nS, 1),
        (ConductanceLIF(), ExponentialConductance(reversal=-80 * mV), 2 * nS, -1),
    ],
)
def test_excitation_raises_and_inhibition_lowers_the_membrane(
    model: bnsim.NeuronModel, synapse: bnsim.SynapseModel, weight: object, sign: int
) -> None:
    _, recording = simulate(driven(model, synapse, weight), [given((1, 0))], 20 * ms, traces=["v"])
    v = recording.trace("cells", "v").values[0, :, 0]
    change = sign * (v - v[0])
    assert change.max() > 1e-4
    assert change.min() > -1e-12


def test_inhibition_silences_a_neuron_that_would_fire() -> None:
    cells = bnsim.Population("cells", 1, LIF(), encoder=bnsim.ConstantCurrent(1 * mV))
    inhibition = bnsim.Projection("input", "cells", ExponentialCurrent(tau=4 * ms), -10 * mV)
    network = bnsim.Network([bnsim.Population("input", 1, bnsim.SpikeTrains()), cells], [inhibition])
    current = np.array([[20.0], [20.0]])
    often = given(*((time, 0) for time in range(0, 100, 2)))
    _, recording = simulate(network, {"input": [given(), often], "cells": current}, 100 * ms)
    assert recording.counts["cells"][0, 0] >= 3
    assert recording.counts["cells"][1, 0] == 0


def test_a_spike_reaches_every_target_with_its_own_weight() -> None:
    weights = np.array([[1.0, -2.0, 0.0], [0.5, 0.25, 4.0]])
    network = driven(LIF(), Delta(), weights * mV, n_input=2, size=3)
    _, recording = simulate(network, [given((1, 0)), given((1, 1)), given((1, 0), (1, 1))], 5 * ms, traces=["v"])
    jump = (recording.trace("cells", "v").values[:, 11] - recording.trace("cells", "v").values[:, 10]) * 1000
    np.testing.assert_allclose(jump, [weights[0], weights[1], weights.sum(axis=0)], atol=1e-11)


def test_neurons_drive_neurons() -> None:
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.SpikeTrains())]
        + [bnsim.Population(name, 1, LIF()) for name in ("first", "cells")],
        [
            bnsim.Projection("input", "first", Delta(), 100 * mV),
            bnsim.Projection("first", "cells", Delta(), 100 * mV, delay=2 * ms),
        ],
    )
    _, recording = simulate(network, [given((1, 0))], 10 * ms)
    np.testing.assert_allclose(recording.spike_times("first").time, [0.0011])
    np.testing.assert_allclose(recording.spike_times("cells").time, [0.0032])


def test_populations_may_be_called_pre_and_post() -> None:
    """Brian2 keeps these endings of variable names for itself."""
    populations = [bnsim.Population("pre", 1, bnsim.SpikeTrains()), bnsim.Population("post", 1, LIF())]
    for synapse, rule in ((ExponentialCurrent(), bnsim.PairSTDP()), (Delta(), bnsim.ErrorModulated())):
        projection = bnsim.Projection("pre", "post", synapse, 0.5 * mV, plasticity=rule)
        simulator = bnsim.Network(populations, [projection]).compile(5 * ms, backend="numpy")
        _, recording = simulator.run(simulator.initial_state(0), [given((1, 0))], plastic=False)
        assert recording.counts["pre"].tolist() == [[1]]


def test_rules_of_the_library_share_no_parameter_with_its_synapses() -> None:
    """Nobody could rename one."""
    parameters: dict[type, set[str]] = {bnsim.SynapseModel: set(), bnsim.PlasticityRule: set()}
    for module, family in ((bnsim.synapses, bnsim.SynapseModel), (bnsim.plasticity, bnsim.PlasticityRule)):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, family):
                parameters[family] |= declared_parameters(kind).keys()
    assert "tau" in parameters[bnsim.SynapseModel]
    assert "tau_stdp" in parameters[bnsim.PlasticityRule]
    assert not parameters[bnsim.SynapseModel] & parameters[bnsim.PlasticityRule]


def test_a_synapse_and_a_rule_that_share_a_name_are_refused() -> None:
    rule = type("Mine", (bnsim.ErrorModulated,), {"postsynaptic": bnsim.ErrorModulated.postsynaptic + "\ntau : 1"})()
    network = driven(LIF(), ExponentialCurrent(), 1 * mV, plasticity=rule)
    with pytest.raises(InputError, match="ExponentialCurrent and Mine both have 'tau'; rename it in one of them"):
        network.compile(5 * ms, backend="numpy")


@pytest.mark.parametrize("backend", ["numpy", "cpp"])
def test_a_name_that_nothing_declares_is_refused_before_a_run(backend: str) -> None:
    class Mine(bnsim.SynapseModel):
        on_pre = "v_post += w * gian"
        weight = "potential"

    with pytest.raises(bnsim.InputError) as raised:
        driven(LIF(), Mine(), 1 * mV).compile(dt=1 * ms, backend=backend)
    assert str(raised.value) == (
        "Mine.on_pre: unknown name 'gian' in 'v_post += w * gian'; "
        "declare it in the equations, or as a parameter: gian: Quantity = bnsim.parameter(...)"
    )


def test_a_delay_must_not_become_none() -> None:
    for delay in (0.4 * ms, np.array([[0.2], [3.0]]) * ms):
        network = driven(LIF(), bnsim.Delta(), 1 * mV, n_input=np.size(delay), delay=delay)
        with pytest.raises(bnsim.InputError) as raised:
            network.compile(dt=1 * ms, backend="numpy")
        assert str(raised.value) == (
            f"Projection('input_to_cells').delay: {np.min(delay / ms):g} ms is less than half a time step of 1 ms, "
            "so that it would become none; give 0 ms, or choose a smaller dt"
        )


@dataclass(frozen=True, repr=False)
class Theta(bnsim.NeuronModel):
    """A neuron whose membrane variable is an angle; for so small a time step it stays where it is."""

    equations = "dtheta/dt = -theta / (1e6*ms) + 0 * I / (mV * ms) : 1"
    threshold = "theta > 3.14"
    reset = "theta = -3.14"
    membrane = "theta"
    method = "euler"


def test_a_delta_synapse_moves_a_membrane_without_unit_by_a_number() -> None:
    network = driven(Theta(), Delta(), 0.25)
    state, recording = simulate(network, [given((2, 0))], 10 * ms, traces=["theta"])
    angle = recording.trace("cells", "theta").of(0)[0]
    assert network.weight_unit_name(network.projections[0]) == "1"
    assert float(state.weights("input_to_cells")[0]) == 0.25
    assert angle[0] == 0
    assert angle[-1] == pytest.approx(0.25, rel=1e-5)  # it decays by 1e-5 in 10 ms
    with pytest.raises(InputError, match=re.escape("Projection('input_to_cells').weights: 250 uV has the wrong unit")):
        driven(Theta(), Delta(), 0.25 * mV)
    drive = bnsim.PoissonDrive(10 * Hz, 0.1)
    bnsim.Network([bnsim.Population("cells", 1, Theta(), drive=drive)]).compile(10 * ms, backend="numpy")


def test_a_delta_synapse_moves_nothing_in_another_unit() -> None:
    class Length(Theta):
        equations = "dtheta/dt = -theta / (10*ms) + 0 * I / (mV * ms) * metre : metre"
        threshold = "theta > 3*metre"
        reset = "theta = 0*metre"

    message = (
        "Projection('input_to_cells'): Delta needs a membrane variable in volt or without unit, and 'theta' of Length "
        "has the unit m; use ExponentialCurrent"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        driven(Length(), Delta(), 1 * metre)


def test_a_gap_junction_needs_membranes_in_volt() -> None:
    cells = bnsim.Population("cells", 2, Theta())
    network = bnsim.Network([cells], [bnsim.Projection("cells", "cells", bnsim.GapJunction(), 0.1)])
    message = (
        "GapJunction.coupling: 'w * (membrane_pre - membrane_post)' has no unit, the neurons' input the unit V; "
        "correct its units"
    )
    with pytest.raises(InputError, match=re.escape(message)):
        network.compile(10 * ms, backend="numpy")
