"""The network and the rules of `three-factor`, with input spikes that are given instead of drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

import bnsim
from models.classifier import FloatArray
from models.spiking.three_factor import ThreeFactor


class SpikeTimeNetwork(ThreeFactor):
    """`ThreeFactor` whose input units fire at given times.

    A sample is a flattened raster: 1 where a unit fires in a step of 1 ms, unit after unit within step after step, over
    the whole `duration`. `max_rate` is that of the bias unit alone. All parameters are those of `ThreeFactor`.
    """

    @property
    def trainable_parameters(self) -> int:
        sizes = [self._sizes[name] for name in self._layers]
        return sum((before + 1) * after for before, after in pairwise(sizes))

    @property
    def _sizes(self) -> dict[str, int]:
        return super()._sizes | {"input": self.n_features_in_ // round(self.duration)}

    def _network(self) -> bnsim.Network:
        network = super()._network()
        bias, drawn, *others = network.populations
        return replace(network, populations=[bias, replace(drawn, model=bnsim.SpikeTrains()), *others])

    def _degeneracies(self, X: FloatArray) -> Iterator[str]:
        # The input's spike counts may be the same in all samples: it is their times that differ.
        if self._survey is not None:
            yield from self._survey.findings(self.recorded[1:], self.WAKES)
            self._survey = None

    def _stimulus(self, X: FloatArray) -> dict[str, Any]:
        rasters = (X > 0).reshape(len(X), round(self.duration), -1)
        trains = [(steps * 1e-3, units) for steps, units in map(np.nonzero, rasters)]
        return super()._stimulus(X) | {"input": trains}
