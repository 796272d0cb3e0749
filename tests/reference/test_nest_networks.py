"""Networks against NEST, spike by spike, where nothing is random; statistics are compared under benchmarks/.

Sparse networks are chaotic, so that with different methods of integration spikes are equal in the beginning only.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from experiments.classics.coba import measure as coba
from experiments.classics.cuba import measure as cuba

pytest.importorskip("nest")

from tests.reference.nest_networks import CONDUCTANCE, SIGNED, Cells, Spikes, own, simulated

DT = 0.1
SIZES, DEGREES = {"E": 2000, "I": 500}, {"E": 200, "I": 50}
JUMP, G, DELAY, TAU, THETA = 0.5, 5.0, 1.5, 20.0, 20.0
"""Brunel's network with a fifth of the neurons and inputs: mV; inhibition in jumps; ms; ms; mV."""
OURS = [bnsim.Spikes("E"), bnsim.Spikes("I")]


def brunel(drive: bnsim.Drive, mean: float) -> bnsim.Network:
    """With the threshold and the delay that NEST's order of events amounts to, for a constant input in mV."""
    decay = math.exp(-DT / TAU)
    threshold = THETA * decay + (1 - decay) * mean
    cell = bnsim.LIF(tau_m=TAU * ms, v_rest=0 * mV, v_threshold=threshold * mV, v_reset=10 * mV, refractory=2 * ms)
    start = {"v": bnsim.Uniform(0 * mV, 19 * mV)}
    weights = {"E": JUMP * mV, "I": -G * JUMP * mV}
    return bnsim.Network(
        [bnsim.Population(name, size, cell, drive=drive, initial=start) for name, size in SIZES.items()],
        [
            bnsim.Projection(
                source, target, bnsim.Delta(), weights[source], bnsim.FixedInDegree(DEGREES[source]), (DELAY - DT) * ms
            )
            for source in SIZES
            for target in SIZES
        ],
    )


def delayed(network: bnsim.Network) -> bnsim.Network:
    """With a delay of one step, the shortest in NEST."""
    return replace(network, projections=[replace(each, delay=DT * ms) for each in network.projections])


DELTA = {"tau_m": TAU, "E_L": 0.0, "V_th": THETA, "V_reset": 10.0, "C_m": TAU, "t_ref": 2.0}
MEAN = 30.0
CONSTANT = Cells("iaf_psc_delta", DELTA | {"I_e": MEAN}, weights=SIGNED, delay=DELAY)
# With a capacitance of tau_m, NEST's currents are the potentials that they reach.
MEMBRANE = {"tau_m": 20.0, "C_m": 20.0, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
CURRENTS = Cells("iaf_psc_exp", MEMBRANE | {"tau_syn_ex": 5.0, "tau_syn_in": 10.0}, weights=SIGNED, delay=DT)
CONDUCTANCES = Cells(
    "iaf_cond_exp",
    {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    | {"tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_ex": 0.0, "E_in": -80.0},
    weights=CONDUCTANCE,
    delay=DT,
    initial={"V_m": ("v", 1e3), "g_ex": ("E_to_{}_g", 1e9), "g_in": ("I_to_{}_g", 1e9)},
)


def listed(spikes: Spikes, last: int) -> list[tuple[int, int]]:
    """(step, unit) of the spikes before a step, in order."""
    return sorted(pair for pair in zip(spikes.steps.tolist(), spikes.units.tolist(), strict=True) if pair[0] < last)


@pytest.mark.slow
@pytest.mark.parametrize("key", [1, 2])
@pytest.mark.parametrize(
    ("network", "cells", "later"),
    [(brunel(bnsim.Current(MEAN * mV), MEAN), CONSTANT, 1), (delayed(cuba.network(DT)), CURRENTS, 0)],
    ids=["brunel", "cuba"],
)
def test_a_network_is_that_of_nest_spike_by_spike(network: bnsim.Network, cells: Cells, later: int, key: int) -> None:
    """For 100 ms; where arrivals make the potential jump, a spike is seen a step later here."""
    simulator = network.compile(dt=DT * ms)
    state = simulator.initial_state(key)
    _, recording = simulator.run_for(state, 100 * ms, record=OURS)
    expected, found = simulated(state, cells, DT, 100.0), own(recording, DT)
    for name in ("E", "I"):
        steps = listed(found[name], 1000)
        assert len(steps) > 300
        assert steps == [(step + later, unit) for step, unit in listed(expected[name], 1000 - later)]


@pytest.mark.slow
def test_conductances_begin_as_in_nest() -> None:
    """From drawn values, for 20 ms: two methods of integration, so that a spike may be seen a step earlier or later."""
    simulator = delayed(coba.network(DT)).compile(dt=DT * ms)
    state = simulator.initial_state(1)
    _, recording = simulator.run_for(state, 20 * ms, record=OURS)
    expected, found = simulated(state, CONDUCTANCES, DT, 20.0), own(recording, DT)
    for name, size in (("E", coba.EXCITATORY), ("I", coba.INHIBITORY)):
        mine, other = (spikes.trains(size, 0, 199, DT) for spikes in (found[name], expected[name]))
        same = [(ours, theirs) for ours, theirs in zip(mine, other, strict=True) if len(ours) == len(theirs)]
        assert len(same) > 0.99 * size
        apart = np.concatenate([np.abs(ours - theirs) for ours, theirs in same])
        assert len(apart) > 0.05 * size
        assert np.mean(apart < 0.5 * DT) > 0.9
        assert np.mean(apart < 1.5 * DT) > 0.99
