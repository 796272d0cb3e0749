"""Class selectivity of units, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.learning.selectivity import class_selectivity

LABELS = np.array([0, 0, 1, 1, 2, 2])


def unit(*responses: float) -> np.ndarray:
    return np.array(responses, float)[:, np.newaxis]


@pytest.mark.parametrize(
    ("responses", "index"),
    [
        (unit(2, 4, 0, 0, 0, 0), 1.0),
        (unit(3, 3, 3, 3, 3, 3), 0.0),
        (unit(1, 3, 1, 1, 0, 2), (2 - 1) / (2 + 1)),
        (unit(-5, -5, 0, 4, -1, 0), 1.0),  # negative responses are none
    ],
)
def test_index_of_one_unit(responses: np.ndarray, index: float) -> None:
    found = class_selectivity(responses, LABELS)
    assert found.index == pytest.approx(index)
    assert found.silent_share == 0


def test_silent_units_are_counted_and_left_out_of_the_mean() -> None:
    layer = np.hstack([unit(2, 4, 0, 0, 0, 0), np.zeros((6, 2)), unit(1, 3, 1, 1, 0, 2)])
    found = class_selectivity(layer, LABELS)
    assert found.index == pytest.approx((1 + 1 / 3) / 2)
    assert found.silent_share == 0.5


def test_a_silent_layer_and_a_single_class_have_no_index() -> None:
    silent = class_selectivity(np.zeros((6, 4)), LABELS)
    assert (silent.index, silent.silent_share) == (None, 1.0)
    single = class_selectivity(np.ones((6, 4)), np.zeros(6, int))
    assert (single.index, single.silent_share) == (None, 0.0)
