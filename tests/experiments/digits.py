"""What tests of studies on real digits share."""

from __future__ import annotations

from experiments.spec import Outcome
from experiments.tasks import load_task

DIGITS = load_task("digits")
SMALL = {"hidden": (20,), "passes": 8, "learning_rate": 0.01}
FIELD = {"image_shape": (8, 8), "n_filters": 100, "duration": 20.0, "learning_rate": 0.005}


def ignore(done: int, total: int) -> None:
    """Take progress, and do nothing with it."""


def value(outcome: Outcome, metric: str) -> float:
    """The only measurement of this metric."""
    (found,) = [measurement.value for measurement in outcome.measurements if measurement.metric == metric]
    return found
