"""Random feed-forward networks of both kinds, without training: weights are drawn, and a signal is sent through.

Weights between two layers of `width` units are normal with mean 0 and variance (scale x unit)² / width, where `unit` is
1 in an artificial network and the distance from rest to threshold in a spiking one. There are no biases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bnsim.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    import bnsim
    from bnsim.engine.simulator import Simulator

Train: TypeAlias = tuple[FloatArray, IntArray]
"""Spikes of a trial: times (spike,) in s, and units (spike,)."""

ACTIVATIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0.0)}
)
"""Name -> activation function."""
TAU, THRESHOLD, REFRACTORY = 10.0, 15.0, 2.0
"""Of the LIF neurons: membrane time constant (ms), threshold (mV above rest), refractory period (ms)."""
DT = 0.5
"""Time step of the networks, in ms."""
INPUT_RATE = 20.0
"""Mean firing rate of the input to spiking networks, in Hz."""


def neuron() -> bnsim.LIF:
    """Return the textbook LIF neuron of single units and random networks, which is reset to rest."""
    from brian2.units import ms, mV

    import bnsim

    return bnsim.LIF(
        tau_m=TAU * ms, v_rest=0 * mV, v_threshold=THRESHOLD * mV, v_reset=0 * mV, refractory=REFRACTORY * ms
    )


def weights(width: int, scale: float, layer: int, seed: int) -> FloatArray:
    """Draw the weights into a layer.

    Parameters
    ----------
    width
        Number of units of a layer.
    scale
        Scale of the weights; other scales give the same weights, but for this factor.
    layer
        Number of the layer, from 1 on.
    seed
        Of the weights.

    Returns
    -------
    array
        Weights (from, to); in a spiking network, in units of the threshold.
    """
    return scale / np.sqrt(width) * _drawn(width, layer, seed)


@lru_cache(maxsize=32)
def _drawn(width: int, layer: int, seed: int) -> FloatArray:
    """Draw standard normal weights; they are kept for the next scale, as drawing takes longer than the network."""
    drawn = np.random.default_rng([seed, layer, 0x9A7D]).standard_normal((width, width))
    drawn.flags.writeable = False
    return drawn


def layers(x: FloatArray, depth: int, scale: float, activation: str, seed: int) -> Iterator[FloatArray]:
    """Send inputs through an artificial network.

    Parameters
    ----------
    x
        Inputs (sample, unit).
    depth
        Number of layers, each with as many units as the input.
    scale
        Scale of the weights.
    activation
        Name of the activation function, see `ACTIVATIONS`.
    seed
        Of the weights.

    Yields
    ------
    array
        Activations (sample, unit), layer after layer.
    """
    for layer in range(1, depth + 1):
        x = ACTIVATIONS[activation](x @ weights(x.shape[1], scale, layer, seed))
        yield x


@dataclass(frozen=True)
class SpikingLayers:
    """Layers of LIF neurons with delta synapses, one after the other.

    Activity travels one way only, so a layer can be simulated when the one before it is finished: one compiled layer is
    used for all of them in turn.

    Parameters
    ----------
    width
        Number of neurons of a layer.
    duration
        Duration of a trial, in ms.
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
        """Draw spike trains of Poisson units.

        Parameters
        ----------
        rates
            Firing rates (trial, unit), in Hz.
        seed
            Of the random numbers.
        common
            Whether all trials get the same random numbers, instead of each its own.

        Returns
        -------
        list of tuple of array
            Spikes of each trial.
        """
        n_steps = round(self.duration / DT)
        generator = np.random.default_rng([seed, 0x5717])
        drawn = generator.random((1 if common else len(rates), n_steps, self.width))
        fires = drawn < rates[:, None] * DT / 1e3
        return [(steps * DT / 1e3, units) for steps, units in map(np.nonzero, fires)]

    def send(
        self, trains: list[Train], depth: int, scale: float, seed: int
    ) -> Iterator[tuple[bnsim.Recording, list[Train]]]:
        """Send spikes through the network.

        Parameters
        ----------
        trains
            Spikes that reach the first layer in each trial.
        depth
            Number of layers.
        scale
            Scale of the weights.
        seed
            Of the weights.

        Yields
        ------
        tuple of bnsim.Recording and list of tuple of array
            Layer after layer: its recording, with the population "cells", and its spikes in each trial, which are the
            input of the next layer.
        """
        import bnsim

        simulator = self._simulator
        for layer in range(1, depth + 1):
            drawn = weights(self.width, scale, layer, seed) * THRESHOLD / 1e3
            state = simulator.initial_state(seed).replace({"input_to_cells.w": drawn.ravel()})
            _, recording = simulator.run(state, trains, seed, record=[bnsim.Spikes("cells")])
            spikes = recording.spike_times("cells")
            trains = [spikes.of_trial(trial) for trial in range(len(trains))]
            yield recording, trains
