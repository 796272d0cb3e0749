"""Trials that are repeated, and rewards: the same on every back end, and as worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from tests.networks import given


def faint(minimum_spikes: int = 1, most: int = 20) -> bnsim.Network:
    """A neuron with a constant current, and coins that are tossed beside it."""
    return bnsim.Network(
        [
            bnsim.Population("cells", 1, bnsim.LIF(tau_m=5 * ms), bnsim.ConstantCurrent(15 * mV)),
            bnsim.Population("coins", 20, bnsim.Poisson(400 * Hz)),
        ],
        repetition=bnsim.Repetition("cells", minimum_spikes, most=most),
    )


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_a_silent_trial_is_presented_again_more_strongly(backend: str) -> None:
    """The rheobase is 15 mV: from 0.5 of it the drive goes on to 0.75, 1, 1.25; from 1.5 nothing needs to be raised."""
    simulator = faint().compile(trial=50 * ms, dt=1 * ms, backend=backend)
    state, record = (
        simulator.initial_state(0),
        [bnsim.Spikes("cells"), bnsim.Spikes("coins"), bnsim.Trace("cells", "v")],
    )
    drive = np.array([[0.5], [1.5], [0.5]])
    coins = np.full((3, 20), 0.25)
    _, recording = simulator.run(state, {"cells": drive, "coins": coins}, 7, record=record)
    assert recording.presentations.tolist() == [4, 1, 4]
    direct = np.array([[1.25], [1.5], [1.25]])
    _, once = simulator.run(state, {"cells": direct, "coins": coins}, 7, record=record)
    assert once.presentations.tolist() == [1, 1, 1]
    assert np.array_equal(recording.counts["cells"], once.counts["cells"])
    assert np.array_equal(recording.spike_times("cells").time, once.spike_times("cells").time)
    assert np.array_equal(recording.trace("cells", "v").values, once.trace("cells", "v").values)
    # Repeated presentations toss other coins, and toss them more often in favour.
    assert not np.array_equal(recording.counts["coins"][0], once.counts["coins"][0])
    assert np.array_equal(recording.counts["coins"][1], once.counts["coins"][1])
    assert recording.counts["coins"].sum() == len(recording.spike_times("coins"))


def test_repetitions_depend_on_neither_chunk_nor_back_end() -> None:
    drive = {"cells": np.linspace(0.3, 1.4, 12)[:, None], "coins": np.full((12, 20), 0.5)}
    found = []
    for backend in ("cpp", "numpy"):
        simulator = faint().compile(trial=50 * ms, dt=1 * ms, backend=backend)
        _, together = simulator.run(simulator.initial_state(0), drive, 3)
        parts = [
            simulator.run(simulator.initial_state(0), {name: drive[name][k : k + 1] for name in drive}, 3, trials=[k])[
                1
            ]
            for k in range(12)
        ]
        for name in ("cells", "coins"):
            assert np.array_equal(together.counts[name], np.concatenate([part.counts[name] for part in parts]))
        found.append(together)
    assert np.array_equal(found[0].presentations, found[1].presentations)
    assert np.array_equal(found[0].counts["coins"], found[1].counts["coins"])


def test_repetition_ends() -> None:
    simulator = faint(most=3).compile(trial=50 * ms, dt=1 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), {"cells": np.zeros((1, 1)), "coins": np.zeros((1, 20))})
    assert recording.presentations.tolist() == [3]


def test_repetition_needs_trials() -> None:
    simulator = faint().compile(dt=1 * ms, backend="numpy")
    with pytest.raises(
        bnsim.InputError, match=r"^Simulator\.run_for: the network's repetition belongs to trials; call"
    ):
        simulator.run_for(simulator.initial_state(0), 50 * ms)


@dataclass(frozen=True, repr=False)
class Tally(bnsim.PlasticityRule):
    """A weight that counts rewards, and counts trials without one backwards."""

    scale: float = bnsim.parameter(1.0)
    trial_end: ClassVar[tuple[tuple[str, str], ...]] = (("synapse", "w += (2 * reward - 1) * scale"),)
    signals: ClassVar[dict[str, str]] = {"reward": "reward"}

    @property
    def weight_scale(self) -> str:
        return "scale"


def judged() -> bnsim.Network:
    """Three given spike trains that are relayed, and judged."""
    return bnsim.Network(
        [bnsim.Population("input", 3, bnsim.SpikeTrains()), bnsim.Population("cells", 3, bnsim.LIF())],
        [
            bnsim.Projection("input", "cells", bnsim.Delta(), 100 * mV, bnsim.OneToOne()),
            bnsim.Projection("cells", "cells", bnsim.Modulatory(), Quantity(0.0), plasticity=Tally(), name="tally"),
        ],
        reward=bnsim.Reward("cells"),
    )


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_reward_follows_most_spikes_then_who_was_first_then_the_first(backend: str) -> None:
    trials = [
        [(1, 0), (2, 1), (5, 1)],  # 1 has most
        [(1, 0), (6, 0), (2, 1), (5, 1)],  # 0 and 1 have two, 1 is there first
        [(3, 1), (3, 2)],  # 1 and 2 at once
        [],  # nobody decides
    ]
    stimulus = [given(*spikes) for spikes in trials]
    simulator = judged().compile(trial=10 * ms, dt=0.5 * ms, backend=backend)
    for correct, rewards in (([1, 1, 1, 0], 3), ([0, 0, 2, 0], 0), ([1, 0, 2, 2], 1)):
        state, _ = simulator.run(simulator.initial_state(0), stimulus, signals={"reward.correct": correct})
        assert (state["tally.w"] == rewards - (4 - rewards)).all()
    still, _ = simulator.run(simulator.initial_state(0), stimulus, plastic=False)
    assert not still["tally.w"].any()


@dataclass(frozen=True, repr=False)
class Premature(bnsim.PlasticityRule):
    """Adds the reward at spikes, where the network has not decided yet."""

    scale: float = bnsim.parameter(1.0)
    signals: ClassVar[dict[str, str]] = {"reward": "reward"}
    on_pre: ClassVar[str] = "w += reward * scale"

    @property
    def weight_scale(self) -> str:
        return "scale"


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_there_is_no_reward_before_the_decision(backend: str) -> None:
    """That of the last trial is gone, so that it does not matter which trials are run together."""
    network = judged()
    early = bnsim.Projection("input", "cells", bnsim.Modulatory(), Quantity(0.0), plasticity=Premature(), name="early")
    network = replace(network, projections=[*network.projections, early])
    simulator = network.compile(trial=10 * ms, dt=0.5 * ms, backend=backend)
    stimulus = [given((1, 0), (5, 0))] * 3
    state, _ = simulator.run(simulator.initial_state(0), stimulus, signals={"reward.correct": [0, 0, 0]})
    assert (state["tally.w"] == 3).all()
    assert not state["early.w"].any()


def test_what_is_rewarded_must_be_told() -> None:
    simulator = judged().compile(trial=10 * ms, dt=0.5 * ms, backend="numpy")
    state, stimulus = simulator.initial_state(0), [given((1, 0))]
    with pytest.raises(
        bnsim.InputError, match=r"^Simulator\.run\(signals\): 'reward\.correct' is missing; give an arr"
    ):
        simulator.run(state, stimulus)
    for wrong in ([3], [-1], [0.5]):
        with pytest.raises(bnsim.InputError, match=r"names units of 'cells'; give whole numbers from 0 to 2$"):
            simulator.run(state, stimulus, signals={"reward.correct": wrong})


def test_a_rule_that_waits_for_a_reward_needs_one() -> None:
    network = judged()
    with pytest.raises(
        bnsim.InputError, match=r"^Projection\('tally'\)\.plasticity: Tally waits for a reward; give Net"
    ):
        bnsim.Network(network.populations, network.projections)


@pytest.mark.parametrize(("field", "kind"), [("repetition", bnsim.Repetition), ("reward", bnsim.Reward)])
def test_protocol_names_a_population(field: str, kind: type) -> None:
    cells = [bnsim.Population("cells", 1, bnsim.LIF())]
    with pytest.raises(bnsim.InputError, match=rf"^{kind.__name__}\.population: unknown 'cell'; did you mean 'cells'"):
        bnsim.Network(cells, **{field: kind("cell")})
    with pytest.raises(bnsim.InputError, match=rf"^Network\.{field}: 'cells' is no {kind.__name__}; give one or None$"):
        bnsim.Network(cells, **{field: "cells"})


@pytest.mark.parametrize("name", ["minimum_spikes", "most"])
def test_repetition_counts_in_whole_numbers(name: str) -> None:
    with pytest.raises(bnsim.InputError, match=rf"^Repetition\.{name}: 0 is too small; give an integer of at least 1$"):
        bnsim.Repetition("cells", **{name: 0})


def test_repetition_raises_the_drive_or_leaves_it() -> None:
    with pytest.raises(bnsim.InputError, match=r"^Repetition\.increment: -1 is negative; give a value at least 0$"):
        bnsim.Repetition("cells", increment=-1)
    assert bnsim.Repetition("cells", increment=0).increment == 0


def test_modulatory_synapses_have_no_delay() -> None:
    cells = [bnsim.Population("cells", 1, bnsim.LIF())]
    with pytest.raises(
        bnsim.InputError, match=r"^Projection\('cells_to_cells'\)\.delay: Modulatory has none; leave del"
    ):
        bnsim.Network(cells, [bnsim.Projection("cells", "cells", bnsim.Modulatory(), Quantity(0.0), delay=1 * ms)])
