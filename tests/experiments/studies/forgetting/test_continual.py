"""Averages and forgetting, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.forgetting.continual import average_accuracy, forgetting

UNKNOWN = np.nan
COURSE = np.array(
    [
        [0.9, UNKNOWN, UNKNOWN],
        [0.6, 0.8, UNKNOWN],
        [0.7, 0.5, 1.0],
    ]
)


def test_average_accuracy_is_over_the_tasks_so_far() -> None:
    assert average_accuracy(COURSE) == pytest.approx([0.9, 0.7, (0.7 + 0.5 + 1.0) / 3])


def test_forgetting_is_the_loss_since_the_best_time_of_all_tasks_but_the_last() -> None:
    assert forgetting(COURSE) == pytest.approx(((0.9 - 0.7) + (0.8 - 0.5)) / 2)


def test_forgetting_is_negative_where_later_tasks_help() -> None:
    assert forgetting(np.array([[0.5, UNKNOWN], [0.75, 0.9]])) == pytest.approx(-0.25)
