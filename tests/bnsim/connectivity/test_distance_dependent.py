"""Connection probability by distance: the profile that was asked for, on lines, squares, rings and tori."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from brian2.units import mV, um
from numpy.typing import NDArray
from scipy import stats

from bnsim import DistanceDependent, ExponentialProfile, GaussianProfile, Grid, InputError, Profile, Ring, pairs
from bnsim.connectivity import Ends
from bnsim.random_numbers import Numbers

NUMBERS = Numbers(5, "test:edges")
SIDE = 30

Metres = NDArray[np.float64]


def recurrent(positions: Any, size: int = SIDE**2) -> Ends:
    """A population that is connected to itself."""
    placed = positions.draw(size, NUMBERS)
    return Ends(size, size, True, placed, placed, positions.lengths)


ENDS = recurrent(Grid((SIDE, SIDE), 25 * um))


def connected(rule: DistanceDependent, ends: Ends = ENDS) -> NDArray[np.bool_]:
    """Which pairs (source, target) are; the edges must be in order, none twice."""
    edges = rule.draw(ends, NUMBERS)
    assert (np.diff(edges.source.astype(np.int64) * ends.n_target + edges.target) > 0).all()
    found = np.zeros((ends.n_source, ends.n_target), bool)
    found[edges.source, edges.target] = True
    return found


def distances(source: Any, target: Any, period: float | None = None) -> Metres:
    """Distances (source, target) in metres, one pair of coordinates after the other."""
    squared: Metres = np.zeros((len(source), len(target)))
    for one, other in zip(np.asarray(source).T, np.asarray(target).T, strict=True):
        between = np.abs(one[:, None] - other)
        if period is not None:
            between = np.minimum(between, period - between)
        squared += between**2
    return np.sqrt(squared)


def agrees(found: NDArray[np.bool_], expected: Metres, distance: Metres) -> float:
    """The p-value of the connected pairs by distance: in 40 classes, binomial numbers of many pairs."""
    order = np.argsort(distance, axis=None)
    classes = np.array_split(order, 40)
    deviations = []
    for one in classes:
        p = expected.ravel()[one]
        variance = (p * (1 - p)).sum()
        if variance > 20:
            deviations.append((found.ravel()[one].sum() - p.sum()) / np.sqrt(variance))
    assert len(deviations) > 8
    return float(stats.chi2(len(deviations)).sf(np.sum(np.square(deviations))))


@pytest.mark.parametrize("periodic", [False, True], ids=["borders", "torus"])
@pytest.mark.parametrize("peak", [0.2, 1.0])
@pytest.mark.parametrize("kind", [GaussianProfile, ExponentialProfile])
def test_pairs_follow_the_profile(kind: type[Profile], peak: float, periodic: bool) -> None:
    profile = kind(peak, 150 * um)  # type: ignore[call-arg]
    ends = recurrent(Grid((SIDE, SIDE), 25 * um, periodic))
    found = connected(DistanceDependent(profile), ends)
    distance = distances(ends.source_positions, ends.target_positions, 7.5e-4 if periodic else None)
    d = distance / 150e-6
    expected = peak * (np.exp(-(d**2) / 2) if kind is GaussianProfile else np.exp(-d))
    assert agrees(found, expected, distance) > 1e-3  # the keys are fixed, so this cannot fail by chance
    assert found.diagonal().mean() == pytest.approx(peak, abs=5 * np.sqrt(0.25 / SIDE**2))


def test_a_ring() -> None:
    """On a ring the last unit is the first one's neighbour, and all units have equally many targets on average."""
    n = 600
    found = connected(DistanceDependent(ExponentialProfile(0.8, 200 * um)), recurrent(Ring(6000 * um), n))
    index = np.arange(n)
    steps = np.minimum((index - index[:, None]) % n, (index[:, None] - index) % n)
    assert agrees(found, 0.8 * np.exp(-steps / 20), steps.astype(float)) > 1e-3
    assert found[0, n - 5 :].any()
    assert found[n - 1, :5].any()


def test_between_populations_in_three_dimensions() -> None:
    source, target = (np.random.default_rng(seed).random((n, 3)) * 1e-3 for seed, n in ((0, 300), (1, 500)))
    ends = Ends(300, 500, source_positions=source, target_positions=target)
    found = connected(DistanceDependent(GaussianProfile(0.7, 400 * um)), ends)
    distance = distances(source, target)
    assert agrees(found, 0.7 * np.exp(-((distance / 4e-4) ** 2) / 2), distance) > 1e-3


def test_each_dimension_may_have_its_period() -> None:
    strip = recurrent(Grid((4, 50), 10 * um, periodic=True), 200)
    found = connected(DistanceDependent(GaussianProfile(1.0, 1 * um)), strip)
    assert np.array_equal(found, np.eye(200, dtype=bool))  # all others are ten widths away


def test_autapses() -> None:
    rule = DistanceDependent(GaussianProfile(1.0, 100 * um), autapses=False)
    assert not connected(rule).diagonal().any()
    elsewhere = connected(rule, replace(ENDS, recurrent=False))
    assert elsewhere.diagonal().all()


def test_edges_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = DistanceDependent(GaussianProfile(0.5, 200 * um))
    whole = connected(rule)
    monkeypatch.setattr(pairs, "BLOCK", 1)
    assert np.array_equal(connected(rule), whole)


def test_a_far_profile_connects_nothing() -> None:
    ends = Ends(1, 1, source_positions=np.array([[1.0]]), target_positions=np.array([[2.0]]))
    edges = DistanceDependent(GaussianProfile(1.0, 1 * um)).draw(ends, NUMBERS)
    assert len(edges.source) == 0


@dataclass(frozen=True, repr=False)
class Doubled(Profile):
    def probability(self, distance: Metres) -> Metres:
        return np.full(len(distance), 2 * float(self.peak))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GaussianProfile(1.5), "GaussianProfile.peak: 1.5 is above 1; give a probability"),
        (lambda: GaussianProfile(0.0), "GaussianProfile.peak: 0 is too small; give a value above 0"),
        (
            lambda: ExponentialProfile(0.5, 3 * mV),
            "ExponentialProfile.width: 3 mV has the wrong unit, expected m; give 100 um, say",
        ),
        (lambda: DistanceDependent(0.5), "DistanceDependent.profile: 0.5 is no Profile; give one"),  # type: ignore[arg-type]
        (
            lambda: DistanceDependent(Doubled(0.4)).draw(ENDS, NUMBERS),
            "Doubled.probability: 0.8 is above the peak 0.4; state the largest probability as peak",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
