"""Spikes are lost or moved as asked."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.robustness.spike_disturbances import jittered, lost


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_this_share_of_the_spikes_is_lost() -> None:
    steps, units = np.arange(10_000) % 50, np.arange(10_000) % 7
    kept = lost((steps, units), 0.3, generator())
    assert len(kept[0]) == pytest.approx(7000, abs=5 * 46)  # five standard deviations
    assert len(lost((steps, units), 0.0, generator())[0]) == 10_000
    assert len(lost((steps, units), 1.0, generator())[0]) == 0


def test_jitter_moves_spikes_and_loses_none() -> None:
    drawn = np.random.default_rng(3).random((50, 40)) < 0.4
    steps, units = np.nonzero(drawn)
    for deviation in (0.0, 1.0, 5.0, 500.0):
        moved, of = jittered((steps, units), deviation, 50, generator())
        assert moved.min() >= 0
        assert moved.max() < 50
        assert len({*zip(moved.tolist(), of.tolist(), strict=True)}) == len(steps)
        np.testing.assert_array_equal(np.bincount(of), np.bincount(units))
    same, of = jittered((steps, units), 0.0, 50, generator())
    assert {*zip(same.tolist(), of.tolist(), strict=True)} == {*zip(steps.tolist(), units.tolist(), strict=True)}


def test_jitter_of_single_spikes_is_normal() -> None:
    moved, _ = jittered((np.full(4000, 500), np.arange(4000)), 10.0, 1000, generator())
    assert np.std(moved) == pytest.approx(10.0, rel=0.05)  # 4000 spikes: 1.1 %, rounding to steps 0.04 %
    assert np.mean(moved) == pytest.approx(500, abs=1)
