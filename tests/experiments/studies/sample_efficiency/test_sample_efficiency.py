"""Few samples of each class: which they are, how often they are shown, and what is measured."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.spec import Subject
from experiments.studies.sample_efficiency import STUDY
from experiments.studies.sample_efficiency.measure import per_class, ranks_in_class, run
from experiments.tasks.dataset import validation_split
from tests.experiments.digits import DIGITS, SMALL, ignore, value

CONFIG = STUDY.presets["quick"].model_copy(update={"min_presentations": 500})


@pytest.mark.parametrize(
    ("most", "sizes"),
    [
        (1, [1]),
        (2, [1]),
        (3, [1, 3]),
        (29, [1, 3, 10]),
        (100, [1, 3, 10, 30, 100]),
        (4999, [1, 3, 10, 30, 100, 300, 1000, 3000]),
    ],
)
def test_sizes_go_up_to_what_there_is(most: int, sizes: list[int]) -> None:
    assert per_class(most) == sizes


def test_sets_are_stratified_nested_and_drawn_by_the_seed() -> None:
    labels = np.random.default_rng(0).integers(0, 4, 200)
    ranks = ranks_in_class(labels, seed=5)
    for size in (1, 3, 10):
        assert np.bincount(labels[ranks < size]).tolist() == [size] * 4
    assert set(np.flatnonzero(ranks < 1)) < set(np.flatnonzero(ranks < 3))
    assert np.array_equal(ranks, ranks_in_class(labels, seed=5))
    assert not np.array_equal(ranks, ranks_in_class(labels, seed=6))


def test_more_samples_classify_better() -> None:
    seen: list[tuple[int, int]] = []
    outcome = run(CONFIG, Subject(DIGITS, "dense", SMALL, 0), lambda *done: seen.append(done))
    curve = {found.step: found.value for found in outcome.measurements if found.metric == "validation_accuracy"}
    assert list(curve) == [1, 3, 10, 30]
    assert 0.3 < curve[1] < curve[10] < curve[30]
    assert value(outcome, "sample_efficiency_mean") == pytest.approx(np.mean(list(curve.values())))
    # 10, 30, 100 and 300 samples: at least 8 passes of the model's own, at least 500 presentations
    assert outcome.derived == {"samples_per_class": [1, 3, 10, 30], "passes": {"dense": [50, 17, 8, 8]}}
    assert seen == sorted(seen)
    assert seen[-1] == (500 + 17 * 30 + 800 + 2400,) * 2
    assert (outcome.n_train, outcome.n_held_out) == (1149, 288)


@pytest.mark.slow
def test_samples_outside_the_set_have_no_influence() -> None:
    """Blind to the test set and to all but a tenth of the training part; digits are not scaled by their values."""
    split = validation_split(DIGITS, 0)
    few = split.train.chosen(np.flatnonzero(ranks_in_class(split.train.y, 0) < 10)).X
    kept = {sample.tobytes() for samples in (few, split.held_out.X) for sample in samples}
    X = np.array([row if (row / 16).tobytes() in kept else np.full(64, np.nan) for row in DIGITS.X])
    assert np.isnan(X[:, 0]).sum() > 1000
    config = CONFIG.model_copy(update={"max_per_class": 10, "min_presentations": 1})
    outcomes = [
        run(config, Subject(dataset, "dense", SMALL, 0), ignore)
        for dataset in (DIGITS, dataclasses.replace(DIGITS, X=X))
    ]
    assert outcomes[0].measurements == outcomes[1].measurements
