"""Synchrony of hand-made rasters, and what the controls keep of them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.synchrony.pairs import Synchrony, raster_of, rate_around_spikes, shuffled

DT = 1e-3


def raster(*steps: list[int], n_steps: int = 100) -> np.ndarray:
    result = np.zeros((len(steps), n_steps), dtype=bool)
    for unit, fired in enumerate(steps):
        result[unit, fired] = True
    return result


def test_equal_trains_are_as_synchronous_as_can_be() -> None:
    found = Synchrony.of(raster([10, 40, 90], [10, 40, 90], [10, 40, 90]), DT)
    assert found.tiling == pytest.approx(1.0)
    assert found.contrast == pytest.approx(1.0)


def test_trains_that_never_meet_are_below_chance() -> None:
    assert Synchrony.of(raster([10, 30, 50], [20, 40, 60]), DT).tiling < 0


def test_followers_by_hand() -> None:
    # Unit 0 fires in steps 10 and 13, unit 1 in steps 10 and 15.
    found = Synchrony.of(raster([10, 13], [10, 15]), DT)
    expected = np.zeros(21)
    expected[0] = 2  # step 10, each unit with the other
    expected[3] = 1  # unit 1 at 10, unit 0 at 13
    expected[5] = 1  # unit 0 at 10, unit 1 at 15; within a unit, 10 and 13 or 15 do not count
    expected[2] = 1  # unit 0 at 13, unit 1 at 15
    assert found.followers.tolist() == expected.tolist()
    assert found.chances == 4
    rates = rate_around_spikes([found, found])
    assert rates[0] == pytest.approx(2 / (4 * 1e-3))


def test_lags_end_with_half_a_short_trial() -> None:
    assert len(Synchrony.of(raster([1, 3], [2, 4], n_steps=20), DT).followers) == 11


def test_independent_sparse_trains_have_no_tiling_on_a_grid() -> None:
    generator = np.random.default_rng(0)
    values = [Synchrony.of(generator.random((6, 500)) < 0.01, DT).tiling for _ in range(15)]
    values = [value for value in values if np.isfinite(value)]
    # Pairs have a standard deviation of about 0.15: 200 of them, a standard error of about 0.01.
    assert np.mean(values) == pytest.approx(0.0, abs=0.04)


def test_a_train_becomes_a_raster() -> None:
    found = raster_of((np.array([0.0, 0.0015, 0.002]), np.array([1, 0, 1])), 2, 5, 0.5e-3)
    assert found.tolist() == raster([3], [0, 4], n_steps=5).tolist()


def test_controls_keep_counts_and_move_spikes() -> None:
    generator = np.random.default_rng(0)
    original = generator.random((30, 50)) < 0.2
    jittered, scattered = shuffled(original, 10, generator), shuffled(original, 50, generator)
    for control in (jittered, scattered):
        np.testing.assert_array_equal(control.sum(axis=1), original.sum(axis=1))
        assert (control != original).any()
    windows = [version.reshape(30, 5, 10).sum(axis=2) for version in (original, jittered, scattered)]
    np.testing.assert_array_equal(windows[0], windows[1])
    assert (windows[0] != windows[2]).any()


def test_a_control_takes_common_timing_away() -> None:
    original = np.tile(np.random.default_rng(0).random(200) < 0.05, (6, 1))
    control = shuffled(original, 200, np.random.default_rng(1))
    assert Synchrony.of(original, DT).tiling == pytest.approx(1.0)
    assert abs(Synchrony.of(control, DT).tiling) < 0.3
