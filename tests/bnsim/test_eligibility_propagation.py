"""Eligibility propagation against its definition in NumPy, and against the gradient that it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.arrays import Float64Array

N_IN, N, K, STEPS, TRIALS = 5, 8, 3, 30, 4
DT, TAU_M, TAU_THETA, TAU_OUTPUT = 5 * ms, 20 * ms, 200 * ms, 40 * ms
DAMPENING = 0.3
INCREMENT = np.array([0.4] * 4 + [0.0] * 4)
OTHERS = ~np.eye(N, dtype=bool)
LEARNING = ("input_to_hidden", "hidden_to_hidden", "hidden_to_output", "bias_to_output")


def network(rate: float = 0.0, feedback: float = 0.0) -> bnsim.Network:
    cell = bnsim.AdaptiveThresholdLIF(
        tau_m=TAU_M, v_rest=0 * mV, v_threshold=1 * mV, theta_increment=INCREMENT * mV, tau_theta=TAU_THETA
    )
    of_cells: dict[str, Any] = {
        "tau_m": TAU_M,
        "tau_theta": TAU_THETA,
        "tau_output": TAU_OUTPUT,
        "dampening": DAMPENING,
        "learning_rate": rate,
    }
    into_cells = bnsim.EligibilityPropagation(**of_cells)
    readout: dict[str, Any] = {"tau_output": TAU_OUTPUT, "learning_rate": rate}
    back = bnsim.ErrorBroadcast(tau_output=TAU_OUTPUT, learning_rate=feedback)
    graded, delta = bnsim.Graded(), bnsim.Delta()
    graded_rule = bnsim.GradedEligibilityPropagation(**of_cells)
    return bnsim.Network(
        [
            bnsim.Population("input", N_IN, bnsim.GradedInput()),
            bnsim.Population("bias", 1, bnsim.GradedInput()),
            bnsim.Population("hidden", N, cell),
            bnsim.Population("output", K, bnsim.LeakyReadout(tau_m=TAU_OUTPUT)),
        ],
        [
            bnsim.Projection("bias", "output", graded, 0 * mV, plasticity=bnsim.GradedReadoutError(**readout)),
            bnsim.Projection("hidden", "output", delta, 0 * mV, plasticity=bnsim.ReadoutError(**readout)),
            bnsim.Projection("output", "hidden", bnsim.Modulatory(), Quantity(0.0), plasticity=back),
            bnsim.Projection("input", "hidden", graded, 0 * mV, plasticity=graded_rule),
            bnsim.Projection("hidden", "hidden", delta, 0 * mV, bnsim.AllToAll(autapses=False), plasticity=into_cells),
        ],
    )


class Given:
    """Weights, sequences and targets, the same in all tests."""

    def __init__(self) -> None:
        generator = np.random.default_rng(11)
        self.inputs = 2.0 * generator.standard_normal((N_IN, N))
        self.recurrent = OTHERS * generator.standard_normal((N, N))
        self.output = generator.standard_normal((N, K))
        self.bias = 0.2 * generator.standard_normal(K)
        self.back = generator.standard_normal((K, N))
        self.x = generator.uniform(0, 1, (TRIALS, STEPS, N_IN))
        self.target = np.eye(K)[generator.integers(K, size=(TRIALS, STEPS))]
        self.asked = np.where(np.arange(STEPS) >= 10, generator.uniform(0, 1, STEPS), 0.0)

    def state(self, simulator: bnsim.Simulator) -> bnsim.State:
        weights = {
            "input_to_hidden.w": 1e-3 * self.inputs.ravel(),
            "hidden_to_hidden.w": 1e-3 * self.recurrent[OTHERS],
            "hidden_to_output.w": 1e-3 * self.output.ravel(),
            "bias_to_output.w": 1e-3 * self.bias,
            "output_to_hidden.w": self.back.ravel(),
        }
        return simulator.initial_state(0).replace(weights)

    def signals(self, applied: float = 0.0) -> dict[str, Any]:
        asked = np.broadcast_to(self.asked[:, None], (TRIALS, STEPS, K))
        told: dict[str, Any] = {f"{name}.applied": np.full(TRIALS, applied) for name in LEARNING}
        told["output_to_hidden.applied"] = np.full(TRIALS, applied)
        for name in ("bias_to_output", "hidden_to_output"):
            told |= {f"{name}.target": self.target, f"{name}.asked": asked}
        return told

    def run(
        self, simulator: bnsim.Simulator, state: bnsim.State, applied: float = 0.0, *, plastic: bool = True
    ) -> tuple[bnsim.State, bnsim.Recording]:
        stimulus = {"input": self.x, "bias": np.ones((TRIALS, 1))}
        record = [bnsim.Spikes("hidden"), bnsim.Trace("output", "v")]
        return simulator.run(state, stimulus, signals=self.signals(applied), record=record, plastic=plastic)


GIVEN = Given()


def simulated() -> tuple[Float64Array, ...]:
    """Spikes, slopes (trial, step, cell) and readout (trial, step, class), in thresholds, by the cells' equations."""
    a, r, k = (np.exp(-float(DT / tau)) for tau in (TAU_M, TAU_THETA, TAU_OUTPUT))
    found = []
    for x in GIVEN.x:
        u, q, y, s, arriving = np.zeros(N), np.zeros(N), np.zeros(K), np.zeros(N), np.zeros(N)
        of_trial = []
        for t in range(STEPS):
            u, q, y = (
                a * (u - s + arriving),
                r * (q + INCREMENT * s),
                k * (y + (s @ GIVEN.output + GIVEN.bias) * (t > 0)),
            )
            slope, s = DAMPENING * np.clip(1 - abs(u - 1 - q), 0, 1), (u > 1 + q).astype(float)
            arriving = x[t] @ GIVEN.inputs + s @ GIVEN.recurrent
            of_trial.append((s, slope, y))
        found.append([np.array(each) for each in zip(*of_trial, strict=True)])
    spikes, slopes, readout = (np.array(each) for each in zip(*found, strict=True))
    return spikes, slopes, readout


