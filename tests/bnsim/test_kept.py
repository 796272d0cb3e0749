"""States and recordings as things that are compared, printed, kept in files and handed to others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq

from bnsim import InputError, Recording, SampledTrace, SpikeTimes, State
from bnsim.growing import CONTENTS, GrowingArrays


def state(v: float = np.nan) -> State:
    none = np.zeros(0, np.int32)
    edges = {"source": none, "target": none, "w": np.zeros(0), "unit": np.array("V"), "shape": np.array([2, 2])}
    synapses = {f"E_to_E.{part}": array for part, array in edges.items()}
    return State({"E.v": np.array([v, 1.0]), **synapses, "clock": np.array([12000])})


def recording(v: float = np.nan, index: Any = np.int64, **changes: Any) -> Recording:
    """Two trials of 5 ms: unit 2 of "E" fires in each; its units 2 and 0 were recorded, those of "I" only counted."""
    spikes = SpikeTimes(np.array([0, 1]), np.array([2, 2], index), np.array([1e-3, 3e-3]), np.array([2, 0]))
    trace = SampledTrace(np.full((2, 5, 1), v), np.arange(5) * 1e-3, "V", np.array([2]))
    weights = SampledTrace(np.zeros((2, 1, 1)), np.zeros(1), "A", np.array([0]))
    counts = {"E": np.array([[0, 0, 1], [0, 0, 1]]), "I": np.full((2, 1200), 1)}
    found = Recording(
        5e-3, 1e-3, np.array([7, 9], np.uint64), counts, {"E": spikes}, {"E": {"v": trace}}, weights={"E_to_E": weights}
    )
    return replace(found, **changes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (state(), state(2.0)),
        (state(), State({**state(), "E.u": np.zeros(2)})),
        (state(), state().replace({"clock": np.array([1])})),
        (State({"a.v": np.zeros(2)}), State({"a.v": np.zeros(2, int)})),
        (State({"a.v": np.zeros(2)}), State({"a.v": np.zeros((1, 2))})),
        (recording(), recording(2.0)),
        (recording(), recording(start=1e-3, spikes={})),
        (recording().spikes["E"], replace(recording().spikes["E"], units=np.array([2, 1]))),
        (recording().traces["E"]["v"], replace(recording().traces["E"]["v"], unit="A")),
    ],
)
def test_equal_is_what_holds_the_same(one: Any, other: Any) -> None:
    assert one == one
    assert one != other
    assert one != "other"
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_nan_is_equal_and_the_number_of_bytes_is_not_compared() -> None:
    """A run that is written to a folder has shorter indices than one in memory."""
    assert state() == state()
    assert recording() == recording(index=np.int32)


def test_in_one_line() -> None:
    assert repr(state()) == (
        "<State: clock 12,000, E.v (2,), E_to_E.source (0,), E_to_E.target (0,), E_to_E.w (0,), E_to_E.unit (), "
        "E_to_E.shape (2,)>"
    )
    assert repr(State({})) == "<State: no array>"
    found = recording()
    assert repr(found) == (
        "<Recording of 0.005 s, 2 trials: E 3 (2 spikes of 2 units), I 1,200 (2,400 spikes, only counted), "
        "trace E.v of 1 unit, weights E_to_E at 1 times>"
    )
    assert repr(found.window(1e-3, 2e-3)) == (
        "<Recording of 0.001 s from 0.001 s, 2 trials: E 3 (1 spikes of 2 units), I 1,200, trace E.v of 1 unit, "
        "weights E_to_E at 0 times>"
    )
    assert repr(found.spikes["E"]) == "<SpikeTimes: 2 spikes of 2 units>"
    assert repr(found.traces["E"]["v"]) == "<SampledTrace in V: 2 trials, 5 samples, 1 units>"


def test_a_file_says_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "kept.npz"
    recording().save(path)
    assert Recording.load(path) == recording()
    with pytest.raises(InputError) as caught:
        State.load(path)
    assert str(caught.value) == f"State.load: {path} holds a Recording; use Recording.load"
    state().save(path)
    assert State.load(path) == state()
    with pytest.raises(InputError) as caught:
        Recording.load(path)
    assert str(caught.value) == f"Recording.load: {path} holds a State; use State.load"


def test_older_files_do_not_say_it(tmp_path: Path) -> None:
    """They are read where their arrays are those of the class."""
    path = tmp_path / "old.npz"
    np.savez(path, **recording().arrays())
    assert Recording.load(path) == recording()
    with pytest.raises(InputError, match=r"^State\.load: cannot read .* \(no state has an array 'start'\); give"):
        State.load(path)
    np.savez(path, **state())
    assert State.load(path) == state()
    with pytest.raises(InputError, match=r"^Recording\.load: cannot read .* \(array 'start' is missing\); give a file"):
        Recording.load(path)


def test_a_folder_of_other_arrays_is_neither(tmp_path: Path) -> None:
    writer = GrowingArrays(tmp_path)
    writer.append("x", np.zeros(2))
    writer.commit({}, {})
    assert (tmp_path / CONTENTS).exists()
    for kind in (State, Recording):
        with pytest.raises(InputError, match=rf"^{kind.__name__}\.load: cannot read "):
            kind.load(tmp_path)


def test_what_is_missing_may_be_a_file_or_a_folder(tmp_path: Path) -> None:
    for kind in (State, Recording):
        name = kind.__name__
        with pytest.raises(InputError) as caught:
            kind.load(tmp_path / "nothere")
        assert str(caught.value).endswith(
            f"; give a file written by {name}.save or the folder that a run was told to write to"
        )


def test_neo_knows_the_time_step_and_what_is_what() -> None:
    block = recording().to_neo()
    assert [segment.annotations for segment in block.segments] == [{"dt": 1e-3, "trial": 7}, {"dt": 1e-3, "trial": 9}]
    (signal,), trains = block.segments[1].analogsignals, block.segments[1].spiketrains
    assert signal.annotations == {"population": "E", "variable": "v"}
    assert [train.annotations for train in trains] == [{"population": "E", "unit": unit} for unit in (2, 0)]
    assert [float(train.sampling_rate.rescale("kHz")) for train in trains] == [1.0, 1.0]


def test_a_sample_of_spike_trains_for_elephant() -> None:
    from elephant.statistics import mean_firing_rate

    found = recording()
    assert [train.annotations["unit"] for train in found.spike_trains("E", trial=1)] == [2, 0]
    (train,) = found.spike_trains(units=2)  # the spikes of only one population were recorded
    assert train.rescale(pq.ms).magnitude.tolist() == [1.0]
    assert float(mean_firing_rate(train).rescale("Hz")) == pytest.approx(200)
    many = replace(found, spikes={"I": replace(found.spikes["E"], units=np.arange(1200))})
    chosen = [train.annotations["unit"] for train in many.spike_trains("I", sample=100)]
    assert len(set(chosen)) == 100
    assert chosen == sorted(chosen)
    assert chosen == [train.annotations["unit"] for train in many.spike_trains("I", sample=100, trial=1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": [1]}, "(units): the spikes of unit 1 were not recorded; those of 2, 0 were"),
        ({"sample": 0}, "(sample): 0 is no number of units; give a whole number of at least 1"),
        ({"trial": 2}, "(trial): no trial 2; there are trials 0 to 1"),
        ({"population": "X"}, "(population): unknown population 'X'; the recording holds 'E', 'I'"),
    ],
)
def test_spike_trains_that_there_are_not(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        recording().spike_trains(**options)
    assert str(caught.value) == f"Recording.spike_trains{message}"
