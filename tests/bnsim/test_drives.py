"""Drives: currents against their expression, noise and Poisson spikes against theory, on both kinds of back end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nA, nS, second
from numpy.typing import NDArray
from scipy import stats

import bnsim
from bnsim import InputError, random_numbers

QUIET = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_reset=0 * mV, v_threshold=1000 * mV)


def driven(
    *drives: bnsim.Drive, size: int = 2, model: bnsim.NeuronModel = QUIET, dt: float = 0.5, backend: str = "numpy"
) -> Any:
    network = bnsim.Network([bnsim.Population("cells", size, model, drive=drives)])
    return network.compile(dt=dt * ms, backend=backend)


BINS = np.arange(10).reshape(5, 2)
CURRENTS: dict[str, tuple[bnsim.Drive, Any]] = {
    "constant": (bnsim.Current(3 * mV), lambda t: 3.0),
    "step": (bnsim.StepCurrent(10 * mV, 5 * ms, 15 * ms), lambda t: 10.0 * (4.75 < t < 14.75)),
    "sine": (bnsim.SineCurrent(2 * mV, 50 * Hz, 1 * mV, 0.3), lambda t: 1 + 2 * np.sin(0.1 * np.pi * t + 0.3)),
    "ramp": (bnsim.RampCurrent(1 * mV, 5 * mV, 2 * ms, 8 * ms), lambda t: 1 + 4 * np.clip((t - 2) / 6, 0, 1)),
    "expression": (bnsim.Current("3*mV*t/(10*ms)"), lambda t: 0.3 * t),
    "bins": (bnsim.Current(bnsim.Binned(BINS[:, 0] * mV, 2 * ms)), lambda t: BINS[int(t / 2), 0] if t < 9.75 else 0.0),
    "bins of each": (bnsim.Current(bnsim.Binned(BINS * mV, 2 * ms)), lambda t: BINS[int(t / 2)] if t < 9.75 else 0.0),
}


@pytest.mark.parametrize("name", CURRENTS)
def test_a_current_is_its_expression(name: str) -> None:
    drive, expected = CURRENTS[name]
    simulator = driven(drive)
    _, recording = simulator.run_for(simulator.initial_state(0), 20 * ms, record=[bnsim.Trace("cells", "I")])
    trace = recording.trace("cells", "I")
    wanted = np.array([np.broadcast_to(expected(1e3 * t), 2) for t in trace.times])
    np.testing.assert_allclose(trace.values[0] * 1e3, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "cpp"])
def test_several_drives_add_up_wherever_a_run_is_cut(backend: str) -> None:
    """And the membrane follows the sum, constant within each step."""
    simulator = driven(*(drive for drive, _ in CURRENTS.values()), backend=backend)
    record = [bnsim.Trace("cells", "v")]
    _, whole = simulator.run_for(simulator.initial_state(0), 20 * ms, record=record)
    v, decay = np.zeros(2), np.exp(-0.05)
    for step, seen in enumerate(whole.trace("cells", "v").values[0]):
        np.testing.assert_allclose(seen * 1e3, v, rtol=1e-12, atol=1e-12)
        v = v * decay + (1 - decay) * sum(expected(0.5 * step) for _, expected in CURRENTS.values())
    state, parts = simulator.initial_state(0), []
    for _ in range(8):
        state, part = simulator.run_for(state, 2.5 * ms, record=record)
        parts.append(part.trace("cells", "v").values[0])
    assert np.concatenate(parts).tobytes() == whole.trace("cells", "v").values[0].tobytes()


def test_trials_count_time_from_their_beginning() -> None:
    network = bnsim.Network([bnsim.Population("cells", 2, QUIET, drive=CURRENTS["bins of each"][0])])
    simulator = network.compile(trial=4 * ms, dt=0.5 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), trials=3, record=[bnsim.Trace("cells", "I")])
    values = recording.trace("cells", "I").values * 1e3
    np.testing.assert_allclose(values, np.broadcast_to(np.repeat(BINS[:2], 4, axis=0), (3, 8, 2)), rtol=1e-12)


def noise(drive: bnsim.Drive, size: int, steps: int, dt: float, backend: str = "cpp") -> NDArray[np.float64]:
    """The summed input (mV) of each step and neuron."""
    simulator = driven(drive, size=size, dt=dt, backend=backend)
    record = [bnsim.Trace("cells", "I")]
    _, recording = simulator.run_for(simulator.initial_state(3), steps * dt * ms, record=record)
    return np.asarray(recording.trace("cells", "I").values[0] * 1e3)


@pytest.mark.slow
def test_white_noise_is_normal_and_independent() -> None:
    drive = bnsim.WhiteNoise(2 * mV, tau=20 * ms, mean=1 * mV)
    seen = noise(drive, 500, 401, 0.1)[1:]  # the first sample is taken before anything is drawn
    z = (seen - 1) / (2 * np.sqrt(20 / 0.1))
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    # Of n products of independent standard normal numbers, the mean has the standard deviation 1 / sqrt(n).
    for one, other in ((z[1:], z[:-1]), (z[:, 1:], z[:, :-1]), (z[:, 4:], z[:, :-4])):
        assert abs(np.mean(one * other)) < 4 / np.sqrt(one.size)


@pytest.mark.slow
def test_white_noise_moves_the_membrane_by_sigma_over_the_root_of_two() -> None:
    simulator = driven(bnsim.WhiteNoise(4 * mV, tau=10 * ms), size=400, dt=0.1, backend="cpp")
    state, _ = simulator.run_for(simulator.initial_state(1), 100 * ms)
    _, recording = simulator.run_for(state, 600 * ms, record=[bnsim.Trace("cells", "v", every=20 * ms)])
    values = recording.trace("cells", "v").values * 1e3
    share = 1 - np.exp(-0.01)
    exact = 4 * np.sqrt(10 / 0.1) * share / np.sqrt(1 - np.exp(-0.02))  # constant within a step of 0.1 ms
    assert exact == pytest.approx(4 / np.sqrt(2), rel=1e-5)
    # 12,000 samples, hardly correlated over two time constants: the standard error of their deviation is below 0.7 %.
    assert values.std() == pytest.approx(exact, rel=0.025)
    assert abs(values.mean()) < 4 * exact / np.sqrt(values.size / 1.3)


@pytest.mark.slow
def test_ornstein_uhlenbeck_noise_has_its_variance_and_correlation() -> None:
    drive = bnsim.OrnsteinUhlenbeck(3 * mV, tau=5 * ms, mean=-2 * mV)
    simulator = driven(drive, size=2000, dt=0.5, backend="cpp")
    _, recording = simulator.run_for(simulator.initial_state(2), 60 * ms, record=[bnsim.Trace("cells", "drive0_x")])
    x = recording.trace("cells", "drive0_x").values[0] * 1e3
    assert (x[0] == -2).all()  # its mean
    for step in (1, 10, 100):
        expected = 3 * np.sqrt(1 - np.exp(-2 * step * 0.5 / 5))
        assert x[step].std() == pytest.approx(expected, rel=4 / np.sqrt(2 * 2000))
    late = x[60:] + 2
    for lag in (1, 10, 20):
        found = np.mean(late[lag:] * late[:-lag]) / 9
        assert found == pytest.approx(np.exp(-lag * 0.5 / 5), abs=4 / np.sqrt(2000 * 60 / 20))


@pytest.mark.parametrize("mean", [0.3, 4.0])
@pytest.mark.slow
def test_poisson_spikes_have_the_counts_of_a_poisson_process(mean: float) -> None:
    """More than one a step, with mean and variance as they should be; jumps of 1 mV on a membrane that keeps them."""
    still = bnsim.LIF(tau_m=1e9 * second, v_rest=0 * mV, v_reset=0 * mV, v_threshold=1e6 * mV)
    drive = bnsim.PoissonDrive(mean * 100 * Hz, 1 * mV, n=10)
    simulator = driven(drive, size=300, model=still, dt=1.0, backend="cpp")
    _, recording = simulator.run_for(simulator.initial_state(0), 400 * ms, record=[bnsim.Trace("cells", "v")])
    counts = np.rint(np.diff(recording.trace("cells", "v").values[0], axis=0) * 1e3).astype(int)
    n = counts.size
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / n))
    # The variance of a sample variance of Poisson counts is (mean + 2 mean^2) / n.
    assert counts.var() == pytest.approx(mean, abs=4 * np.sqrt((mean + 2 * mean**2) / n))
    most = int(counts.max()) + 1
    expected = stats.poisson.pmf(np.arange(most), mean) * n
    enough = expected > 10
    seen = np.bincount(counts.ravel(), minlength=most)[enough]
    assert stats.chisquare(seen, expected[enough] * seen.sum() / expected[enough].sum()).pvalue > 1e-3


def test_rates_may_depend_on_time() -> None:
    """Also where arrivals are discarded during a refractory period, which no cell reaches here."""
    still = bnsim.LIF(tau_m=1e9 * second, v_rest=0 * mV, v_reset=0 * mV, v_threshold=1e6 * mV, refractory=2 * ms)
    drives = [
        bnsim.PoissonDrive("1000*Hz*int(t > 49.5*ms)", 1 * mV),
        bnsim.PoissonDrive(bnsim.Binned(np.array([2000, 0, 0, 1000]) * Hz, 25 * ms), 1 * mV),
    ]
    for drive, rates in zip(drives, ([0, 0, 25, 25], [50, 0, 0, 25]), strict=True):
        simulator = driven(drive, size=400, model=still, dt=1.0)
        record = [bnsim.Trace("cells", "v", every=25 * ms)]
        state, before = simulator.run_for(simulator.initial_state(0), 100 * ms, record=record)
        v = np.append(before.trace("cells", "v").values[0], [state["cells.v"]], axis=0) * 1e3
        for seen, expected in zip(np.diff(v, axis=0).mean(axis=1), rates, strict=True):
            assert seen == pytest.approx(expected, abs=4 * np.sqrt(expected / 400) + 1e-6)  # mV, a leak of 1e9 s


class Shots(bnsim.Drive):
    """A current that jumps by 1 mV at every spike, and whose rate grows with the current itself."""

    equations = "x : {input_unit}"
    current = "x"
    at_start = "x = 0.5 * x + count * mV"
    mean_count = "0.5 + x / (10 * mV)"


@pytest.mark.parametrize("backend", ["numpy", "cpp"])
def test_a_drive_of_ones_own_may_count_spikes(backend: str) -> None:
    """Their mean is that of the beginning of the step, and may be anything that has no unit."""
    simulator = driven(Shots(), size=70, backend=backend)
    record = [bnsim.Trace("cells", "drive0_x")]
    _, recording = simulator.run_for(simulator.initial_state(3), 5 * ms, record=record)
    x, key = np.zeros(70), random_numbers.trial_keys(3, np.zeros(1, np.uint64))[0]
    for step, seen in enumerate(recording.trace("cells", "drive0_x").values[0]):
        np.testing.assert_allclose(seen * 1e3, x, rtol=1e-12, atol=1e-12)
        stream = random_numbers.stream("cells:drive0")
        x = 0.5 * x + random_numbers.poisson(0.5 + x / 10, *key, stream, step, np.arange(70))
    assert x.max() > 3


def test_poisson_spikes_arrive_by_any_synapse() -> None:
    """A conductance: its mean is rate x weight x tau in the steady state (Campbell)."""
    synapse = bnsim.ExponentialConductance(tau=5 * ms)
    model = bnsim.ConductanceLIF(v_threshold=1000 * mV)
    drive = bnsim.PoissonDrive(2000 * Hz, 1 * nS, synapse=synapse)
    simulator = driven(drive, size=500, model=model, dt=0.5)
    _, recording = simulator.run_for(simulator.initial_state(0), 60 * ms, record=[bnsim.Trace("cells", "drive0_g")])
    late = recording.trace("cells", "drive0_g").values[0, 80:] * 1e9
    decay = np.exp(-0.1)
    assert late.mean() == pytest.approx(1 / (1 - decay), rel=0.02)  # one arrival a step, at its end


@pytest.mark.parametrize("backend", ["numpy", "cpp"])
def test_random_drives_do_not_depend_on_cuts_or_back_ends(backend: str) -> None:
    model = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_reset=0 * mV, v_threshold=8 * mV, refractory=2 * ms)
    drives = [bnsim.WhiteNoise(3 * mV, tau=10 * ms), bnsim.PoissonDrive(1500 * Hz, 0.5 * mV)]
    simulator = driven(*drives, size=13, model=model, backend=backend)
    record = [bnsim.Spikes("cells")]
    whole_state, whole = simulator.run_for(simulator.initial_state(7), 200 * ms, record=record)
    state, counts = simulator.initial_state(7), 0
    for _ in range(4):
        state, part = simulator.run_for(state, 50 * ms, record=record)
        counts = counts + part.counts["cells"]
    for name in state:
        assert state[name].tobytes() == whole_state[name].tobytes(), name
    assert counts.tolist() == whole.counts["cells"].tolist()
    assert whole.counts["cells"].sum() > 50
    # The same spikes on the other back end; the two drives draw different numbers.
    assert whole.counts["cells"].tolist() == SPIKES.setdefault("counts", whole.counts["cells"].tolist())


SPIKES: dict[str, Any] = {}


CELLS = np.array([0.0, 3.0, -7.0])


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cpp", marks=pytest.mark.slow)])
def test_each_cell_has_its_own_current(backend: str) -> None:
    """The closed form of a membrane at rest under a constant current, whichever drive gives it."""
    still = bnsim.LIF(10 * ms, v_rest=0 * mV, v_reset=0 * mV, v_threshold=1e6 * mV)
    alike = [
        bnsim.Current(CELLS * mV),
        bnsim.Current("i*3*mV"),
        bnsim.StepCurrent(CELLS * mV, 0 * ms, 1 * second),
        bnsim.SineCurrent(0 * mV, 1 * Hz, CELLS * mV),
        bnsim.WhiteNoise(0 * mV, mean=CELLS * mV),
        bnsim.OrnsteinUhlenbeck(np.zeros(3) * mV, mean=CELLS * mV),
    ]
    populations = [bnsim.Population(f"p{k}", 3, still, drive=drive) for k, drive in enumerate(alike)]
    simulator = bnsim.Network(populations).compile(dt=0.5 * ms, backend=backend)
    state, _ = simulator.run_for(simulator.initial_state(0), 20 * ms)
    for k, drive in enumerate(alike):
        expected = ({1: np.arange(3) * 3.0}.get(k, CELLS)) * (1 - np.exp(-2))
        np.testing.assert_allclose(state[f"p{k}.v"] * 1e3, expected, rtol=1e-12, err_msg=repr(drive))


def test_each_cell_has_its_own_rate_and_weight_of_poisson_spikes() -> None:
    """Jumps on a membrane that keeps them: as many as the rate says, each as large as the weight."""
    still = bnsim.LIF(1e9 * second, v_rest=0 * mV, v_reset=0 * mV, v_threshold=1e6 * mV)
    rates, weights = np.repeat([0.0, 1000.0, 3000.0], 100), np.tile([1.0, 2.0], 150)
    simulator = driven(bnsim.PoissonDrive(rates * Hz, weights * mV), size=300, model=still, dt=1.0)
    state, _ = simulator.run_for(simulator.initial_state(0), 100 * ms)
    counts = (state["cells.v"] * 1e3 / weights).reshape(3, 100)
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-4)
    for found, mean in zip(counts, (0, 100, 300), strict=True):
        assert found.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 100) + 1e-6)


def test_values_of_drives_are_data_and_drawn_with_the_state() -> None:
    drives = [bnsim.WhiteNoise(np.ones(400) * mV), bnsim.WhiteNoise(bnsim.Uniform(1 * mV, 2 * mV))]
    one, other = (driven(drive, size=400, dt=1.0) for drive in drives)
    assert one._engine is other._engine
    sigma = other.initial_state(3)["cells.drive0_sigma"]
    assert stats.kstest(sigma, "uniform", args=(0.001, 0.001)).pvalue > 1e-3
    with pytest.raises(InputError, match=r"^WhiteNoise\.sigma: Normal gave cell \d+ the value -"):
        driven(bnsim.WhiteNoise(bnsim.Normal(1 * mV, 2 * mV)), size=400).initial_state(0)


def counting(mean: str, **attributes: Any) -> bnsim.Drive:
    return type("Counting", (bnsim.PoissonDrive,), {"mean_count": mean, **attributes})()


REFUSED: dict[str, tuple[Any, str]] = {
    "unit": (
        lambda: driven(bnsim.WhiteNoise(5 * nA)),
        "Population('cells').drive: WhiteNoise.sigma: 5 nA has the wrong unit, expected V; give 1 mV, say",
    ),
    "weight": (
        lambda: driven(bnsim.PoissonDrive(10 * Hz, 1 * nS)),
        "Population('cells').drive: PoissonDrive.weight: 1 nS has the wrong unit, expected V; give 1 mV, say",
    ),
    "rate": (
        lambda: bnsim.PoissonDrive(-1 * Hz),
        "PoissonDrive.rate: -1 Hz is negative; give a value at least 0",
    ),
    "an array": (
        lambda: bnsim.Current(np.zeros((3, 2)) * mV),
        "Current.amplitude: an array of shape (3, 2); give one value a cell, or bnsim.Binned(values, width)",
    ),
    "number of cells": (
        lambda: driven(bnsim.Current(np.zeros(3) * mV)),
        "Population('cells').drive: Current.amplitude: 3 values for 2 cells; give one for each; for values in time "
        "bins give bnsim.Binned(values, width)",
    ),
    "unit of each cell": (
        lambda: driven(bnsim.WhiteNoise(np.ones(2) * nA)),
        "Population('cells').drive: WhiteNoise.sigma: 1 nA has the wrong unit, expected V; give 1 mV, say",
    ),
    "range of each cell": (
        lambda: bnsim.WhiteNoise(np.array([1, -1]) * mV),
        "WhiteNoise.sigma: -1 mV is negative; give a value at least 0",
    ),
    "rate of each cell": (
        lambda: bnsim.PoissonDrive(np.array([1, -1]) * Hz),
        "PoissonDrive.rate: -1 Hz is negative; give a value at least 0",
    ),
    "weight of each cell": (
        lambda: driven(bnsim.PoissonDrive(10 * Hz, bnsim.Uniform(0 * nS, 1 * nS))),
        "Population('cells').drive: PoissonDrive.weight: 0.5 nS has the wrong unit, expected V; give 1 mV, say",
    ),
    "one time": (
        lambda: bnsim.StepCurrent(1 * mV, np.ones(2) * ms),
        "StepCurrent.start: the same for all cells; give a single value",
    ),
    "units": (
        lambda: driven(bnsim.Current(bnsim.Binned(np.zeros((4, 3)) * mV, 1 * ms))),
        "Population('cells').drive: Current.amplitude: values for 3 units of a population of 2; "
        "give one each, or one for all",
    ),
    "bins": (
        lambda: driven(bnsim.Current(bnsim.Binned(np.zeros(4) * mV, 0.7 * ms))),
        "Population('cells').drive: Current.amplitude: bins of 0.7 ms are no whole number of steps of 0.5 ms; "
        "give a multiple of dt",
    ),
    "order": (
        lambda: bnsim.StepCurrent(1 * mV, 5 * ms, 5 * ms),
        "StepCurrent.stop: not after start; give a later time",
    ),
    "no drive": (
        lambda: driven(3),  # type: ignore[arg-type]
        "Population('cells').drive: 3 is no Drive; give one, such as bnsim.WhiteNoise()",
    ),
    "encoder": (
        lambda: bnsim.Population("input", 2, bnsim.Poisson(), drive=bnsim.WhiteNoise()),
        "Population('input').drive: the model is an encoder, which nothing drives; leave drive out",
    ),
    "name": (
        lambda: driven(bnsim.Current("3*mV*sin(omega*t)")),
        "Population('cells').drive: Current.amplitude: unknown name 'omega' in '3*mV*sin(omega*t)'; write its value "
        "(t is the time, i the cell)",
    ),
    "unit of an expression": (
        lambda: driven(bnsim.PoissonDrive("2000")),
        "Population('cells').drive: PoissonDrive.rate: '2000' has no unit; give '2000 * Hz'",
    ),
    "other unit of an expression": (
        lambda: driven(bnsim.Current("20*pA")),
        "Population('cells').drive: Current.amplitude: '20*pA' has the unit A, expected V; correct its units",
    ),
    "units of an expression": (
        lambda: driven(bnsim.Current("20*pA + 1*mV")),
        "Population('cells').drive: Current.amplitude: '20*pA + 1*mV': adds '20 * pA' (the unit A) to "
        "'1 * mV' (the unit V); give both the same unit",
    ),
    "text": (
        lambda: driven(bnsim.Current("20*mV*")),
        "Population('cells').drive: Current.amplitude: '20*mV*' cannot be read (invalid syntax); write ",
    ),
    "random": (
        lambda: driven(bnsim.Current("randn()*mV")),
        "Population('cells').drive: Current.amplitude: 'randn' is random outside the run's key; give a drive of noise",
    ),
    "synapse": (
        lambda: bnsim.PoissonDrive(synapse=bnsim.Modulatory()),
        "PoissonDrive.synapse: Modulatory does more than make variables jump; project from a population of "
        "bnsim.Poisson instead",
    ),
    "unit of a mean": (
        lambda: driven(counting("n * rate")),
        "Population('cells').drive: Counting.mean_count: 'n * rate' has the unit Hz, and must have none; multiply a "
        "rate by dt, say",
    ),
    "name in a mean": (lambda: driven(counting("n * rte * dt")), "Counting.mean_count: unknown name 'rte' in 'n * rte"),
    "text of a mean": (lambda: counting("n *"), "Counting.mean_count cannot be read (invalid syntax); write an expr"),
    "random mean": (lambda: driven(counting("poisson(n)")), "Counting.mean_count: 'poisson' is random outside the run"),
    "two random numbers": (
        lambda: counting("n", random=True),
        "Counting.mean_count: there is one random number for each neuron and step; leave random out",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_drives_that_do_not_fit_are_refused(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(InputError) as raised:
        make()
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
