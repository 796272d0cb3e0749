"""Joules by hand."""

import numpy as np
import pytest

from experiments.studies.energy.joules import Cost, joules, nonzero_share


def test_joules_by_hand() -> None:
    found = joules(Cost(accumulates=1000, multiply_accumulates=100, neuron_updates=10, bytes=80))
    # 1000 x 0.9 + 100 x 4.6 pJ; 10 x 4.6 pJ more for the neurons; 10 words of 10 or 100 pJ.
    expected = {"energy_arithmetic": 1360e-12, "energy_least": 1506e-12, "energy_most": 2406e-12}
    assert found == pytest.approx(expected)


def test_share_of_responses_that_are_not_zero() -> None:
    assert nonzero_share(np.array([[0, 1], [0, -2], [0, 0]])) == pytest.approx(1 / 3)
