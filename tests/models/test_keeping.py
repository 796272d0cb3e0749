"""Trainings that are kept go on, whatever has interrupted them, to the same bits."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from bnsim.errors import InputError, MachineError
from models.classifier import Classifier

from .conftest import Digits, quick
from .test_contract import same_training

POINTS = (32, 64, 96)


class Drift:
    """How far the weights of a model have moved since the last checkpoint."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self.before: dict[str, np.ndarray] = {}

    def __call__(self, model: Classifier, samples_seen: int) -> None:
        now = model.weights()
        if self.before:
            self.found.append(float(sum(np.abs(now[layer] - self.before[layer]).sum() for layer in now)))
        self.before = now

    def notes(self) -> dict[str, np.ndarray]:
        return {"found": np.array(self.found), **self.before}

    def take_notes(self, notes: Mapping[str, np.ndarray]) -> None:
        self.before = {layer: array for layer, array in notes.items() if layer != "found"}
        self.found = notes["found"].tolist()


class Killed(BaseException):
    """What ends a process, seen from within."""


def killed_at(position: int) -> Any:
    def progress(done: int, total: int) -> None:
        if done >= position:
            raise Killed

    return progress


def train(model: Classifier, digits: Digits, keep: Path | None, **others: Any) -> Drift:
    drift = Drift()
    model.fit(
        digits.X[:64],
        digits.y[:64],
        validation=(digits.X_held[:50], digits.y_held[:50]),
        checkpoints=POINTS,
        at_checkpoint=drift,
        **({} if keep is None else {"keep": keep, "keep_every": 0}),
        **others,
    )
    return drift


def test_a_killed_training_goes_on_to_the_same_bits(
    name: str, short: Classifier, digits: Digits, tmp_path: Path
) -> None:
    """Killed in the first pass, and what goes on once more in the second."""
    whole = quick(name, passes=2)
    expected = train(whole, digits, None)
    with pytest.raises(Killed):
        train(quick(name, passes=2), digits, tmp_path, progress=killed_at(32))
    done: list[int] = []

    def seen(position: int, total: int) -> None:
        done.append(position)
        if position == 96 and done[0] == 32:
            raise Killed

    with pytest.raises(Killed):
        train(quick(name, passes=2), digits, tmp_path, progress=seen)
    assert done[0] == 32
    done.clear()
    resumed = quick(name, passes=2)
    found = train(resumed, digits, tmp_path, progress=seen)
    assert done[0] == 96
    assert same_training(resumed, whole)
    assert (resumed.history_, resumed.warnings_) == (whole.history_, whole.warnings_)
    assert found.found == expected.found
    assert len(found.found) == len(POINTS)


@pytest.fixture
def dense() -> Classifier:
    return quick("dense", passes=2)


def test_a_finished_training_is_not_repeated(digits: Digits, tmp_path: Path) -> None:
    whole, again = quick("dense", passes=2), quick("dense", passes=2)
    expected = train(whole, digits, tmp_path)
    (path,) = tmp_path.glob("*.npz")
    assert path.name.startswith("finished-")
    done: list[int] = []
    found = train(again, digits, tmp_path, progress=lambda seen, total: done.append(seen))
    assert done == [128]
    assert same_training(again, whole)
    assert (again.history_, found.found) == (whole.history_, expected.found)
    assert np.array_equal(again.predict(digits.X_held), whole.predict(digits.X_held))


def test_early_stopping_goes_on_too(digits: Digits, tmp_path: Path) -> None:
    X, y, done = digits.X[:200], digits.y[:200], list[int]()

    def stopping() -> Classifier:
        return quick("dense", early_stopping=True, patience=2, passes=60, learning_rate=0.05)

    whole = stopping().fit(X, y, progress=lambda seen, total: done.append(seen))
    assert done[-1] < 60 * 180  # it has stopped early
    for position in (500, done[-1]):  # also at the very moment at which it stops
        with pytest.raises(Killed):
            stopping().fit(X, y, keep=tmp_path / str(position), keep_every=0, progress=killed_at(position))
        resumed = stopping().fit(X, y, keep=tmp_path / str(position), keep_every=0)
        assert same_training(resumed, whole)


def test_a_convolution_drops_the_same_units(digits: Digits, tmp_path: Path) -> None:
    whole, resumed = (quick("convolutional", passes=2, dropout=0.5) for _ in range(2))
    train(whole, digits, None)
    with pytest.raises(Killed):
        train(quick("convolutional", passes=2, dropout=0.5), digits, tmp_path, progress=killed_at(64))
    train(resumed, digits, tmp_path)
    assert same_training(resumed, whole)


