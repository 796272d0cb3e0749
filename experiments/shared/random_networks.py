"""Random feed-forward networks of both kinds, without training: weights are drawn, a signal is sent through.

Weights into a layer of `width` units from as many are normal with mean 0 and variance (scale x unit)² / width, `unit`
being 1 in an artificial network and in a spiking one the distance from rest to threshold. No biases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import bnsim
    from bnsim.engine.simulator import Simulator

FloatArray = NDArray[np.floating]
Train = tuple[FloatArray, NDArray[np.integer]]
"""Spikes of a trial: times in seconds and units."""

ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
}
TAU, THRESHOLD, REFRACTORY = 10.0, 15.0, 2.0
"""Of the LIF neurons: ms, mV above rest, ms. The reset potential is the resting potential."""
DT = 0.5
"""Time step of networks, in ms."""
INPUT_RATE = 20.0
"""Mean rate of the input to spiking networks, in Hz."""


def neuron() -> bnsim.LIF:
    """The neuron of textbooks: what single units and random networks are made of."""
    from brian2.units import ms, mV

    import bnsim

    return bnsim.LIF(
        tau_m=TAU * ms, v_rest=0 * mV, v_threshold=THRESHOLD * mV, v_reset=0 * mV, refractory=REFRACTORY * ms
    )


def weights(width: int, scale: float, layer: int, seed: int) -> FloatArray:
    """Weights (from, to) into a layer, in units of the threshold; of all scales the same but for their size."""
    return scale / np.sqrt(width) * _drawn(width, layer, seed)


@lru_cache(maxsize=32)
def _drawn(width: int, layer: int, seed: int) -> FloatArray:
    """Kept for the next scale: drawing takes longer than sending a few signals through."""
    drawn = np.random.default_rng([seed, layer, 0x9A7D]).standard_normal((width, width))
    drawn.flags.writeable = False
    return drawn


def layers(x: FloatArray, depth: int, scale: float, activation: str, seed: int) -> Iterator[FloatArray]:
    """Activations (sample, unit) of each layer of an artificial network for inputs (sample, width)."""
    for layer in range(1, depth + 1):
        x = ACTIVATIONS[activation](x @ weights(x.shape[1], scale, layer, seed))
        yield x


@dataclass(frozen=True)
class SpikingLayers:
    """Layers of LIF neurons with delta synapses, one after the other.

    Activity goes one way, so a layer may be simulated when the one before it is done: one compiled layer serves for
    all. width: neurons of a layer. duration: of a trial, in ms.
    """

    width: int
    duration: float

    @cached_property
    def _simulator(self) -> Simulator:
        from brian2.units import ms, mV

        import bnsim

        network = bnsim.Network(
            [
                bnsim.Population("input", self.width, bnsim.SpikeTrains()),
                bnsim.Population("cells", self.width, neuron()),
            ],
            [bnsim.Projection("input", "cells", bnsim.Delta(), weights=0 * mV)],
        )
        return network.compile(trial=self.duration * ms, dt=DT * ms)

    def poisson(self, rates: FloatArray, seed: int, *, common: bool = False) -> list[Train]:
        """Spike trains of Poisson units with rates (trial, unit) in Hz.

        A unit has its own random numbers in each trial, or, where they are `common`, the same in all.
        """
        n_steps = round(self.duration / DT)
        generator = np.random.default_rng([seed, 0x5717])
        drawn = generator.random((1 if common else len(rates), n_steps, self.width))
        fires = drawn < rates[:, None] * DT / 1e3
        return [(steps * DT / 1e3, units) for steps, units in map(np.nonzero, fires)]

    def send(
        self, trains: list[Train], depth: int, scale: float, seed: int
    ) -> Iterator[tuple[bnsim.Recording, list[Train]]]:
        """What each layer does when these spikes reach the first: its recording, with the population "cells", and the
        spikes of each trial, which are the next layer's input."""
        simulator = self._simulator
        for layer in range(1, depth + 1):
            drawn = weights(self.width, scale, layer, seed) * THRESHOLD / 1e3
            state = simulator.initial_state(seed).replace({"input_to_cells.w": drawn.ravel()})
            _, recording = simulator.run(state, trains, seed, record=["cells"])
            spikes = recording.spike_times("cells")
            trains = [spikes.of_trial(trial) for trial in range(len(trains))]
            yield recording, trains
