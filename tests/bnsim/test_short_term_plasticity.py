"""Short-term plasticity by hand computation, closed forms and its place in states, trials and back ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nA, nS, second, volt
from numpy.typing import NDArray

import bnsim
from bnsim import InputError, ShortTermPlasticity
from tests.networks import DT, driven, given, simulate

DEPRESSING = ShortTermPlasticity(U=0.5, tau_rec=800 * ms)
FACILITATING = ShortTermPlasticity(U=0.03, tau_rec=130 * ms, tau_facil=530 * ms)
BOTH = ShortTermPlasticity(U=0.2, tau_rec=300 * ms, tau_facil=100 * ms)
TRAIN = [1.0, 3.5, 3.6, 12.0, 40.3, 41.0, 90.0]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Adder(bnsim.NeuronModel):
    """Unit that adds up what reaches it."""

    equations = "dv/dt = 0 * volt / second : volt"
    threshold = ""
    reset = ""


def by_hand(model: ShortTermPlasticity, times: Sequence[float]) -> Numbers:
    """Parts of the weight that spikes (ms) transmit; utilizations fall to 0 and then rise, as in the paper."""
    rest, recovery, facilitation = (float(value) for value in (model.U, model.tau_rec / ms, model.tau_facil / ms))
    used, left, last, found = 0.0, 1.0, -np.inf, []
    for time in times:
        lag = time - last
        used *= np.exp(-lag / facilitation) if facilitation else 0.0
        left = 1 + (left - 1) * np.exp(-lag / recovery)
        used += rest * (1 - used)
        found.append(used * left)
        left, last = left * (1 - used), time
    return np.array(found)


def transmitted(network: bnsim.Network, times: Sequence[float], duration: Any = 100 * ms) -> Numbers:
    """What reaches an `Adder` (mV) with each spike of one train."""
    _, recording = simulate(network, [given(*((time, 0) for time in times))], duration, traces=["v"])
    v = np.asarray(recording.trace("cells", "v").values[0, :, 0]) * 1e3
    steps = np.rint(np.asarray(times) * 10).astype(int)
    assert np.flatnonzero(np.diff(v)).tolist() == steps.tolist()
    return np.asarray(np.diff(v)[steps])


@pytest.mark.parametrize("model", [DEPRESSING, FACILITATING, BOTH], ids=["depressing", "facilitating", "both"])
def test_spikes_transmit_what_is_computed_by_hand(model: ShortTermPlasticity) -> None:
    network = driven(Adder(), bnsim.Delta(), 2 * mV, short_term=model)
    np.testing.assert_allclose(transmitted(network, TRAIN), 2 * by_hand(model, TRAIN), rtol=1e-12)


@pytest.mark.parametrize(
    ("synapse", "weight", "variable"),
    [(bnsim.ExponentialCurrent(tau=5 * ms), 2 * nA, "s"), (bnsim.AlphaConductance(tau=5 * ms), 2 * nS, "r")],
)
def test_other_jumps_are_scaled_as_well(synapse: bnsim.SynapseModel, weight: Any, variable: str) -> None:
    network = driven(bnsim.ConductanceLIF(v_threshold=1 * volt), synapse, weight, short_term=BOTH)
    name = f"input_to_cells_{variable}"
    _, recording = simulate(network, [given(*((time, 0) for time in TRAIN))], 100 * ms, traces=[name])
    found = np.asarray(recording.trace("cells", name).values[0, :, 0]) / float(weight)
    steps = np.rint(np.asarray(TRAIN) * 10).astype(int)
    jumps = found[steps + 1] - found[steps] * np.exp(-0.1 / 5)
    np.testing.assert_allclose(jumps, by_hand(BOTH, TRAIN), rtol=1e-11)


def regular(model: ShortTermPlasticity, rate: Any) -> Any:
    """Utilization times resources in the steady state of a regular train."""
    recovery, facilitation = (np.exp(-1 / (rate * float(tau))) for tau in (model.tau_rec, model.tau_facil or 1e-9))
    used = model.U / (1 - (1 - model.U) * facilitation)
    return used * (1 - recovery) / (1 - (1 - used) * recovery)


def test_a_regular_train_settles_at_the_closed_form_with_its_optimum() -> None:
    """A facilitating synapse transmits most of a regular train at 20.8 Hz."""
    rates = np.array([5.0, 10.0, 20.0, 25.0, 40.0])
    spikes = [(1e3 * k / rate, unit) for unit, rate in enumerate(rates) for k in range(int(6 * rate))]
    network = driven(
        Adder(),
        bnsim.Delta(),
        1 * mV,
        n_input=len(rates),
        size=len(rates),
        connectivity=bnsim.OneToOne(),
        short_term=FACILITATING,
    )
    _, recording = simulate(network, [given(*spikes)], 6 * second, 1 * ms, traces=["v"])
    v = np.asarray(recording.trace("cells", "v").values[0]) * 1e3
    last = [np.diff(v[:, unit])[np.flatnonzero(np.diff(v[:, unit]))[-1]] for unit in range(len(rates))]
    np.testing.assert_allclose(
        last, regular(FACILITATING, rates), rtol=1e-4
    )  # exp(-6 s / 530 ms) from the steady state
    fine = np.arange(10, 40, 0.01)
    assert fine[np.argmax(regular(FACILITATING, fine))] == pytest.approx(20.8, abs=0.05)


def test_a_depressed_synapse_saturates_at_its_limiting_frequency() -> None:
    """A Poisson train of the rate r uses resources at r U / (1 + r U tau_rec): half of the most at 2.5 Hz.

    Intervals are whole steps here, so that the mean of exp(-h / tau_rec) is that of the geometric distribution. 800
    synapses fire 16,000 spikes in 8 s at 2.5 Hz, so 2.5 % is three standard errors."""
    rates, n, step = np.array([2.5, 10.0, 40.0]), 800, 2e-3
    network = bnsim.Network(
        [bnsim.Population("input", 3 * n, bnsim.Poisson(40 * Hz)), bnsim.Population("cells", 3 * n, Adder())],
        [bnsim.Projection("input", "cells", bnsim.Delta(), 1 * volt, bnsim.OneToOne(), short_term=DEPRESSING)],
    )
    simulator = network.compile(dt=step * second, backend="numpy")
    record = [bnsim.Trace("cells", "v", every=2 * second)]
    drive = np.repeat(rates, n) / 40
    _, recording = simulator.run_for(simulator.initial_state(key=3), 10.1 * second, drive, record=record)
    v = recording.trace("cells", "v").values[0].reshape(-1, 3, n).mean(axis=2)
    chance, decay = rates * step, np.exp(-step / 0.8)
    lag = chance * decay / (1 - (1 - chance) * decay)
    expected = 0.5 * rates * (1 - lag) / (1 - 0.5 * lag)
    np.testing.assert_allclose((v[5] - v[1]) / 8, expected, rtol=0.025)
    np.testing.assert_allclose(expected, rates * 0.5 / (1 + rates * 0.5 * 0.8), rtol=0.005)  # short steps: Poisson
    assert expected[0] == pytest.approx(0.5 / 0.8, rel=0.005)


def plastic_network(model: ShortTermPlasticity) -> bnsim.Network:
    rule = bnsim.PairSTDP(a_plus=0.05, a_minus=0.04, w_max=60 * mV)
    return driven(
        bnsim.LIF(refractory=2 * ms),
        bnsim.Delta(),
        30 * mV,
        n_input=6,
        size=4,
        plasticity=rule,
        short_term=model,
        delay=bnsim.Uniform(0 * ms, 3 * ms),
    )


def many(seed: int) -> tuple[Numbers, NDArray[np.int64]]:
    generator = np.random.default_rng(seed)
    times = np.sort(generator.choice(np.arange(0, 2000), 300, replace=False)) * 1e-4
    return times, generator.integers(0, 6, 300)


def test_runs_go_on_exactly_and_trials_start_anew() -> None:
    network = plastic_network(BOTH)
    simulator = network.compile(203 * ms, DT, backend="numpy")
    first = simulator.initial_state(key=1)
    assert (first["input_to_cells.resources"] == 1).all()
    assert (first["input_to_cells.utilization"] == 0.2).all()
    stimulus = many(0)
    whole, _ = simulator.run_for(first, 200 * ms, stimulus)
    early = stimulus[0] < 0.07
    half, _ = simulator.run_for(first, 70 * ms, (stimulus[0][early], stimulus[1][early]))
    assert half["input_to_cells.resources"].max() < 1
    pieces, _ = simulator.run_for(half, 130 * ms, (stimulus[0][~early] - 0.07, stimulus[1][~early]))
    for name in whole:
        np.testing.assert_array_equal(whole[name], pieces[name], err_msg=name)
    record = [bnsim.Trace("cells", "v")]
    _, twice = simulator.run(first, [stimulus, stimulus], 1, plastic=False, record=record)
    values = twice.trace("cells", "v").values
    np.testing.assert_array_equal(values[0], values[1])


@pytest.mark.slow
def test_the_compiled_back_end_gives_the_same() -> None:
    found = {}
    for backend in ("numpy", "cpp"):
        simulator = plastic_network(BOTH).compile(dt=DT, backend=backend)
        state, recording = simulator.run_for(
            simulator.initial_state(1), 200 * ms, many(0), record=[bnsim.Spikes("cells")]
        )
        found[backend] = state, recording.counts["cells"]
    assert found["numpy"][1].sum() > 20
    np.testing.assert_array_equal(found["numpy"][1], found["cpp"][1])
    for name in ("w", "resources", "utilization"):
        values = [found[backend][0][f"input_to_cells.{name}"] for backend in ("numpy", "cpp")]
        assert np.ptp(values[0]) > 0
        np.testing.assert_allclose(*values, rtol=1e-12)  # exponentials of NumPy and C differ in their last bit


def test_a_rule_changes_the_weight_and_not_what_is_transmitted_of_it() -> None:
    """Presynaptic spikes change a weight as they do without short-term plasticity; its product acts."""
    rule = bnsim.PairSTDP(w_max=8 * mV)
    states = []
    for model in (None, BOTH):
        network = driven(Adder(), bnsim.Delta(), 4 * mV, plasticity=rule, short_term=model)
        states.append(simulate(network, [given((1, 0), (2, 0), (9, 0))])[0]["input_to_cells.w"])
    np.testing.assert_array_equal(*states)


@pytest.mark.slow
def test_plain_brian2_starts_with_full_resources() -> None:
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.Poisson(40 * Hz)), bnsim.Population("cells", 1, Adder())],
        [bnsim.Projection("input", "cells", bnsim.Delta(), 1 * mV, short_term=BOTH)],
    )
    plain = network.to_brian2()
    synapses = next(item for item in plain.objects if item.name == "projection_input_to_cells")
    assert synapses.resources_[:].tolist() == [1.0]
    assert synapses.utilization_[:].tolist() == [0.2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ShortTermPlasticity(U=1.5),
            "ShortTermPlasticity.U: 1.5 is above 1; give the part of the resources, 0 to 1",
        ),
        (lambda: ShortTermPlasticity(tau_facil=-1 * ms), "ShortTermPlasticity.tau_facil: "),
        (lambda: ShortTermPlasticity(U=0), "ShortTermPlasticity.U: "),
        (
            lambda: driven(Adder(), bnsim.Delta(), 1 * mV, short_term=0.5),
            "Projection('input_to_cells').short_term: 0.5 is no ShortTermPlasticity; give one",
        ),
        (
            lambda: driven(Adder(), bnsim.Modulatory(), 1.0, short_term=BOTH),
            "Projection('input_to_cells').short_term: nothing jumps at a spike of Modulatory; leave short_term out",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        make()
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
