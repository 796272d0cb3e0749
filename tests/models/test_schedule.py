"""The order of presentations and its cuts."""

from __future__ import annotations

import numpy as np
import pytest

from models.schedule import Schedule, falling, presentation_order


def cuts(total: int, checkpoints: tuple[int, ...], size: int, batch: int = 1) -> list[tuple[int, int]]:
    schedule = Schedule(np.arange(total), checkpoints, watch=lambda samples_seen: None, begin=lambda: 0)
    return list(schedule.chunks(size, batch))


def test_each_pass_shows_every_sample_once_in_an_order_of_its_own() -> None:
    order = presentation_order(3, n_samples=50, n_passes=4).reshape(4, 50)
    assert np.array_equal(np.sort(order, axis=1), np.tile(np.arange(50), (4, 1)))
    assert len(np.unique(order, axis=0)) == 4


def test_more_passes_begin_like_fewer() -> None:
    assert np.array_equal(presentation_order(3, 50, 4)[:100], presentation_order(3, 50, 2))
    assert not np.array_equal(presentation_order(3, 50, 2), presentation_order(4, 50, 2))


def test_learning_rates_fall_on_a_line_that_chunks_do_not_bend() -> None:
    np.testing.assert_allclose(falling(0.2, 0, 4, 4), [1.0, 0.8, 0.6, 0.4])  # and 0.2 would come next
    assert np.array_equal(falling(0.2, 3, 2, 10), falling(0.2, 0, 10, 10)[3:5])
    assert np.array_equal(falling(0.2, 3, 2, None), [1.0, 1.0])


def test_chunks_are_cut_at_checkpoints() -> None:
    assert cuts(10, (), size=4) == [(0, 4), (4, 8), (8, 10)]
    assert cuts(10, (3, 8, 99), size=4) == [(0, 3), (3, 4), (4, 8), (8, 10)]


def test_checkpoints_wait_for_the_end_of_the_batch() -> None:
    assert cuts(100, (32, 40), size=64, batch=32) == [(0, 32), (32, 64), (64, 100)]
    assert cuts(100, (97,), size=64, batch=32) == [(0, 64), (64, 100)]


@pytest.mark.parametrize("size", [1, 7, 500])
def test_chunks_cover_all_presentations_in_turn(size: int) -> None:
    shown = np.concatenate([np.arange(start, stop) for start, stop in cuts(1000, (1, 10, 100), size)])
    assert np.array_equal(shown, np.arange(1000))
