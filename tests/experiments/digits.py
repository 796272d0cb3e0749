"""What tests of studies on real digits share."""

from __future__ import annotations

from typing import Any

from experiments.spec import Fact, Measurement, Outcome, Study
from experiments.tasks import load_task

DIGITS = load_task("digits")
SMALL = {"hidden": (20,), "passes": 8, "learning_rate": 0.01}
FIELD = {"image_shape": (8, 8), "n_filters": 100, "duration": 20.0, "learning_rate": 0.005}


def ignore(done: int, total: int) -> None:
    """Take progress, and do nothing with it."""


def tiny(study: Study, **changed: Any) -> Any:
    """The study's options for tests, some of them changed."""
    preset = study.presets["tiny"]
    return type(preset).model_validate({**dict(preset), **changed})


def value(outcome: Outcome, metric: str, **facts: Fact) -> float:
    """The only measurement of this metric with these facts."""
    (found,) = [measurement.value for measurement in measurements(outcome, metric, **facts)]
    return found


def values(outcome: Outcome, metric: str, **facts: Fact) -> list[float]:
    """The values of this metric with these facts, in the order in which they were measured."""
    return [measurement.value for measurement in measurements(outcome, metric, **facts)]


def curve(outcome: Outcome, metric: str, **facts: Fact) -> dict[int | None, float]:
    """The measurements of this metric with these facts: step -> value."""
    return {measurement.step: measurement.value for measurement in measurements(outcome, metric, **facts)}


def measurements(outcome: Outcome, metric: str, **facts: Fact) -> list[Measurement]:
    """All measurements of this metric with these facts."""
    return [row for row in outcome.measurements if row.metric == metric and facts.items() <= row.facts.items()]
