"""Learners that predict the next symbol in every step: what they are told, what they may see, what they come to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bnsim.errors import InputError
from models.classifier import Classifier
from models.registry import create
from models.sequences import as_rows

STEPS, SYMBOLS = 12, 4
SHAPE = (STEPS, SYMBOLS + 1)
LEARNERS: dict[str, dict[str, Any]] = {
    "gru": {"learning_rate": 0.01, "batch_size": 8},
    "rate-recurrent": {"answer_steps": 1, "learning_rate": 0.5},
    "rflo": {"answer_steps": 1, "learning_rate": 0.5},
    "surrogate-recurrent": {"answer_steps": 1, "learning_rate": 1.0, "tau_output": 10.0, "tau_theta": 100.0},
    "eprop": {"answer_steps": 1, "learning_rate": 0.5, "tau_output": 10.0, "tau_theta": 100.0},
}
SPIKING = ("surrogate-recurrent", "eprop")
FORK = 0.8
"""Probability that 2, rather than 3, follows 0 1."""


def strings(number: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Walks 0 1 (2 or 3) 0 1 ..., from any place; 1 0 follows 2, and 0 follows 3, so that 1 has two neighbours before.

    2 is followed by 1 0, 3 by 0: what follows 1 depends on the symbol before it.
    """
    generator = np.random.default_rng(seed)
    found = np.empty((number, STEPS + 1), np.int64)
    for row in found:
        walk: list[int] = []
        while len(walk) < STEPS + 7:
            walk += [0, 1, 2, 1] if generator.random() < FORK else [0, 1, 3]
        start = generator.integers(4)
        row[:] = walk[start : start + STEPS + 1]
    return as_rows(np.eye(SYMBOLS)[found[:, :-1]]), found[:, -1]


def learner(name: str, **changed: Any) -> Classifier:
    given = {"units": 24, "passes": 4, "random_state": 0, **LEARNERS[name], **changed}
    return create(name, sequence_shape=SHAPE, predict_next=True, **given)


@pytest.mark.parametrize(
    "name", ["gru", "rate-recurrent", "rflo", *(pytest.param(name, marks=pytest.mark.slow) for name in SPIKING)]
)
def test_what_is_learned_in_every_step_is_what_follows(name: str) -> None:
    """The entropy after each string is known: certain, but for 2 or 3 after 0 1."""
    X, y = strings(600, 0)
    tests, follows = strings(300, 1)
    model = learner(name).fit(X, y)
    probabilities = model.predict_proba(tests)  # type: ignore[attr-defined]
    symbols = tests.reshape(-1, *SHAPE)[:, :, :-1].argmax(axis=2)
    forks = (symbols[:, -1] == 1) & (symbols[:, -2] == 0)
    assert 0.15 < forks.mean() < 0.45
    expected = np.where(np.arange(SYMBOLS) == 2, FORK, np.where(np.arange(SYMBOLS) == 3, 1 - FORK, 0.0))
    assert np.abs(probabilities[forks] - expected).mean() < 0.1
    assert probabilities[~forks, follows[~forks]].mean() > 0.9
    assert (model.predict(tests)[~forks] == follows[~forks]).mean() > 0.97


@pytest.mark.parametrize("name", LEARNERS)
def test_the_last_symbol_bears_on_the_answer_and_strings_may_be_of_any_length(name: str) -> None:
    X, y = strings(40, 0)
    steps = X.reshape(-1, *SHAPE).copy()
    steps[::2, 7:] = 0.0
    y[::2] = X.reshape(-1, *SHAPE)[::2, 7, :-1].argmax(axis=1)
    model = learner(name, passes=1).fit(steps.reshape(len(X), -1), y)
    other = steps.copy()
    other[::2, 6, :-1] = np.roll(other[::2, 6, :-1], 1, axis=1)
    before, after = (model.predict_proba(each.reshape(len(X), -1)) for each in (steps, other))  # type: ignore[attr-defined]
    assert (np.abs(after - before)[::2].max(axis=1) > 0).mean() > 0.8  # all, but where no spike is moved
    np.testing.assert_array_equal(after[1::2], before[1::2])


@pytest.mark.parametrize("held", [1, 2, 3])
def test_no_learner_sees_a_symbol_before_it_has_predicted_it(held: int) -> None:
    """The readout where the symbol after step t is asked for knows nothing of step t + 1."""
    X, y = strings(40, 0)
    model = learner("surrogate-recurrent", passes=1, frame=10.0 * held).fit(X, y)
    other = X.reshape(-1, *SHAPE).copy()
    other[:, 5, :-1] = 3.0
    read = model._read(X)  # type: ignore[attr-defined]
    taught, parts = model._lessons(X, np.searchsorted(model.classes_, y), read)  # type: ignore[attr-defined]
    symbols = X.reshape(-1, *SHAPE)[:, :, :-1].argmax(axis=2)
    late = taught.shape[1] - STEPS
    told = parts[:, late:-1] > 0  # all, but for symbols that are no class
    assert told.mean() > 0.8
    assert np.array_equal(model.classes_[taught[:, late:-1]][told], symbols[:, 1:][told])
    assert np.array_equal(model.classes_[taught[:, -1]], y)
    assert not parts[:, :late].any()
    shown = [
        model.record(each.reshape(len(X), -1)).trace("output", "v").values  # type: ignore[attr-defined]
        for each in (X, other)
    ]
    first_to_differ = int(np.flatnonzero((shown[0] != shown[1]).any(axis=(0, 2)))[0])
    assert first_to_differ >= held * (4 + late + 1)  # after the last step of the frame in which symbol 5 is asked for


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize(
    ("labels", "changed", "message"),
    [
        (lambda y: y + 2, {}, r"predict_next: got True; give False, or labels that are channels of the steps, 0 to 3,"),
        (lambda y: y.astype(str), {}, r"predict_next: got True; give False, or labels that are channels"),
        (lambda y: y, {"predict_next": "yes"}, r"predict_next: got 'yes'; give True or False"),
        (lambda y: y, {"answer_steps": 2}, r"answer_steps: got 2; give 1, the last step, with predict_next"),
    ],
)
def test_labels_that_are_no_symbols(name: str, labels: Any, changed: dict[str, Any], message: str) -> None:
    X, y = strings(20, 0)
    if "answer_steps" in changed and name == "gru":
        return
    with pytest.raises(InputError, match=message):
        learner(name).set_params(**changed).fit(X, labels(y))
