"""Small worlds between their limits: the ring, whose clustering and path length are known, and the random graph."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse, stats

from bnsim import InputError, SmallWorld
from bnsim.connectivity import Ends, small_world
from bnsim.random_numbers import Numbers

NUMBERS = Numbers(2, "test:edges")


def adjacency(neighbours: int, rewiring: float, n: int) -> sparse.csr_array:
    edges = SmallWorld(neighbours, rewiring).draw(Ends(n, n, recurrent=True), NUMBERS)
    assert (np.diff(edges.source.astype(np.int64) * n + edges.target) > 0).all()  # in order, none twice
    assert (np.bincount(edges.source, minlength=n) == neighbours).all()
    assert (edges.source != edges.target).all()
    return sparse.csr_array((np.ones(len(edges.source)), (edges.source, edges.target)), shape=(n, n))


def clustering(graph: sparse.csr_array) -> float:
    """Share of the ordered pairs of a unit's targets of which the first is connected to the second."""
    degree = np.asarray(graph.sum(axis=1))
    return float((graph @ graph * graph).sum() / (degree * (degree - 1)).sum())


def path_length(graph: sparse.csr_array) -> float:
    """Mean number of synapses on the shortest way between two units."""
    ways = sparse.csgraph.shortest_path(graph, unweighted=True)
    return float(ways.sum() / (len(ways) * (len(ways) - 1)))


@pytest.mark.parametrize("k", [2, 4, 10])
def test_without_rewiring_it_is_the_ring(k: int) -> None:
    """C = 3 (k - 2) / (4 (k - 1)) exactly; L is the mean of ceil(2 d / k) over the distances d = 1 to n - 1."""
    n = 101
    graph = adjacency(k, 0.0, n)
    distance = np.minimum(np.arange(1, n), n - np.arange(1, n))
    assert clustering(graph) == pytest.approx(3 * (k - 2) / (4 * (k - 1)))
    assert path_length(graph) == pytest.approx(np.ceil(2 * distance / k).mean())


@pytest.mark.parametrize("rewiring", [0.01, 0.1, 0.3, 0.6])
def test_clustering_falls_with_the_cube(rewiring: float) -> None:
    """C(p) / C(0) = (1 - p)^3 + O(1 / n): the three synapses of a triangle must all be left. With 40,000 synapses of
    which p are rewired, its standard error is below 2 %; a random graph adds k / n = 0.5 % of C(0) = 0.67 at most."""
    n, k = 4000, 10
    ratio = clustering(adjacency(k, rewiring, n)) / (3 * (k - 2) / (4 * (k - 1)))
    assert ratio == pytest.approx((1 - rewiring) ** 3, rel=0.06, abs=0.005)


def test_a_few_shortcuts_make_a_small_world() -> None:
    """One synapse in a hundred: paths shrink to a fraction of n / (2 k) while clustering stays."""
    n, k = 1000, 10
    graph = adjacency(k, 0.01, n)
    assert path_length(graph) < 0.4 * n / (2 * k)
    assert clustering(graph) > 0.9 * 3 * (k - 2) / (4 * (k - 1))


def test_fully_rewired_it_is_a_random_graph() -> None:
    """L near ln n / ln k, which is a limit for large n: 10 % are allowed; C = k / n within five standard errors of
    its n k (k - 1) pairs; binomial in-degrees."""
    n, k = 2000, 10
    graph = adjacency(k, 1.0, n)
    assert path_length(graph) == pytest.approx(np.log(n) / np.log(k), rel=0.1)
    p = k / n
    assert abs(clustering(graph) - p) < 5 * np.sqrt(p / (n * k * (k - 1)))
    degrees = np.asarray(graph.sum(axis=0)).astype(int)
    classes = np.arange(4, 18)
    expected = np.diff(np.concatenate([[0], stats.binom.cdf(classes, n, p), [1]])) * n
    found = np.bincount(np.searchsorted(classes, degrees), minlength=len(expected))
    assert stats.chisquare(found, expected).pvalue > 1e-3  # fixed keys: it cannot fail by chance


def test_rewired_targets_are_uniform_among_the_others() -> None:
    """In a ring of 9 with 4 neighbours, by the distance of target and source: of the 8 others all equally often."""
    found = np.zeros(9)
    for key in range(100):
        edges = SmallWorld(4, 1.0).draw(Ends(9, 9, recurrent=True), Numbers(key, "test:edges"))
        found += np.bincount((edges.target - edges.source) % 9, minlength=9)
    assert found[0] == 0
    # Without replacement the numbers vary less than independent ones, so the limit is conservative.
    assert stats.chisquare(found[1:]).pvalue > 1e-3


def test_edges_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = adjacency(6, 0.3, 200)
    monkeypatch.setattr(small_world, "TAKEN", 700)
    assert (adjacency(6, 0.3, 200) != whole).nnz == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SmallWorld(5), "SmallWorld.neighbours: 5 is odd; give as many to either side"),
        (lambda: SmallWorld(0), "SmallWorld.neighbours: 0 is too small; give an integer of at least 2"),
        (lambda: SmallWorld(4, 1.5), "SmallWorld.rewiring: 1.5 is above 1; give a probability"),
        (lambda: SmallWorld(4, -0.1), "SmallWorld.rewiring: -0.1 is negative; give a value at least 0"),
        (
            lambda: SmallWorld(4).draw(Ends(9, 9), NUMBERS),
            "SmallWorld: source and target are different populations; connect a population to itself",
        ),
        (
            lambda: SmallWorld(8).draw(Ends(8, 8, recurrent=True), NUMBERS),
            "SmallWorld.neighbours: 8 of a ring of 8 units; give fewer than 8",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
