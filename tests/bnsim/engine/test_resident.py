"""Processes that stay between jobs: the same bits as new ones, replaced when they die, ended with their owner."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import ms

import bnsim
from bnsim.engine import resident
from bnsim.engine.job import Reporter
from bnsim.engine.simulator import Simulator
from tests.ends import PATIENCE
from tests.networks import given

from .networks import intensities, learner, learning, three_factor
from .test_protocol import Tally, faint, judged

Result = tuple[bnsim.State, bnsim.Recording]


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """No process from an earlier test, and none for a later one."""
    resident.close_idle()
    yield
    resident.close_idle()


def digest(result: Result) -> str:
    """Of every bit of a state and a recording."""
    state, recording = result
    found = hashlib.sha256()
    arrays = {f"state {name}": array for name, array in state.items()} | {
        f"counts {name}": array for name, array in recording.counts.items()
    }
    for name in recording.spikes:
        seen = recording.spike_times(name)
        arrays |= {f"{name} {part}": getattr(seen, part) for part in ("trial", "unit", "time")}
    for owner, traces in recording.traces.items():
        arrays |= {f"{owner} {symbol}": trace.values for symbol, trace in traces.items()}
    arrays |= {f"weights {name}": trace.values for name, trace in recording.weights.items()}
    arrays["presentations"] = recording.presentations
    for name, array in arrays.items():
        found.update(f"{name} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


class Chain:
    """Calls one after the other, and what they returned."""

    def __init__(self) -> None:
        self._done: list[tuple[Callable[[], Result], str]] = []

    def do(self, call: Callable[..., Result], *arguments: Any, **keywords: Any) -> bnsim.State:
        """Call, and return the state afterwards."""
        again = partial(call, *arguments, **keywords)
        result = again()
        self._done.append((again, digest(result)))
        return result[0]

    def assert_new_processes_agree(self) -> None:
        """Each call once more, in a process that has done nothing before."""
        for number, (again, expected) in enumerate(self._done):
            resident.close_idle()
            assert digest(again()) == expected, f"call {number}"


ALL = [
    bnsim.Spikes("cells"),
    bnsim.Spikes("input", units=[0, 3]),
    bnsim.Trace("cells", "v", every=1 * ms),
    bnsim.Trace("cells", "I", units=[1]),
    bnsim.Weights("input_to_cells", every=5 * ms),
]


@contextmanager
def reporting(monkeypatch: pytest.MonkeyPatch, report: Reporter) -> Iterator[None]:
    """Continuous runs tell how far they are."""

    @contextmanager
    def told(steps: int, dt: float, *, shown: bool) -> Iterator[Reporter]:
        yield report

    with monkeypatch.context() as patch:
        patch.setattr("bnsim.engine.simulator.progress_of", told)
        yield


def interrupted(simulator: Simulator, state: bnsim.State, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends by Ctrl-C in the middle."""

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with reporting(monkeypatch, interrupt), pytest.raises(KeyboardInterrupt):
        simulator.run_for(state, 5000 * ms, intensities(1)[0])


