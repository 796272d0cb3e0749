"""The synfire chain: the paper's synapse and background, and the packets that enter it."""

from __future__ import annotations

import numpy as np
import pytest

import bnsim
from experiments.studies.pulse_packets.synfire_chain import (
    BACKGROUND_MEAN,
    BACKGROUND_VARIANCE,
    BACKGROUND_WEIGHT,
    DT,
    GROUP,
    REST,
    TAU_M,
    TAU_PSP,
    WARM_UP,
    WEIGHT,
    SynfireChain,
    background_probabilities,
    pulse,
)

DURATION = 70.0
"""As long as the trials of the study's tests, which share the compiled network."""


def test_one_spike_moves_the_membrane_as_an_alpha_current_does() -> None:
    quiet = SynfireChain(DURATION, noisy=False)
    trace = quiet.respond([(np.array([0.010]), np.array([3]))], 0, bnsim.Trace("group", "v")).trace("group", "v")
    potential = 1e3 * trace.values[0, :, 0] - REST
    # The membrane is a third low pass behind the two of the synapse: with b = 1/tau_psp - 1/tau_m, the solution of
    # tau_m dv/dt = -v + w (t / tau_psp) exp(-t / tau_psp) is w / (tau_m tau_psp b²) times the bracket below.
    b = 1 / TAU_PSP - 1 / TAU_M
    t = DT * np.arange(200)
    shape = np.exp(-t / TAU_M) - np.exp(-t / TAU_PSP) * (1 + b * t)
    expected = WEIGHT / (TAU_M * TAU_PSP * b**2) * shape
    # Spikes act at the end of their step. Runge-Kutta steps of dt / tau_psp = 0.31 are off by about 0.31**5 / 120.
    np.testing.assert_allclose(potential[101:301], expected, atol=1e-3 * expected.max())
    assert expected.max() == pytest.approx(0.14, abs=0.005)  # mV, as in the paper


def test_the_background_has_the_mean_and_variance_of_the_paper() -> None:
    p, q = background_probabilities()
    assert 0 < q < p < 1
    assert BACKGROUND_WEIGHT * (p - q) / DT == pytest.approx(BACKGROUND_MEAN)
    assert BACKGROUND_WEIGHT**2 * (p * (1 - p) + q * (1 - q)) / DT == pytest.approx(BACKGROUND_VARIANCE)


def test_neurons_fire_about_twice_a_second_by_themselves() -> None:
    recording = SynfireChain(DURATION).respond([(np.zeros(0), np.zeros(0, int))] * 40, 1, bnsim.Trace("group", "v"))
    late = recording.trace("group", "v").values[:, 400:] * 1e3
    # -70 mV + 25.27 mV/ms x 0.325 ms; the spikes' resets draw it down by less than 0.3 mV.
    assert late.mean() == pytest.approx(REST + BACKGROUND_MEAN * TAU_PSP, abs=0.4)
    times = recording.spike_times("group").time
    rate = np.sum(times >= 0.04) / (40 * GROUP * 0.03)
    assert 1 < rate < 3.5  # Hz: 2 in the paper; about 240 spikes are counted


def test_packets() -> None:
    generator = np.random.default_rng(0)
    times, units = pulse(60, 0.0, generator)
    assert times.tolist() == [WARM_UP / 1e3] * 60
    assert len(set(units.tolist())) == 60
    drawn = np.concatenate([pulse(100, 2.0, generator)[0] for _ in range(50)])
    assert drawn.std() == pytest.approx(2e-3, rel=0.05)  # 5000 spikes: a standard error of 1 %
    assert drawn.mean() == pytest.approx(WARM_UP / 1e3, abs=1e-4)


def test_groups_have_backgrounds_of_their_own_and_repeat_exactly() -> None:
    chain = SynfireChain(DURATION)
    train = pulse(100, 0.0, np.random.default_rng(0))
    first, second = chain.send([train], 2, seed=3)
    again, _ = chain.send([train], 2, seed=3)
    np.testing.assert_array_equal(first[0][0], again[0][0])
    before = [set(zip(*train, strict=True)) for train in (first[0], second[0])]
    assert before[0] != before[1]
