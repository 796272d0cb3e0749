"""What accuracy hides where classes are of unequal size, against numbers counted by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, recall_score

from experiments.studies.accuracy.classes import by_class

CLASSES = ("common", "rare", "absent")


def found(true: list[int], predicted: list[int], trained: list[int]) -> dict[tuple[str, ...], float]:
    arrays = (np.array(labels) for labels in (true, predicted, trained))
    return {(row.metric, *row.facts.values()): row.value for row in by_class(*arrays, CLASSES)}


def test_a_rare_class_that_is_never_found_halves_the_balanced_accuracy() -> None:
    # 38 samples, 2 of them rare and both missed: accuracy 36 / 38, recalls 1 and 0
    values = found([0] * 36 + [1] * 2, [0] * 38, [0] * 120 + [1] * 6)
    assert values == {
        ("test_samples",): 38,
        ("majority_accuracy",): 36 / 38,
        ("balanced_accuracy",): 0.5,
        ("test_samples", "common"): 36,
        ("recall", "common"): 1.0,
        ("test_samples", "rare"): 2,
        ("recall", "rare"): 0.0,
    }


def test_the_majority_is_that_of_the_training_set() -> None:
    assert found([0, 0, 0, 1], [0, 0, 1, 1], [1, 1, 0])["majority_accuracy",] == 0.25
    assert found([0, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1])["majority_accuracy",] == 0.75  # of equals the first


def test_recalls_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    true, predicted = generator.integers(0, 3, 200), generator.integers(0, 3, 200)
    values = found(true.tolist(), predicted.tolist(), [2])
    assert values["balanced_accuracy",] == pytest.approx(balanced_accuracy_score(true, predicted))
    recalls = [values["recall", name] for name in CLASSES]
    assert recalls == pytest.approx(recall_score(true, predicted, average=None))
