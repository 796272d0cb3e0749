"""Spiking layers that are trained through time by surrogate gradients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from brian2.units import mV

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.program.linear import propagators
from bnsim.timing import Timing
from models.artificial.surrogate_network import Dynamics, LayerWeights, Trials
from models.schedule import falling
from models.spiking.poisson_spikes import poisson_spikes
from models.spiking.spike_read_out import DT
from models.spiking.spiking_layers import OUTPUT, RHEOBASE, TAU_OUTPUT, SpikingLayers


class Surrogate(SpikingLayers):
    """Classify by a feed-forward network of spiking neurons that is trained by backpropagation through time.

    The network, its input spikes and its decision are those of `models.spiking.three_factor.ThreeFactor`. While it
    learns it is simulated in TensorFlow (`models.artificial.surrogate_training`), by the same exact integration and
    with the input spikes that `bnsim` makes for that presentation; afterwards `bnsim` runs it with the weights that
    were learned, and every neuron fires equally often in both.

    After each presentation all weights take one plain step down the gradient of the cross-entropy of a softmax of 0.2
    times the output neurons' spike counts. With x the membrane potential in units of the threshold above rest, the
    derivative of a spike by x is replaced by 1 / (1 + 2 abs(x - 1))^2; resets are not differentiated. The learning rate
    falls linearly over the training to `final_rate` of its start; in `partial_fit`, which does not know the end, it
    stays.

    Parameters
    ----------
    hidden : tuple of int
        Neurons of each hidden layer.
    max_rate : float
        Rate of a pixel of full intensity and of the bias unit, in Hz.
    duration : float
        Of a trial, in ms, in steps of 1 ms.
    tau_m : float
        Membrane time constant of the hidden neurons, in ms.
    hidden_weight, output_weight : float
        Standard deviations of the initial weights, in units of the rheobase.
    learning_rate : float
        Of all layers; weights are in units of the rheobase. With one that is too large, output neurons come to fire in
        every step, far above threshold, where the gradient vanishes, and learning ends.
    final_rate : float
        Last learning rate over the first.
    background : float
        Current into the output neurons, in units of the rheobase.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`. It runs the trained network.
    random_state : None, int or RandomState
        Drives initial weights, spikes and order of presentations. Initial weights are those of `ThreeFactor`.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights by projection, in volt.
    intensities_ : models.intensities.IntensityScale
        Scale of the samples.

    Raises
    ------
    InputError
        For a parameter out of its range, or a training that diverged.

    Notes
    -----
    The training is in single precision, the simulation by `bnsim` in double precision. A spike that is lost or won by
    rounding while it learns is part of the noise of the training; the weights that result are the same numbers in both.

    References
    ----------
    Neftci, Mostafa & Zenke (2019), IEEE Signal Processing Magazine 36(6):51-63; Zenke & Ganguli (2018), Neural
    Computation 30:1514-1541, the fast sigmoid; Zenke & Vogels (2021), Neural Computation 33:899-925, the reset.
    """

    name = "surrogate"
    REFERENCE = "Neftci, Mostafa & Zenke (2019), IEEE Signal Processing Magazine 36(6):51-63"
    DEVIATIONS = (
        "the loss is that of the output neurons' spike counts, which decide, instead of a membrane without spikes",
        "plain gradient steps, one sample at a time, instead of Adam on batches",
        "resets are not differentiated, after Zenke & Vogels (2021)",
    )
    # Of 0.2 a spike: a current that jumps by 1 and decays in 5 ms brings a neuron of 10 ms half a spike.
    error_gain = 0.1

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        max_rate: float = 200.0,
        duration: float = 50.0,
        tau_m: float = 20.0,
        hidden_weight: float = 0.05,
        output_weight: float = 0.1,
        learning_rate: float = 5e-3,
        final_rate: float = 0.02,
        background: float = 6.0,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.max_rate = max_rate
        self.duration = duration
        self.tau_m = tau_m
        self.hidden_weight = hidden_weight
        self.output_weight = output_weight
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.background = background
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _learns(self, projection: bnsim.Projection) -> bool:
        return True

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        # Imported here, since TensorFlow takes seconds to import and a network that is trained already needs none.
        from models.artificial.surrogate_training import BLOCK, train

        rates = self.learning_rate * falling(self.final_rate, self.presentations_seen_, len(X), total)
        weights, dynamics = self._forward(), self._dynamics()
        for start in range(0, len(X), BLOCK):
            part, first = slice(start, start + BLOCK), self.presentations_seen_ + start
            trials = self._trials(X[part], first + np.arange(len(X[part])))
            weights, counts = train(weights, dynamics, trials, labels[part], rates[part])
            if self._survey is not None:
                layers = [trials.inputs.sum(axis=1, dtype=np.int64), *counts]
                self._survey.add(first, dict(zip(self._layers, layers, strict=True)))
        self._take_forward(weights)

    def _forward(self) -> list[LayerWeights]:
        """The weights into each layer, in units of the rheobase."""
        matrices = self._weights()
        return [
            LayerWeights(matrix, self.learned_[f"bias_to_{name}.w"] / RHEOBASE) for name, matrix in matrices.items()
        ]

    def _take_forward(self, weights: list[LayerWeights]) -> None:
        """Keep weights that were learned, all or, where some are not finite, none."""
        for name, learned in zip(self._layers[1:], weights, strict=True):
            if not (np.isfinite(learned.matrix).all() and np.isfinite(learned.bias).all()):
                raise self._diverged(f"weights into layer {name!r} not finite")
        for (before, after), learned in zip(pairwise(self._layers), weights, strict=True):
            self.learned_[f"{before}_to_{after}.w"] = RHEOBASE * learned.matrix.ravel()
            self.learned_[f"bias_to_{after}.w"] = RHEOBASE * learned.bias

    def _trials(self, X: FloatArray, numbers: LabelArray) -> Trials:
        """The spikes of input and bias that `bnsim` makes of these samples in trials with these numbers."""
        n_steps, stimulus = round(self.duration), self._stimulus(X)
        inputs, bias = (
            poisson_spikes(
                name,
                self._poisson.drive(stimulus[name], self._sizes[name], Timing(DT, n_steps, n_steps)),
                n_steps,
                self.random_state_,
                numbers,
            )
            for name in ("input", "bias")
        )
        return Trials(inputs, bias[:, :, 0])

    def _dynamics(self) -> list[Dynamics]:
        """A time step of each layer, as `bnsim` integrates it."""
        membrane, synapse = (1 / float(np.asarray(tau)) for tau in (OUTPUT.tau_m, TAU_OUTPUT))
        rates = [[-membrane, membrane, membrane], [0, -synapse, 0], [0, 0, 0]]  # of potential, current, constant input
        (decay, transfer, constant), (_, synaptic_decay, _), _ = propagators(np.array(rates), DT)
        hidden = float(np.exp(-1e3 * DT / self.tau_m))
        output = Dynamics(decay, transfer, synaptic_decay, self.background * constant)
        return [Dynamics(hidden, transfer=hidden)] * len(self.hidden) + [output]

    def _projections(self) -> Iterator[bnsim.Projection]:
        for before, after in pairwise(self._layers):
            synapse = bnsim.ExponentialCurrent(tau=TAU_OUTPUT) if after == "output" else bnsim.Delta()
            for source in ("bias", before):
                yield bnsim.Projection(source, after, synapse, 0 * mV)
