"""Runs without a break: spikes in flight, last spikes and traces go on where the last run stopped."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim

from .networks import intensities, learner


def delayed(delay: object) -> bnsim.Network:
    """Three inputs, each of whose spikes makes its neuron fire when it arrives."""
    return bnsim.Network(
        [bnsim.Population("input", 3, bnsim.SpikeTrains()), bnsim.Population("cells", 3, bnsim.LIF())],
        [
            bnsim.Projection(
                "input", "cells", bnsim.Delta(), weights=20 * mV, connectivity=bnsim.OneToOne(), delay=delay
            )
        ],
    )


DELAYS = {
    "shared": 4 * ms,
    "each": np.array([[2, 0, 0], [0, 4, 0], [0, 0, 7]]) * ms,
}


@pytest.mark.parametrize(("backend", "kind"), [("cpp", "each"), ("numpy", "each"), ("numpy", "shared")])
def test_spikes_in_flight_arrive_in_the_next_trial(backend: str, kind: str) -> None:
    """An input spike in a trial's last step arrives after its delay, however trials are cut into runs."""
    simulator = delayed(DELAYS[kind]).compile(trial=10 * ms, dt=1 * ms, continuous=True, backend=backend)
    trains = [(np.full(3, 0.009), np.arange(3)), ([], []), ([], [])]
    state = simulator.initial_state(0)
    times: list[np.ndarray] = []
    for number in range(3):
        state, recording = simulator.run(state, [trains[number]], trials=[number], record=["cells"])
        spikes = recording.spike_times("cells")
        times += [10e-3 * number + time for time, _ in [spikes.of_trial(0)]]
        assert len(state["input_to_cells.pre.in_flight_synapse"]) == (3 if number == 0 else 0)
    # An arrival comes after the thresholds of its step, so the neuron fires one step later.
    expected = 10e-3 + (np.full(3, 4e-3) if kind == "shared" else np.array([2e-3, 4e-3, 7e-3]))
    assert np.allclose(np.concatenate(times), expected)

    together_state, together = simulator.run(simulator.initial_state(0), trains, record=["cells"])
    assert np.allclose(together.spike_times("cells").time + together.spike_times("cells").trial * 10e-3, expected)
    for name in state:
        assert state[name].tobytes() == together_state[name].tobytes(), name


def test_spikes_in_flight_end_with_a_trial_that_starts_from_rest() -> None:
    simulator = delayed(DELAYS["shared"]).compile(trial=10 * ms, dt=1 * ms, backend="numpy")
    assert simulator.timing.presentation_steps == 6  # the silence is as long as the delay, so every spike arrives
    trains = [([0.004, 0.005], [0, 1]), ([], [])]
    _, recording = simulator.run(simulator.initial_state(0), trains)
    # The second arrives in the last step: its neuron would fire in the next, which begins from rest.
    assert recording.counts["cells"].tolist() == [[1, 0, 0], [0, 0, 0]]


def test_spikes_are_in_flight_where_a_training_run_is_cut() -> None:
    """The chunk test means what it says: at its cuts something is in flight, refractory and decaying."""
    simulator = learner("cpp", continuous=True)
    state, seen = simulator.initial_state(1), {}
    for number, row in enumerate(intensities(20)):
        state, _ = simulator.run(state, row[None], key=3, trials=[number])
        for name in state:
            if "in_flight" in name:
                seen[name] = seen.get(name, 0) + len(state[name])
        seen["refractory"] = seen.get("refractory", 0) + np.sum(~state["cells.not_refractory"])
        assert (state["input_to_cells.x"] > 0).any()
        assert (state["cells.lastspike"] < 0).all()  # relative to the start of the next trial
    silent = {name for name, number in seen.items() if number == 0}
    assert silent == {"input_to_cells.post.in_flight_synapse", "input_to_cells.post.in_flight_ahead"}  # no delay


def test_the_place_of_the_trial_boundaries_does_not_matter() -> None:
    """One trial of 60 ms and twelve of 5 ms, with a refractory period and a trace across each boundary."""
    network = bnsim.Network(
        [
            bnsim.Population("input", 3, bnsim.SpikeTrains()),
            bnsim.Population("cells", 3, bnsim.LIF(tau_m=10 * ms, refractory=3 * ms)),
        ],
        [
            bnsim.Projection(
                "input",
                "cells",
                bnsim.ExponentialCurrent(tau=5 * ms),
                weights=bnsim.Uniform(20 * mV, 60 * mV),
                delay=bnsim.Uniform(1 * ms, 4 * ms),
                plasticity=bnsim.PairSTDP(w_max=80 * mV, a_plus=0.02, a_minus=0.02),
            )
        ],
    )
    draw = np.random.default_rng(0)
    steps = np.sort(draw.choice(120, 40, replace=False))
    units = draw.integers(0, 3, 40)
    ends, times = {}, {}
    for length in (5, 60):
        simulator = network.compile(trial=length * ms, dt=0.5 * ms, continuous=True, backend="numpy")
        per_trial = 2 * length
        trains = [
            ((steps[steps // per_trial == k] % per_trial) * 0.5e-3, units[steps // per_trial == k])
            for k in range(60 // length)
        ]
        ends[length], recording = simulator.run(simulator.initial_state(1), trains, record=["cells"])
        spikes = recording.spike_times("cells")
        times[length] = spikes.time + spikes.trial * length * 1e-3, spikes.unit
    assert len(times[60][0]) > 10
    assert np.array_equal(times[5][1], times[60][1])
    assert np.allclose(times[5][0], times[60][0], atol=1e-9)
    for name in ("input_to_cells.w", "cells.v"):
        # Times are re-based at each boundary, which rounds them: hence not to the last bit.
        assert np.allclose(ends[5][name], ends[60][name], rtol=1e-9), name
