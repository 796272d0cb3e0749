"""The network and the rules of `three-factor`, with input spikes that are given instead of drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import bnsim
from bnsim.arrays import FloatArray
from models.spiking.three_factor import ThreeFactor


class SpikeTimeNetwork(ThreeFactor):
    """`ThreeFactor` whose input units fire at given times.

    A sample is a flattened raster: 1 where a unit fires in a step of 1 ms, unit after unit within step after step, over
    the whole `duration`. `max_rate` is that of the bias unit alone. All parameters are those of `ThreeFactor`.
    """

    WAKES = "give a larger hidden_weight"

    @property
    def _sizes(self) -> dict[str, int]:
        return super()._sizes | {"input": self.n_features_in_ // round(self.duration)}

    def _network(self) -> bnsim.Network:
        network = super()._network()
        bias, drawn, *others = network.populations
        return replace(network, populations=[bias, replace(drawn, model=bnsim.SpikeTrains()), *others])

    @property
    def _surveyed(self) -> tuple[str, ...]:
        return self.recorded[
            1:
        ]  # the input's spike counts may be the same in all samples: it is their times that differ

    def rate_chain(self) -> None:
        """Return None: what a sample holds are times, which a network of rates does not know."""

    def _stimulus(self, X: FloatArray) -> dict[str, Any]:
        rasters = (X > 0).reshape(len(X), round(self.duration), -1)
        trains = [(steps * 1e-3, units) for steps, units in map(np.nonzero, rasters)]
        return super()._stimulus(X) | {"input": trains}
