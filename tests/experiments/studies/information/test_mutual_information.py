"""Bits by hand, and of codes that tell everything and nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from experiments.studies.information.mutual_information import entropy, mutual_information, symbols, unit_information


def test_entropy_by_hand() -> None:
    """1, 1 and 2 of 4: 1/4 x 2 + 1/4 x 2 + 1/2 x 1 bits, and 2 / (2 x 4 ln 2) for the three cells that are occupied."""
    assert entropy(np.array([1, 0, 1, 2])) == pytest.approx(1.5 + 2 / (8 * np.log(2)))
    assert entropy(np.array([0, 7])) == 0
    np.testing.assert_allclose(entropy(np.array([[5, 5], [0, 10]])), [1 + 1 / (20 * np.log(2)), 0])


def test_information_by_hand() -> None:
    """Rows 4 and 4, columns 6 and 2, three cells of 4, 2, 2: H = 1 + 0.8113 - 1.5; corrections (1 + 1 - 2) cancel."""
    table = np.array([[4, 0], [2, 2]])
    columns = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert mutual_information(table) == pytest.approx(1 + columns - 1.5)
    full = np.array([[3, 1], [1, 3]])  # four cells: a correction of (1 + 1 - 3) / (2 x 8 ln 2)
    plain = mutual_info_score([0] * 4 + [1] * 4, [0, 0, 0, 1, 0, 1, 1, 1]) / np.log(2)
    assert mutual_information(full) == pytest.approx(plain - 1 / (16 * np.log(2)))


@pytest.mark.parametrize("classes", [2, 10])
def test_a_perfect_code_tells_all(classes: int) -> None:
    """log2(K) bits, and the correction's K - 1 cells over 2 n ln 2, which goes as samples come."""
    labels = np.arange(10_000) % classes
    (bits,) = unit_information(labels[:, np.newaxis][:, ::-1], labels)
    assert bits == pytest.approx(np.log2(classes) + (classes - 1) / (20_000 * np.log(2)))


def test_a_random_code_tells_nothing_after_correction() -> None:
    """50 cells from 300 samples: 0.087 bits uncorrected. The mean of 500 units, each with a deviation of 0.02."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 10, 300)
    responses = generator.integers(0, 5, (300, 500))
    plain = [mutual_info_score(unit, labels) / np.log(2) for unit in responses.T]
    assert np.mean(plain) > 0.08
    assert abs(np.mean(unit_information(responses, labels))) < 0.01


def test_few_responses_are_kept_apart_and_many_are_cut_into_equal_parts() -> None:
    counts = np.array([3, 0, 0, 0, 7, 0, 0, 0], float)
    spread = np.array([5, 1, 8, 2, 7, 3, 6, 4], float)
    rectified = np.array([0, 0, 0, 0, 0, 0.1, 0.2, 0.3])  # no part has a zero and another value
    silent = np.zeros(8)
    found = symbols(np.stack([counts, spread, rectified, silent], axis=1), levels=3)
    assert found[:, 0].tolist() == [1, 0, 0, 0, 2, 0, 0, 0]
    assert found[:, 1].tolist() == [1, 0, 2, 0, 2, 0, 1, 1]
    assert found[:5, 2].tolist() == [0] * 5
    assert 0 < found[5, 2] <= found[6, 2] <= found[7, 2] <= 2
    assert found[:, 3].tolist() == [0] * 8


def test_levels_hold_equally_many_samples() -> None:
    found = symbols(np.random.default_rng(0).random((100, 3)), levels=5)
    assert all(np.bincount(unit).tolist() == [20] * 5 for unit in found.T)


@pytest.mark.parametrize("units", [3, 500])
def test_silent_units_tell_nothing(units: int) -> None:
    assert unit_information(symbols(np.zeros((60, units)), 5), np.arange(60) % 3).tolist() == [0] * units
