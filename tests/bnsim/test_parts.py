"""Long arrays part by part: the same results as from whole arrays, and files that any reader of NumPy's takes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bnsim
from bnsim import archive, measures, parts, plotting
from bnsim.parts import in_parts, let_go

N_TRIALS, N_UNITS, N_STEPS, DT = 3, 7, 200, 1e-3


@pytest.fixture(scope="module")
def recording() -> bnsim.Recording:
    """Spikes at random of all units but one, in three trials."""
    fired = np.random.default_rng(1).random((N_TRIALS, N_STEPS, N_UNITS)) < 0.05
    fired[:, :, 4] = False
    trial, step, unit = np.nonzero(fired)
    units = np.array([6, 0, 1, 2, 3, 4, 5])
    spikes = bnsim.SpikeTimes(trial, unit.astype(np.int32), step * DT, units)
    return bnsim.Recording(N_STEPS * DT, DT, np.arange(N_TRIALS), {"cells": fired.sum(axis=1)}, {"cells": spikes})


def test_without_trials_there_are_no_bins() -> None:
    none = np.zeros(0, np.int64)
    empty = bnsim.Recording(
        0.2, DT, none, {"cells": np.zeros((0, 7), np.int64)}, {"cells": bnsim.SpikeTimes(none, none, none * DT)}
    )
    assert empty.binned("cells", 0.03).shape == (0, 7, 7)


def psth_of(recording: bnsim.Recording) -> Any:
    return plotting.psth(recording, units=[0, 5], bin_width=0.03).patches[0].get_data()


def rates_of(recording: bnsim.Recording) -> Any:
    return plotting.population_rate(recording, bin_width=0.03).patches[0].get_data()


ASKED: dict[str, Callable[[bnsim.Recording], Any]] = {
    "binned": lambda recording: recording.binned("cells", 0.03),
    "counts of a window": lambda recording: recording.window(0.02, 0.15).counts["cells"],
    "first spikes": measures.first_spike_latency,
    "intervals": measures.interspike_intervals,
    "variation": measures.coefficient_of_variation,
    "psth": psth_of,
    "rates of a population": rates_of,
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_in_small_parts_the_result_is_the_same_to_the_last_bit(
    recording: bnsim.Recording, ask: Callable[[bnsim.Recording], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ask(recording)
    monkeypatch.setattr(parts, "AT_ONCE", 5)
    for one, other in zip(whole, ask(recording), strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.asarray(one).dtype == np.asarray(other).dtype


def test_the_result_is_what_a_plain_count_gives(recording: bnsim.Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "AT_ONCE", 5)
    spikes = recording.spikes["cells"]
    binned, latency = recording.binned("cells", 0.03), measures.first_spike_latency(recording)
    assert (recording.window(0.0, 0.2).counts["cells"] == recording.counts["cells"]).all()
    intervals = measures.interspike_intervals(recording)
    for place, unit in enumerate(spikes.units):
        trains = [np.sort(spikes.time[(spikes.trial == trial) & (spikes.unit == unit)]) for trial in range(N_TRIALS)]
        assert binned[:, :, place].sum(axis=1).tolist() == [len(train) for train in trains]
        first = [train[0] if len(train) else np.nan for train in trains]
        np.testing.assert_array_equal(latency[:, place], first)
        np.testing.assert_array_equal(intervals[place], np.concatenate([np.diff(train) for train in trains]))


def test_parts_overlap_where_neighbours_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "AT_ONCE", 2)
    array = np.arange(5)
    assert [part.tolist() for (part,) in in_parts(array)] == [[0, 1], [2, 3], [4]]
    assert [part.tolist() for (part,) in in_parts(array, further=1)] == [[0, 1, 2], [2, 3, 4], [4]]
    assert list(in_parts(array[:0])) == []


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_a_mapped_array_that_was_let_go_holds_what_it_held(mode: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.arange(10_000))
    mapped = np.load(tmp_path / "array.npy", mmap_mode=mode)
    if mode != "r":
        mapped[5] = -1  # what is written to a private copy is nowhere else
    let_go(mapped[3:8])
    assert mapped[3:8].tolist() == [3, 4, 5 if mode == "r" else -1, 6, 7]


def test_a_file_is_read_by_numpy_alone_and_random_numbers_are_not_compressed(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    arrays = {
        "steps": np.arange(40_000).reshape(4, -1).T,  # in Fortran's order
        "one/number": np.array(2.5),
        "text": np.array(["mV", "µA"]),
        "nothing": np.zeros((0, 3), np.int32),
        "same": np.broadcast_to(np.int64(7), 30_000),
        "weights": draw.random(30_000),
    }
    archive.write("State", tmp_path / "kept.npz", arrays)
    with np.load(tmp_path / "kept.npz") as found:
        assert found.files == ["bnsim", *arrays]
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
    assert archive.equal(archive.read("State", tmp_path / "kept.npz"), arrays)
    with zipfile.ZipFile(tmp_path / "kept.npz") as file:
        kinds = {info.filename: info.compress_type for info in file.infolist()}
    assert kinds["weights.npy"] == zipfile.ZIP_STORED
    assert kinds["steps.npy"] == kinds["same.npy"] == zipfile.ZIP_DEFLATED


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        archive.write("State", tmp_path / f"{name}.npz", {"weights": np.arange(50.0)})
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_objects_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="things: an array of objects cannot be read again"):
        archive.write("State", tmp_path / "kept.npz", {"things": np.array([{}])})
    assert not list(tmp_path.iterdir())
