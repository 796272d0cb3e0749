"""Means of values that may not be defined, and their intervals as figures draw them."""

from __future__ import annotations

import numpy as np

from experiments.shared.defined import mean_of_defined
from experiments.shared.drawing.curves import means_and_bars
from experiments.spec import Metric

VARIATION = Metric("variation", "", "Variation", "A variation.", facts={"dt": float}, study="network")


def test_values_that_are_no_numbers_take_no_part_in_a_mean() -> None:
    (found,) = mean_of_defined(VARIATION, np.array([0.5, np.nan, 1.0]), dt=0.1)
    assert (found.metric, found.value, found.facts, found.step) == ("variation", 0.75, {"dt": 0.1}, None)
    assert list(mean_of_defined(VARIATION, np.full(3, np.nan))) == []
    assert list(mean_of_defined(VARIATION, np.zeros(0))) == []


def test_bars_reach_from_the_mean_to_the_limits_of_the_interval() -> None:
    limits = [(2.0, 1.5, 3.0), (4.0, None, None)]
    means, bars = means_and_bars({"mean": mean, "ci_low": low, "ci_high": high} for mean, low, high in limits)
    assert means.tolist() == [2.0, 4.0]
    assert bars.tolist() == [[0.5, 0.0], [1.0, 0.0]]
    means, bars = means_and_bars([])
    assert (means.shape, bars.shape) == ((0,), (2, 0))
