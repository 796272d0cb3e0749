"""Maps of scores whose maps are known, and what is deleted when."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.explain import attribution

WEIGHTS = np.array([3.0, -1.0, 0.0, 2.0])
IMAGE = np.array([1.0, 2.0, 5.0, -1.0])


def test_windows_lie_at_every_place_inside_the_image() -> None:
    places = attribution.windows((3, 3), 2)
    assert places.sum(axis=0).tolist() == [1, 2, 1, 2, 4, 2, 1, 2, 1]
    assert places[1].nonzero()[0].tolist() == [1, 2, 4, 5]
    assert len(attribution.windows((2, 5), 2)) == 4


def test_occlusion_of_a_sum_is_what_each_pixel_adds_to_it() -> None:
    baseline = np.array([1.0, 0.0, 0.0, 1.0])
    single = attribution.windows((2, 2), 1)
    drops = (IMAGE - attribution.occluded(IMAGE, baseline, single)) @ WEIGHTS
    assert attribution.occlusion(drops, single) == pytest.approx(WEIGHTS * (IMAGE - baseline))


def test_occlusion_is_the_mean_over_the_windows_that_cover_a_pixel() -> None:
    places = attribution.windows((1, 3), 1) | attribution.windows((1, 3), 1)[[1, 2, 1]]
    assert attribution.occlusion(np.array([1.0, 2.0, 6.0]), places) == pytest.approx([1, 3, 4])


def test_differences_are_exact_for_a_parabola() -> None:
    scores = (attribution.nudged(IMAGE, 0.1) ** 2) @ WEIGHTS
    assert attribution.gradient(scores, 0.1) == pytest.approx(2 * WEIGHTS * IMAGE)


def test_the_triggered_average_of_a_linear_response_is_its_weights() -> None:
    noise = attribution.mirrored_noise((20_000, 4), 0.5, np.random.default_rng(0))
    assert noise.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    found = attribution.triggered_average(noise, 10 + noise @ WEIGHTS)
    # Variance 0.25 times the weights over the mean response; of 20,000 draws each term has an error of some 0.003.
    assert found == pytest.approx(0.25 * WEIGHTS / 10, abs=0.01)
    assert attribution.triggered_average(noise, np.zeros(20_000)).tolist() == [0, 0, 0, 0]


def test_agreement_is_of_ranks_and_blind_to_signs() -> None:
    assert attribution.agreement(WEIGHTS, -(WEIGHTS**3)) == pytest.approx(1)
    assert attribution.agreement(np.arange(4.0), np.arange(4.0)[::-1]) == pytest.approx(-1)
    assert attribution.agreement(np.ones(4), WEIGHTS) is None


def test_pixels_are_deleted_in_order() -> None:
    stack = attribution.deleted(IMAGE, np.zeros(4), np.array([2, 0, 3, 1]), 2)
    assert stack.tolist() == [[1, 2, 5, -1], [0, 2, 0, -1], [0, 0, 0, 0]]


def test_area_is_that_of_trapezoids() -> None:
    assert attribution.area(np.array([1.0, 0.5, 0.0])) == 0.5
    assert attribution.area(np.array([1.0, 0.0, 0.0])) == 0.25
