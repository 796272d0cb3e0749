"""Movement of weights, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.learning.drift import drift

START = np.array([[3.0, 4.0]])


def test_distance_is_relative_to_the_initial_weights() -> None:
    found = drift(START, np.array([[3.0, 0.0]]), np.array([[3.0, 3.0]]))
    assert found == pytest.approx(
        {
            "weight_mean": 3.0,
            "weight_standard_deviation": 0.0,
            "relative_weight_distance": 1 / 5,
            "weight_cosine": np.sqrt(0.5),
        }
    )


def test_weights_that_start_at_zero_have_a_norm_and_at_first_no_direction() -> None:
    zero = np.zeros((1, 2))
    first = drift(zero, zero, START)
    assert first == pytest.approx({"weight_mean": 3.5, "weight_standard_deviation": 0.5, "weight_norm": 5.0})
    later = drift(zero, START, 2 * START)
    assert (later["weight_norm"], later["weight_cosine"]) == pytest.approx((10.0, 1.0))
