"""Populations of groups: each pair of groups is connected as its own rule says."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import um

from bnsim import (
    AllToAll,
    Blocks,
    DistanceDependent,
    EdgeList,
    FixedInDegree,
    FixedTotalNumber,
    GaussianProfile,
    OneToOne,
)
from bnsim.connectivity import Edges, Ends
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers

NUMBERS = Numbers(3, "a_to_b:edges")


def _pairs(edges: Edges) -> list[tuple[int, int]]:
    return list(zip(edges.source.tolist(), edges.target.tolist(), strict=True))


def test_each_pair_of_groups_is_connected_by_its_rule() -> None:
    blocks = Blocks((2, 3), (2, 1), [[OneToOne(), None], [None, AllToAll()]], [[1.0, 1.0], [1.0, -2.0]])
    edges = blocks.draw(Ends(5, 3), NUMBERS)
    assert _pairs(edges) == [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2)]
    assert edges.factor is not None
    assert edges.factor.tolist() == [1, 1, -2, -2, -2]


def test_a_rule_draws_as_it_would_between_populations_from_a_stream_of_its_own() -> None:
    rule = FixedInDegree(3)
    edges = Blocks((4, 6), (5, 7), [[None, None], [None, rule]]).draw(Ends(10, 12), NUMBERS)
    alone = rule.draw(Ends(6, 7), NUMBERS.apart("1:1"))
    assert _pairs(edges) == [(source + 4, target + 5) for source, target in _pairs(alone)]
    both = Blocks((4, 6), (5, 7), [[rule, rule], [rule, rule]]).draw(Ends(10, 12), NUMBERS)
    order = both.source.astype(np.int64) * 12 + both.target
    assert (np.diff(order) >= 0).all()
    assert np.bincount(both.target).tolist() == [6] * 12


def test_a_group_knows_that_it_meets_itself_and_no_other() -> None:
    rule = AllToAll(autapses=False)
    edges = Blocks((2, 2), (2, 2), [[rule, rule], [rule, rule]]).draw(Ends(4, 4, recurrent=True), NUMBERS)
    assert _pairs(edges) == [(i, j) for i in range(4) for j in range(4) if i != j]


def test_a_rule_of_distance_sees_the_positions_of_its_groups() -> None:
    """A unit is connected to itself, hardly to one 10 widths away; the second group lies 1 mm from the first."""
    places = np.array([[0.0], [5e-6], [1e-3], [1.005e-3]])
    rule = DistanceDependent(GaussianProfile(1.0, 0.5 * um))
    blocks = Blocks((2, 2), (2, 2), [[None, rule], [None, rule]])
    assert blocks.spatial
    assert not Blocks((1,), (1,), [[AllToAll()]]).spatial
    edges = blocks.draw(Ends(4, 4, True, places, places), NUMBERS)
    assert _pairs(edges) == [(2, 2), (3, 3)]


def test_factors_multiply_those_of_the_rules() -> None:
    listed = EdgeList(np.array([0]), np.array([0]), np.array([3.0]))
    edges = Blocks((1,), (1,), [[listed]], [[0.5]]).draw(Ends(1, 1), NUMBERS)
    assert edges.factor is not None
    assert edges.factor.tolist() == [1.5]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match=r"^Blocks.rules: rows of 1 entries; give 1 rows of 2, one for each pair"):
        Blocks((1,), (1, 1), [[AllToAll()]])
    with pytest.raises(InputError, match=r"^Blocks.rules: 3 is no Connectivity; give one, or None$"):
        Blocks((1,), (1,), [[3]])
    with pytest.raises(InputError, match=r"^Blocks.factors: of shape \(2,\); give finite numbers of shape \(1, 1\)$"):
        Blocks((1,), (1,), [[None]], [1.0, 2.0])
    with pytest.raises(InputError, match=r"^Blocks.source_sizes: "):
        Blocks((0,), (1,), [[None]])
    with pytest.raises(InputError, match=r"^Blocks.target_sizes: add up to 2 for a population of 3; give the size of"):
        Blocks((1,), (2,), [[FixedTotalNumber(1)]]).draw(Ends(1, 3), NUMBERS)
