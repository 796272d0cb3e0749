"""Spikes up to a time, first spikes, leads and exits, on hand-made spikes."""

import numpy as np
import pytest

from bnsim.recording import SpikeTimes
from experiments.shared.answers import margin
from experiments.studies.latency.elapsed import correlation, counts_until, exits, first_spikes

SPIKES = SpikeTimes(np.array([0, 0, 0, 1]), np.array([1, 0, 1, 0]), np.array([0.001, 0.002, 0.004, 0.003]))
"""Trial 0: unit 1 at 1 and 4 ms, unit 0 at 2 ms. Trial 1: unit 0 at 3 ms."""


def test_counts_are_of_spikes_before_each_time() -> None:
    counts = counts_until(SPIKES, n_trials=2, n_units=2, steps=[1, 3, 5], dt=0.001)
    assert counts.tolist() == [[[0, 0], [0, 0]], [[1, 1], [0, 0]], [[1, 2], [1, 0]]]


def test_spikes_after_the_last_time_count_nowhere() -> None:
    assert counts_until(SPIKES, 2, 2, [1], dt=0.0005).sum() == 0


@pytest.mark.parametrize("dt", [1e-3, 5e-4, 3e-4])
def test_a_spike_on_a_time_comes_after_it_however_the_time_is_rounded(dt: float) -> None:
    steps = np.arange(500)
    spikes = SpikeTimes(np.zeros(500, int), np.zeros(500, int), np.round(steps * dt, 12))
    counts = counts_until(spikes, 1, 1, steps.tolist(), dt)
    np.testing.assert_array_equal(counts[:, 0, 0], steps)


def test_first_spikes() -> None:
    assert first_spikes(SPIKES, 2, 2).tolist() == [[0.002, 0.001], [0.003, np.inf]]


def test_a_trial_ends_when_the_lead_is_large_enough_or_the_time_is_over() -> None:
    lead = margin(np.array([[[3, 1, 2], [0, 0, 0]], [[5, 1, 2], [0, 0, 1]]]))
    assert lead.tolist() == [[1, 0], [3, 1]]
    assert exits(lead, 1).tolist() == [0, 1]
    assert exits(lead, 3).tolist() == [1, 1]
    assert exits(lead, 9).tolist() == [1, 1]


def test_correlation_over_all_units() -> None:
    counts = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert correlation(counts, 2 * counts + 1) == pytest.approx(1)
    assert correlation(counts, -counts) == pytest.approx(-1)
    assert correlation(counts, np.ones((2, 2))) is None
