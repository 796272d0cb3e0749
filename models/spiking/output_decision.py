"""Classifiers whose answer is the output neuron with most spikes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.binning import steps_of
from models.spiking.decision import decide
from models.spiking.spiking_classifier import SpikingClassifier

OUTPUT = "output"


class OutputDecision(SpikingClassifier):
    """A spiking classifier with a population "output" of one neuron per class.

    The neuron with most spikes is the answer. Tie rule: of those with equally many, the one whose last spike came
    earliest, then the first class. Membrane potentials are not looked at.
    """

    def decisions_until(self, recording: bnsim.Recording, steps: Sequence[int]) -> NDArray[Any]:
        """Return the class of each recorded trial, had it ended early.

        Parameters
        ----------
        recording : bnsim.Recording
            Spike times of the population "output".
        steps : sequence of int
            Time steps at which the trial ends; spikes before them count.

        Returns
        -------
        ndarray, shape (n_times, n_trials)
            Classes.
        """
        return self.classes_[np.array([_decided(recording, step) for step in steps])]

    def tied(self, X: ArrayLike) -> NDArray[np.bool_]:
        """Return whether output neurons share the most spikes, so that the tie rule decides.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of bool, shape (n_samples,)
            Whether they do.
        """
        counts = self._counts(self._checked(X), OUTPUT)
        return (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1

    def _predict(self, X: FloatArray) -> LabelArray:
        return np.concatenate(
            [decide(part.counts[OUTPUT], part.spike_times(OUTPUT)) for part in self._presented(X, (OUTPUT,))]
        )


def _decided(recording: bnsim.Recording, end: int) -> LabelArray:
    """Label of each trial, by the spikes before this time step."""
    spikes = recording.spike_times(OUTPUT)
    early = steps_of(spikes.time, recording.dt) < end
    kept = bnsim.SpikeTimes(spikes.trial[early], spikes.unit[early], spikes.time[early])
    counts = np.zeros((recording.n_trials, recording.populations[OUTPUT]), np.int64)
    np.add.at(counts, (kept.trial, kept.unit), 1)
    return decide(counts, kept)
