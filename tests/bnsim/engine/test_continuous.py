"""Runs without a break: spikes in flight, last spikes and traces go on where the last run stopped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, second

import bnsim
from bnsim.engine.simulator import Simulator

from .networks import coins, driven, intensities, learner, three_factor


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
def test_spikes_in_flight_arrive_in_the_next_run(backend: str, kind: str) -> None:
    """An input spike in a run's last step arrives after its delay, in another run."""
    simulator = delayed(DELAYS[kind]).compile(dt=1 * ms, backend=backend)
    trains = [(np.full(3, 0.009), np.arange(3)), ([], []), ([], [])]
    state = simulator.initial_state(0)
    times: list[np.ndarray] = []
    for number in range(3):
        state, recording = simulator.run_for(state, 10 * ms, trains[number], record=[bnsim.Spikes("cells")])
        assert (recording.start, recording.duration) == (0.01 * number, 0.01)
        times.append(recording.spike_times("cells").time)
        assert len(state["input_to_cells.in_flight_unit"]) == (3 if number == 0 else 0)
    # An arrival comes after the thresholds of its step, so the neuron fires one step later.
    expected = 10e-3 + (np.full(3, 4e-3) if kind == "shared" else np.array([2e-3, 4e-3, 7e-3]))
    assert np.allclose(np.concatenate(times), expected)

    together_state, together = simulator.run_for(
        simulator.initial_state(0), 30 * ms, trains[0], record=[bnsim.Spikes("cells")]
    )
    assert np.allclose(together.spike_times("cells").time, expected)
    for name in state:
        assert state[name].tobytes() == together_state[name].tobytes(), name


def test_spikes_in_flight_end_with_a_trial_that_starts_from_rest() -> None:
    simulator = delayed(DELAYS["shared"]).compile(trial=10 * ms, dt=1 * ms, backend="numpy")
    assert simulator.timing.presentation_steps == 6  # the silence is as long as the delay, so every spike arrives
    trains = [([0.004, 0.005], [0, 1]), ([], [])]
    _, recording = simulator.run(simulator.initial_state(0), trains)
    # The second arrives in the last step: its neuron would fire in the next, which begins from rest.
    assert recording.counts["cells"].tolist() == [[1, 0, 0], [0, 0, 0]]


def test_trials_start_anew_after_a_continuous_run() -> None:
    """Trials take the variables of the state, and neither its clock nor the spikes in flight."""
    simulator = delayed(DELAYS["shared"]).compile(trial=10 * ms, dt=1 * ms, backend="numpy")
    state, _ = simulator.run_for(simulator.initial_state(0), 10 * ms, ([0.009], [0]))
    assert len(state["input_to_cells.in_flight_unit"]) == 1
    after, recording = simulator.run(state, [([], []), ([0.001], [2])], record=[bnsim.Spikes("cells")])
    assert recording.counts["cells"].tolist() == [[0, 0, 0], [0, 0, 1]]
    assert recording.spike_times("cells").time.tolist() == [0.006]
    for name in state:
        assert after[name].tobytes() == state[name].tobytes(), name