def test_every_job_has_the_bits_of_a_new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials and continuous runs, plastic and frozen, other keys and connectivity, weights that are alike or not."""
    image = intensities(6)

    def connected(probability: float) -> Simulator:
        some = bnsim.FixedProbability(probability)
        sparse = replace(learning(), projections=[replace(p, connectivity=some) for p in learning().projections])
        return sparse.compile(trial=30 * ms, dt=0.5 * ms, backend="cpp")

    simulator, fewer = connected(0.9), connected(0.4)
    chain, start, other = Chain(), simulator.initial_state(1), fewer.initial_state(2)
    assert start["input_to_cells.w"].size != other["input_to_cells.w"].size
    state = chain.do(simulator.run, start, image, 3)
    (number,) = resident.idle()
    state = chain.do(simulator.run, state, image[:2], 4, plastic=False, record=ALL)
    state = chain.do(simulator.run, state, image, 3, trials=range(6, 12))
    assert not np.array_equal(state["input_to_cells.w"], start["input_to_cells.w"])
    state = chain.do(simulator.run_for, state, 40 * ms, image[0], record=ALL)
    assert len(state["inhibitory_to_cells.in_flight_unit"]) + len(state["input_to_cells.in_flight_unit"])
    state = chain.do(simulator.run_for, state, 35 * ms, image[:2])
    frozen = chain.do(simulator.run_for, state, 20 * ms, image[1], plastic=False)
    chain.do(simulator.run, frozen, image[:1], 5)
    chain.do(simulator.run_for, frozen, 20 * ms, image[1])
    chain.do(simulator.run_for, start.with_key(9), 20 * ms, image[1])
    chain.do(simulator.run, state, image[:1], 5, record=ALL)
    there = chain.do(fewer.run, other, image, 6)
    chain.do(simulator.run, state, image[:3], 6)
    chain.do(fewer.run_for, there, 30 * ms, image[2], record=ALL[:2])
    weights = other["cells_to_inhibitory.w"]
    for changed in (np.linspace(1, 2, weights.size) * weights, 1.5 * weights, weights):
        chain.do(fewer.run, other.replace({"cells_to_inhibitory.w": changed}), image[:2], 1)
    later = {"inhibitory_to_cells.delay": start["inhibitory_to_cells.delay"][::-1]}
    chain.do(simulator.run_for, start.replace(later), 30 * ms, image[3])
    assert set(simulator.profile(start, image[:1])) == set(fewer.profile(other, image[:1]))
    chain.do(simulator.run_for, start, 30 * ms, image[4], to=tmp_path / "run")
    assert resident.idle() == [number]
    interrupted(simulator, start, monkeypatch)
    assert resident.idle() == []
    chain.do(simulator.run, start, image[:2], 7)
    monkeypatch.setattr("bnsim.engine.simulator.CHUNK_BYTES", 1)
    chain.do(simulator.run, start, image[:2], 7)
    chain._done.pop(-3)  # a run in a folder goes on, instead of being the same again
    chain.assert_new_processes_agree()


def test_every_job_with_signals_rewards_and_repetitions_has_the_bits_of_a_new_process() -> None:
    chain = Chain()
    reader = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend="cpp")
    trains, target = [given((1, 0), (2, 1)), given((1, 2), (3, 0))], {"readout.target": np.eye(2)}
    state = chain.do(reader.run, reader.initial_state(0), trains, signals=target)
    chain.do(reader.run, state, trains[::-1], plastic=False, record=[bnsim.Spikes("input")])
    chain.do(reader.run, state, trains[:1], signals={"readout.target": np.eye(2)[1:]})
    judge = judged().compile(trial=10 * ms, dt=0.5 * ms, backend="cpp")
    state = chain.do(judge.run, judge.initial_state(0), trains, signals={"reward.correct": [1, 2]})
    chain.do(judge.run, state, [given()], plastic=False)
    chain.do(judge.run, state, trains, signals={"reward.correct": [0, 2]})
    silent = faint().compile(trial=50 * ms, dt=1 * ms, backend="cpp")
    for drive in (0.5, 1.5, 0.7):
        stimulus = {"cells": np.full((2, 1), drive), "coins": np.full((2, 20), 0.25)}
        chain.do(silent.run, silent.initial_state(0), stimulus, 7, record=[bnsim.Spikes("coins")])
    assert len(resident.idle()) == 3
    chain.assert_new_processes_agree()


@dataclass(frozen=True, repr=False)
class Encouraged(Tally):
    """A tally that looks at the reward of the trial before, too: the first trial of a job has none before it."""

    on_pre: ClassVar[str] = "w += 10 * reward * scale"


@pytest.mark.slow
def test_what_no_job_brings_begins_anew() -> None:
    plain = judged()
    tally = replace(plain.projections[1], plasticity=Encouraged())
    judge = replace(plain, projections=[plain.projections[0], tally]).compile(trial=10 * ms, dt=0.5 * ms, backend="cpp")
    chain, state = Chain(), judge.initial_state(0)
    for correct in (0, 0, 1):
        state = chain.do(judge.run, state, [given((1, 0))], signals={"reward.correct": [correct]})
    assert (state["tally.w"] == 1 + 1 - 1).all()
    chain.assert_new_processes_agree()


def test_only_what_changed_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    transfer = resident._transfer

    def counted(call: Callable[..., int], file: int, arrays: Sequence[np.ndarray]) -> None:
        if call is os.writev:
            sent.append(sum(array.nbytes for array in arrays))
        transfer(call, file, arrays)

    monkeypatch.setattr(resident, "_transfer", counted)
    simulator, image = learner("cpp"), intensities(1)
    state = simulator.initial_state(0)
    n_bytes = sum(array.nbytes for name, array in state.items() if name.rpartition(".")[2] in ("source", "target", "w"))
    state, _ = simulator.run(state, image)
    state, _ = simulator.run(state, image)
    state, _ = simulator.run_for(state, 30 * ms, image[0])
    simulator.run_for(state, 30 * ms, image[0])
    assert sent[0] > n_bytes
    assert sent[1] == sent[3] < 500  # header, stimulus, key
    assert sent[1] < sent[2] < n_bytes  # what trials start without, too


@pytest.mark.parametrize("unseen", [False, True])
def test_a_process_that_died_is_replaced(unseen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to be dead, or dead only after one has looked."""
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    expected = digest(simulator.run(state, intensities(2)))
    (number,) = resident.idle()
    os.kill(number, signal.SIGKILL)
    if unseen:
        monkeypatch.setattr(resident.Resident, "lives", True)
    else:
        await_end(number)
    assert digest(simulator.run(state, intensities(2))) == expected
    assert resident.idle() != [number]


