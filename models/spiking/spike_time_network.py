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
    the whole `duration`. `max_rate` is that of the bias unit alone.

    Parameters
    ----------
    hidden : tuple of int
        Neurons of each hidden layer.
    feedback : str
        "symmetric" or "random".
    max_rate : float
        Rate of a pixel of full intensity and of the bias unit, in Hz.
    duration : float
        Of a trial, in ms, in steps of 1 ms.
    tau_m : float
        Membrane time constant of the hidden neurons, in ms.
    hidden_weight, output_weight : float
        Standard deviations of the initial weights, in units of the rheobase.
    learning_rate, hidden_learning_rate : float
        eta and eta_h.
    final_rate : float
        Last learning rate over the first.
    background : float
        Current into the output neurons, in units of the rheobase.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives initial weights, spikes and order of presentations.
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
