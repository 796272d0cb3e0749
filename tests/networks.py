"""Small networks that the tests share: given spikes into a few neurons, on the `numpy` back end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray

import bnsim

DT = 0.1 * ms

Trial = tuple[NDArray[np.float64], NDArray[np.int64]]


def given(*spikes: tuple[float, int]) -> Trial:
    """One trial for `SpikeTrains` from (time in ms, unit) pairs."""
    rows = np.array(spikes, dtype=np.float64).reshape(-1, 2)
    return rows[:, 0] / 1000, rows[:, 1].astype(np.int64)


def driven(
    model: bnsim.NeuronModel,
    synapse: bnsim.SynapseModel,
    weights: Any,
    *,
    n_input: int = 1,
    size: int = 1,
    **projection: Any,
) -> bnsim.Network:
    """Spike trains `input` onto neurons `cells` through the one projection `input_to_cells`."""
    return bnsim.Network(
        [bnsim.Population("input", n_input, bnsim.SpikeTrains()), bnsim.Population("cells", size, model)],
        [bnsim.Projection("input", "cells", synapse, weights, **projection)],
    )


def simulate(
    network: bnsim.Network,
    stimulus: Any,
    trial: Quantity = 50 * ms,
    dt: Quantity = DT,
    *,
    traces: Sequence[str] = (),
    presentation: Quantity | None = None,
    plastic: bool = True,
    **options: Any,
) -> tuple[bnsim.State, bnsim.Recording]:
    """Compile with `numpy` and run once from the initial state, recording every population; `traces` are of `cells`."""
    simulator = network.compile(trial, dt, presentation=presentation, backend="numpy")
    record = [bnsim.Spikes(population.name) for population in network.populations]
    record += [bnsim.Trace("cells", name) for name in traces]
    return simulator.run(simulator.initial_state(1), stimulus, 1, plastic=plastic, record=record, **options)


def current_driven(model: bnsim.NeuronModel, size: int, gain: Quantity = 1 * mV) -> bnsim.Network:
    """Neurons `cells`, each with a constant input of `gain` times its stimulus."""
    return bnsim.Network([bnsim.Population("cells", size, model, encoder=bnsim.ConstantCurrent(gain))])
