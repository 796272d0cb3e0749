"""Small networks that the engine's tests share, so that few need to be compiled."""

from __future__ import annotations

import numpy as np
from brian2.units import Hz, ms, mV
from numpy.typing import NDArray

import bnsim
from bnsim.engine.simulator import Simulator

INPUTS, CELLS = 12, 9


def learning() -> bnsim.Network:
    """All that carries over or is on its way: refractory neurons with adaptive thresholds, a delay for each synapse,
    event-driven traces, recurrent inhibition."""
    cells = bnsim.AdaptiveLIF(tau_m=10 * ms, refractory=2 * ms, theta_increment=0.5 * mV, tau_theta=500 * ms)
    return bnsim.Network(
        populations=[
            bnsim.Population("input", INPUTS, bnsim.Poisson(300 * Hz)),
            bnsim.Population("cells", CELLS, cells),
            bnsim.Population("inhibitory", 4, bnsim.LIF(tau_m=7 * ms)),
        ],
        projections=[
            bnsim.Projection(
                "input",
                "cells",
                bnsim.ExponentialCurrent(tau=5 * ms),
                weights=bnsim.Uniform(2 * mV, 8 * mV),
                delay=bnsim.Uniform(0 * ms, 4 * ms),
                plasticity=bnsim.PairSTDP(w_max=10 * mV),
            ),
            bnsim.Projection("cells", "inhibitory", bnsim.Delta(), weights=8 * mV, delay=1 * ms),
            bnsim.Projection(
                "inhibitory",
                "cells",
                bnsim.ExponentialCurrent(tau=3 * ms),
                weights=-6 * mV,
                delay=bnsim.Uniform(1 * ms, 3 * ms),
            ),
        ],
    )


def learner(backend: str) -> Simulator:
    """`learning`, compiled for trials of 30 ms."""
    return learning().compile(trial=30 * ms, dt=0.5 * ms, backend=backend)


def intensities(n_trials: int) -> NDArray[np.float64]:
    """A stimulus for `learning`."""
    return np.random.default_rng(0).random((n_trials, INPUTS))


def three_factor() -> bnsim.Network:
    """Given spikes onto two neurons that are told their target."""
    return bnsim.Network(
        populations=[
            bnsim.Population("input", 3, bnsim.SpikeTrains()),
            bnsim.Population("cells", 2, bnsim.LIF()),
        ],
        projections=[
            bnsim.Projection(
                "input",
                "cells",
                bnsim.Delta(),
                weights=np.array([[1.0, -2.0], [0.5, 0.25], [-1.0, 2.0]]) * mV,
                plasticity=bnsim.ErrorModulated(learning_rate=0.1, gain=0.2, scale=1 * mV),
                name="readout",
            )
        ],
    )


def coins() -> bnsim.Network:
    """Units that fire where their random number lies below the stimulus: at 1 ms a step the probability is exact."""
    return bnsim.Network([bnsim.Population("coins", 50, bnsim.Poisson(1000 * Hz))])


def driven() -> bnsim.Network:
    """LIF neurons with a constant current and no synapse."""
    cells = bnsim.LIF(tau_m=10 * ms, refractory=2 * ms)
    return bnsim.Network([bnsim.Population("cells", 5, cells, encoder=bnsim.ConstantCurrent(gain=30 * mV))])
