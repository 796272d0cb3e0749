"""Spiking layers that all learn, the hidden ones from errors that are sent back to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from models.schedule import falling
from models.spiking.spiking_layers import OUTPUT, TAU_OUTPUT, SpikingLayers

FEEDBACK = ("symmetric", "random")


class ThreeFactor(SpikingLayers):
    """Classify by a feed-forward network of spiking neurons, every layer of which learns by a three-factor rule.

    Pixel i fires as a Poisson process with rate max_rate x intensity, a bias unit with max_rate. Hidden neurons
    (`bnsim.SubtractiveLIF`, tau_m) are reached by delta synapses, output neurons (the same, 10 ms) by exponential
    currents (5 ms) and a constant background current. With n the spikes of a neuron in the trial and u_k the summed
    weights of all spikes that reached output neuron k, weights in units of the rheobase, the trial's last step does

        error_k = 1 / (1 + exp(-0.2 u_k)) - [k = label]        w_jk -= eta error_k n_j      (`bnsim.ErrorModulated`)
        error_j = sum_k b_kj error_k where n_j > 0, else 0     w_ij -= eta_h error_j n_i    (`bnsim.FeedbackModulated`)

    and so on, layer by layer. b are feedback weights of their own (`bnsim.ErrorFeedback`): "random" ones stay as they
    were drawn; "symmetric" ones start equal to the forward weights and are changed by the same local product of their
    two neurons' activity, so that they remain equal without being copied. Both learning rates fall linearly over the
    training to `final_rate` of their start; in `partial_fit`, which does not know the end, they stay.

    Initial weights are normal: into hidden neurons with standard deviation `hidden_weight`, forward and back between
    other layers with `output_weight`.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one whose last spike came
    earliest, then the first class.

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

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights by projection, in volt.
    intensities_ : models.intensities.IntensityScale
        Scale of the samples.

    Raises
    ------
    InputError
        For a parameter out of its range.

    References
    ----------
    Neftci, Augustine, Paul & Detorakis (2017), Frontiers in Neuroscience 11:324.
    """

    name = "three-factor"
    REFERENCE = "Neftci, Augustine, Paul & Detorakis (2017), Frontiers in Neuroscience 11:324"
    DEVIATIONS = (
        "weights change at the end of a trial, by spike counts, instead of at every presynaptic spike",
        "the postsynaptic factor is 1 where the neuron fired, instead of where its synaptic current lies in a range",
        "errors are numbers that the feedback synapses carry, instead of spikes of error neurons",
        "feedback weights are symmetric by default, and random only where asked for",
    )
    error_gain = 0.2

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        feedback: str = "symmetric",
        max_rate: float = 200.0,
        duration: float = 50.0,
        tau_m: float = 20.0,
        hidden_weight: float = 0.05,
        output_weight: float = 0.1,
        learning_rate: float = 1e-3,
        hidden_learning_rate: float = 3e-3,
        final_rate: float = 0.02,
        background: float = 6.0,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.feedback = feedback
        self.max_rate = max_rate
        self.duration = duration
        self.tau_m = tau_m
        self.hidden_weight = hidden_weight
        self.output_weight = output_weight
        self.learning_rate = learning_rate
        self.hidden_learning_rate = hidden_learning_rate
        self.final_rate = final_rate
        self.background = background
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._require_one_of("feedback", FEEDBACK)
        self._require_positive("hidden_learning_rate")

    def _start_back(self, before: str, after: str, forward: FloatArray, other: FloatArray) -> None:
        back = forward if self.feedback == "symmetric" else other
        self.learned_[f"{after}_to_{before}.w"] = back.T.ravel()

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        self._train(X, self._signals(labels, total))

    def _signals(self, labels: LabelArray, total: int | None) -> dict[str, FloatArray]:
        course = falling(self.final_rate, self.presentations_seen_, len(labels), total)
        target = (labels[:, None] == np.arange(len(self.classes_))).astype(np.float64)
        rates = {f"{name.removesuffix('.w')}.learning_rate_factor": course for name in self.learned_}
        return rates | {f"{source}_to_output.target": target for source in ("bias", self._layers[-2])}

    def _projections(self) -> Iterator[bnsim.Projection]:
        """From the output backwards, as errors travel: what learns, then what sends its errors on."""
        scale = OUTPUT.rheobase
        rate = self.learning_rate
        synapse: bnsim.SynapseModel = bnsim.ExponentialCurrent(tau=TAU_OUTPUT)
        rule: bnsim.PlasticityRule = bnsim.ErrorModulated(learning_rate=rate, gain=self.error_gain, scale=scale)
        for before, after in reversed(list(pairwise(self._layers))):
            for source in ("bias", before):
                yield bnsim.Projection(source, after, synapse, 0 * mV, plasticity=rule)
            if before != "input":
                back = bnsim.ErrorFeedback(learning_rate=rate if self.feedback == "symmetric" else 0.0)
                yield bnsim.Projection(after, before, bnsim.Modulatory(), Quantity(0.0), plasticity=back)
            rate = self.hidden_learning_rate
            synapse, rule = bnsim.Delta(), bnsim.FeedbackModulated(learning_rate=rate, scale=scale)
