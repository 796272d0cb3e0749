"""What the one door to the engine refuses, each with a line that names the culprit and the remedy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from bnsim.engine.simulator import Simulator

from .networks import coins, driven, intensities, learner, three_factor


def refusal(simulator: Simulator, *arguments: Any, **keywords: Any) -> str:
    """The message with which a run is refused: one line."""
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run(*arguments, **keywords)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def continued(simulator: Simulator, state: bnsim.State, stimulus: Any, **keywords: Any) -> str:
    """The message with which a continuous run of 30 ms is refused."""
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run_for(state, 30 * ms, stimulus, **keywords)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.fixture(scope="module")
def tosser() -> Simulator:
    return coins().compile(trial=20 * ms, dt=1 * ms, backend="numpy")


@pytest.fixture(scope="module")
def reader() -> Simulator:
    return three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend="numpy")


STIMULI = {
    "shape": (
        np.zeros((2, 49)),
        "Poisson: the stimulus has shape (2, 49); give an array (trial, 50)",
    ),
    "one trial without its axis": (
        np.zeros(50),
        "Poisson: the stimulus has shape (50,); give an array (trial, 50)",
    ),
    "NaN": (
        np.full((1, 50), np.nan),
        "Poisson: the stimulus holds NaN or infinite values; replace them first",
    ),
    "range": (
        np.full((1, 50), 1.5),
        "Poisson: the stimulus leaves [0, 1]; scale it to intensities between 0 and 1",
    ),
    "text": ([["a"] * 50], "Poisson: the stimulus is not numeric; give an array (trial, 50)"),
    "name": (
        {"coin": np.zeros((1, 50))},
        "Simulator.run(stimulus): unknown 'coin'; did you mean 'coins'? choose from coins",
    ),
    "nothing": (None, "Simulator.run(stimulus): nothing for 'coins'; give a stimulus for each encoder"),
    "number": (3, "Simulator.run(stimulus): 'coins' is no sequence of trials; give one entry a trial"),
}


@pytest.mark.parametrize("case", STIMULI)
def test_stimuli(tosser: Simulator, case: str) -> None:
    stimulus, message = STIMULI[case]
    assert refusal(tosser, tosser.initial_state(0), stimulus) == message


def test_stimuli_of_several_encoders() -> None:
    network = bnsim.Network([bnsim.Population(name, 2, bnsim.Poisson()) for name in ("left", "right")])
    simulator = network.compile(trial=10 * ms, dt=1 * ms, backend="numpy")
    state = simulator.initial_state(0)
    assert refusal(simulator, state, np.zeros((1, 2))) == (
        "Simulator.run(stimulus): the network has 2 encoders (left, right); give a dictionary with a stimulus for each"
    )
    assert refusal(simulator, state, {"left": np.zeros((1, 2))}) == (
        "Simulator.run(stimulus): nothing for 'right'; give a stimulus for each encoder"
    )
    assert refusal(simulator, state, {"left": np.zeros((1, 2)), "right": np.zeros((3, 2))}) == (
        "Simulator.run(stimulus): different numbers of trials {'left': 1, 'right': 3}; give as many to each encoder"
    )


@pytest.mark.parametrize(
    ("trials", "message"),
    [
        ([0, 1], "2 numbers for 1 trials; give one for each"),
        (2, "2 numbers for 1 trials; give one for each"),
        ([-1], "not whole numbers of at least 0; give one number for each trial"),
        ([0.5], "not whole numbers of at least 0; give one number for each trial"),
        (-1, "-1 is too small; give an integer of at least 0"),
    ],
)
def test_trials(tosser: Simulator, trials: Any, message: str) -> None:
    said = refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), trials=trials)
    assert said.removeprefix("Simulator.run(trials): ") == message


def test_trials_without_a_stimulus() -> None:
    silent = bnsim.Network([bnsim.Population("cells", 2, bnsim.LIF())])
    simulator = silent.compile(trial=10 * ms, dt=1 * ms, backend="numpy")
    state = simulator.initial_state(0)
    assert refusal(simulator, state) == (
        "Simulator.run(trials): without a stimulus, say how many trials to run, such as trials=1"
    )
    _, recording = simulator.run(state, trials=3)
    assert recording.counts["cells"].tolist() == [[0, 0]] * 3


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (2**64, f"(key): {2**64} is no key; give a whole number from 0 to 2^64 - 1"),
        (-1, "(key): -1 is no key; give a whole number from 0 to 2^64 - 1"),
        (1.5, "(key): 1.5 is no key; give a whole number from 0 to 2^64 - 1"),
    ],
)
def test_keys(tosser: Simulator, key: Any, message: str) -> None:
    assert refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), key) == f"Simulator.run{message}"
    with pytest.raises(bnsim.InputError) as raised:
        tosser.initial_state(key)
    assert str(raised.value) == f"Simulator.initial_state{message}"
    with pytest.raises(bnsim.InputError) as raised:
        tosser.initial_state(0).with_key(key)
    assert str(raised.value) == f"State.with_key{message}"


def test_another_key_gives_other_random_numbers_in_the_same_network() -> None:
    simulator = coins().compile(dt=1 * ms, backend="numpy")
    start, halves = simulator.initial_state(1), np.full(50, 0.5)
    other = start.with_key(2)
    assert {name for name in start if not np.array_equal(start[name], other[name])} == {"key"}
    counts = [simulator.run_for(state, 50 * ms, halves)[1].counts["coins"] for state in (start, other)]
    assert (counts[0] != counts[1]).any()


RECORDS = [
    ("coins", ": 'coins' cannot be recorded; give bnsim.Spikes, bnsim.Trace or bnsim.Weights"),
    (bnsim.Spikes("coins", units=[50]), ": units of 'coins': no unit 50; there are units 0 to 49"),
    (bnsim.Trace("coins", "v"), ": population 'coins' has no variable 'v'; it has none"),
    (bnsim.Weights("coins_to_cells", every=1 * ms), ": unknown 'coins_to_cells'; there are none"),
]


def test_populations_to_record(tosser: Simulator) -> None:
    assert refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), record=[bnsim.Spikes("coin")]) == (
        "Simulator.run(record): unknown 'coin'; did you mean 'coins'? choose from coins"
    )
    assert refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), record="coins") == (
        "Simulator.run(record): 'coins' is no list; give a list, such as [bnsim.Spikes('cells')]"
    )
    for record, message in RECORDS:
        said = refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), record=[record])
        assert said == f"Simulator.run(record){message}"
    twice = [bnsim.Spikes("coins"), bnsim.Spikes("coins", units=[0])]
    assert refusal(tosser, tosser.initial_state(0), np.zeros((1, 50)), record=twice) == (
        "Simulator.run(record): Spikes(population='coins', units=(0,)) is given twice; leave one out"
    )


TRAIN = [([0.001], [0])]
SIGNALS = {
    "missing": ({}, "'readout.target' is missing; give an array (1, 2) or plastic=False"),
    "unknown": (
        {"readout.targets": np.zeros((1, 2))},
        "unknown 'readout.targets'; did you mean 'readout.target'? "
        "choose from readout.target, readout.learning_rate_factor",
    ),
    "shape": (
        {"readout.target": np.zeros(2)},
        "'readout.target' needs finite values of shape (1, 2), got (2,)",
    ),
    "NaN": (
        {"readout.target": np.full((1, 2), np.nan)},
        "'readout.target' needs finite values of shape (1, 2), got (1, 2)",
    ),
    "text": (
        {"readout.target": [["a", "b"]]},
        "'readout.target' is not numeric; give an array (1, 2)",
    ),
    "unit": (
        {"readout.target": np.zeros((1, 2)) * mV},
        "'readout.target' has a unit; give plain numbers, as its rule says",
    ),
}


def test_synapses_to_record(reader: Simulator) -> None:
    state, record = reader.initial_state(0), [bnsim.Weights("readout", every=1 * ms, synapses=[0, 6])]
    said = refusal(reader, state, TRAIN, plastic=False, record=record)
    assert said == "Simulator.run(record): synapses of 'readout': no synapse 6; there are synapses 0 to 5"
    with pytest.raises(bnsim.InputError, match=r"^Weights\.synapses: \[1, 1\]; give different whole numbers, such as"):
        bnsim.Weights("readout", every=1 * ms, synapses=[1, 1])


@pytest.mark.parametrize("case", SIGNALS)
def test_signals(reader: Simulator, case: str) -> None:
    signals, message = SIGNALS[case]
    said = refusal(reader, reader.initial_state(0), TRAIN, signals=signals)
    assert said.removeprefix("Simulator.run(signals): ") == message


SPIKES = {
    "unit": (([0.001], [3]), "names unit 3 of a population of 3; give units 0 to 2"),
    "late": (([0.01], [0]), "has spikes outside the presentation of 0 to 10 ms; cut or shift the trains"),
    "NaN": (([np.nan], [0]), "holds NaN or infinite times; remove them"),
    "length": (([0.001, 0.002], [0]), "has 2 times and 1 units; give one unit for each time"),
    "twice": (
        ([0.001, 0.0011], [0, 0]),
        "has two spikes of one unit in a step of 0.5 ms; choose a smaller dt",
    ),
}


@pytest.mark.parametrize("case", SPIKES)
def test_given_spikes(reader: Simulator, case: str) -> None:
    train, message = SPIKES[case]
    assert (
        refusal(reader, reader.initial_state(0), [([], []), train], plastic=False) == f"SpikeTrains: trial 1 {message}"
    )


def test_states_of_other_networks(reader: Simulator) -> None:
    state = reader.initial_state(0)
    name = "Simulator.run(state): "
    assert refusal(reader, dict(state), TRAIN, plastic=False) == (
        f"{name}not a State; give what initial_state or an earlier run returned"
    )
    said = refusal(reader, driven().compile(trial=5 * ms, backend="numpy").initial_state(0), TRAIN, plastic=False)
    assert (
        said == "State: no array 'readout.source'; it holds cells.v, cells.not_refractory, cells.lastspike, key, clock"
    )
    for array, value, message in (
        ("source", np.full(6, 7, np.int32), "readout.source leaves 0 to 2; correct the state"),
        ("target", np.full(6, -1, np.int32), "readout.target leaves 0 to 1; correct the state"),
        ("w", np.zeros(5), "readout.w has shape (5,), expected (6,); correct the state"),
        ("target", np.zeros(5, np.int32), "readout.target has shape (5,), expected (6,); correct the state"),
        ("w", np.full(6, np.nan), "readout.w holds NaN or infinite values; correct the state"),
        ("source", np.ones(6), "readout.source is of type float64, not whole numbers; correct the state"),
    ):
        damaged = bnsim.State({**state, f"readout.{array}": value})
        assert refusal(reader, damaged, TRAIN, plastic=False) == name + message


def test_states_whose_edges_are_whole_numbers_of_another_type(reader: Simulator) -> None:
    state = reader.initial_state(0)
    edges = {f"readout.{part}": state[f"readout.{part}"] for part in ("source", "target")}
    wide = bnsim.State({**state, **{name: array.astype(np.uint64) for name, array in edges.items()}})
    runs = [reader.run(start, TRAIN, plastic=False)[1].counts for start in (state, wide)]
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


def test_states_with_delays() -> None:
    simulator = learner("numpy")
    state = simulator.initial_state(1)
    late = state["input_to_cells.delay"] + 4e-3
    assert continued(simulator, state.replace({"input_to_cells.delay": late}), intensities(1)) == (
        "Simulator.run(state): input_to_cells.delay leaves the description's 0 to 4 ms; correct the state"
    )
    assert continued(simulator, state.replace({"input_to_cells.delay": -late}), intensities(1)) == (
        "Simulator.run(state): input_to_cells.delay leaves the description's 0 to 4 ms; correct the state"
    )
    short = bnsim.State({**state, "input_to_cells.delay": late[:3] * 0})
    assert continued(simulator, short, intensities(1)) == (
        "Simulator.run(state): input_to_cells.delay has shape (3,), expected (108,); correct the state"
    )
    for part, value, bounds in (("unit", 12, "0 to 11"), ("age", 99, "0 to 7")):
        arrays = {"unit": np.zeros(1, np.int32), "age": np.ones(1, np.int32), part: np.array([value], np.int32)}
        in_flight = {f"input_to_cells.in_flight_{name}": array for name, array in arrays.items()}
        assert continued(simulator, bnsim.State({**state, **in_flight}), intensities(1)) == (
            f"Simulator.run(state): input_to_cells.in_flight_{part} leaves {bounds}; correct the state"
        )


def test_a_state_is_not_changed_by_a_run(reader: Simulator) -> None:
    state = reader.initial_state(0)
    before = {name: array.copy() for name, array in state.items()}
    after, _ = reader.run(state, TRAIN, signals={"readout.target": np.zeros((1, 2))})
    assert not np.array_equal(after["readout.w"], state["readout.w"])
    for name, array in state.items():
        assert np.array_equal(array, before[name])
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_compile_refuses() -> None:
    def message(**options: Any) -> str:
        with pytest.raises(bnsim.InputError) as raised:
            driven().compile(**{"trial": 10 * ms, "dt": 0.5 * ms, "backend": "numpy", **options})
        assert "\n" not in str(raised.value)
        return str(raised.value)

    assert message(backend="gpu") == ("compile(backend): unknown 'gpu'; choose from auto, cpp, cython, numpy")
    assert message(trial=10.2 * ms) == (
        "compile(trial): 10.2 ms is no whole number of steps of 0.5 ms; give a multiple of dt"
    )
    assert message(trial=1e37 * ms) == (
        "compile(trial): 1e+34 s are 2e+37 steps of 0.5 ms, and a trial has 2,147,483,647 at most; "
        "give a shorter one, or compile without trials and use run_for"
    )
    assert message(trial=10) == "compile(trial): 10 has no unit; give 10 * ms"
    assert message(dt=0.1) == "compile(dt): 0.1 has no unit; give 0.1 * ms"
    assert message(dt=0 * ms) == "compile(dt): 0 s is too small; give a value above 0"
    assert message(presentation=11 * ms) == (
        "compile(presentation): 11 ms is longer than the trial of 10 ms; lengthen the trial or shorten the presentation"
    )


def test_a_trial_must_end_in_silence() -> None:
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.Poisson()), bnsim.Population("cells", 1, bnsim.LIF())],
        [bnsim.Projection("input", "cells", bnsim.Delta(), weights=1 * mV, delay=bnsim.Uniform(1 * ms, 4 * ms))],
    )
    default = network.compile(trial=10 * ms, dt=0.5 * ms, backend="numpy")
    assert (default.timing.steps, default.timing.presentation_steps) == (20, 12)
    with pytest.raises(bnsim.InputError) as raised:
        network.compile(trial=10 * ms, dt=0.5 * ms, presentation=7 * ms, backend="numpy")
    assert str(raised.value) == (
        "compile(presentation): 7 ms leaves less than the longest delay, 4 ms, of the trial; "
        "lengthen the trial or shorten the presentation"
    )
    with pytest.raises(bnsim.InputError) as raised:
        network.compile(trial=4 * ms, dt=0.5 * ms, backend="numpy")
    assert str(raised.value) == (
        "compile(trial): 4 ms leaves no time for the stimulus before a silence as long as the longest delay, 4 ms; "
        "give a longer trial"
    )


def test_a_profile_names_where_the_time_goes() -> None:
    simulator = learner("cpp")
    state = simulator.initial_state(1)
    seconds = simulator.profile(state, intensities(3), key=3)
    assert list(seconds.values()) == sorted(seconds.values(), reverse=True)
    assert min(seconds.values()) >= 0
    spent = {name for name, value in seconds.items() if value > 0}
    assert any(name.startswith("population_cells_stateupdater") for name in spent)
    assert any(name.startswith("projection_input_to_cells_pre") for name in spent)
    # What a run without recording leaves out takes no time.
    assert not any(name.startswith("spikes_") for name in spent)


def test_only_the_compiled_network_has_a_profile() -> None:
    simulator = learner("numpy")
    with pytest.raises(
        bnsim.InputError, match=r"^Simulator\.profile: not on the back end 'numpy'; compile with backend="
    ):
        simulator.profile(simulator.initial_state(1), intensities(1))
