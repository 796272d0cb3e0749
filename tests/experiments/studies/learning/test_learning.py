"""What the learning study looks at beside accuracy: weights, units and the way that learning goes."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from experiments.spec import Subject
from experiments.studies.learning import measure as learning
from experiments.tasks.dataset import validation_split
from models.registry import create
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore

CONFIG = learning.PRESETS["quick"].model_copy(update={"presentations": 1149})
Curves = dict[tuple[str, str], dict[int, float]]


def curves(model: str, parameters: dict[str, object]) -> Curves:
    """(metric, layer) -> step -> value."""
    outcome = learning.run(CONFIG, Subject(DIGITS, model, parameters, seed=0), ignore)
    found: Curves = defaultdict(dict)
    for item in outcome.measurements:
        if item.condition:
            assert item.step is not None
            found[item.metric, item.condition.removeprefix("layer=")][item.step] = item.value
    return found


@pytest.fixture(scope="module")
def dense() -> Curves:
    return curves("dense", SMALL)


@pytest.fixture(scope="module")
def field() -> Curves:
    return curves("receptive-field", FIELD)


def test_every_metric_has_a_value_at_every_checkpoint(dense: Curves) -> None:
    trained = {"weight_mean", "weight_standard_deviation", "relative_weight_distance", "weight_cosine"}
    trained |= {"gradient_angle", "gradient_angle_small_steps", "class_selectivity", "silent_share"}
    assert set(dense) == {(metric, layer) for metric in trained for layer in ("hidden_1", "output")}
    assert {tuple(steps) for steps in dense.values()} == {(32, 64, 128, 256, 512, 1024, 1120)}


def test_weights_are_held_against_those_before_learning(dense: Curves) -> None:
    """The same training, watched by hand."""
    train = validation_split(DIGITS, 0).train
    seen = {}

    def look(model: object, samples_seen: int) -> None:
        seen[samples_seen] = model.weights()["hidden_1"]  # type: ignore[attr-defined]

    create("dense", **{**SMALL, "passes": 1}, random_state=0).fit(
        train.X, train.y, checkpoints=(32, 64), at_checkpoint=look
    )
    initial, before, now = seen[0], seen[32], seen[64]
    distance = np.linalg.norm(now - initial) / np.linalg.norm(initial)
    assert dense["relative_weight_distance", "hidden_1"][64] == pytest.approx(distance)
    cosine = np.sum(before * now) / np.linalg.norm(before) / np.linalg.norm(now)
    assert dense["weight_cosine", "hidden_1"][64] == pytest.approx(cosine)
    assert dense["weight_standard_deviation", "hidden_1"][64] == pytest.approx(now.std())


def test_selectivity_emerges_in_layers_that_learn_alone(dense: Curves, field: Curves) -> None:
    for found, layer in ((dense, "output"), (field, "output")):
        selectivity = found["class_selectivity", layer]
        assert selectivity[1120] > selectivity[32] + 0.05
    fixed = field["class_selectivity", "hidden"].values()
    assert len(set(fixed)) == 1
    assert 0 < min(fixed) < 0.9


def test_a_read_out_that_starts_at_zero_has_a_norm(field: Curves) -> None:
    norms = list(field["weight_norm", "output"].values())
    assert norms[-1] > norms[0] > 0
    assert ("relative_weight_distance", "output") not in field
    assert min(field["weight_cosine", "output"]) == 64
    assert ("weight_mean", "hidden") not in field


def test_learning_points_downhill(dense: Curves, field: Curves) -> None:
    for found, layers in ((dense, ("hidden_1", "output")), (field, ("output",))):
        for layer in layers:
            for metric in ("gradient_angle", "gradient_angle_small_steps"):
                assert all(0 < degrees < 90 for degrees in found[metric, layer].values())
    assert ("gradient_angle", "hidden") not in field


def test_angles_are_left_out_where_the_gradient_is_another() -> None:
    assert ("gradient_angle", "output") not in curves("dense", {**SMALL, "activation": "tanh"})
