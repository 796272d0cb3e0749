"""The timing study: times are learned, counts alone are not, no trial is learned and tested; its figure."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.run_directory import Run
from experiments.spec import Outcome, Untrained
from experiments.studies.timing import STUDY, TASKS, Config, figure
from experiments.studies.timing.measure import Task, _digits, run
from experiments.tasks.dataset import _test_indices
from tests.experiments.digits import DIGITS, ignore, tiny, value
from tests.experiments.runs import measured

SMALL = tiny(STUDY, trials=100, images=60, passes=8, artificial_passes=20)


@pytest.mark.slow
def test_both_learn_times() -> None:
    outcomes = {model: run(SMALL, Untrained(model, kind, seed=0), ignore) for model, kind in STUDY.subjects.items()}
    for model, bins in (("three-factor", {}), ("dense", {"bin": 8}), ("recurrent", {"bin": 8})):
        outcome = outcomes[model]
        assert value(outcome, "accuracy", task="patterns", jitter=2.0, **bins) > 0.9
        assert value(outcome, "accuracy", task="reversal", jitter=2.0, **bins) > 0.9
        assert value(outcome, "accuracy", task="rows", jitter=2.0, **bins) > 0.2  # from 60 digits; chance is 0.1
    assert_counts_alone_tell_nothing(outcomes, SMALL.trials)


def test_counts_alone_tell_nothing(full_run: Run) -> None:
    outcomes = {model: measured(full_run, "timing", model) for model in STUDY.subjects}
    assert_counts_alone_tell_nothing(outcomes, tiny(STUDY).trials)


def assert_counts_alone_tell_nothing(outcomes: dict[str, Outcome], trials: int) -> None:
    for model, outcome in outcomes.items():
        alone, chance = (
            {task: value(outcome, metric, task=task) for task in TASKS} for metric in ("accuracy_of_counts", "chance")
        )
        assert chance == {"patterns": 0.1, "reversal": 0.5, "rows": 0.1}
        for task in ("patterns", "reversal"):
            # All that artificial networks see is equal, so they give one answer. The spiking one guesses in each
            # trial: four standard deviations.
            guess = 4 * np.sqrt(chance[task] * (1 - chance[task]) / trials)
            tolerance = guess if model == "three-factor" else 1e-9
            assert alone[task] == pytest.approx(chance[task], abs=tolerance)
        if model != "three-factor":
            assert value(outcome, "accuracy", task="rows", jitter=2.0, bin=64) == alone["rows"]


def test_trials_of_the_test_are_others_than_those_of_the_training() -> None:
    task = Task.of("patterns", SMALL, 2.0, seed=0)
    learned = {trial.tobytes() for trial in task.train.raster}
    assert not any(trial.tobytes() in learned for trial in task.test.raster)
    again = Task.of("patterns", SMALL, 2.0, seed=0)
    np.testing.assert_array_equal(task.train.raster, again.train.raster)


def test_the_test_set_of_the_digits_stays_closed() -> None:
    split = _digits(SMALL, seed=0)
    _, test = _test_indices(DIGITS, seed=0)
    opened = {image.tobytes() for image in DIGITS.X[test] / DIGITS.scaling}
    assert not any(image.tobytes() in opened for part in (split.train, split.held_out) for image in part.X)


def test_bins_divide_the_trial() -> None:
    for wrong in ({"bin_widths": (8, 7)}, {"at_bin": 7}):
        with pytest.raises(ValidationError, match="7 ms does not divide a trial of 64 ms; give one of its divisors"):
            Config(**{**SMALL.model_dump(), **wrong})


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    assert [ax.get_title(loc="left") for ax in drawn.axes[:3]] == ["Random patterns", "Reversed time", "Digits by rows"]
    patterns, _, digits = figure.sentences(full_run)
    assert "with its best bins, of 8\N{NO-BREAK SPACE}ms" in patterns
    assert patterns.endswith("10.00\N{NO-BREAK SPACE}% of recurrent; chance is 10.00\N{NO-BREAK SPACE}%.")
    assert digits.startswith("Digits by rows, at a jitter of 2\N{NO-BREAK SPACE}ms: three-factor (BNS) ")
    assert "Learning from spike times" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_where_counts_are_all_that_was_measured_they_are_reported(full_run: Run) -> None:
    entries = [entry for entry in full_run.summary["metrics"] if entry["facts"].get("bin") != 8]
    config = {**full_run.config, "timing": {**full_run.config["timing"], "at_bin": 64}}
    counts = dataclasses.replace(full_run, summary={**full_run.summary, "metrics": entries}, config=config)
    assert "with its best bins, of 64\N{NO-BREAK SPACE}ms" in figure.sentences(counts)[0]
