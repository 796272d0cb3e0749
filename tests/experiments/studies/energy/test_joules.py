"""Joules by hand."""

import numpy as np
import pytest

from experiments.studies.energy.joules import INTEGERS, Cost, integer_joules, joules, nonzero_share


def test_joules_by_hand() -> None:
    found = joules(Cost(accumulates=1000, multiply_accumulates=100, neuron_updates=10, weights=20))
    # 1000 x 0.9 + 100 x 4.6 pJ; 10 x 4.6 pJ more for the neurons; 20 x 4 + 10 x 8 bytes, 20 words of 10 or 100 pJ.
    expected = {"energy_arithmetic": 1360e-12, "energy_least": 1606e-12, "energy_most": 3406e-12}
    assert found == pytest.approx(expected)


def test_integers_by_hand() -> None:
    cost = Cost(accumulates=1000, multiply_accumulates=100, neuron_updates=10, weights=1080)
    # 1000 x 0.1 + 100 x 0.3 pJ; 10 x 3.2 pJ more for the neurons; 1080 x 1 + 10 x 8 bytes, 145 words of 10 or 100 pJ.
    expected = {"energy_arithmetic": 130e-12, "energy_least": 1612e-12, "energy_most": 14662e-12}
    assert joules(cost, INTEGERS) == pytest.approx(expected)
    assert integer_joules(cost, 0) == pytest.approx(expected)


def test_a_front_end_is_calculated_with_floats() -> None:
    found = integer_joules(Cost(accumulates=0, multiply_accumulates=100, neuron_updates=0, weights=100), front_end=60)
    # 60 x 4.6 + 40 x 0.3 pJ; 60 x 4 + 40 bytes, 35 words of 10 or 100 pJ.
    expected = {"energy_arithmetic": 288e-12, "energy_least": 638e-12, "energy_most": 3788e-12}
    assert found == pytest.approx(expected)


def test_share_of_responses_that_are_not_zero() -> None:
    assert nonzero_share(np.array([[0, 1], [0, -2], [0, 0]])) == pytest.approx(1 / 3)
