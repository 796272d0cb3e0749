"""A rule at synapses whose spikes are given on both sides: what the tests of plasticity rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray

import bnsim
from tests.networks import DT, given, simulate

Train = Sequence[float]
"""Spike times in ms."""

STEP = float(DT / ms)
Lags = NDArray[np.float64]
Change = Callable[[float, Lags, Lags], float]
"""A weight after a spike, from that before it and how long ago (ms) presynaptic and postsynaptic spikes were."""


@dataclass(frozen=True, repr=False)
class Silent(bnsim.SynapseModel):
    """Synapse that does nothing to the neuron; its weight is in volt."""

    weight = "potential"


def trained(
    rule: bnsim.PlasticityRule,
    pre: Sequence[Train],
    post: Train | Sequence[Train],
    start: Any = 0.5,
    delay: Any = 0.0,
    plastic: bool = True,
    duration: float = 100.0,
    dt: Quantity = DT,
    trials: int = 1,
) -> NDArray[np.float64]:
    """Weights (mV) of one synapse a presynaptic train, after `trials` of `duration` ms; a teacher brings about `post`.

    One postsynaptic train is that of all synapses; several are those of one neuron each.
    """
    separate = len(post) > 0 and np.ndim(post[0]) > 0
    trains: Sequence[Any] = post if separate else [post]
    wiring = bnsim.OneToOne() if separate else bnsim.AllToAll()
    network = bnsim.Network(
        [
            bnsim.Population("input", len(pre), bnsim.SpikeTrains()),
            bnsim.Population("teacher", len(trains), bnsim.SpikeTrains()),
            bnsim.Population("cells", len(trains), bnsim.LIF()),
        ],
        [
            bnsim.Projection("teacher", "cells", bnsim.Delta(), 100 * mV, bnsim.OneToOne()),
            bnsim.Projection(
                "input", "cells", Silent(), start * mV, wiring, delay=delay * ms, plasticity=rule, name="learned"
            ),
        ],
    )
    step = float(dt / ms)
    stimulus = {
        "input": [given(*_spikes(pre))] * trials,
        "teacher": [given(*((time - step, unit) for time, unit in _spikes(trains)))] * trials,
    }
    state, recording = simulate(network, stimulus, duration * ms, dt, plastic=plastic)
    fired = recording.spike_times("cells")
    seen = sorted(zip(fired.trial, fired.unit, np.round(fired.time * 1e3, 6), strict=True))
    wanted = sorted((trial, unit, round(time, 6)) for trial in range(trials) for time, unit in _spikes(trains))
    np.testing.assert_allclose(seen, wanted, atol=1e-6)
    return np.asarray(state["learned.w"] * 1000)


def random_trains(n_synapses: int, n_spikes: int = 25) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Presynaptic trains and one postsynaptic train, in steps of 0.1 ms within 90 ms; no two spikes coincide."""
    generator = np.random.default_rng(7)
    post = np.sort(generator.choice(np.arange(1, 900), n_spikes, replace=False))
    free = np.setdiff1d(np.arange(900), post)
    return [np.sort(generator.choice(free, n_spikes, replace=False)) for _ in range(n_synapses)], post


def in_sequence(
    arrivals: Iterable[int], post: Iterable[int], weight: float, at_arrival: Change, at_spike: Change
) -> float:
    """A rule carried out spike by spike (in steps of 0.1 ms), with sums over all earlier spikes in place of traces.

    In the same step the arrival comes first: a postsynaptic spike sees it at lag 0, and not the other way round.
    """
    pre, post = np.array(sorted(arrivals)), np.array(sorted(post))
    for step, is_post in sorted([*((int(step), False) for step in pre), *((int(step), True) for step in post)]):
        since_pre = (step - pre[(pre < step) | ((pre == step) & is_post)]) * STEP
        since_post = (step - post[post < step]) * STEP
        weight = (at_spike if is_post else at_arrival)(weight, since_pre, since_post)
    return weight


@dataclass(frozen=True, repr=False)
class Kick(bnsim.SynapseModel):
    """Synapse that makes a `ForcedNeuron` fire, and nothing else."""

    jumps = (bnsim.Jump("forced"),)
    weight = "modulatory"


@dataclass(frozen=True, repr=False)
class ForcedNeuron(bnsim.NeuronModel):
    """Passive membrane that fires when it is told, and then starts from a depolarized potential."""

    tau_m: Quantity = bnsim.parameter(281 / 30 * ms)
    v_rest: Quantity = bnsim.parameter(-70.6 * mV)
    v_spike: Quantity = bnsim.parameter(-20 * mV)

    equations = "dv/dt = (v_rest - v) / tau_m : volt\nforced : 1"
    threshold = "forced > 0"
    reset = "v = v_spike\nforced = 0"
    initial = {"v": "v_rest"}  # noqa: RUF012 - as a user writes it


def voltage_trained(
    rule: bnsim.PlasticityRule, pre: Sequence[Train], post: Train, delay: Any = 0.0, plastic: bool = True
) -> NDArray[np.float64]:
    """Weights (mV) after 200 ms, from 1 mV, of synapses onto one `ForcedNeuron`."""
    network = forced(
        [bnsim.Projection("input", "cells", Silent(), 1 * mV, delay=delay * ms, plasticity=rule)], len(pre)
    )
    stimulus = {"input": [given(*_spikes(pre))], "teacher": [given(*((time - STEP, 0) for time in post))]}
    state, recording = simulate(network, stimulus, 200 * ms, plastic=plastic)
    np.testing.assert_allclose(recording.spike_times("cells").time * 1e3, post, atol=1e-6)
    return np.asarray(state["input_to_cells.w"] * 1000)


def compiled(rules: Sequence[bnsim.PlasticityRule], backend: str) -> dict[str, NDArray[np.float64]]:
    """Weights after random trains of all rules at once, every other one with a delay, by name of the projection."""
    pre, post = random_trains(5)
    projections = [
        bnsim.Projection(
            "input", "cells", Silent(), 1 * mV, delay=2 * (number % 2) * ms, plasticity=rule, name=f"rule{number}"
        )
        for number, rule in enumerate(rules)
    ]
    simulator = forced(projections, len(pre)).compile(100 * ms, DT, backend=backend)
    stimulus = {
        "input": [given(*_spikes([steps * STEP for steps in pre]))],
        "teacher": [given(*((step * STEP - STEP, 0) for step in post))],
    }
    state, recording = simulator.run(simulator.initial_state(0), stimulus)
    assert recording.counts["cells"].tolist() == [[len(post)]]
    return {projection.name: np.asarray(state[f"{projection.name}.w"]) for projection in projections}


def forced(projections: Sequence[bnsim.Projection], n_input: int) -> bnsim.Network:
    """Given spikes `input` and one `ForcedNeuron` that fires one step after each spike of `teacher`."""
    return bnsim.Network(
        [
            bnsim.Population("input", n_input, bnsim.SpikeTrains()),
            bnsim.Population("teacher", 1, bnsim.SpikeTrains()),
            bnsim.Population("cells", 1, ForcedNeuron()),
        ],
        [bnsim.Projection("teacher", "cells", Kick(), Quantity(1.0)), *projections],
    )


def _spikes(trains: Sequence[Train]) -> list[tuple[float, int]]:
    return [(float(time), unit) for unit, times in enumerate(trains) for time in times]
