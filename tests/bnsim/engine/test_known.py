"""Arrays that are known by identity: only those that nobody can change, and only as long as they are there."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

import bnsim
from bnsim.arrays import frozen, is_frozen
from bnsim.engine.known import Known

from .networks import intensities, learner


def test_what_is_frozen() -> None:
    own = frozen(np.arange(3))
    assert is_frozen(own)
    assert not is_frozen(np.arange(3))
    assert not is_frozen(own[1:])
    view = np.arange(3)[1:]
    assert is_frozen(frozen(view))
    assert view.flags.writeable


def test_the_very_arrays_are_known() -> None:
    known, one, other = Known(), frozen(np.zeros(2)), frozen(np.zeros(2))
    assert not known.holds("w", one)
    known.note("w", one)
    assert known.holds("w", one)
    assert not known.holds("w", other)
    assert not known.holds("v", one)
    assert not known.holds("w", one, one)
    known.note("w", other)
    assert not known.holds("w", one)
    known.forget(["w", "v"])
    assert not known.holds("w", other)


def test_what_can_be_changed_is_not_known() -> None:
    known, array = Known(), np.zeros(2)
    known.note("w", array)
    assert not known.holds("w", array)
    array.setflags(write=False)
    known.note("w", array)
    assert known.holds("w", array)
    array.setflags(write=True)
    assert not known.holds("w", array)


def test_arrays_that_are_gone_are_not_taken_for_their_successors() -> None:
    known = Known()
    for _ in range(100):  # most of which lie where the last one lay
        array = frozen(np.zeros(2))
        assert not known.holds("w", array)
        known.note("w", array)
        del array


def test_what_follows_from_arrays_is_computed_once() -> None:
    known, array, calls = Known(), frozen(np.arange(3)), []

    def total() -> int:
        calls.append(1)
        return int(array.sum())

    assert [known.once("sum", [array], total) for _ in range(3)] == [3, 3, 3]
    assert len(calls) == 1
    assert known.once("sum", [np.arange(3)], total) == 3
    assert len(calls) == 2


def test_threads_do_not_mix_what_follows_from_their_arrays() -> None:
    known, arrays, wrong = Known(), [frozen(np.full(1, k)) for k in range(2)], list[int]()
    until = time.monotonic() + 1

    def work(k: int) -> None:
        while time.monotonic() < until:
            for array in (arrays[k], arrays[1 - k]):
                found = known.once("value", [array], lambda array=array: int(array[0]))
                if found != array[0]:
                    wrong.append(found)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong


def test_a_state_that_is_refused_is_refused_again() -> None:
    simulator = learner("cpp")
    state = simulator.initial_state(0)
    for _ in range(2):
        simulator.run(state, intensities(1))
        wrong = state.replace({"input_to_cells.w": np.full_like(state["input_to_cells.w"], np.nan)})
        for _ in range(2):
            with pytest.raises(bnsim.InputError, match=r"input_to_cells\.w holds NaN or infinite values"):
                simulator.run(wrong, intensities(1))
