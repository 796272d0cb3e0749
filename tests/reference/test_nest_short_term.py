"""Short-term plasticity against NEST's `tsodyks2_synapse`, for the same spikes."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from tests.bnsim.test_short_term_plasticity import BOTH, DEPRESSING, FACILITATING, Adder, transmitted
from tests.networks import driven
from tests.reference.nest_plasticity import kernel

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("model", [DEPRESSING, FACILITATING, BOTH], ids=["depressing", "facilitating", "both"])
def test_every_spike_transmits_what_it_does_in_nest(model: bnsim.ShortTermPlasticity) -> None:
    """To 1e-9: between spikes both use the closed form."""
    times = np.unique(np.random.default_rng(5).integers(10, 2900, 60)) * 0.1
    nest = kernel()
    recorder = nest.Create("weight_recorder")
    parameters = {
        "U": model.U,
        "u": model.U,
        "x": 1.0,
        "tau_rec": float(model.tau_rec / ms),
        "tau_fac": float(model.tau_facil / ms),
    }
    nest.CopyModel("tsodyks2_synapse", "short_term", {**parameters, "weight": 2.0, "weight_recorder": recorder})
    generator = nest.Create("spike_generator", params={"spike_times": np.round(times, 1)})
    source, target = nest.Create("parrot_neuron", 2)
    nest.Connect(generator, source, syn_spec={"delay": 0.1})
    nest.Connect(source, target, syn_spec={"synapse_model": "short_term", "delay": 0.1})
    nest.Simulate(300.0)
    expected = np.asarray(recorder.events["weights"])
    assert len(expected) == len(times)
    network = driven(Adder(), bnsim.Delta(), 2 * mV, short_term=model)
    np.testing.assert_allclose(transmitted(network, times, 300 * ms), expected, rtol=1e-9)
