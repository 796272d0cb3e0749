"""Encoders: exact spikes where they are given, binomial statistics where they are drawn, the same on every back end."""

from __future__ import annotations

from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq
from brian2.units import Hz, ms, mV, nA, pA

import bnsim
from bnsim import LIF, ConstantCurrent, Encoder, InputError, Latency, Poisson, Recording, SpikeTrains
from bnsim.engine import stimuli
from bnsim.engine.compiler import find_compiler
from bnsim.timing import Timing
from tests.networks import given


def emit(
    encoder: Encoder, stimulus: Any, size: int, *, trial: Any = 50 * ms, dt: Any = 0.1 * ms, key: int = 0
) -> Recording:
    """Spikes of a population `input` that is nothing but the encoder."""
    simulator = bnsim.Network([bnsim.Population("input", size, encoder)]).compile(trial, dt, backend="numpy")
    return simulator.run(simulator.initial_state(0), stimulus, key, record=[bnsim.Spikes("input")])[1]


def trains(recording: Recording, trial: int = 0) -> list[list[float]]:
    """Spike times (ms, rounded to a hundredth of a step) of each unit."""
    found = recording.spike_times("input").trains(trial)
    return [np.round(train * 1000, 3).tolist() for train in found]


def refusal(encoder: Encoder, stimulus: Any, size: int = 2, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        emit(encoder, stimulus, size, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_poisson_counts_are_binomial() -> None:
    """Bounds of five standard errors of mean and variance, of 8000 independent binomial counts."""
    steps, rate, intensity = 100, 120.0, np.array([0.25, 1.0])
    stimulus = np.tile(np.repeat(intensity, 200), (40, 1))
    counts = emit(Poisson(rate * Hz), stimulus, 400, trial=steps * ms, dt=1 * ms).counts["input"]
    for value, found in zip(intensity, np.split(counts, 2, axis=1), strict=True):
        p = rate * value * 1e-3
        variance = steps * p * (1 - p)
        fourth = variance * (1 + 3 * (steps - 2) * p * (1 - p))
        assert abs(found.mean() - steps * p) < 5 * np.sqrt(variance / found.size)
        assert abs(found.var() - variance) < 5 * np.sqrt((fourth - variance**2) / found.size)


def test_poisson_bounds_are_exact() -> None:
    counts = emit(Poisson(1000 * Hz), [[0.0, 1.0]], 2, trial=50 * ms, dt=1 * ms).counts["input"]
    assert counts.tolist() == [[0, 50]]


def test_poisson_depends_on_the_key_and_the_trial_and_the_unit() -> None:
    stimulus = np.full((2, 2), 0.5)
    first, second = (emit(Poisson(200 * Hz), stimulus, 2, key=key) for key in (1, 2))
    seen = [tuple(train) for recording in (first, second) for trial in (0, 1) for train in trains(recording, trial)]
    assert len(set(seen)) == 8
    assert trains(emit(Poisson(200 * Hz), stimulus, 2, key=1)) == trains(first)


def test_poisson_errors() -> None:
    assert refusal(Poisson(), [[0.5, 1.01]]).startswith("Poisson: the stimulus leaves [0, 1]; scale it")
    assert refusal(Poisson(), [[-0.1, 0]]).startswith("Poisson: the stimulus leaves [0, 1]; scale it")
    assert refusal(Poisson(20000 * Hz), [[0, 0]]) == (
        "Poisson.max_rate: 20 kHz is more than one spike a step of 0.1 ms; lower max_rate or dt"
    )
    assert (
        refusal(Poisson(), [[0.1, np.nan]]) == "Poisson: the stimulus holds NaN or infinite values; replace them first"
    )
    assert refusal(Poisson(), [[0.1, 0.2, 0.3]]) == ("Poisson: the stimulus has shape (1, 3); give an array (trial, 2)")
    assert refusal(Poisson(), [["a", "b"]]) == "Poisson: the stimulus is not numeric; give an array (trial, 2)"
    assert refusal(Poisson(), 0.5) == (
        "Simulator.run(stimulus): 'input' is no sequence of trials; give one entry a trial"
    )


def test_latency_spikes_once_the_earlier_the_stronger() -> None:
    found = trains(emit(Latency(20 * ms), [[0.0, 0.25, 0.5, 0.9996, 1.0]], 5))
    assert found == [[], [15.0], [10.0], [0.0], [0.0]]
    assert trains(emit(Latency(20 * ms), [[1e-9, 0.9994]], 2)) == [[20.0], [0.0]]
    assert trains(emit(Latency(20 * ms), [[1e-9, 0.9974]], 2)) == [[20.0], [0.1]]


def test_latency_errors() -> None:
    assert refusal(Latency(50 * ms), [[0, 0]]) == (
        "Latency.latest: 50 ms is not within the presentation of 50 ms; shorten latest or lengthen the trial"
    )
    assert refusal(Latency(), [[2, 0]]).startswith("Latency: the stimulus leaves [0, 1]")


SPIKES = ((0.0, 1), (3.2, 0), (7.7, 2), (49.9, 1))
EXPECTED = [[3.2], [0.0, 49.9], [7.7]]


def neo_trains() -> list[neo.SpikeTrain]:
    return [neo.SpikeTrain(np.array(times), units=pq.ms, t_stop=50 * pq.ms) for times in EXPECTED]


def neo_segment() -> neo.Segment:
    segment = neo.Segment()
    segment.spiketrains.extend(neo_trains())
    return segment


@pytest.mark.parametrize(
    "trial",
    [
        given(*SPIKES),
        ([0.0032, 0.0, 0.0499, 0.0077], [0, 1, 1, 2]),
        (np.array([3.2, 0.0, 49.9, 7.7]) * ms, np.array([0, 1, 1, 2])),
        neo_trains(),
        neo_segment(),
    ],
    ids=["sorted", "lists", "brian2", "neo-trains", "neo-segment"],
)
def test_given_spikes_are_replayed(trial: Any) -> None:
    assert trains(emit(SpikeTrains(), [trial], 3)) == EXPECTED


def test_given_trials_do_not_mix() -> None:
    recording = emit(SpikeTrains(), [given((1, 0)), given(), given((2, 1), (3, 1))], 2)
    assert [trains(recording, trial) for trial in range(3)] == [[[1.0], []], [[], []], [[], [2.0, 3.0]]]
    assert recording.counts["input"].tolist() == [[1, 0], [0, 0], [0, 2]]


def test_a_tuple_of_two_neo_trains_is_two_units() -> None:
    assert trains(emit(SpikeTrains(), [tuple(neo_trains()[:2])], 2)) == EXPECTED[:2]


def test_a_recording_can_be_replayed() -> None:
    original = emit(Poisson(200 * Hz), np.full((2, 3), 0.5), 3)
    replayed = emit(SpikeTrains(), [original.spike_times("input").trains(trial) for trial in range(2)], 3)
    assert [trains(replayed, trial) for trial in range(2)] == [trains(original, trial) for trial in range(2)]


def test_a_recording_can_be_replayed_through_neo() -> None:
    original = emit(Poisson(200 * Hz), np.full((2, 3), 0.5), 3)
    replayed = emit(SpikeTrains(), original.to_neo().segments, 3)
    assert [trains(replayed, trial) for trial in range(2)] == [trains(original, trial) for trial in range(2)]


@pytest.mark.parametrize(
    ("trial", "message"),
    [
        (([0.001], [0, 1]), "has 1 times and 2 units; give one unit for each time"),
        (([0.05], [0]), "has spikes outside the presentation of 0 to 50 ms; cut or shift the trains"),
        (([-0.001], [0]), "has spikes outside the presentation of 0 to 50 ms; cut or shift the trains"),
        (([np.nan], [0]), "holds NaN or infinite times; remove them"),
        (([0.001], [2]), "names unit 2 of a population of 2; give units 0 to 1"),
        (([0.001, 0.001], [-1, 1]), "names unit -1 of a population of 2; give units 0 to 1"),
        (([0.001], [0.5]), "has units that are not whole numbers; give the index of the unit of each spike"),
        (([0.001, 0.00102], [1, 1]), "has two spikes of one unit in a step of 0.1 ms; choose a smaller dt"),
        ((np.array([1.0]) * mV, [0]), "has times in V; give seconds or a unit of time"),
        ((["soon"], [0]), "has times or units that are not numbers; give two arrays of numbers"),
        (
            [[0.001], [0], []],
            "is a list of 3 for 2 units; give a spike train for each unit, or a tuple (times, units)",
        ),
        ([[0.001], 0.002], "unit 1: 0.002 is no row of spike times; give a one-dimensional array"),
        (0.001, "is no pair (times, units), list of spike trains or neo.Segment; give one"),
        (neo_trains(), "names unit 2 of a population of 2; give units 0 to 1"),
    ],
)
def test_spike_trains_errors(trial: Any, message: str) -> None:
    assert refusal(SpikeTrains(), [given((1, 0)), trial]) == f"SpikeTrains: trial 1 {message}"


def test_spike_trains_of_a_single_segment_are_no_sequence_of_trials() -> None:
    assert "is no sequence of trials" in refusal(SpikeTrains(), neo_segment(), 3)


def test_constant_current_errors() -> None:
    with pytest.raises(InputError, match=r"ConstantCurrent\.gain: 1 nA has the wrong unit, expected V"):
        bnsim.Population("cells", 1, LIF(), encoder=ConstantCurrent(1 * nA))
    network = bnsim.Network([bnsim.Population("cells", 2, LIF(), encoder=ConstantCurrent())])
    simulator = network.compile(1 * ms, backend="numpy")
    with pytest.raises(
        InputError, match=r"^ConstantCurrent: the stimulus has shape \(2,\); give an array \(trial, 2\)"
    ):
        simulator.run(simulator.initial_state(0), np.zeros(2))


AMPERES = np.array([800.0, 0.0, -3.0])


@pytest.mark.parametrize(
    "stimulus", [AMPERES, AMPERES * pA, list(AMPERES * pA), [AMPERES * pA], 1e-3 * AMPERES * nA], ids=str
)
def test_a_stimulus_may_have_the_unit_of_what_multiplies_it(stimulus: Any) -> None:
    cells = bnsim.Population("cells", 3, bnsim.ConductanceLIF(), encoder=ConstantCurrent(1 * pA))
    simulator = bnsim.Network([cells]).compile(dt=1 * ms, backend="numpy")
    drives = stimuli.segments(simulator.program, {"cells": stimulus}, 10)[1]
    np.testing.assert_allclose(drives["cells"], [AMPERES * 1e-12], rtol=1e-15)


def test_rates_are_divided_by_the_largest() -> None:
    timing = Timing(1e-3, 10, 10)
    for rates in (np.array([[0.0, 10.0, 40.0]]) * Hz, [[0 * Hz, 10 * Hz, 40 * Hz]]):
        np.testing.assert_allclose(Poisson(40 * Hz).drive(rates, 3, timing), [[0, 0.01, 0.04]], rtol=1e-15)


@pytest.mark.parametrize(
    ("encoder", "stimulus", "message"),
    [
        (Poisson(40 * Hz), [[1, 41]] * Hz, "Poisson: the stimulus leaves [0, 1]; scale it to intensities between 0 "),
        (
            Poisson(40 * Hz),
            [[1 * mV, 2 * mV]],
            "Poisson: the stimulus has the unit V, and max_rate is 40 Hz; give numbers that max_rate multiplies, or "
            "values in Hz",
        ),
        (Latency(), [[1, 0.5]] * ms, "Latency: the stimulus has the unit s; give numbers"),
        (
            Poisson(),
            [[1 * Hz, 2]],
            "stimulus: its values have different units; give one unit to all of them, or none",
        ),
        (
            Poisson(),
            pq.Quantity([[1, 2]], "Hz"),
            "Poisson: the stimulus has a unit that is not Brian2's; give numbers, or brian2 quantities",
        ),
        (Poisson(), [[0.1], [0.1, 0.2]], "Poisson: the stimulus is not numeric; give an array (trial, 2)"),
    ],
)
def test_a_stimulus_with_another_unit_is_refused(encoder: Encoder, stimulus: Any, message: str) -> None:
    assert refusal(encoder, stimulus).startswith(message)


def test_the_scale_of_an_encoder_is_one_of_its_parameters() -> None:
    with pytest.raises(InputError) as caught:
        type("Mine", (Poisson,), {"scale": "rate"})()
    assert str(caught.value) == "Mine.scale: unknown 'rate'; did you mean 'max_rate'? choose from max_rate"


@pytest.mark.skipif(find_compiler() is None, reason="needs a C++ compiler")
@pytest.mark.slow
def test_every_encoder_gives_the_same_on_numpy_and_cpp() -> None:
    network = bnsim.Network(
        [
            bnsim.Population("rate", 20, Poisson(300 * Hz)),
            bnsim.Population("first", 10, Latency(10 * ms)),
            bnsim.Population("given", 3, SpikeTrains()),
            bnsim.Population("cells", 4, LIF(), encoder=ConstantCurrent(30 * mV)),
        ]
    )
    generator = np.random.default_rng(0)
    stimulus = {
        "rate": generator.random((3, 20)),
        "first": generator.random((3, 10)),
        "given": [given(*((time - 25, unit) for time, unit in SPIKES if time > 25)), given((4, 2)), given()],
        "cells": generator.random((3, 4)),
    }
    names = list(stimulus)
    recordings = []
    for backend in ("numpy", "cpp"):
        simulator = network.compile(30 * ms, 0.1 * ms, presentation=25 * ms, backend=backend)
        state = simulator.initial_state(0)
        recordings.append(
            simulator.run(state, stimulus, 5, trials=[4, 0, 9], record=[bnsim.Spikes(name) for name in names])[1]
        )
    for name in names:
        one, other = (recording.spike_times(name) for recording in recordings)
        assert len(one) > 0
        for part in ("trial", "unit", "time"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
        if name != "cells":
            assert one.time.max() < 0.025  # the stimulus ends with the presentation
