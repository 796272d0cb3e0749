"""Learning curves: where their points lie, and that a curve with other points is refused."""

from __future__ import annotations

import pytest

from bnsim.errors import InputError
from experiments.shared.learning_curve import checkpoints, learning_curve
from experiments.spec import Metric
from experiments.tasks.dataset import validation_split
from models.registry import create
from tests.experiments.digits import DIGITS, SMALL, ignore

ACCURACY = Metric("accuracy", "fraction", "Accuracy", "Fraction right.", step="Samples seen")


def test_checkpoints_are_log_spaced_multiples_of_the_batch() -> None:
    assert checkpoints(1000, 1, 32) == (32, 64, 128, 256, 512, 992)
    assert checkpoints(256, 2, 32) == (32, 64, 96, 128, 192, 256)
    assert checkpoints(1000, 1, 128) == (128, 256, 512, 896)
    assert checkpoints(20, 1, 32) == (20,)


def test_each_point_is_the_accuracy_of_training_until_then() -> None:
    split = validation_split(DIGITS, 0, 320)
    curve = learning_curve(
        ACCURACY, create("dense", **{**SMALL, "passes": 2}, random_state=0), split, (320, 640), ignore
    )
    for n_passes, point in enumerate(curve, start=1):
        alone = create("dense", **{**SMALL, "passes": n_passes}, random_state=0).fit(split.train.X, split.train.y)
        assert point == ACCURACY(alone.score(split.held_out.X, split.held_out.y), step=n_passes * 320)


def test_a_model_that_stops_early_has_no_learning_curve() -> None:
    model = create("dense", **{**SMALL, "passes": 2, "early_stopping": True}, random_state=0)
    points = checkpoints(2298, 1, 32)
    with pytest.raises(InputError) as caught:
        learning_curve(ACCURACY, model, validation_split(DIGITS, 0), points, ignore)
    assert str(caught.value) == (
        "dense: its learning curve has 7 of 8 points; let it see all presentations (e.g. early_stopping=false) "
        "or leave it out"
    )