def test_spikes_are_in_flight_where_a_training_run_is_cut() -> None:
    """The chunk test means what it says: at its cuts something is in flight, refractory and decaying."""
    simulator = learner("cpp")
    state, seen = simulator.initial_state(1), {}
    for number, row in enumerate(intensities(20)):
        state, _ = simulator.run_for(state, 30 * ms, row)
        for name in state:
            if "in_flight" in name:
                seen[name] = seen.get(name, 0) + len(state[name])
        seen["refractory"] = seen.get("refractory", 0) + np.sum(~state["cells.not_refractory"])
        assert (state["input_to_cells.x"] > 0).any()
        assert (state["cells.lastspike"] < 0.03 * (number + 1)).all()
    assert state["clock"] == 20 * 60
    silent = {name for name, number in seen.items() if number == 0}
    assert not silent


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_ten_runs_of_a_tenth_are_one_run(backend: str) -> None:
    """To the last bit: spikes, traces, weights, all variables and the spikes in flight."""
    simulator, drive = learner(backend), np.full(12, 0.6)
    record = [
        bnsim.Spikes("cells"),
        bnsim.Trace("cells", "v", units=[3], every=7 * ms),
        bnsim.Weights("input_to_cells", every=20 * ms),
    ]
    whole_state, whole = simulator.run_for(simulator.initial_state(1), 500 * ms, drive, record=record)
    state, parts = simulator.initial_state(1), []
    for _ in range(10):
        state, part = simulator.run_for(state, 50 * ms, drive, record=record)
        parts.append(part)
    for name in state:
        assert state[name].tobytes() == whole_state[name].tobytes(), name
    assert whole.counts["cells"].sum() > 50
    assert sum(part.counts["cells"] for part in parts).tolist() == whole.counts["cells"].tolist()
    for name in ("time", "unit"):
        joined = np.concatenate([getattr(part.spike_times("cells"), name) for part in parts])
        assert joined.tobytes() == getattr(whole.spike_times("cells"), name).tobytes()
    traces = [part.trace("cells", "v") for part in parts], whole.trace("cells", "v")
    weights = [part.weights["input_to_cells"] for part in parts], whole.weights["input_to_cells"]
    for joined, once in (traces, weights):
        assert np.concatenate([trace.times for trace in joined]).tobytes() == once.times.tobytes()
        assert np.concatenate([trace.values for trace in joined], axis=1).tobytes() == once.values.tobytes()
    assert whole.trace("cells", "v").times.tolist() == pytest.approx(0.007 * np.arange(72))
    assert np.ptp(whole.weights["input_to_cells"].values, axis=1).max() > 0


def test_random_numbers_go_on() -> None:
    """Each run draws other numbers; the key is the state's."""
    simulator = coins().compile(dt=1 * ms, backend="numpy")
    state, counts = simulator.initial_state(4), []
    for _ in range(3):
        state, recording = simulator.run_for(state, 100 * ms, np.full(50, 0.5))
        counts.append(recording.counts["coins"][0].tolist())
    assert len({tuple(count) for count in counts}) == 3
    _, recording = simulator.run_for(simulator.initial_state(5), 100 * ms, np.full(50, 0.5))
    assert recording.counts["coins"][0].tolist() != counts[0]


def test_a_drive_may_change_from_part_to_part() -> None:
    """The closed form of a membrane whose constant current is switched on for the second of four parts."""
    simulator = driven().compile(dt=0.5 * ms, backend="numpy")
    gains = np.outer([0, 1, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.45])
    _, recording = simulator.run_for(
        simulator.initial_state(0), 40 * ms, gains, record=[bnsim.Trace("cells", "v", every=1 * ms)]
    )
    trace = recording.trace("cells", "v")
    t = 1e3 * trace.times[:, None]
    risen = 1 - np.exp(-np.clip(t - 10, 0, 10) / 10)
    expected = -65e-3 + 30e-3 * gains[1] * risen * np.exp(-np.maximum(t - 20, 0) / 10)
    np.testing.assert_allclose(trace.values[0], expected, rtol=1e-12)


def test_computed_variables_can_be_recorded() -> None:
    simulator = driven().compile(dt=0.5 * ms, backend="numpy")
    record = [bnsim.Trace("cells", "I", units=[4, 1])]
    _, recording = simulator.run_for(simulator.initial_state(0), 2 * ms, np.arange(5) / 10, record=record)
    trace = recording.trace("cells", "I")
    assert (trace.unit, trace.units.tolist()) == ("V", [4, 1])
    np.testing.assert_allclose(trace.values, np.full((1, 4, 2), [0.4 * 30e-3, 0.1 * 30e-3]), rtol=1e-12)
    np.testing.assert_array_equal(trace.of(1), trace.values[:, :, 1])
    with pytest.raises(bnsim.InputError, match=r"^SampledTrace\.of\(unit\): 0 was not sampled; the units are 4, 1$"):
        trace.of(0)


