"""How firing patterns are told apart: trains made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.shared.firing_patterns import abrupt_rises, lasts, period, shift


def train(*intervals: float) -> np.ndarray:
    return np.cumsum([10.0, *intervals])


def test_a_train_lasts_if_the_silence_at_its_end_is_short() -> None:
    regular = train(20, 20, 20)  # the last spike at 70
    assert lasts(regular, 100)
    assert not lasts(regular, 101)
    assert not lasts(regular[:2], 31)
    assert not lasts(np.zeros(0), 10)


def test_an_interval_three_times_as_long_as_the_last_ends_a_burst() -> None:
    assert abrupt_rises(train(2, 2, 6, 5.9)).tolist() == [3]
    assert abrupt_rises(train(2, 2, 5.9, 5.9)).tolist() == []
    assert abrupt_rises(train(2, 40, 2, 40, 2)).tolist() == [2, 4]


@pytest.mark.parametrize(
    ("intervals", "repeats"),
    [
        ([10, 10.1, 10, 10.05, 10], 1),
        ([5, 50, 5, 50, 5, 50], 2),
        ([5, 50, 5, 52, 5, 50], None),
        ([4, 5, 50, 4, 5, 50], 3),
        ([10, 20], None),
        ([], None),
    ],
)
def test_intervals_repeat_within_a_share_of_the_longest(intervals: list[float], repeats: int | None) -> None:
    assert period(np.array(intervals), 3, 0.02) == repeats


def test_spikes_of_the_same_number_are_compared() -> None:
    assert shift(np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.1])) == pytest.approx(0.5)
    assert shift(np.arange(9.0), np.append(np.arange(5.0), [99.0])) == 0.0
    assert shift(np.zeros(0), np.arange(3.0)) == 0.0
