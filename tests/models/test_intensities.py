"""Samples as intensities of a rate code."""

from __future__ import annotations

import numpy as np

from models.intensities import IntensityScale


def test_pixels_are_left_as_they_are() -> None:
    X = np.array([[0.0, 0.5], [0.25, 0.75]])
    assert IntensityScale.of(X)(X).tobytes() == X.tobytes()


def test_other_features_are_scaled_one_by_one_and_cut() -> None:
    scale = IntensityScale.of(np.array([[-1.0, 5.0, 2.0], [3.0, 9.0, 2.0]]))
    assert scale(np.array([[1.0, 5.0, 2.0], [9.0, 4.0, 7.0]])).tolist() == [[0.5, 0.0, 0.0], [1.0, 0.0, 0.0]]


def test_storage() -> None:
    scale = IntensityScale.of(np.array([[-1.0, 5.0], [3.0, 9.0]]))
    again = IntensityScale.from_arrays({**scale.arrays(), "other": np.zeros(1)}, len(scale.low))
    assert np.array_equal(again.low, scale.low)
    assert np.array_equal(again.high, scale.high)