def test_the_length_of_a_run_is_not_compiled_in() -> None:
    simulator = driven().compile(dt=0.5 * ms, backend="numpy")
    assert simulator._engine is driven().compile(trial=5 * ms, dt=0.5 * ms, backend="numpy")._engine


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0 * ms, np.zeros(50)), "(duration): not above 0; give a time such as 1*second"),
        (
            (10.5 * ms, np.zeros(50)),
            "(duration): 0.0105 s is no whole number of time steps of 0.001 s; give a multiple such as 0.01 s",
        ),
        ((300, np.zeros(50)), "(duration): 300 has no unit; give 300 * ms or 300 * second"),
        (("300 ms", np.zeros(50)), "(duration): '300 ms' is not a single time; give a quantity such as 300 * ms"),
        ((10 * mV, np.zeros(50)), "(duration): V is no unit of time"),
        ((10 * ms, np.zeros((3, 50))), "(stimulus): 3 parts of a run of 10 time steps; give parts of equal length"),
        ((10 * ms,), "(stimulus): nothing for 'coins'; give a stimulus for each encoder"),
    ],
)
def test_runs_that_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    simulator = coins().compile(dt=1 * ms, backend="numpy")
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run_for(simulator.initial_state(0), *arguments)
    assert str(raised.value).startswith(f"Simulator.run_for{message}")
    assert "\n" not in str(raised.value)


def refused(simulator: Simulator, state: bnsim.State, **options: Any) -> str:
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run_for(state, 10 * ms, **options)
    return str(raised.value)


def test_an_interval_of_samples_without_a_unit_is_refused() -> None:
    simulator = driven().compile(dt=1 * ms, backend="numpy")
    record = [bnsim.Trace("cells", "v", every=2)]
    assert refused(simulator, simulator.initial_state(0), record=record) == (
        "Simulator.run_for(record).every: 2 has no unit; give 2 * ms or 2 * second"
    )


def test_what_belongs_to_trials_is_refused() -> None:
    simulator = three_factor().compile(dt=0.5 * ms, backend="numpy")
    assert refused(simulator, simulator.initial_state(0), stimulus=([], [])) == (
        "Simulator.run_for: a rule of 'cells' learns at trial ends; call run(state, stimulus, key), which runs trials"
    )
    simulator = coins().compile(dt=1 * ms, backend="numpy")
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run(simulator.initial_state(0), np.zeros((1, 50)))
    assert str(raised.value) == (
        "Simulator.run: the network was compiled without trials; compile it with trial=100*ms, say, or call "
        "run_for(state, duration)"
    )
    with pytest.raises(bnsim.InputError, match=r"^compile\(presentation\): belongs to trials; give trial, too"):
        coins().compile(dt=1 * ms, presentation=5 * ms)


def test_clock_and_key_are_checked() -> None:
    simulator = coins().compile(dt=1 * ms, backend="numpy")
    state = simulator.initial_state(0)
    for name, value in (("clock", np.array([-1])), ("clock", np.array([0.5])), ("key", np.array([1.0]))):
        damaged = bnsim.State({**state, name: value})
        assert refused(simulator, damaged, stimulus=np.zeros(50)) == (
            f"Simulator.run(state): {name} is no whole number of at least 0; correct the state"
        )


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_progress_is_told(backend: str, capsys: pytest.CaptureFixture[str]) -> None:
    simulator = driven().compile(dt=0.1 * ms, backend=backend)
    start = simulator.initial_state(0)
    _, silent = simulator.run_for(start, 0.1 * second, np.ones(5))
    assert capsys.readouterr().out == ""
    _, shown = simulator.run_for(start, 0.1 * second, np.ones(5), progress=True)
    assert "0.1 of 0.1 s simulated" in capsys.readouterr().out
    assert shown.counts["cells"].tolist() == silent.counts["cells"].tolist()


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_weights_of_some_synapses(backend: str) -> None:
    simulator, chosen = learner(backend), [7, 2]
    start, drive = simulator.initial_state(1), intensities(4)
    found = []
    for synapses in (None, chosen):
        record = [bnsim.Weights("input_to_cells", every=10 * ms, synapses=synapses)]
        found.append(simulator.run_for(start, 100 * ms, drive, record=record)[1].weights["input_to_cells"])
    whole, part = found
    assert part.units.tolist() == chosen
    np.testing.assert_array_equal(part.values, whole.values[:, :, chosen])
    assert (whole.values[0, 0] != whole.values[0, -1]).any()
