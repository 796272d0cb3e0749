"""Recipes of synapses: what Python and compiled programs draw from them, and states that hold them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nS

import bnsim
from bnsim.engine import resident
from bnsim.engine.initial import initial_arrays
from bnsim.engine.simulator import Simulator
from bnsim.recipe import Recipe

RULES: dict[str, dict[str, Any]] = {
    "in_degree": {
        "connectivity": bnsim.FixedInDegree(12),
        "weights": bnsim.Normal(1.5 * mV, 0.5 * mV),
        "delay": bnsim.Uniform(0 * ms, 3 * ms),
    },
    "out_degree": {
        "connectivity": bnsim.FixedOutDegree(14),
        "weights": bnsim.Uniform(0.5 * mV, 2 * mV),
        "delay": bnsim.Normal(1.5 * ms, 1 * ms, minimum=0.1 * ms, maximum=3 * ms),
    },
    "total": {
        "connectivity": bnsim.FixedTotalNumber(12_000),
        "weights": bnsim.Normal(1 * mV, 1 * mV, minimum=0 * mV),
        "single_precision": True,
    },
    "probability": {"connectivity": bnsim.FixedProbability(0.01), "weights": 1.3 * mV, "delay": 1 * ms},
}
"""Every rule, distribution and kind of delay at least once."""

BLOCKS = bnsim.Blocks(
    (500, 700),
    (500, 700),
    [
        [bnsim.FixedTotalNumber(9000, autapses=False), bnsim.FixedProbability(0.005)],
        [None, bnsim.FixedInDegree(5, autapses=False)],
    ],
    [[1, -2], [1, -1.5]],
)


@cache
def simulator(backend: str = "cpp") -> Simulator:
    current = bnsim.ExponentialCurrent()
    projections = [bnsim.Projection("input", "cells", current, name=name, **given) for name, given in RULES.items()]
    own = {
        "groups": {"connectivity": BLOCKS, "weights": bnsim.Uniform(0.1 * mV, 0.2 * mV), "delay": 2 * ms},
        "others": {"connectivity": bnsim.FixedProbability(0.01, autapses=False), "weights": -0.2 * mV},
        "sure": {"connectivity": bnsim.FixedProbability(1.0, autapses=False), "weights": -0.001 * mV},
        "counted": {"connectivity": bnsim.FixedInDegree(9, autapses=False), "weights": -0.3 * mV, "delay": 1 * ms},
    }
    projections += [
        bnsim.Projection("cells", "cells", bnsim.Delta(), name=name, **given) for name, given in own.items()
    ]
    cells = bnsim.Population("cells", 1200, bnsim.LIF(refractory=2 * ms))
    network = bnsim.Network([bnsim.Population("input", 900, bnsim.Poisson(400 * Hz)), cells], projections)
    return network.compile(dt=0.1 * ms, backend=backend)


def start(many: float = 0, key: int = 5) -> bnsim.State:
    """A state with recipes for all projections of so many synapses."""
    clock = {"clock": np.zeros(1, np.int64), "key": np.array([key], np.uint64)}
    return bnsim.State({**initial_arrays(simulator().program, key, many), **clock})


def test_a_recipe_gives_what_the_description_draws() -> None:
    later, now = start(), start(math.inf)
    assert not any(name.endswith(".source") for name in later)
    for projection in simulator().program.projections:
        name, recipe = projection.name, later.recipe(projection.name)
        assert recipe is not None
        assert now.recipe(name) is None
        for part in recipe.parts:
            assert f"{name}.{part}" in later
            assert later[f"{name}.{part}"].dtype == now[f"{name}.{part}"].dtype
            assert np.array_equal(later[f"{name}.{part}"], now[f"{name}.{part}"]), (name, part)
        assert recipe.extent[0] <= now[f"{name}.w"].min()
        assert recipe.extent[1] >= now[f"{name}.w"].max()
        assert abs(recipe.n_expected - len(now[f"{name}.w"])) < 5 * np.sqrt(recipe.n_expected)
    assert not np.array_equal(later["total.w"], start(key=6)["total.w"])


def test_a_compiled_network_draws_the_same_synapses() -> None:
    """Its spikes and currents are those of the network that is given the synapses, to the last bit, across a break."""
    ends = []
    for state in (start(), start(math.inf)):
        half, _ = simulator().run_for(state, 50 * ms, np.ones(900))
        assert len(half["in_degree.in_flight_unit"]) > 500
        ends.append(simulator().run_for(half, 50 * ms, np.ones(900), record=[bnsim.Spikes("cells")]))
    (later, recording), (now, same) = ends
    assert recording.counts["cells"].sum() > 5000
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    for name in ("cells.v", "cells.in_degree_s", "in_degree.in_flight_unit", "out_degree.in_flight_age"):
        assert np.array_equal(later[name], now[name]), name
    assert later.recipe("total") == start().recipe("total")


def test_a_process_that_stays_holds_what_was_drawn() -> None:
    """Recipes, given synapses, other keys and other weights, one after the other, are as in new processes."""
    given = start(math.inf)
    changed = start().replace({"counted.w": given["counted.w"] * np.linspace(1, 2, len(given["counted.w"]))})
    states = [
        start(),
        given,
        start(),
        start(key=6),
        changed,
        start(),
        given.replace({"counted.w": changed["counted.w"]}),
    ]

    def ends(*, anew: bool) -> list[bytes]:
        found = []
        for state in [each for one in states for each in (one, one)]:
            if anew:
                resident.close_idle()
            end, recording = simulator().run_for(state, 20 * ms, np.ones(900), record=[bnsim.Spikes("cells")])
            found.append(end["cells.v"].tobytes() + recording.spike_times("cells").time.tobytes())
        return found

    staying = ends(anew=False)
    assert len(set(staying)) == 3
    assert ends(anew=True) == staying
    resident.close_idle()


def test_other_back_ends_draw_them_before_they_begin() -> None:
    runs = [simulator(name).run_for(start(), 20 * ms, np.ones(900)) for name in ("cpp", "numpy")]
    (one, first), (other, second) = runs
    assert first.counts["cells"].sum() > 100
    assert np.array_equal(first.counts["cells"], second.counts["cells"])
    assert np.array_equal(one["cells.v"], other["cells.v"])


def test_many_synapses_are_drawn_later() -> None:
    """Where a description gives too much for a recipe, they are drawn at once."""
    many = {"connectivity": bnsim.FixedTotalNumber(1_200_000)}
    learning = {"plasticity": bnsim.PairSTDP(w_max=1 * mV)}
    for given, later in (
        (many, True),
        ({"connectivity": bnsim.FixedTotalNumber(900_000)}, False),
        (many | learning, False),
        (many | {"short_term": bnsim.ShortTermPlasticity()}, False),
        (many | {"weights": bnsim.LogNormal(0.1 * mV, 0.5)}, False),
        (many | {"weights": bnsim.Normal(0.1 * mV, 0.01 * mV, minimum=0.2 * mV)}, False),  # beyond 2^-33
        ({"connectivity": bnsim.FixedTotalNumber(1_100_000, multapses=False)}, False),
        ({"connectivity": bnsim.AllToAll()}, False),
    ):
        network = bnsim.Network(
            [bnsim.Population("input", 1500, bnsim.Poisson(1 * Hz)), bnsim.Population("cells", 1000, bnsim.LIF())],
            [bnsim.Projection("input", "cells", bnsim.Delta(), **{"weights": 0.1 * mV, **given})],
        )
        state = network.compile(dt=1 * ms, backend="numpy").initial_state(0)
        assert (state.recipe("input_to_cells") is not None) == later, given
        assert len(state["input_to_cells.w"]) >= 900_000


def test_weights_that_may_leave_their_limits_are_drawn_and_looked_at() -> None:
    network = bnsim.Network(
        [bnsim.Population("input", 1000, bnsim.Poisson(1 * Hz)), bnsim.Population("E", 1000, bnsim.ConductanceLIF())],
        [
            bnsim.Projection(
                "input",
                "E",
                bnsim.ExponentialConductance(),
                1 * nS,
                bnsim.Blocks((1000,), (1000,), [[bnsim.FixedTotalNumber(1_200_000)]], [[-1]]),
            )
        ],
    )
    with pytest.raises(bnsim.InputError, match="-1 nS from unit 0 to unit 0 leaves 0 and more; change the weights"):
        network.compile(dt=1 * ms, backend="numpy").initial_state(0)


def test_states_with_recipes(tmp_path: Path) -> None:
    state = start()
    names = set(state)
    assert {"total.recipe", "total.recipe_values", "groups.delay"} <= names
    assert "in_degree.delay" in state
    assert "total.delay" not in state
    assert state.weights("total", mV).min() >= 0
    assert all(np.array_equal(*pair) for pair in zip(state.edges("total"), start(math.inf).edges("total"), strict=True))
    with pytest.raises(bnsim.InputError, match=r"^State.edges\(projection\): unknown 'totl'; did you mean 'total'"):
        state.edges("totl")
    state.save(tmp_path / "state.npz")
    assert (tmp_path / "state.npz").stat().st_size < 40_000
    assert bnsim.State.load(tmp_path / "state.npz") == state
    held = state.with_synapses("total")
    assert set(held) == names - {"total.recipe", "total.recipe_values"} | {"total.source", "total.target", "total.w"}
    assert held.with_synapses("total") is held
    assert held.recipe("others") == state.recipe("others")
    # A weight that somebody changes is one of synapses that the state holds.
    changed = state.replace({"total.w": 2 * state["total.w"]})
    assert changed.recipe("total") is None
    assert np.array_equal(changed["total.w"], 2 * state["total.w"])
    by_hand = bnsim.State({**state, "total.w": changed["total.w"]})
    assert by_hand == changed
    with pytest.raises(bnsim.InputError, match=r"^State.replace: 'total.w' has shape \(3,\); give \(12000,\)$"):
        state.replace({"total.w": np.ones(3)})
    with pytest.raises(bnsim.InputError, match=r"^State: no array 'total.v'; it holds in_degree.shape, "):
        state["total.v"]


def test_a_recipe_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    state = start()
    recipe = state.recipe("in_degree")
    assert recipe is not None

    def refusal(name: str, other: Recipe) -> str:
        numbers = dict(zip((f"{name}.recipe", f"{name}.recipe_values"), other.numbers(), strict=True))
        with pytest.raises(bnsim.InputError) as raised:
            simulator().run_for(bnsim.State({**state, **numbers}), 1 * ms, np.ones(900))
        return str(raised.value)

    culprit = "Simulator.run(state): in_degree"
    assert refusal("in_degree", replace(recipe, n_source=905)) == (
        f"{culprit}.recipe is of 905 and 1200 units, not 900 and 1200; correct the state"
    )
    assert refusal("in_degree", replace(recipe, delays=None)) == (
        f"{culprit}.recipe does not fit the delays of 'in_degree'; correct the state"
    )
    assert recipe.delays is not None
    longer = replace(recipe.delays, parameters=(0.0, 4e-3))
    assert refusal("in_degree", replace(recipe, delays=longer)) == (
        f"{culprit}.delay leaves the description's 0 to 3 ms; correct the state"
    )
    whole, values = recipe.numbers()
    for numbers, reason in (
        ((whole[:-1], values), "a recipe is of another length"),
        ((np.where(np.arange(len(whole)) == 10, 9, whole), values), "a recipe holds a number that is none of its kind"),
        ((np.where(np.arange(len(whole)) == 2, 5, whole), values), "a recipe holds a number that is none of its kind"),
        ((np.where(np.arange(len(whole)) == 4, 7, whole), values), "a recipe holds a number that is none of its kind"),
        (
            (np.where(np.arange(len(whole)) == 3, 1201, whole), values),
            "'in_degree.recipe' is of other populations than",
        ),
    ):
        arrays = dict(zip(("in_degree.recipe", "in_degree.recipe_values"), numbers, strict=True))
        np.savez(tmp_path / "state.npz", **{**dict(state), **arrays})
        with pytest.raises(bnsim.InputError, match=reason):
            bnsim.State.load(tmp_path / "state.npz")


def test_more_synapses_than_fit_are_not_drawn() -> None:
    recipe = start().recipe("total")
    assert recipe is not None
    endless = replace(recipe, blocks=(replace(recipe.blocks[0], amount=10**15),))
    with pytest.raises(
        bnsim.InputError, match="GB are more than fit into memory; leave its synapses to the simulation"
    ):
        endless.arrays()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "memory", "message"),
    [
        (100_000, 1e12, "2e+10 synapses, of at most 2,147,483,647 in one projection; divide it into several"),
        (10_000, 16e9, "24 GB are more than fit into memory; give it fewer synapses"),
    ],
)
def test_more_synapses_than_a_compiled_network_holds_are_refused_before_they_are_drawn(
    inputs: int, memory: float, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bnsim.memory.memory", lambda: memory)
    cells = bnsim.Population("E", 200_000, bnsim.LIF())
    weights, wiring = bnsim.Normal(0.1 * mV, 0.01 * mV), bnsim.FixedInDegree(inputs)
    network = bnsim.Network([cells], [bnsim.Projection("E", "E", bnsim.Delta(), weights, wiring)])
    simulator = network.compile(dt=0.1 * ms, backend="cpp")
    with pytest.raises(bnsim.InputError) as raised:
        simulator.run_for(simulator.initial_state(key=1), 1 * ms)
    assert str(raised.value) == f"Projection('E_to_E'): {message}"


def test_single_precision() -> None:
    weights = start(math.inf)["total.w"]
    assert np.array_equal(weights, weights.astype(np.float32))
    with pytest.raises(bnsim.InputError, match="weights that learn are in double precision; leave it out"):
        bnsim.Projection(
            "a", "b", bnsim.Delta(), 1 * mV, plasticity=bnsim.PairSTDP(w_max=1 * mV), single_precision=True
        )
