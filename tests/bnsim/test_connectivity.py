"""Who is wired to whom, and how strongly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS

import bnsim
from bnsim import (
    LIF,
    AllToAll,
    AllToOthers,
    ConductanceLIF,
    Delta,
    EdgeList,
    ExponentialConductance,
    FixedProbability,
    GaborPatches,
    InputError,
    OneToOne,
    ReceptiveFields,
    State,
    Uniform,
)

Pair = tuple[int, int]


def network(
    n_source: int,
    n_target: int,
    connectivity: bnsim.Connectivity,
    weights: Any = 1 * mV,
    *,
    name: str = "",
    delay: Any = 0 * ms,
) -> bnsim.Network:
    populations = [bnsim.Population("input", n_source, bnsim.Poisson()), bnsim.Population("cells", n_target, LIF())]
    projection = bnsim.Projection("input", "cells", Delta(), weights, connectivity, delay, name=name)
    return bnsim.Network(populations, [projection])


def state_of(described: bnsim.Network, key: int = 0) -> State:
    return described.compile(10 * ms, 1 * ms, backend="numpy").initial_state(key)


def pairs(state: State, name: str = "input_to_cells") -> list[Pair]:
    return list(zip(state[f"{name}.source"].tolist(), state[f"{name}.target"].tolist(), strict=True))


OFF_DIAGONAL = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]


def within(size: int, connectivity: bnsim.Connectivity) -> list[Pair]:
    """Pairs of a projection of a population onto itself."""
    cells = bnsim.Network(
        [bnsim.Population("cells", size, LIF())], [bnsim.Projection("cells", "cells", Delta(), 1 * mV, connectivity)]
    )
    return pairs(state_of(cells), "cells_to_cells")


def test_all_to_all() -> None:
    assert pairs(state_of(network(2, 3, AllToAll()))) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert within(3, AllToAll(autapses=False)) == OFF_DIAGONAL
    assert len(within(3, AllToAll())) == 9


def test_between_populations_there_are_no_autapses_to_exclude() -> None:
    assert len(pairs(state_of(network(3, 3, AllToAll(autapses=False))))) == 9
    assert len(pairs(state_of(network(3, 3, FixedProbability(1.0, autapses=False))))) == 9


def test_all_to_others() -> None:
    assert pairs(state_of(network(3, 3, AllToOthers()))) == OFF_DIAGONAL
    with pytest.raises(InputError, match=r"AllToOthers: 3 sources and 4 targets; give populations of equal size$"):
        state_of(network(3, 4, AllToOthers()))


def test_one_to_one() -> None:
    assert pairs(state_of(network(3, 3, OneToOne()))) == [(0, 0), (1, 1), (2, 2)]
    with pytest.raises(InputError, match=r"OneToOne: 3 sources and 4 targets; give populations of equal size$"):
        state_of(network(3, 4, OneToOne()))


def test_fixed_probability_bounds_and_autapses() -> None:
    assert pairs(state_of(network(4, 5, FixedProbability(0.0)))) == []
    assert len(pairs(state_of(network(4, 5, FixedProbability(1.0))))) == 20
    assert within(3, FixedProbability(1.0, autapses=False)) == OFF_DIAGONAL
    with pytest.raises(InputError, match=r"^FixedProbability\.probability: 1\.5 is above 1; give a value in \[0, 1\]$"):
        FixedProbability(1.5)


def test_a_network_without_any_synapse_runs() -> None:
    described = network(4, 5, FixedProbability(0.0))
    simulator = described.compile(10 * ms, 1 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), np.ones((1, 4)))
    assert recording.counts["cells"].sum() == 0


def test_draws_depend_on_the_key_and_the_name_alone() -> None:
    def draw(key: int, name: str = "") -> tuple[list[Pair], list[float]]:
        state = state_of(network(30, 30, FixedProbability(0.3), Uniform(0 * mV, 1 * mV), name=name), key)
        return pairs(state, name or "input_to_cells"), state[f"{name or 'input_to_cells'}.w"].tolist()

    assert draw(1) == draw(1)
    assert draw(1)[0] != draw(2)[0]
    assert draw(1)[1] != draw(2)[1]
    assert draw(1)[0] != draw(1, "another")[0]


def test_weights_are_drawn_apart_from_connectivity() -> None:
    """Other weights leave the wiring as it is."""
    one, other = (
        state_of(network(20, 20, FixedProbability(0.3), weights)) for weights in (1 * mV, Uniform(0 * mV, 1 * mV))
    )
    assert pairs(one) == pairs(other)


def test_uniform_weights_and_delays() -> None:
    described = network(60, 60, AllToAll(), Uniform(-1 * mV, 3 * mV), delay=Uniform(0 * ms, 2 * ms))
    state = state_of(described)
    w, delay = state["input_to_cells.w"] * 1000, state["input_to_cells.delay"] * 1000
    assert (w >= -1).all()
    assert (w < 3).all()
    assert abs(w.mean() - 1) < 5 * np.sqrt(4**2 / 12 / w.size)
    assert abs(w.std() - 4 / np.sqrt(12)) < 0.05
    assert (delay >= 0).all()
    assert (delay < 2).all()
    assert abs(np.corrcoef(w, delay)[0, 1]) < 5 / np.sqrt(w.size)


def test_uniform_errors() -> None:
    with pytest.raises(InputError, match=r"^Uniform\.high: 1 nA and low 0 V differ in unit; give both the same unit$"):
        Uniform(0 * mV, 1 * nA)
    with pytest.raises(InputError, match=r"^Uniform\.low: 2 mV is above high 1 mV; swap them$"):
        Uniform(2 * mV, 1 * mV)


def test_matrix_weights_belong_to_source_and_target() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    assert (state_of(network(2, 3, AllToAll(), matrix * mV))["input_to_cells.w"] * 1000).tolist() == pytest.approx(
        matrix.ravel().tolist()
    )
    square = np.arange(9.0).reshape(3, 3) * mV
    diagonal = state_of(network(3, 3, OneToOne(), square))["input_to_cells.w"]
    np.testing.assert_allclose(diagonal * 1000, [0, 4, 8])


def test_receptive_fields_multiply_the_weight() -> None:
    filters = GaborPatches(image_shape=(6, 7), patch=4, wavelength=(3.0, 5.0), sigma=(1.0, 2.0))
    one, three = (state_of(network(42, 9, ReceptiveFields(filters), weight * mV)) for weight in (1.0, 3.0))
    assert pairs(one) == pairs(three)
    assert pairs(one) == sorted(pairs(one))
    matrix = np.zeros((42, 9))
    matrix[one["input_to_cells.source"], one["input_to_cells.target"]] = one["input_to_cells.w"] * 1000
    np.testing.assert_allclose(three["input_to_cells.w"], 3 * one["input_to_cells.w"])
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=0), 1)
    np.testing.assert_allclose(matrix.sum(axis=0), 0, atol=1e-12)
    with pytest.raises(InputError, match=r"an image of 6 x 7 pixels needs 42 sources, the population has 40"):
        state_of(network(40, 9, ReceptiveFields(filters)))


def test_given_edges_are_sorted_with_their_factors() -> None:
    edges = EdgeList(source=[2, 0, 0, 2], target=[1, 3, 0, 1], factor=[0.5, -1.0, 2.0, 0.25])
    state = state_of(network(3, 4, edges, 2 * mV))
    assert pairs(state) == [(0, 0), (0, 3), (2, 1), (2, 1)]
    np.testing.assert_allclose(state["input_to_cells.w"] * 1000, [4, -2, 1, 0.5])
    assert pairs(state_of(network(3, 4, EdgeList([1], [2])))) == [(1, 2)]
    assert pairs(state_of(network(3, 4, EdgeList([], [])))) == []


def test_other_edges_are_another_description() -> None:
    one, same, other = (EdgeList([0, 1], target) for target in ([0, 1], np.array([0, 1]), [1, 0]))
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (
            lambda: EdgeList([0, 1], [0]),
            "EdgeList.target: an array of shape (1,) and type int64; give one whole number for each of the 2 edges",
        ),
        (lambda: EdgeList([0.5], [0]), "EdgeList.source: an array of shape (1,) and type float64; give one whole"),
        (lambda: EdgeList([0], [0], ["a"]), "EdgeList.factor: an array of shape (1,) and type <U1; give one finite"),
        (
            lambda: EdgeList([0], [0], [np.inf]),
            "EdgeList.factor: an array of shape (1,) and type float64; give one fin",
        ),
        (
            lambda: network(3, 4, EdgeList([3], [0])),
            "Projection('input_to_cells').connectivity: EdgeList.source: names unit 3 of a population of 3; give units",
        ),
        (
            lambda: network(3, 4, EdgeList([0], [-1])),
            "Projection('input_to_cells').connectivity: EdgeList.target: names unit -1",
        ),
    ],
)
def test_edges_that_do_not_fit_are_refused(edges: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        edges()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (1 * ms, "1 ms has the wrong unit, expected V"),
        (1.0, "1 has no unit; give 1 * mV"),
        (np.nan * mV, "nan is not finite"),
        (Uniform(0 * nA, 1 * nA), "0 A has the wrong unit, expected V"),
        (np.ones((3, 2)) * mV, "a matrix of shape (3, 2); give (source, target) = (2, 3)"),
        (np.ones(6) * mV, "a matrix of shape (6,); give (source, target) = (2, 3)"),
        (np.full((2, 3), np.nan) * mV, "nan is not finite"),
        (np.full((2, 3), np.inf) * mV, "inf is not finite"),
        (np.ones((2, 3)), "1 has no unit; give 1 * mV"),
        ("strong", "'strong' is not a single number"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        network(2, 3, AllToAll(), weights)
    assert str(caught.value).startswith(f"Projection('input_to_cells').weights: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("delay", "message"),
    [
        (-1 * ms, "-1 ms is negative; give a value at least 0"),
        (1 * mV, "1 mV has the wrong unit, expected s"),
        (Uniform(-1 * ms, 1 * ms), "-1 ms is negative"),
        (np.inf * ms, "inf is not finite"),
        (np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 0.0]]) * ms, "holds values below 0; raise them"),
    ],
)
def test_delays_that_do_not_fit_are_refused(delay: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        network(2, 3, AllToAll(), delay=delay)
    assert str(caught.value).startswith(f"Projection('input_to_cells').delay: {message}")


@pytest.mark.parametrize(
    ("model", "weights", "message"),
    [
        (ConductanceLIF(), -1 * nS, "-1 nS is negative; a conductance excites or inhibits by its synapse"),
        (ConductanceLIF(), 1 * mV, "1 mV has the wrong unit, expected S"),
        (ConductanceLIF(), np.array([[-1.0]]) * nS, "holds values below 0; raise them"),
        (ConductanceLIF(), Uniform(-1 * nS, 1 * nS), "-1 nS is negative"),
        (LIF(), 1 * nS, "in siemens, but the input of LIF is in volt, and a conductance a number, relative to"),
        (LIF(), -0.1, "-0.1 is negative; a conductance excites"),
    ],
)
def test_conductances_are_never_negative_and_have_the_neurons_unit(
    model: bnsim.NeuronModel, weights: Any, message: str
) -> None:
    populations = [bnsim.Population("input", 1, bnsim.Poisson()), bnsim.Population("cells", 1, model)]
    with pytest.raises(InputError) as caught:
        bnsim.Network(populations, [bnsim.Projection("input", "cells", ExponentialConductance(), weights)])
    assert str(caught.value).startswith(f"Projection('input_to_cells').weights: {message}")
