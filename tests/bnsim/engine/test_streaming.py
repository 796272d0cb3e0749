"""Runs that are written to a folder piece by piece: the same to the last bit, whole after any interruption."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, second

import bnsim
from bnsim.engine import continuous
from bnsim.engine import simulator as engine
from bnsim.engine.job import Job, Limit
from bnsim.engine.simulator import Simulator
from bnsim.growing import GrowingArrays

from .networks import coins, intensities, learner
from .test_continuous import DELAYS, delayed

RECORD = [
    bnsim.Spikes("input"),
    bnsim.Spikes("cells", units=[1, 3]),
    bnsim.Trace("cells", "v", units=[3], every=7 * ms),
    bnsim.Weights("input_to_cells", every=20 * ms),
]


def pieces(folder: Path) -> int:
    """How many pieces a folder holds, besides the one of no step with which it begins."""
    return len(np.load(folder / "counts" / "cells.npy")) - 1


def assert_equal(one: bnsim.Recording, other: bnsim.Recording) -> None:
    """To the last bit, whatever the number of bytes of a unit's index."""
    assert (one.start, one.duration, one.dt) == (other.start, other.duration, other.dt)
    arrays, others = one.arrays(), other.arrays()
    assert list(arrays) == list(others)
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], others[name], err_msg=name)
        if arrays[name].dtype.kind == "f":
            assert arrays[name].tobytes() == others[name].tobytes(), name


