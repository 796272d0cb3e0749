"""Single cells in NEST, a second simulator, for tests that have `pytest.importorskip("nest")` before this import.

A spike that NEST's generator emits at t, over a synapse with a delay of one step, arrives as one of `SpikeTrains` does
that is emitted in the step that begins at t; and NEST writes the end of a step where this project writes its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nest
import numpy as np
from numpy.typing import NDArray

nest.verbosity = nest.VerbosityLevel.ERROR


@dataclass(frozen=True)
class Input:
    """Spikes on a grid (in ms) over a synapse of a weight: in mV, pA or nS, as the cell has it."""

    times: NDArray[np.float64]
    weight: float


@dataclass(frozen=True)
class Response:
    """Membrane potential (mV) at the beginning of each step, and the steps at whose end a spike was seen."""

    v: NDArray[np.float64]
    steps: NDArray[np.int64]


def respond(model: str, parameters: dict[str, Any], dt: float, duration: float, inputs: Sequence[Input]) -> Response:
    """One cell of a NEST model with spikes as its input; times in ms."""
    nest.ResetKernel()
    nest.resolution = dt
    cell = nest.Create(model, params=parameters)
    voltmeter = nest.Create("voltmeter", params={"interval": dt})
    recorder = nest.Create("spike_recorder")
    nest.Connect(voltmeter, cell)
    nest.Connect(cell, recorder)
    for given in inputs:
        source = nest.Create("spike_generator", params={"spike_times": np.sort(given.times)})
        nest.Connect(source, cell, syn_spec={"weight": given.weight, "delay": dt})
    nest.Simulate(duration)
    v = np.concatenate([[parameters["V_m"]], voltmeter.events["V_m"]])
    return Response(v, np.rint(recorder.events["times"] / dt).astype(np.int64) - 1)
