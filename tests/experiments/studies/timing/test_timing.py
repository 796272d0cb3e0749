"""The timing study: times are learned, counts alone are not, no trial is learned and tested; its figure."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.run_directory import Run
from experiments.spec import Outcome, Untrained
from experiments.studies import STUDIES
from experiments.studies.timing import figure
from experiments.studies.timing import measure as timing
from experiments.studies.timing.measure import Config, Task
from experiments.tasks import load_task
from experiments.tasks.dataset import _test_indices

# As many units and classes as the digits by rows have: both tasks share one compiled network.
SMALL = Config(
    classes=10, units=8, trials=100, images=60, passes=8, artificial_passes=20, jitters=(2.0,), bin_widths=(),
    at_jitter=2.0, at_bin=8,
)  # fmt: skip


def values(outcome: Outcome, metric: str) -> dict[str, float]:
    return {row.condition: row.value for row in outcome.measurements if row.metric == metric}


@pytest.fixture(scope="module")
def measured() -> dict[str, Outcome]:
    kinds = STUDIES["timing"].subjects
    return {
        model: timing.run(SMALL, Untrained(model, kind, seed=0), lambda done, total: None)
        for model, kind in kinds.items()
    }


def test_both_learn_times(measured: dict[str, Outcome]) -> None:
    for model, suffix in (("three-factor", ""), ("dense", ",bin=8"), ("recurrent", ",bin=8")):
        accuracy = values(measured[model], "accuracy")
        assert accuracy[f"task=patterns,jitter=2{suffix}"] > 0.9
        assert accuracy[f"task=reversal,jitter=2{suffix}"] > 0.9
        assert accuracy[f"task=rows,jitter=2{suffix}"] > 0.2  # from 60 digits; chance is 0.1


def test_counts_alone_tell_nothing(measured: dict[str, Outcome]) -> None:
    for model, outcome in measured.items():
        alone, chance = values(outcome, "accuracy_of_counts"), values(outcome, "chance")
        assert chance == {"task=patterns": 0.1, "task=reversal": 0.5, "task=rows": 0.1}
        for task in ("task=patterns", "task=reversal"):
            # All that artificial networks see is equal, so they give one answer. The spiking one guesses 100 times:
            # four standard deviations.
            guess = 4 * np.sqrt(chance[task] * (1 - chance[task]) / 100)
            tolerance = guess if model == "three-factor" else 1e-9
            assert alone[task] == pytest.approx(chance[task], abs=tolerance)
        if model != "three-factor":
            assert values(outcome, "accuracy")["task=rows,jitter=2,bin=64"] == alone["task=rows"]


def test_trials_of_the_test_are_others_than_those_of_the_training() -> None:
    task = Task.of("patterns", SMALL, 2.0, seed=0)
    learned = {trial.tobytes() for trial in task.train.raster}
    assert not any(trial.tobytes() in learned for trial in task.test.raster)
    again = Task.of("patterns", SMALL, 2.0, seed=0)
    np.testing.assert_array_equal(task.train.raster, again.train.raster)


def test_the_test_set_of_the_digits_stays_closed() -> None:
    dataset = load_task("digits")
    split = timing._digits(SMALL, seed=0)
    _, test = _test_indices(dataset, seed=0)
    opened = {image.tobytes() for image in dataset.X[test] / dataset.scaling}
    assert not any(image.tobytes() in opened for part in (split.train, split.held_out) for image in part.X)


def test_bins_divide_the_trial() -> None:
    with pytest.raises(ValidationError, match="7 ms does not divide a trial of 64 ms; give one of its divisors"):
        Config(**{**SMALL.model_dump(), "bin_widths": (7,)})


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    assert [ax.get_title(loc="left") for ax in drawn.axes[:3]] == ["Random patterns", "Reversed time", "Digits by rows"]
    patterns, _, digits = figure.sentences(full_run)
    assert "with its best bins, of 8\N{NO-BREAK SPACE}ms" in patterns
    assert patterns.endswith("10.00\N{NO-BREAK SPACE}% of recurrent, with chance at 10.00\N{NO-BREAK SPACE}%.")
    assert digits.startswith("Digits by rows, at a jitter of 2\N{NO-BREAK SPACE}ms: three-factor (BNS) ")
    assert "Learning from the times of spikes" in (full_run.directory / "report.html").read_text(encoding="utf-8")