def assert_same(one: bnsim.State, other: bnsim.State) -> None:
    assert set(one) == set(other)
    for name in one:
        assert one[name].tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_what_is_written_is_what_is_recorded(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces of some 20 steps that end within the parts of the stimulus; ten runs into one folder are one run."""
    simulator, drive = learner(backend), intensities(4)
    start = simulator.initial_state(1)
    whole_state, whole = simulator.run_for(start, 100 * ms, drive, record=RECORD)
    assert len(whole.spike_times("cells")) > 5

    monkeypatch.setattr(engine, "PIECE_BYTES", 500)
    state, once = simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path / "once")
    assert 10 < pieces(tmp_path / "once") < 100
    assert_equal(once, whole)
    assert_same(state, whole_state)
    assert isinstance(once.spike_times("input").time, np.memmap)

    state, parts = start, []
    for k in range(4):
        parts.append(simulator.run_for(state, 25 * ms, drive[k], record=RECORD)[1])
        state, found = simulator.run_for(state, 25 * ms, drive[k], record=RECORD, to=tmp_path / "four")
    assert_equal(found, whole)
    assert_same(state, whole_state)
    assert_same(bnsim.State.load(tmp_path / "four"), whole_state)
    assert_equal(bnsim.Recording.joined(parts), whole)


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_given_spikes_are_replayed_in_the_rest_of_a_part(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece ends after each step in which a spike is recorded."""
    monkeypatch.setattr(engine, "PIECE_BYTES", 1)
    simulator = delayed(DELAYS["each"]).compile(dt=1 * ms, backend=backend)
    times, units = np.array([0, 2, 2, 9, 9, 15]) * 1e-3, np.array([1, 0, 2, 0, 1, 2])
    spikes = [bnsim.Spikes("input"), bnsim.Spikes("cells")]
    _, found = simulator.run_for(simulator.initial_state(0), 30 * ms, (times, units), record=spikes, to=tmp_path)
    np.testing.assert_array_equal(found.spike_times("input").unit, units)
    np.testing.assert_allclose(found.spike_times("input").time, times)
    # An arrival comes after the thresholds of its step: delays of 2, 4 and 7 ms by unit, and a step.
    assert (found.spike_times("cells").time * 1e3).round().tolist() == [5, 5, 10, 12, 14, 23]
    assert found.spike_times("cells").unit.tolist() == [0, 1, 2, 0, 1, 2]
    assert pieces(tmp_path) > 8


def test_time_ends_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PIECE_SECONDS", 0.0)
    monkeypatch.setattr(continuous, "_rarer", lambda limit, seconds: limit)
    for backend in ("cpp", "numpy"):
        simulator = delayed(DELAYS["each"]).compile(dt=1 * ms, backend=backend)
        simulator.run_for(simulator.initial_state(0), 4 * ms, ([], []), to=tmp_path / backend)
        assert pieces(tmp_path / backend) == 4


def test_pieces_take_longer_where_it_takes_long_to_begin_one() -> None:
    five = Limit(1000, 5.0)
    assert continuous._rarer(None, 8.0) is None
    assert continuous._rarer(five, 3.0) == five  # the run ended, or there were many spikes
    assert continuous._rarer(five, 5.4) == five
    assert continuous._rarer(five, 8.0) == Limit(1000, 30.0)


class Interrupted:
    """A compiled network that is interrupted in its third job, or by what else is raised."""

    def __init__(self, compiled: Any, error: BaseException, at: int = 3) -> None:
        self.compiled, self.error, self.at, self.jobs = compiled, error, at, 0

    def run(self, job: Job, report: Any = None) -> Any:
        self.jobs += 1
        if self.jobs == self.at:
            raise self.error
        return self.compiled.run(job, report)


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), bnsim.MachineError("the simulation failed")], ids=["key", "failure"]
)
def test_an_interrupted_run_keeps_what_it_has(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator, folder = coins().compile(dt=1 * ms, backend="numpy"), tmp_path / "run"
    start, record, drive = simulator.initial_state(1), [bnsim.Spikes("coins")], np.full(50, 0.5)
    _, whole = simulator.run_for(start, 20 * ms, drive, record=record)
    monkeypatch.setattr(engine, "PIECE_BYTES", 1500)  # 125 spikes
    with monkeypatch.context() as patched:
        patched.setattr(simulator, "_engine", Interrupted(simulator._engine, error))
        with pytest.raises(type(error)) as raised:
            simulator.run_for(start, 20 * ms, drive, record=record, to=folder)
    kept, state = bnsim.Recording.load(folder), bnsim.State.load(folder)
    assert 0 < kept.duration < 0.02
    assert 250 <= len(kept.spike_times("coins")) < 300
    assert raised.value.__notes__ == [
        f"{folder} holds the run up to {kept.duration:g} s: Recording.load({str(folder)!r}) reads it, "
        "the same call goes on"
    ]
    said = f"\n{raised.value.__notes__[0]}\n" if isinstance(error, KeyboardInterrupt) else ""
    assert capsys.readouterr().err == said
    # As if the machine had stopped while the next piece was written: what does not count yet is written over.
    with (folder / "spikes/coins/time.npy").open("ab") as file:
        file.write(b"torn")
    _, all_of_it = simulator.run_for(state, (0.02 - kept.duration) * second, drive, record=record, to=folder)
    assert_equal(all_of_it, whole)
    assert np.load(folder / "spikes/coins/time.npy").tobytes() == whole.spike_times("coins").time.tobytes()


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
@pytest.mark.parametrize("jobs", [1, 4])
def test_the_same_call_goes_on(backend: str, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill: only what is in the folder is left, in a new call with the state from the beginning."""
    monkeypatch.setattr(engine, "PIECE_BYTES", 500)
    simulator, drive = learner(backend), intensities(4)
    start, _ = simulator.run_for(simulator.initial_state(1), 10 * ms, np.ones(12))
    whole_state, whole = simulator.run_for(start, 100 * ms, drive, record=RECORD)

    class Killed(BaseException):
        pass

    for _ in range(2):
        counted = Interrupted(simulator._engine, Killed(), at=jobs + 1)
        with monkeypatch.context() as patched:
            patched.setattr(simulator, "_engine", counted)
            with pytest.raises(Killed):
                simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    kept = bnsim.Recording.load(tmp_path)
    assert pieces(tmp_path) == 2 * jobs
    assert kept.first_step == start["clock"][0]
    state, found = simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    assert_equal(found, whole)
    assert_same(state, whole_state)
    monkeypatch.setattr(simulator, "_engine", None)  # nothing is left to be simulated
    state, found = simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    assert_equal(found, whole)
    assert_same(state, whole_state)


def test_another_call_does_not_go_on(tmp_path: Path) -> None:
    simulator, drive = learner("numpy"), intensities(4)
    start = simulator.initial_state(1)
    simulator.run_for(start, 20 * ms, drive, to=tmp_path)
    others: list[dict[str, Any]] = [
        {"duration": 40 * ms, "stimulus": drive},
        {"duration": 20 * ms, "stimulus": drive * 0.5},
        {"duration": 20 * ms, "stimulus": drive, "plastic": False},
    ]
    for other in others:
        with pytest.raises(bnsim.InputError, match="the state is at 0 s, and the run is another; give a new folder"):
            simulator.run_for(start, **other, to=tmp_path)


def test_an_interruption_waits_for_the_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PIECE_BYTES", 500)
    simulator, drive = learner("cpp"), intensities(4)
    start = simulator.initial_state(1)
    _, whole = simulator.run_for(start, 100 * ms, drive, record=RECORD)

    class Disturbed:
        def __init__(self, compiled: Any) -> None:
            self.compiled, self.jobs = compiled, 0

        def run(self, job: Job, report: Any = None) -> Any:
            self.jobs += 1
            if self.jobs == 3:
                os.kill(os.getpid(), signal.SIGINT)
            return self.compiled.run(job, report)

    with monkeypatch.context() as patched:
        patched.setattr(simulator, "_engine", Disturbed(simulator._engine))
        with pytest.raises(KeyboardInterrupt):
            simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    assert pieces(tmp_path) == 3
    assert_equal(simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)[1], whole)


@pytest.mark.parametrize("what", ["state/cells.v-*.npy", "spikes/input/time.npy", "contents.json"])
def test_a_damaged_piece_costs_that_piece(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PIECE_BYTES", 500)
    simulator, drive = learner("numpy"), intensities(4)
    start = simulator.initial_state(1)
    _, whole = simulator.run_for(start, 100 * ms, drive, record=RECORD)
    with monkeypatch.context() as patched:
        patched.setattr(simulator, "_engine", Interrupted(simulator._engine, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    path = max(tmp_path.glob(what), key=lambda path: path.stat().st_mtime_ns)
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=rf"^{tmp_path}: damaged \(.*\); what it held one piece before is used"):
        _, found = simulator.run_for(start, 100 * ms, drive, record=RECORD, to=tmp_path)
    assert_equal(found, whole)
    assert_equal(bnsim.Recording.load(tmp_path), whole)


def test_connectivity_is_written_once(tmp_path: Path) -> None:
    simulator = learner("numpy")
    state, _ = simulator.run_for(simulator.initial_state(1), 5 * ms, np.ones(12), plastic=False, to=tmp_path)
    simulator.run_for(state, 5 * ms, np.ones(12), plastic=False, to=tmp_path)
    names = {path.name for path in (tmp_path / "state").iterdir()}
    assert {"input_to_cells.source-0.npy", "input_to_cells.w-20.npy", "cells.v-20.npy", "clock-20.npy"} <= names
    arrays = Counter(name.rpartition("-")[0] for name in names)
    assert set(arrays) == set(state)
    assert set(arrays.values()) == {1, 2}  # what was replaced before the last piece is removed


def refused(simulator: Simulator, state: bnsim.State, to: Path, **options: Any) -> str:
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run_for(state, 1 * ms, np.zeros(50), to=to, **options)
    return str(raised.value)


def test_other_folders_are_refused(tmp_path: Path) -> None:
    simulator, spikes = coins().compile(dt=1 * ms, backend="numpy"), [bnsim.Spikes("coins")]
    start, run, other = simulator.initial_state(1), tmp_path / "run", tmp_path / "other"
    state, _ = simulator.run_for(start, 10 * ms, np.zeros(50), record=spikes, to=run)
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    for taken in (other, other / "notes.txt"):
        assert refused(simulator, start, taken) == (
            f"Simulator.run_for(to): {taken} exists and holds no run; give a new folder"
        )
    assert refused(simulator, start, run, record=spikes) == (
        f"Simulator.run_for(to): {run} holds a run from 0 to 0.01 s, the state is at 0 s, and the run is another; "
        f"give a new folder, or go on from State.load({str(run)!r})"
    )
    assert refused(simulator, state, run) == (
        f"Simulator.run_for(to): {run}: recording 1 has other kinds of records (less) than the first "
        "(spikes of coins); give parts of one run in which the same is recorded"
    )
    another = bnsim.State({**state, "key": np.array([2], np.uint64)})
    assert refused(simulator, another, run, record=spikes) == (
        f"Simulator.run_for(to): {run} holds a run with the key 1, the state has 2; give a new folder, or go on "
        f"from State.load({str(run)!r})"
    )
    assert bnsim.Recording.load(run).duration == 0.01


def test_a_full_disk_leaves_the_pieces_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator, append = coins().compile(dt=1 * ms, backend="numpy"), GrowingArrays.append
    state, _ = simulator.run_for(simulator.initial_state(1), 10 * ms, np.zeros(50), to=tmp_path)

    def full(arrays: GrowingArrays, name: str, rows: np.ndarray) -> None:
        append(arrays, name, rows)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(GrowingArrays, "append", full)
    with pytest.raises(bnsim.MachineError) as raised:
        simulator.run_for(state, 10 * ms, np.zeros(50), to=tmp_path)
    assert str(raised.value) == (
        f"Simulator.run_for(to): cannot write {tmp_path} (No space left on device); give a folder that has room"
    )
    assert bnsim.Recording.load(tmp_path).duration == 0.01


@pytest.mark.parametrize("kind", [bnsim.Recording, bnsim.State])
def test_damaged_folders_are_refused(kind: Any, tmp_path: Path) -> None:
    simulator, run = coins().compile(dt=1 * ms, backend="numpy"), tmp_path / "run"
    with pytest.raises(bnsim.InputError, match=rf"^{kind.__name__}\.load: cannot read .* \(.*No such file"):
        kind.load(tmp_path)
    simulator.run_for(simulator.initial_state(1), 10 * ms, np.zeros(50), record=[bnsim.Spikes("coins")], to=run)
    (run / "contents-before.json").unlink()
    contents = json.loads((run / "contents.json").read_text())
    contents["arrays"]["spikes/coins/time"]["shape"] = [3]
    (run / "contents.json").write_text(json.dumps(contents))
    with pytest.raises(bnsim.InputError, match=r"\(spikes/coins/time\.npy is cut short\); give a file written by"):
        kind.load(run)
    (run / "contents.json").write_text(json.dumps({**contents, "format": 3}))
    with pytest.raises(bnsim.InputError, match=r"\(contents\.json is not of format 2\)"):
        kind.load(run)


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_progress_of_all_pieces_is_told(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "PIECE_SECONDS", 0.0)
    simulator = delayed(DELAYS["each"]).compile(dt=1 * ms, backend=backend)
    simulator.run_for(simulator.initial_state(0), 6 * ms, ([], []), to=tmp_path, progress=True)
    assert "0.006 of 0.006 s simulated" in capsys.readouterr().out
