"""The learning study: the curve, blindness to the test set, and what it examines beside accuracy."""

from __future__ import annotations

import dataclasses
from collections import defaultdict

import numpy as np
import pytest

from experiments.spec import Subject
from experiments.studies.learning import STUDY
from experiments.studies.learning.measure import run
from experiments.tasks.dataset import _test_indices, validation_split
from models.registry import create
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, value

pytestmark = pytest.mark.slow

CONFIG = STUDY.presets["quick"].model_copy(update={"presentations": 1149})
Curves = dict[tuple[str, str], dict[int, float]]


def curves(model: str, parameters: dict[str, object]) -> Curves:
    """(metric, layer) -> step -> value."""
    outcome = run(CONFIG, Subject(DIGITS, model, parameters, seed=0), ignore)
    found: Curves = defaultdict(dict)
    for item in outcome.measurements:
        if item.facts:
            assert item.step is not None
            found[item.metric, str(item.facts["layer"])][item.step] = item.value
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


def test_models_of_other_batch_sizes_are_measured_at_the_same_steps() -> None:
    steps = []
    for batch_size in (32, 128):
        parameters = {**SMALL, "batch_size": batch_size}
        outcome = run(CONFIG, Subject(DIGITS, "dense", parameters, seed=0, common_batch=128), ignore)
        steps.append([found.step for found in outcome.measurements if found.metric == "validation_accuracy"])
    assert steps[0] == steps[1] == [128, 256, 512, 1024]
    assert outcome.derived == {"passes": 1}


def test_learning_curve_rises_and_never_sees_the_test_set() -> None:
    config = CONFIG.model_copy(update={"presentations": 4000})
    outcome = run(config, Subject(DIGITS, "dense", SMALL, seed=0), ignore)
    points = [found for found in outcome.measurements if found.metric == "validation_accuracy"]
    assert [found.step for found in points][:3] == [32, 64, 128]
    assert points[0].value < 0.5 < 0.85 < points[-1].value
    assert value(outcome, "learning_curve_mean") == pytest.approx(np.mean([found.value for found in points]))
    assert (outcome.n_train, outcome.n_held_out) == (1149, 288)
    assert outcome.predictions is None


def test_learning_is_blind_to_the_test_samples() -> None:
    config = CONFIG.model_copy(update={"presentations": 2000})
    _, test = _test_indices(DIGITS, seed=0)
    X = DIGITS.X.copy()
    X[test] = np.nan
    blinded, seeing = (
        run(config, Subject(dataset, "dense", SMALL, seed=0), ignore)
        for dataset in (dataclasses.replace(DIGITS, X=X), DIGITS)
    )
    assert blinded.measurements == seeing.measurements
