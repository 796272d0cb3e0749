"""Forgetting: the order in which tasks are learned, what is left of them, blindness to the test set, the figure."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.run.configuration import resolve, settings_tried
from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies import STUDIES
from experiments.studies.forgetting import CLASSES, PERMUTED, STUDY, figure
from experiments.studies.forgetting.measure import FIXED, class_tasks, in_common_order, permuted_tasks, run
from experiments.tasks import load_task
from experiments.tasks.dataset import Samples, Split, _test_indices, validation_split
from models.registry import create
from models.sequences import as_rows, as_sequences
from tests.experiments.digits import DIGITS, FIELD, SMALL, curve, ignore, value
from tests.experiments.here import run_here

pytestmark = pytest.mark.slow

ONLINE = {**SMALL, "learning_rate": 0.003}
CONFIG = STUDY.presets["quick"].model_copy(update={"presentations": 500, "permuted_tasks": 2})


def measured(model: str = "dense", parameters: dict[str, Any] = ONLINE, **others: Any) -> Outcome:
    return run(CONFIG, Subject(others.get("dataset", DIGITS), model, parameters, 0), ignore)


@pytest.fixture(scope="module")
def dense() -> Outcome:
    return measured()


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_tasks_are_pairs_of_classes_or_single_ones_where_there_are_two() -> None:
    tasks = class_tasks(validation_split(DIGITS, 0), 2, 300, generator())
    assert [(set(task.train.y), set(task.held_out.y)) for task in tasks] == [({k, k + 1},) * 2 for k in range(0, 10, 2)]
    assert {len(task.train) for task in tasks} == {300}
    # Some 230 samples: each is shown once or twice.
    times = np.unique(tasks[0].train.X, axis=0, return_counts=True)[1]
    assert set(times) == {1, 2}
    parity = class_tasks(validation_split(load_task("digits-parity"), 0), 2, 10, generator())
    assert [set(task.train.y) for task in parity] == [{0}, {1}]


def test_permutations_are_the_same_for_all_samples_of_a_task_and_others_for_the_next() -> None:
    marked = Samples(np.arange(64.0)[None].repeat(2, axis=0), np.zeros(2, int))
    plain, first, second = permuted_tasks(Split(marked, marked), 3, 5, generator())
    np.testing.assert_array_equal(plain.train.X, np.arange(64.0)[None].repeat(5, axis=0))
    for task in (first, second):
        assert sorted(task.train.X[0]) == list(range(64))
        np.testing.assert_array_equal(task.train.X, task.held_out.X[:1].repeat(5, axis=0))
    assert not np.array_equal(first.train.X, second.train.X)


def test_of_sequences_the_channels_are_permuted_alike_in_all_steps() -> None:
    steps = np.arange(40.0).reshape(1, 4, 10).repeat(2, axis=0)
    marked = Samples(as_rows(steps, [4, 3]), np.zeros(2, int))
    plain, first, second = permuted_tasks(Split(marked, marked), 3, 5, generator(), (4, 11))
    np.testing.assert_array_equal(plain.held_out.X, marked.X)
    orders = []
    for task in (first, second):
        values, lengths = as_sequences(task.held_out.X, (4, 11))
        assert lengths.tolist() == [4, 3]
        order = values[0, 0].astype(int)
        assert sorted(order) == list(range(10))
        np.testing.assert_array_equal(task.held_out.X, as_rows(steps[:, :, order], [4, 3]))
        orders.append(order.tolist())
    assert orders[0] != orders[1]


def test_fit_shows_a_sequence_in_its_own_order() -> None:
    """Held against `partial_fit`, which takes samples as they come."""
    train = validation_split(DIGITS, 0).train
    sequence = train.chosen(np.argsort(train.y, kind="stable")[::10])
    arranged = in_common_order(sequence, seed=3)
    fitted = create("receptive-field", **FIELD, passes=1, final_rate=1.0, random_state=3).fit(arranged.X, arranged.y)
    told = create("receptive-field", **FIELD, random_state=3).partial_fit(sequence.X, sequence.y, classes=range(10))
    np.testing.assert_array_equal(fitted.weights()["output"], told.weights()["output"])  # type: ignore[attr-defined]


@pytest.mark.slow
def test_new_classes_drive_out_the_old_ones_unless_learned_at_once(dense: Outcome) -> None:
    """An unprotected perceptron knows the last two classes of ten (van de Ven et al. 2022)."""
    first = curve(dense, "accuracy", scenario=CLASSES, task=1)
    assert list(first) == [1, 2, 3, 4, 5]
    assert first[1] > 0.95
    assert first[5] < 0.2
    last = curve(dense, "accuracy", scenario=CLASSES, task=5)
    assert list(last) == [5]
    assert last[5] > 0.9
    assert value(dense, "forgetting_final_accuracy") < 0.3
    assert curve(dense, "joint_accuracy", scenario=CLASSES)[None] > 0.85


def test_metrics_follow_from_the_accuracies(dense: Outcome) -> None:
    first, second = (curve(dense, "accuracy", scenario=PERMUTED, task=task) for task in (1, 2))
    average = curve(dense, "average_accuracy", scenario=PERMUTED)
    assert average == pytest.approx({1: first[1], 2: (first[2] + second[2]) / 2})
    assert curve(dense, "final_accuracy", scenario=PERMUTED)[None] == average[2]
    assert curve(dense, "forgetting", scenario=PERMUTED)[None] == pytest.approx(first[1] - first[2])
    assert (dense.n_train, dense.n_held_out) == (1149, 288)


@pytest.mark.slow
def test_it_is_blind_to_the_test_samples(dense: Outcome) -> None:
    _, test = _test_indices(DIGITS, seed=0)
    X = DIGITS.X.copy()
    X[test] = np.nan
    assert measured(dataset=dataclasses.replace(DIGITS, X=X)).measurements == dense.measurements


def test_a_model_that_cannot_be_seen_after_each_task_is_refused() -> None:
    with pytest.raises(InputError, match=r"^dense: it did not learn every task to its end; let it \(e\.g\. early_stop"):
        measured("dense", {**SMALL, "early_stopping": True})


def test_settings_are_those_of_one_pass_tried_once() -> None:
    one_pass = STUDIES["one-pass"]
    alone, both, other = (
        settings_tried("small images", studies, ["dense"]) for studies in ([STUDY], [STUDY, one_pass], [one_pass])
    )
    assert alone == both == other != settings_tried("small images", [], ["dense"])
    studies = {study.name: study for study in (one_pass, STUDY)}
    config = resolve("compare", studies, "digits", DIGITS, ("dense",), 1, "quick", {})
    assert config.in_study["forgetting"] == config.in_study["one-pass"] != {}


def test_what_it_fixes_cannot_be_set() -> None:
    assert set(STUDY.fixes) == set(FIXED)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = {f"models.receptive-field.{name}": setting for name, setting in FIELD.items()}
    out = tmp_path_factory.mktemp("runs")
    return run_here("forgetting", models=("receptive-field",), out=out, settings=settings, preset="tiny")


def rows(run: Run, metric: str, scenario: str) -> list[float]:
    """Values of a metric in one scenario, over all its steps."""
    chosen = run.results[run.results["metric"] == metric]
    return chosen.loc[[facts == {"scenario": scenario} for facts in chosen["facts"]], "value"].tolist()


def test_a_run_of_one_kind_and_one_seed_draws_itself(stored: Run) -> None:
    (drawn,) = figure.draw(stored).values()
    first, _, average, permuted = drawn.axes
    assert [ax.get_title(loc="left") for ax in (first, permuted)] == [
        "New classes: first task",
        "New permutations: all so far",
    ]
    means = rows(stored, "average_accuracy", CLASSES)
    np.testing.assert_allclose(average.lines[0].get_ydata(), 100 * np.array(means))
    np.testing.assert_allclose(average.lines[1].get_ydata(), 100 / np.arange(1, 6))
    (joint,) = rows(stored, "joint_accuracy", PERMUTED)
    assert permuted.lines[1].get_ydata() == pytest.approx([100 * joint])
    assert "Forgetting" in (stored.directory / "report.html").read_text(encoding="utf-8")


def test_sentences_tell_what_is_left(stored: Run) -> None:
    (left,) = rows(stored, "final_accuracy", CLASSES)
    classes, permuted = figure.sentences(stored)
    assert f"over all tasks of {100 * left:.2f}\N{NO-BREAK SPACE}% in receptive-field; after learning" in classes
    assert permuted.startswith("After learning one permutation of the features after another")
