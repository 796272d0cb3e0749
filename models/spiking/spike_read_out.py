"""The output neurons of a spiking classifier, simulated alone with given spikes of the last hidden layer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from brian2.units import ms
from numpy.typing import ArrayLike, NDArray

import bnsim
from bnsim.binning import steps_of
from models.capabilities import HiddenSpikes, Train
from models.spiking.decision import decide
from models.spiking.output_decision import OUTPUT, OutputDecision
from models.spiking.spiking_classifier import sample_numbers

DT = 1e-3
"""Time step of the classifiers, in s."""


class SpikingReadOut(OutputDecision):
    """A classifier whose output neurons have no connections among them (see `models.capabilities.SpikeReadOut`).

    What reaches them are the last hidden layer and, where there is one, a population that no other drives, such as a
    bias. In the network that is simulated here the hidden layer is a source of spikes; all else is as in the whole
    network, whose output it repeats spike for spike.
    """

    duration: float

    @abstractmethod
    def _network(self) -> bnsim.Network:
        """The description of the whole network."""

    def hidden_spikes(self, X: ArrayLike) -> HiddenSpikes:
        """Return the spikes of the last hidden layer, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        models.capabilities.HiddenSpikes
            One trial for each sample.
        """
        samples, hidden = self._checked(X), self.recorded[-2]
        recording = self._present(samples, (hidden,))
        spikes = recording.spike_times(hidden)
        bounds = np.searchsorted(spikes.trial, np.arange(1, len(samples)))
        steps = steps_of(spikes.time, recording.dt)
        trains = zip(np.split(steps, bounds), np.split(spikes.unit, bounds), strict=True)
        return HiddenSpikes(tuple(trains), recording.populations[hidden], round(self.duration), DT)

    def read_out_spikes(self, X: ArrayLike, trains: Sequence[Train]) -> NDArray[Any]:
        """Return the classes that the output neurons answer to given spikes of the last hidden layer.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples; they select the random numbers of the bias.
        trains : sequence of (ndarray, ndarray)
            Time steps and units of the spikes of each trial.

        Returns
        -------
        ndarray, shape (n_samples,)
            Classes.
        """
        samples, network = self._checked(X), self._read_out_network()
        simulator = network.compile(
            trial=self.duration * ms,
            dt=1e3 * DT * ms,
            backend=self.backend,
        )
        weights = {f"{projection.name}.w": self.learned_[f"{projection.name}.w"] for projection in network.projections}
        names = {population.name for population in network.populations}
        stimulus: dict[str, Any] = {name: part for name, part in self._stimulus(samples).items() if name in names}
        stimulus[self.recorded[-2]] = [(steps * DT, units) for steps, units in trains]
        _, recording = simulator.run(
            simulator.initial_state(self.random_state_).replace(weights),
            stimulus,
            self.random_state_,
            plastic=False,
            trials=sample_numbers(samples),
            record=[bnsim.Spikes(OUTPUT)],
        )
        return self.classes_[decide(recording.counts[OUTPUT], recording.spike_times(OUTPUT))]

    def _read_out_network(self) -> bnsim.Network:
        whole, hidden = self._network(), self.recorded[-2]
        into = [replace(each, plasticity=None) for each in whole.projections if each.target == OUTPUT]
        names = {OUTPUT, *(projection.source for projection in into)}
        populations = [
            bnsim.Population(hidden, each.size, bnsim.SpikeTrains()) if each.name == hidden else each
            for each in whole.populations
            if each.name in names
        ]
        return bnsim.Network(populations, into)
