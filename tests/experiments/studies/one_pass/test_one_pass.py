"""One pass: every sample once, one at a time, with learning rates of its own unless they are given."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.run.configuration import resolve, settings_tried
from experiments.settings import KINDS, settings_of
from experiments.spec import Subject
from experiments.studies import STUDIES
from experiments.studies.one_pass import STUDY
from experiments.studies.one_pass.measure import run
from experiments.tasks import load_task
from experiments.tasks.dataset import _test_indices, validation_split
from models.registry import MODELS, create
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, value

CONFIG = STUDY.presets["tiny"].model_copy(update={"max_validation": None})
ONLINE = {**SMALL, "learning_rate": 0.003}


def test_every_sample_is_learned_once_and_alone() -> None:
    outcome = run(CONFIG, Subject(DIGITS, "dense", ONLINE, 0, common_batch=32), ignore)
    curve = {found.step: found.value for found in outcome.measurements if found.metric == "validation_accuracy"}
    assert list(curve) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    split = validation_split(DIGITS, 0, 300)
    alone = create("dense", **{**ONLINE, "passes": 1, "batch_size": 1}, random_state=0).fit(
        split.train.X, split.train.y
    )
    assert value(outcome, "one_pass_accuracy") == curve[300] == alone.score(split.held_out.X, split.held_out.y)
    assert curve[300] > 0.6
    assert (outcome.n_train, outcome.n_held_out) == (300, 288)


def test_one_pass_is_blind_to_the_test_samples() -> None:
    _, test = _test_indices(DIGITS, seed=0)
    X = DIGITS.X.copy()
    X[test] = np.nan
    blinded, seeing = (
        run(CONFIG, Subject(dataset, "dense", ONLINE, 0), ignore)
        for dataset in (dataclasses.replace(DIGITS, X=X), DIGITS)
    )
    assert blinded.measurements == seeing.measurements


def test_online_learners_need_no_batches() -> None:
    outcome = run(CONFIG, Subject(DIGITS, "receptive-field", FIELD, 0), ignore)
    assert value(outcome, "one_pass_accuracy") > 0.4


@pytest.mark.parametrize("task", ["digits", "breast-cancer"])
def test_learning_rates_of_its_own_unless_they_are_given(task: str) -> None:
    settings = {"models.dense.learning_rate": 0.5}
    dataset = load_task(task)
    studies = {name: STUDIES[name] for name in ("accuracy", "one-pass")}
    config = resolve("compare", studies, task, dataset, tuple(MODELS), 2, "quick", settings)
    assert config.in_study["accuracy"] == {}
    here = config.in_study["one-pass"]
    assert here["receptive-field"]["final_rate"] == 1.0
    assert here["receptive-dense"]["learning_rate"] > 0
    assert "dense" not in here
    assert config.parameters["dense"]["learning_rate"] == 0.5
    stored = config.as_toml(config.parameters, {})
    assert stored["one-pass"]["models"] == here
    assert "models" not in stored["accuracy"]


def test_settings_were_tried_equally_often_for_all_models() -> None:
    accuracy = STUDIES["accuracy"]
    assert set(STUDY.settings) == set(STUDY.tried) == set(KINDS)
    for kind in KINDS:
        tuned = STUDY.tried[kind]
        assert set(tuned) == set(STUDY.settings[kind])
        assert len(set(tuned.values())) == 1
        elsewhere = {model: settings_of(model, kind).tried for model in tuned}
        assert settings_tried(kind, (accuracy,), tuned) == elsewhere
        both = settings_tried(kind, (accuracy, STUDY), tuned)
        assert both == {model: elsewhere[model] + tuned[model] for model in tuned}
