"""Fixed in-degree, out-degree and total number: exact where they are fixed, binomial where they are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from bnsim import Connectivity, FixedInDegree, FixedOutDegree, FixedTotalNumber, InputError, pairs
from bnsim.connectivity import Edges, Ends, sampling
from bnsim.random_numbers import Numbers

from .test_fixed_probability import chi_square

NUMBERS = Numbers(5, "test:edges")
BETWEEN, WITHIN = Ends(60, 50), Ends(60, 60, recurrent=True)

Rule = Callable[..., Connectivity]


def counts(edges: Edges, ends: Ends) -> np.ndarray:
    """Synapses of each pair (source, target); the edges must be in order."""
    pair = edges.source.astype(np.int64) * ends.n_target + edges.target
    assert (np.diff(pair) >= 0).all()
    return np.bincount(pair, minlength=ends.n_source * ends.n_target).reshape(ends.n_source, ends.n_target)


@pytest.mark.parametrize("ends", [BETWEEN, WITHIN], ids=["between", "within"])
@pytest.mark.parametrize("multapses", [True, False])
@pytest.mark.parametrize("autapses", [True, False])
def test_degrees_and_what_is_excluded(ends: Ends, multapses: bool, autapses: bool) -> None:
    """With 30 of 60 and 50 units there would be pairs twice and units onto themselves, if they were not excluded."""
    options = {"multapses": multapses, "autapses": autapses}
    drawn = [
        counts(rule.draw(ends, NUMBERS), ends)
        for rule in (FixedInDegree(30, **options), FixedOutDegree(30, **options), FixedTotalNumber(1500, **options))
    ]
    assert (drawn[0].sum(axis=0) == 30).all()
    assert (drawn[1].sum(axis=1) == 30).all()
    assert drawn[2].sum() == 1500
    for found in drawn:
        assert (found.max() > 1) == multapses
        if ends.recurrent:
            assert (found.diagonal().sum() > 0) == autapses


@pytest.mark.parametrize("multapses", [True, False])
def test_the_other_degrees_are_binomial(multapses: bool) -> None:
    """An input falls on each source with the same probability; with multapses, on each choice anew."""
    n, degree = 2500, 50
    trials, p = (n * degree, 1 / n) if multapses else (n, degree / n)
    ends = Ends(n, n, recurrent=True)
    drawn = FixedInDegree(degree, multapses=multapses).draw(ends, NUMBERS)
    assert chi_square(np.bincount(drawn.source, minlength=n), trials, p) > 1e-3  # fixed keys: it cannot fail by chance
    drawn = FixedOutDegree(degree, multapses=multapses).draw(ends, NUMBERS)
    assert chi_square(np.bincount(drawn.target, minlength=n), trials, p) > 1e-3
    drawn = FixedTotalNumber(n * degree, multapses=multapses).draw(ends, NUMBERS)
    for units in (drawn.source, drawn.target):
        assert chi_square(np.bincount(units, minlength=n), trials, p) > 1e-3


def test_without_autapses_all_others_are_equally_probable() -> None:
    """Chi-square over all pairs of different units."""
    ends = Ends(12, 12, recurrent=True)
    others = ~np.eye(12, dtype=bool)
    for rule in (FixedInDegree(6000, autapses=False), FixedOutDegree(6000, autapses=False)):
        assert stats.chisquare(counts(rule.draw(ends, NUMBERS), ends)[others]).pvalue > 1e-3
    total = counts(FixedTotalNumber(72_000, autapses=False).draw(ends, NUMBERS), ends)
    assert stats.chisquare(total[others]).pvalue > 1e-3
    assert total.sum() == total[others].sum() == 72_000


def test_sets_without_replacement_are_equally_probable() -> None:
    """Each of the ten pairs among five units, and each of the ten triples."""
    uniform = np.random.default_rng(0).random((50_000, 3))
    for degree in (2, 3):
        taken = sampling.without_replacement(uniform[:, :degree], 5)
        assert (taken.sum(axis=1) == degree).all()
        _, found = np.unique(taken @ 2 ** np.arange(5), return_counts=True)
        assert len(found) == 10
        assert stats.chisquare(found).pvalue > 1e-3


@pytest.mark.parametrize("rule", [FixedInDegree(60, multapses=False), FixedOutDegree(50, multapses=False)], ids=repr)
def test_all_units_once(rule: Connectivity) -> None:
    assert (counts(rule.draw(BETWEEN, NUMBERS), BETWEEN) == 1).all()


def test_almost_all_pairs() -> None:
    """More than half: those that are left out are drawn."""
    for number in (2999, 3000, 1501):
        found = counts(FixedTotalNumber(number, multapses=False).draw(BETWEEN, NUMBERS), BETWEEN)
        assert found.sum() == number
        assert found.max() == 1


@pytest.mark.parametrize("rule", [FixedInDegree, FixedOutDegree, FixedTotalNumber])
def test_no_synapse(rule: Rule) -> None:
    for multapses in (True, False):
        edges = rule(0, multapses=multapses).draw(WITHIN, NUMBERS)
        assert len(edges.source) == len(edges.target) == 0


def test_edges_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [
        rule(number, multapses=multapses, autapses=False)
        for rule, number in ((FixedInDegree, 20), (FixedOutDegree, 20), (FixedTotalNumber, 900))
        for multapses in (True, False)
    ]
    whole = [counts(rule.draw(WITHIN, NUMBERS), WITHIN) for rule in rules]
    for size in (1, 130):
        monkeypatch.setattr(pairs, "BLOCK", size)
        monkeypatch.setattr(sampling, "TAKEN", size)
        for rule, expected in zip(rules, whole, strict=True):
            assert np.array_equal(counts(rule.draw(WITHIN, NUMBERS), WITHIN), expected)
    # A row is a target, or a source, and does not know how many others there are.
    assert np.array_equal(
        counts(FixedInDegree(20).draw(Ends(60, 9), NUMBERS), Ends(60, 9)),
        counts(FixedInDegree(20).draw(BETWEEN, NUMBERS), BETWEEN)[:, :9],
    )


def test_edges_are_made_of_the_numbers_of_their_places() -> None:
    edges = FixedInDegree(7).draw(Ends(100, 4), NUMBERS)
    for target in range(4):
        expected = np.sort((NUMBERS.at(target, np.arange(7)) * 100).astype(int))
        assert np.array_equal(np.sort(edges.source[edges.target == target]), expected)
    edges = FixedTotalNumber(11).draw(Ends(100, 30), NUMBERS)
    uniform = NUMBERS.at(0, np.arange(22)).reshape(-1, 2)
    expected = sorted((int(one * 100), int(other * 30)) for one, other in uniform)
    assert list(zip(edges.source.tolist(), edges.target.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: FixedInDegree(1.5),  # type: ignore[arg-type]
            "FixedInDegree.degree: 1.5 is not a whole number; give an integer of at least 0",
        ),
        (lambda: FixedOutDegree(-1), "FixedOutDegree.degree: -1 is too small; give an integer of at least 0"),
        (
            lambda: FixedTotalNumber("many"),  # type: ignore[arg-type]
            "FixedTotalNumber.number: 'many' is not a whole number; give an integer of at least 0",
        ),
        (
            lambda: FixedInDegree(61, multapses=False).draw(BETWEEN, NUMBERS),
            "FixedInDegree.degree: 61 inputs from 60 sources; lower the degree or allow multapses and autapses",
        ),
        (
            lambda: FixedOutDegree(60, multapses=False, autapses=False).draw(WITHIN, NUMBERS),
            "FixedOutDegree.degree: 60 synapses onto 59 targets; lower the degree or allow multapses and autapses",
        ),
        (
            lambda: FixedInDegree(1, autapses=False).draw(Ends(1, 1, recurrent=True), NUMBERS),
            "FixedInDegree.degree: 1 inputs from 0 sources; lower the degree or allow multapses and autapses",
        ),
        (
            lambda: FixedTotalNumber(3001, multapses=False).draw(BETWEEN, NUMBERS),
            "FixedTotalNumber.number: 3001 synapses for 3000 pairs; lower the number or allow multapses and autapses",
        ),
    ],
)
def test_what_does_not_fit_is_refused(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        draw()
    assert str(caught.value) == message