def test_a_process_that_dies_in_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    expected = digest(simulator.run(state, intensities(2)))
    (number,) = resident.idle()
    with (
        reporting(monkeypatch, lambda done: os.kill(number, signal.SIGKILL)),
        pytest.raises(bnsim.MachineError) as raised,
    ):
        simulator.run_for(state, 60_000 * ms, intensities(1)[0])
    assert str(raised.value).startswith("compiled network: the simulation failed (exit status -9); free memory, or")
    assert digest(simulator.run(state, intensities(2))) == expected


def test_a_process_is_lent_to_one_caller_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = learner("cpp")
    state, image, found = simulator.initial_state(0), intensities(2), set[str]()
    expected = digest(simulator.run(state, image))

    def other(done: int) -> None:
        found.add(digest(simulator.run(state, image)))

    with reporting(monkeypatch, other):
        simulator.run_for(state, 300 * ms, image[0])
    assert found == {expected}
    both = resident.idle()
    assert len(both) == 2
    assert digest(simulator.run(state, image)) == expected
    assert resident.idle() == [both[0], both[1]]  # the one that was used last
    network = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend="cpp")
    with monkeypatch.context() as patch:
        patch.setattr(resident, "MOST_IDLE", 1)  # networks, of which each may have several processes
        network.run(network.initial_state(0), [given((1, 0))], plastic=False)
    (last,) = resident.idle()
    assert last not in both
    monkeypatch.setattr(resident, "MEMORY_SHARE", 0)
    assert digest(simulator.run(state, image)) == expected
    assert resident.idle() == []


def test_a_process_outlives_the_thread_that_started_it() -> None:
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    thread = threading.Thread(target=simulator.run, args=(state, intensities(2)))
    thread.start()
    thread.join()
    (number,) = resident.idle()
    simulator.run(state, intensities(2))
    assert resident.idle() == [number]


