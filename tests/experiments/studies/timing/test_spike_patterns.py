"""Tasks of spike times: patterns, jitter, rows, bins by hand; a spiking network that is given spikes."""

from __future__ import annotations

import numpy as np
import pytest

from bnsim.errors import DegenerateNetworkWarning
from experiments.studies.timing import DURATION
from experiments.studies.timing.spike_patterns import Trials, draw_templates, presented, reversal, row_after_row
from models.spiking.spike_time_network import SpikeTimeNetwork


def test_every_unit_fires_once_in_every_trial_whatever_the_jitter() -> None:
    generator = np.random.default_rng(0)
    templates = draw_templates(5, 7, generator)
    assert templates.shape == (5, 7)
    for jitter in (0.0, 3.0, 200.0):
        trials = presented(templates, 20, jitter, generator)
        assert (trials.raster.sum(axis=1) == 1).all()
        assert np.bincount(trials.y).tolist() == [4] * 5


def test_without_jitter_trials_are_their_template() -> None:
    templates = np.array([[0.0, 10.7], [63.9, 5.2]])
    trials = presented(templates, 6, 0.0, np.random.default_rng(0))
    steps = trials.raster.argmax(axis=1)
    np.testing.assert_array_equal(steps, np.array([[0, 10], [63, 5]])[trials.y])


def test_jitter_has_its_standard_deviation_and_is_reflected_at_the_ends() -> None:
    middle = presented(np.array([[DURATION / 2]]), 4000, 5.0, np.random.default_rng(0))
    assert middle.raster.argmax(axis=1).std() == pytest.approx(5.0, rel=0.05)  # a standard error of 1 %
    start = presented(np.array([[0.0]]), 4000, 5.0, np.random.default_rng(0)).raster.argmax(axis=1)
    # The mean of |x| is 5 sqrt(2 / pi) = 3.99, less half a step.
    assert start.mean() == pytest.approx(3.49, abs=0.2)


def test_reversed_time_of_reversed_time_is_the_pattern() -> None:
    times = np.array([0.5, 20.0, 60.0])
    pattern, back = reversal(times)
    assert back.tolist() == [63.5, 44.0, 4.0]
    np.testing.assert_array_equal(reversal(back)[1], pattern)


def test_an_image_is_shown_row_after_row() -> None:
    image = np.zeros((1, 8, 8))
    image[0, 2, 5] = 1.0  # four spikes, from 16 to 24 ms
    image[0, 7, 0] = 0.3  # one spike, from 56 to 64 ms
    trials = row_after_row(image, np.array([3]), 0.0, np.random.default_rng(0))
    steps, units = np.nonzero(trials.raster[0])
    assert list(zip(steps.tolist(), units.tolist(), strict=True)) == [(17, 5), (19, 5), (21, 5), (23, 5), (60, 0)]
    np.testing.assert_array_equal(trials.binned(8).reshape(8, 8), np.rint(4 * image[0]))


def test_bins_and_scattering_keep_counts() -> None:
    generator = np.random.default_rng(0)
    trials = Trials(generator.random((5, DURATION, 3)) < 0.2, np.zeros(5, dtype=np.int64))
    counts = trials.raster.sum(axis=1)
    np.testing.assert_array_equal(trials.binned(DURATION), counts)
    np.testing.assert_array_equal(trials.binned(4).reshape(5, 16, 3).sum(axis=1), counts)
    scattered = trials.scattered(generator)
    np.testing.assert_array_equal(scattered.raster.sum(axis=1), counts)
    assert (scattered.raster != trials.raster).any()


def test_the_network_plays_the_spikes_that_it_is_given() -> None:
    templates = reversal(np.array([3.0, 12.0, 25.0, 31.0]))
    trials = presented(templates, 8, 1.0, np.random.default_rng(0))
    model = SpikeTimeNetwork(hidden=(5,), duration=float(DURATION), passes=1, backend="numpy", random_state=0)
    with pytest.warns(DegenerateNetworkWarning, match="layer 'hidden_1' never spiked, .*; give a larger hidden_weight"):
        model.fit(trials.flat(), trials.y)  # weights for images are weak for four spikes
    np.testing.assert_array_equal(model.activity(trials.flat())["input"].responses, trials.raster.sum(axis=1))
    shown = model.record(trials.flat()).spike_times("input")
    steps, units = np.nonzero(trials.raster[2])
    times, numbers = shown.of_trial(2)
    np.testing.assert_allclose(times, steps * 1e-3)
    np.testing.assert_array_equal(numbers, units)
    assert model.trainable_parameters == (4 + 1) * 5 + (5 + 1) * 2
    assert model.weights()["hidden_1"].shape == (4, 5)