def test_a_damaged_state_is_left_out(dense: Classifier, digits: Digits, tmp_path: Path) -> None:
    whole = quick("dense", passes=2)
    train(whole, digits, None)
    with pytest.raises(Killed):
        train(dense, digits, tmp_path, progress=killed_at(96))
    before, last = sorted(tmp_path.glob("*.npz"))
    assert [int(path.name.partition("-")[0]) for path in (before, last)] == [64, 96]
    content = bytearray(last.read_bytes())
    content[len(content) // 2] ^= 1
    last.write_bytes(content)
    resumed, done = quick("dense", passes=2), []
    with pytest.warns(UserWarning, match=rf"^Dense\.fit\(keep\): {last} is damaged; the state before it"):
        train(resumed, digits, tmp_path, progress=lambda seen, total: done.append(seen))
    assert done[0] == 64
    assert same_training(resumed, whole)


def test_another_training_is_refused(dense: Classifier, digits: Digits, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        train(dense, digits, tmp_path, progress=killed_at(96))
    with pytest.raises(InputError, match=r"^Dense\.fit\(keep\): .* holds a training with other samples, parameters"):
        train(quick("dense", passes=3), digits, tmp_path)
    with pytest.raises(InputError, match="holds a training with other samples"):
        dense.fit(digits.X[:64], digits.y[:64], keep=tmp_path)
    with pytest.raises(InputError, match="holds a training with other samples"):
        train(dense, Digits(digits.X + 0.01, digits.y, digits.X_held, digits.y_held), tmp_path)


def test_what_is_asked_for_in_vain(dense: Classifier, digits: Digits, tmp_path: Path) -> None:
    X, y = digits.X[:64], digits.y[:64]
    with pytest.raises(
        InputError, match=r"^Dense\.fit\(at_checkpoint\): a function forgets .*; with keep, give an obj"
    ):
        dense.fit(X, y, keep=tmp_path, at_checkpoint=lambda model, seen: None)
    with pytest.raises(InputError, match=r"^Dense\.fit\(keep\): random_state is None, .*; give an integer"):
        dense.set_params(random_state=None).fit(X, y, keep=tmp_path)
    for wrong in (-1, float("nan"), "often", True):
        with pytest.raises(InputError, match=r"^Dense\.fit\(keep_every\): got .*; give seconds, at least 0"):
            quick("dense").fit(X, y, keep=tmp_path, keep_every=wrong)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BNSIM_KEEP_EVERY", "often")
        with pytest.raises(InputError, match=r"^BNSIM_KEEP_EVERY: 'often' is no time; give seconds, such as 30"):
            quick("dense").fit(X, y, keep=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(
        MachineError, match=r"^Dense\.fit\(keep\): .*/file cannot be made \(File exists\); choose anoth"
    ):
        quick("dense").fit(X, y, keep=tmp_path / "file")
    lock = FileLock(tmp_path / ".lock")
    with lock, pytest.raises(InputError, match=r"^Dense\.fit\(keep\): another process carries out the training in "):
        quick("dense").fit(X, y, keep=tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_waits_for_the_chunk(
    number: signal.Signals, dense: Classifier, digits: Digits, tmp_path: Path
) -> None:
    whole = quick("dense", passes=2)
    train(whole, digits, None)
    before = signal.getsignal(number)

    class Interrupted(Drift):
        def __call__(self, model: Classifier, samples_seen: int) -> None:
            super().__call__(model, samples_seen)
            if samples_seen == 64:
                signal.raise_signal(number)  # in the middle of the work

    with pytest.raises(KeyboardInterrupt, match=rf"the training is kept in {tmp_path}; the same call goes on with it"):
        dense.fit(
            digits.X[:64],
            digits.y[:64],
            validation=(digits.X_held[:50], digits.y_held[:50]),
            checkpoints=POINTS,
            at_checkpoint=Interrupted(),
            keep=tmp_path,
        )
    assert signal.getsignal(number) is before
    (path,) = tmp_path.glob("*.npz")
    assert int(path.name.partition("-")[0]) == 64
    resumed = quick("dense", passes=2)
    train(resumed, digits, tmp_path)
    assert same_training(resumed, whole)


@pytest.mark.parametrize("error", [None, ValueError("the disk is full")])
def test_an_interruption_that_nobody_notices_is_met_at_the_end(
    error: Exception | None, dense: Classifier, digits: Digits, tmp_path: Path
) -> None:
    class Late(Drift):
        def __call__(self, model: Classifier, samples_seen: int) -> None:
            if samples_seen == 128:
                signal.raise_signal(signal.SIGINT)
                if error is not None:
                    raise error

    with pytest.raises(KeyboardInterrupt):
        dense.fit(digits.X[:64], digits.y[:64], checkpoints=(128,), at_checkpoint=Late(), keep=tmp_path, keep_every=0)
    assert bool(list(tmp_path.glob("finished-*"))) == (error is None)


def test_a_second_interruption_does_not_wait(dense: Classifier, digits: Digits, tmp_path: Path) -> None:
    class Twice(Drift):
        def __call__(self, model: Classifier, samples_seen: int) -> None:
            if samples_seen == 64:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)
                raise AssertionError("it went on")

    with pytest.raises(KeyboardInterrupt):
        dense.fit(digits.X[:64], digits.y[:64], checkpoints=POINTS, at_checkpoint=Twice(), keep=tmp_path)
    assert not list(tmp_path.glob("*.npz"))


def test_states_are_rare(dense: Classifier, digits: Digits, tmp_path: Path) -> None:
    drift = Drift()
    dense.fit(digits.X[:64], digits.y[:64], checkpoints=POINTS, at_checkpoint=drift, keep=tmp_path, keep_every=1000)
    assert not list(tmp_path.glob("*.npz"))
