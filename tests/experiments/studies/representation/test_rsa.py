"""Representational similarity by hand, its limits, and beside rsatoolbox where that is installed."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.representation.rsa import agreement, dissimilarities


def test_dissimilarities_by_hand() -> None:
    # Up, twice as far up, down, and something that goes with neither.
    responses = np.array([[0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [2.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    np.testing.assert_allclose(dissimilarities(responses), [0, 2, 1, 2, 1, 1], atol=1e-12)


def test_a_sample_that_all_units_answer_alike_is_left_out() -> None:
    responses = np.array([[0.0, 1.0, 2.0], [0.1, 0.1, 0.1], [2.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    found = dissimilarities(responses)
    np.testing.assert_array_equal(np.isnan(found), [True, False, False, True, True, False])
    assert agreement(found, np.array([9.0, 3.0, 2.0, 9.0, 9.0, 1.0])) == pytest.approx(np.sqrt(3) / 2)  # 2, 1, 1


def test_it_counts_the_order_alone() -> None:
    first = np.array([0.1, 0.5, 0.2, 0.9])
    assert agreement(first, first**3) == pytest.approx(1)
    assert agreement(first, -first) == pytest.approx(-1)
    # Ranks 1 3 2 4 and 2 3 1 4: squared differences sum to 2, so 1 - 6 x 2 / (4 x 15).
    assert agreement(first, np.array([0.2, 0.6, 0.1, 0.7])) == pytest.approx(0.8)


def test_no_agreement_without_dissimilarities() -> None:
    silent = dissimilarities(np.zeros((4, 3)))
    assert agreement(silent, np.arange(6.0)) is None
    assert agreement(np.ones(6), np.arange(6.0)) is None


def test_it_is_that_of_rsatoolbox() -> None:
    rsatoolbox = pytest.importorskip("rsatoolbox", reason='rsatoolbox is not installed (pip install "bnsim[rsa]")')
    generator = np.random.default_rng(2)
    responses = [generator.standard_normal((12, 30)), generator.standard_normal((12, 7))]
    theirs = [rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(X), method="correlation") for X in responses]
    ours = [dissimilarities(X) for X in responses]
    for matrix, found in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(found, matrix.dissimilarities[0], rtol=1e-12)
    assert agreement(*ours) == pytest.approx(rsatoolbox.rdm.compare(*theirs, method="spearman").item())
