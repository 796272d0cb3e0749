"""Where units lie: grids, rings, boxes and given positions, distances between them, and what they are to a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2.units import metre, mm, ms, mV, um
from scipy import stats

import bnsim
from bnsim import FreePositions, Grid, InputError, Positions, RandomPositions, Ring
from bnsim.connectivity import Ends
from bnsim.random_numbers import Numbers

NUMBERS = Numbers(5, "cells:positions")
LINE = np.array([[0], [10], [35]]) * um


def distances(positions: Positions, size: int) -> np.ndarray:
    """From every unit to every other, in um."""
    placed = positions.draw(size, NUMBERS)
    ends = Ends(size, size, True, placed, placed, positions.lengths)
    source, target = (index.ravel() for index in np.indices((size, size)))
    return ends.distance(source, target).reshape(size, size) * 1e6


def test_a_grid() -> None:
    found = Grid((2, 3), 10 * um).draw(6, NUMBERS) * 1e6
    np.testing.assert_allclose(found, [[0, 0], [0, 10], [0, 20], [10, 0], [10, 10], [10, 20]])
    diagonal = 10 * np.sqrt(2)
    np.testing.assert_allclose(distances(Grid((2, 3), 10 * um), 6)[0], [0, 10, 20, 10, diagonal, 10 * np.sqrt(5)])
    # The row of three repeats itself after 30 um, that of two after 20 um.
    torus = Grid((2, 3), 10 * um, periodic=True)
    np.testing.assert_allclose(distances(torus, 6)[0], [0, 10, 10, 10, diagonal, diagonal], rtol=1e-12)


def test_a_ring() -> None:
    """Distances are those along the ring of 60 um; five units lie 12 um apart."""
    found = Ring(60 * um).draw(5, NUMBERS) * 1e6
    np.testing.assert_allclose(found.T, [[0, 12, 24, 36, 48]])
    np.testing.assert_allclose(distances(Ring(60 * um), 5)[0], [0, 12, 24, 24, 12], rtol=1e-12)
    np.testing.assert_allclose(distances(Ring(60 * um), 5)[4], [12, 24, 24, 12, 0], rtol=1e-12, atol=1e-12)


def test_given_positions() -> None:
    np.testing.assert_allclose(distances(FreePositions(LINE), 3), [[0, 10, 35], [10, 0, 25], [35, 25, 0]])
    ring = FreePositions(LINE, [40] * um)
    np.testing.assert_allclose(distances(ring, 3), [[0, 10, 5], [10, 0, 15], [5, 15, 0]], rtol=1e-12, atol=1e-12)
    corners = FreePositions(np.array([[0, 0, 0], [30, 40, 120]]) * um)
    np.testing.assert_allclose(distances(corners, 2), [[0, 130], [130, 0]])


def test_random_positions_are_uniform_and_belong_to_their_units() -> None:
    box = RandomPositions((2, 0.5) * mm)
    found = box.draw(4000, NUMBERS)
    for place, side in enumerate((2e-3, 0.5e-3)):
        assert stats.kstest(found[:, place] / side, "uniform").pvalue > 1e-3  # the key is fixed
    assert abs(np.corrcoef(found.T)[0, 1]) < 4 / np.sqrt(4000)
    np.testing.assert_array_equal(box.draw(10, NUMBERS), found[:10])
    assert box.lengths is None
    assert RandomPositions((2, 0.5) * mm, periodic=True).lengths == (2e-3, 0.5e-3)


def network(**positions: Any) -> bnsim.Network:
    """Excitatory cells `E` that reach `I` where they lie within 12 um, which all do or do not, and no further."""
    cells = {"E": 3, "I": 3}
    populations = [bnsim.Population(n, size, bnsim.LIF(), positions=positions.get(n)) for n, size in cells.items()]
    rule = bnsim.DistanceDependent(Near())
    return bnsim.Network(populations, [bnsim.Projection("E", "I", bnsim.Delta(), 1 * mV, rule)])


class Near(bnsim.Profile):
    """All pairs within 12 um."""

    def probability(self, distance: np.ndarray) -> np.ndarray:
        return (distance <= 12e-6).astype(float)


def edges(network: bnsim.Network, key: int = 0) -> list[tuple[int, int]]:
    state = network.compile(dt=1 * ms, backend="numpy").initial_state(key)
    return list(zip(state["E_to_I.source"].tolist(), state["E_to_I.target"].tolist(), strict=True))


def test_connectivity_reads_the_positions_of_both_populations() -> None:
    """Units of E at 0, 10 and 35 um, those of I at 0, 20 and 40 um."""
    row = Grid((3,), 20 * um)
    assert edges(network(E=LINE, I=row)) == [(0, 0), (1, 0), (1, 1), (2, 2)]
    # Space repeats itself after 60 um, so nothing changes: 35 and 40 are 20 and more from 60.
    assert edges(network(E=FreePositions(LINE, [60] * um), I=Grid((3,), 20 * um, periodic=True))) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 2),
    ]
    assert edges(network(E=FreePositions(LINE, [42] * um), I=FreePositions(LINE, [42] * um))) == [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 2),
    ]


def test_rules_of_groups_read_positions_too() -> None:
    """Of units at 0, 10 and 35 um, the last two are a group, which reaches units at 20 and 40 um."""
    near = bnsim.DistanceDependent(Near())
    groups = bnsim.Blocks((1, 2), (1, 2), [[None, None], [None, near]])
    described = network(E=LINE, I=Grid((3,), 20 * um))
    (projection,) = described.projections
    assert edges(replace(described, projections=[replace(projection, connectivity=groups)])) == [(1, 1), (2, 2)]
    with pytest.raises(InputError, match=r"Blocks needs positions, 'E' has none"):
        replace(
            described,
            populations=[replace(population, positions=None) for population in described.populations],
            projections=[replace(projection, connectivity=groups)],
        )


def test_a_state_holds_positions() -> None:
    described = network(E=RandomPositions([1] * mm), I=RandomPositions([1] * mm))
    simulator = described.compile(dt=1 * ms, backend="numpy")
    one, other = (simulator.initial_state(key) for key in (1, 2))
    assert one.positions("E").shape == (3, 1)
    assert one.positions("E", um).max() == pytest.approx(1e6 * float(np.max(one.positions("E") / metre)))
    names = {name: {tuple(state.positions(name, um).ravel()) for state in (one, other)} for name in "EI"}
    assert len(names["E"] | names["I"]) == 4  # other numbers for each population and key
    state, _ = simulator.run_for(one, 2 * ms)
    np.testing.assert_array_equal(state["E.positions"], one["E.positions"])
    with pytest.raises(InputError, match=r"^State\.positions\(population\): unknown 'C'; "):
        one.positions("C")
    with pytest.raises(InputError, match=r"^State\.positions\(unit\): no unit of length; give one such as um$"):
        one.positions("E", ms)


def test_positions_are_data() -> None:
    """The same compiled network, whatever they are."""
    engines = [
        network(E=placed, I=placed).compile(dt=1 * ms, backend="numpy")._engine
        for placed in (Ring(1 * mm), LINE, RandomPositions((1, 2) * mm))
    ]
    assert engines[0] is engines[1] is engines[2]


class Placed(bnsim.LIF):
    """With a variable that has the name of what a state holds."""

    equations = bnsim.LIF.equations + "\ndpositions/dt = -positions / (10*ms) : 1"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Grid(20, 1 * um), "Grid.shape: 20; give a tuple such as (20, 20)"),  # type: ignore[arg-type]
        (lambda: Grid((2, 0), 1 * um), "Grid.shape: 0 is too small; give an integer of at least 1"),
        (lambda: Grid((2,), 0 * um), "Grid.spacing: 0 m is too small; give a value above 0"),
        (lambda: Ring(3 * ms), "Ring.circumference: 3 ms has the wrong unit, expected m; give 50 um, say"),
        (
            lambda: RandomPositions(1 * mm),
            "RandomPositions.sides: of shape (); give an array of 1 axes, such as (1, 1) * mm",
        ),
        (lambda: RandomPositions((1, 0) * mm), "RandomPositions.sides: 0 m is too small; give a value above 0"),
        (
            lambda: bnsim.Population("E", 3, bnsim.LIF(), positions=np.zeros((3, 2))),
            "FreePositions.coordinates: 0 has no unit; give 0 * um",
        ),
        (
            lambda: FreePositions(np.zeros(3) * um),
            "FreePositions.coordinates: of shape (3,); give an array of 2 axes, such as [[0, 0], [0, 1]] * mm",
        ),
        (
            lambda: FreePositions(np.full((3, 1), np.nan) * um),
            "FreePositions.coordinates: nan is not finite; give a finite value",
        ),
        (
            lambda: FreePositions(LINE, (1, 1) * mm),
            "FreePositions.period: 2 lengths, coordinates has 1 dimensions; give one for each",
        ),
        (
            lambda: bnsim.Population("E", 4, bnsim.LIF(), positions=Grid((3,), 1 * um)),
            "Population('E').positions: 3 positions for 4 units; give one for each",
        ),
        (
            lambda: network(E=LINE),
            "Projection('E_to_I').connectivity: DistanceDependent needs positions, 'I' has none; "
            "give Population(..., positions=bnsim.Grid(shape, spacing)), say",
        ),
        (
            lambda: network(E=LINE, I=RandomPositions((1, 1) * mm)),
            "Projection('E_to_I').connectivity: 'E' and 'I' lie in different spaces, whose number of dimensions is "
            "1 and 2; give both positions in one",
        ),
        (
            lambda: network(E=LINE, I=Ring(0.5 * metre)),
            "Projection('E_to_I').connectivity: 'E' and 'I' lie in different spaces, whose period in metres is "
            "None and (0.5,); give both positions in one",
        ),
        (
            lambda: bnsim.Network([bnsim.Population("E", 3, Placed(), positions=LINE)]).compile(backend="numpy"),
            "Population('E').positions: Placed has a variable of that name; rename it",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
