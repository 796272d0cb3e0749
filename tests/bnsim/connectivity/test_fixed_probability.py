"""Random pairs of one probability: binomial degrees, and the geometric steps that the docstring describes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bnsim import FixedProbability, pairs
from bnsim.connectivity import Edges, Ends
from bnsim.random_numbers import Numbers

NUMBERS = Numbers(7, "test:edges")


def draw(probability: float, ends: Ends, numbers: Numbers = NUMBERS) -> Edges:
    return FixedProbability(probability).draw(ends, numbers)


def chi_square(degrees: np.ndarray, n: int, p: float) -> float:
    """The p-value of degrees as binomial numbers; classes have at least ten of them."""
    edges = np.unique(stats.binom.ppf(np.linspace(0.01, 0.99, 25), n, p))
    expected = np.diff(np.concatenate([[0], stats.binom.cdf(edges, n, p), [1]])) * len(degrees)
    found = np.bincount(np.searchsorted(edges, degrees), minlength=len(edges) + 1)
    assert expected.min() > 10
    return float(stats.chisquare(found, expected).pvalue)


@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_degrees_are_binomial(p: float) -> None:
    edges = draw(p, Ends(3000, 2000))
    assert chi_square(np.bincount(edges.source, minlength=3000), 2000, p) > 1e-3  # fixed keys: it cannot fail by chance
    assert chi_square(np.bincount(edges.target, minlength=2000), 3000, p) > 1e-3


def test_rows_are_independent() -> None:
    """Five standard errors for pairs that two rows both have."""
    n, p = 300, 0.2
    edges = draw(p, Ends(n, n))
    found = np.zeros((n, n), bool)
    found[edges.source, edges.target] = True
    assert len(edges.source) == found.sum()  # no pair twice
    both = found[:-1] & found[1:]  # neighbours share a row: at most 1 + 2 p times the variance of independent ones
    assert abs(both.mean() - p**2) < 5 * np.sqrt(p**2 * (1 - p**2) / both.size) * np.sqrt(1 + 2 * p)
    assert found.diagonal().any()
    assert (np.diff(edges.source * n + edges.target) > 0).all()


@pytest.mark.parametrize("p", [0.004, 0.1, 0.95])
def test_edges_are_the_documented_steps(p: float) -> None:
    edges = draw(p, Ends(5, 1000))
    for source in range(5):
        expected, position = [], -1
        for u in NUMBERS.at(source, np.arange(1500)).tolist():
            position += 1 + math.floor(math.log(u) / math.log1p(-p))
            if position < 1000:
                expected.append(position)
        assert edges.target[edges.source == source].tolist() == expected


def test_edges_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw(0.1, Ends(400, 150))
    for block in (1, 1000):
        monkeypatch.setattr(pairs, "BLOCK", block)
        part = draw(0.1, Ends(400, 150))
        assert np.array_equal(part.source, whole.source)
        assert np.array_equal(part.target, whole.target)
    first = draw(0.1, Ends(100, 150))  # nor on how many sources there are
    assert np.array_equal(first.target, whole.target[whole.source < 100])


def test_rows_that_need_more_numbers_than_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few numbers at a time, so that every row goes on several times."""
    whole = draw(0.3, Ends(40, 150))
    monkeypatch.setattr(pairs, "_places", lambda mean: 8)
    part = draw(0.3, Ends(40, 150))
    assert np.array_equal(part.source, whole.source)
    assert np.array_equal(part.target, whole.target)