def dense_gradients(back: Float64Array) -> dict[str, Float64Array]:
    """Every trace of every synapse as an array (presynaptic, postsynaptic), forward in time, summed over trials."""
    a, r, k = (np.exp(-float(DT / tau)) for tau in (TAU_M, TAU_THETA, TAU_OUTPUT))
    spikes, slopes, readout = simulated()
    errors = GIVEN.asked[:, None] * (1 / (1 + np.exp(-readout)) - GIVEN.target)
    gradients = dict.fromkeys(LEARNING, 0.0)
    for trial in range(TRIALS):
        sent = np.concatenate([GIVEN.x[trial], spikes[trial]], axis=1)
        seen, kept, of_bias = np.zeros(N_IN + N), np.zeros(N), 0.0
        adaptation, filtered = np.zeros((N_IN + N, N)), np.zeros((N_IN + N, N))
        into_cells = np.zeros((N_IN + N, N))
        for t in range(STEPS):
            error = errors[trial, t]
            into_cells += filtered * (error @ back)
            gradients["hidden_to_output"] += np.outer(kept, error)
            gradients["bias_to_output"] += of_bias * error
            eligibility = slopes[trial, t] * (seen[:, None] - adaptation)
            filtered, adaptation = k * (filtered + eligibility), r * (adaptation + INCREMENT * eligibility)
            seen, kept, of_bias = a * (seen + sent[t]), k * (kept + spikes[trial, t]), k * (of_bias + 1)
        gradients["input_to_hidden"] += into_cells[:N_IN]
        gradients["hidden_to_hidden"] += into_cells[N_IN:][OTHERS]
    return {name: np.ravel(gradient) for name, gradient in gradients.items()}


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_gradients_are_those_of_a_dense_reference(backend: str) -> None:
    simulator = network().compile(trial=STEPS * DT, dt=DT, backend=backend)
    state, recording = GIVEN.run(simulator, GIVEN.state(simulator))
    spikes, _, readout = simulated()
    assert 20 < spikes.sum() < spikes.size / 2
    assert np.array_equal(recording.counts["hidden"], spikes.sum(axis=1))
    decay = np.exp(-float(DT / TAU_OUTPUT))  # a trace shows a potential at the start of a step, with what has arrived
    np.testing.assert_allclose(1e3 * decay * recording.trace("output", "v").values, readout, rtol=1e-9, atol=1e-12)
    for name, expected in dense_gradients(GIVEN.back).items():
        assert abs(expected).max() > 0.01, name
        np.testing.assert_allclose(state[f"{name}.gradient"], expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_readout_follows_the_gradient_of_its_loss() -> None:
    """Central differences of the summed cross-entropy of the logistic units."""

    def loss(output: Float64Array) -> float:
        k = np.exp(-float(DT / TAU_OUTPUT))
        y, total = np.zeros((TRIALS, K)), 0.0
        for t in range(STEPS):
            chances = 1 / (1 + np.exp(-y))
            target = GIVEN.target[:, t]
            of_step = -target * np.log(chances) - (1 - target) * np.log(1 - chances)
            total += GIVEN.asked[t] * of_step.sum()
            y = k * (y + spikes[:, t] @ output + GIVEN.bias)
        return total

    spikes, _, _ = simulated()
    simulator = network().compile(trial=STEPS * DT, dt=DT, backend="numpy")
    state, _ = GIVEN.run(simulator, GIVEN.state(simulator))
    found, small = state["hidden_to_output.gradient"].reshape(N, K), 1e-5
    for place in ((0, 0), (3, 1), (7, 2)):
        change = np.zeros((N, K))
        change[place] = small
        expected = (loss(GIVEN.output + change) - loss(GIVEN.output - change)) / (2 * small)
        assert found[place] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_a_gradient_is_added_up_over_trials_until_it_is_applied() -> None:
    simulator = network(rate=0.5).compile(trial=STEPS * DT, dt=DT, backend="numpy")
    start = GIVEN.state(simulator)
    added, _ = GIVEN.run(simulator, start)
    assert all(np.array_equal(added[f"{name}.w"], start[f"{name}.w"]) for name in LEARNING)
    signals = GIVEN.signals()
    for name in (*LEARNING, "output_to_hidden"):
        signals[f"{name}.applied"] = np.arange(TRIALS) == TRIALS - 1
    stimulus = {"input": GIVEN.x, "bias": np.ones((TRIALS, 1))}
    learned, _ = simulator.run(start, stimulus, signals=signals)
    for name in LEARNING:
        assert not learned[f"{name}.gradient"].any()
        np.testing.assert_allclose(
            learned[f"{name}.w"], start[f"{name}.w"] - 0.5e-3 * added[f"{name}.gradient"], rtol=1e-12
        )


def test_feedback_that_starts_symmetric_stays_so() -> None:
    simulator = network(rate=0.1, feedback=0.1).compile(trial=STEPS * DT, dt=DT, backend="numpy")
    start = GIVEN.state(simulator).replace({"output_to_hidden.w": GIVEN.output.T.ravel()})
    state, _ = GIVEN.run(simulator, start, applied=1.0)
    assert not np.allclose(state["hidden_to_output.w"], start["hidden_to_output.w"], rtol=1e-3)
    np.testing.assert_allclose(
        state["output_to_hidden.w"].reshape(K, N).T, 1e3 * state["hidden_to_output.w"].reshape(N, K), rtol=1e-9
    )


def test_nothing_is_kept_where_learning_is_off() -> None:
    simulator = network(rate=0.1).compile(trial=STEPS * DT, dt=DT, backend="numpy")
    start = GIVEN.state(simulator)
    state, _ = GIVEN.run(simulator, start, applied=1.0, plastic=False)
    assert all(np.array_equal(state[name], start[name]) for name in start)


def test_a_threshold_that_adapts_within_a_trial_moves_where_learning_is_off() -> None:
    """A spike every 10 ms raises theta by 0.5 mV, of which exp(-10 / 100) is left when the next one comes."""
    cell = bnsim.AdaptiveThresholdLIF(
        tau_m=5 * ms, v_rest=0 * mV, v_threshold=10 * mV, theta_increment=0.5 * mV, tau_theta=100 * ms
    )
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.SpikeTrains()), bnsim.Population("cell", 1, cell)],
        [bnsim.Projection("input", "cell", bnsim.Delta(), 15 * mV)],
    )
    simulator = network.compile(trial=41 * ms, dt=1 * ms, backend="numpy")
    trains = [([0.0, 0.01, 0.02, 0.03], [0, 0, 0, 0])] * 2
    _, recording = simulator.run(
        simulator.initial_state(0),
        [tuple(np.array(part) for part in train) for train in trains],
        plastic=False,
        record=[bnsim.Spikes("cell"), bnsim.Trace("cell", "theta")],
    )
    assert recording.counts["cell"].tolist() == [[4], [4]]  # each trial starts with theta = 0
    expected = sum(0.5 * np.exp(-(39 - at) / 100) for at in (1, 11, 21, 31))
    np.testing.assert_allclose(1e3 * recording.trace("cell", "theta").values[:, 40, 0], expected, rtol=1e-9)