@pytest.mark.parametrize("refused", [False, True])
def test_without_files_in_memory(refused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system that has none, and in a sandbox that refuses them."""
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    expected = digest(simulator.run(state, intensities(2)))
    resident.close_idle()
    if refused:
        monkeypatch.setattr(os, "memfd_create", lambda name, flags: fail(errno.EPERM))
    else:
        monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr(resident, "FILE_BYTES", 0)
    for _ in range(2):
        assert digest(simulator.run(state, intensities(2))) == expected


@pytest.mark.parametrize("in_memory", [True, False])
def test_no_room_for_a_job(in_memory: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create")
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "writev", lambda file, arrays: fail(errno.ENOSPC))
        with pytest.raises(bnsim.MachineError) as raised:
            simulator.run(state, intensities(2))
    remedy = "free memory" if in_memory else f"free space in {tmp_path}, or name another folder in TMPDIR"
    full = "compiled network: cannot write its input ([Errno 28] No space left on device)"
    assert str(raised.value) == f"{full}; {remedy}"
    simulator.run(state, intensities(2))
    resident.close_idle()
    monkeypatch.setattr("socket.socketpair", lambda: fail(errno.EMFILE))
    with pytest.raises(bnsim.MachineError) as raised:
        simulator.run(state, intensities(2))
    assert str(raised.value) == (
        "compiled network: cannot open files for its arrays ([Errno 24] Too many open files); "
        "close others, or free memory"
    )


def fail(number: int) -> int:
    raise OSError(number, os.strerror(number))


def test_a_binary_that_cannot_be_started(tmp_path: Path) -> None:
    binary = tmp_path / "main"
    binary.write_bytes(b"no program")
    binary.chmod(0o755)
    with pytest.raises(resident.Refused) as raised, resident.lent(binary, lambda: binary):
        pass
    assert str(raised.value) == f"cannot start {binary} ([Errno 8] Exec format error: '{binary}'); clear the cache"


def ask(binary: Path) -> None:
    with resident.lent(binary, lambda: binary) as process:
        process.begin([np.zeros(1)])
        process.end([], None)


def test_what_a_process_complains_of_is_an_error(tmp_path: Path) -> None:
    """One that has said so, and ended; and one that lives on."""
    for rest in ("exit 1", "exec sleep 60"):
        binary = tmp_path / "main"
        finished = r"head -c 8 >/dev/null; printf '\377\377\377\377\377\377\377\377' >&0"
        binary.write_text(f"#!/bin/sh\necho out of luck >&2\n{finished}\n{rest}\n")
        binary.chmod(0o755)
        with pytest.raises(resident.Ended) as raised:
            ask(binary)
        assert raised.value.said == "out of luck"
        assert resident.idle() == []


def await_end(number: int) -> None:
    """Until a process has ended; one whose parent has not looked yet counts."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if " Z " in Path(f"/proc/{number}/stat").read_text():
                return
        except FileNotFoundError:
            return
        assert time.monotonic() < until, f"process {number} is left"
        time.sleep(0.02)


SCRIPT = """
import os, signal, sys, time
from contextlib import contextmanager
from brian2.units import ms
from bnsim.engine import resident
from tests.bnsim.engine.networks import intensities, learner
from tests.bnsim.engine.test_resident import digest
simulator = learner("cpp")
state = simulator.initial_state(0)
expected = digest(simulator.run(state, intensities(2)))
(number,) = resident.idle()
"""

FORKED = """
child = os.fork()
if not child:
    assert resident.idle() == []
    assert digest(simulator.run(state, intensities(2))) == expected
    assert len(resident.idle()) == 1 and resident.idle() != [number]
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert digest(simulator.run(state, intensities(2))) == expected
assert resident.idle() == [number]
"""

KILLED = """
sleeper = os.fork()
if not sleeper:
    os.close(1)
    os.close(2)
    time.sleep(60)
    os._exit(0)
@contextmanager
def told(steps, dt, *, shown):
    def report(done):
        simulator.run(state, intensities(2))
        print(number, *resident.idle(), sleeper, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    yield report
import bnsim.engine.simulator
bnsim.engine.simulator.progress_of = told
simulator.run_for(state, 600_000 * ms, intensities(1)[0])
"""


def script(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT + text],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_a_fork_leaves_the_processes_to_its_parent() -> None:
    done = script(FORKED)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_no_process_outlives_its_owner() -> None:
    """Killed while one process is in the middle of a job and another one waits, though a fork lives on."""
    done = script(KILLED)
    assert done.returncode == -signal.SIGKILL, done.stderr
    *processes, sleeper = map(int, done.stdout.split())
    try:
        assert len(set(processes)) == 2
        for number in processes:
            await_end(number)
    finally:
        os.kill(sleeper, signal.SIGKILL)
