"""`surrogate-recurrent`: a recurrent network of spiking neurons that is trained through time by surrogate gradients."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, LabelArray
from models.artificial.recurrent_network import RecurrentTrials, RecurrentWeights
from models.schedule import falling
from models.spiking.recurrent_layers import SpikingRecurrent


class SurrogateRecurrent(SpikingRecurrent):
    """Classify sequences by a recurrent network of spiking neurons, trained by backpropagation through time.

    The network is that of `models.spiking.recurrent_layers.SpikingRecurrent`. While it learns it is simulated in
    TensorFlow (`models.artificial.recurrent_training`), by the same exact integration; afterwards `bnsim` runs it with
    the weights that were learned, and every neuron fires equally often in both.

    The loss of a sequence is the mean, over the time steps in which the answer is asked for, of the cross-entropy of
    the softmax of the readout; after each batch all weights take one step down its gradient. With x the membrane
    potential above threshold, in units of the distance from rest to threshold, the derivative of a spike by x is
    replaced by dampening max(0, 1 - abs(x)); the reset is not differentiated.

    Parameters
    ----------
    sequence_shape : tuple of int or None
        (time, channel) of the samples, whose last channel is the mask (see `models.sequences`). None: a sample is a
        single frame, which lasts.
    answer_steps : int or None
        In how many last frames of a sequence the answer is asked for, of a shorter one in all; None: in all.
    predict_next : bool
        Whether a sequence is a string of symbols, one channel each, and its class the one that follows. In every
        frame that which follows is learned then, as the error of that frame; it is asked for after the last.
    units : int
        Number of hidden neurons.
    adaptive : float
        Share of the hidden neurons whose threshold adapts.
    adaptation : float
        Rise of such a threshold with a spike, in units of the distance from rest to threshold.
    tau_theta, tau_m, tau_output : float
        Time constants of adaptation, of the hidden neurons' membrane and of the readout, in ms.
    dampening : float
        Height of the surrogate derivative of a spike by the membrane potential in units of the threshold.
    frame : float
        Duration of a step of a sequence, in ms.
    dt : float
        Time step of the simulation, in ms; a whole number of them make a frame.
    input_weight, recurrent_weight, output_weight : float
        Standard deviation of the initial weights, times the square root of the number of channels or hidden neurons.
    optimizer : str
        "plain": w -= eta g; "adam": that of Kingma & Ba (2015).
    learning_rate : float
        eta of the first trial.
    final_rate : float
        Last learning rate over the first; it falls linearly over the training. In `partial_fit`, which does not know
        the end, it stays.
    batch_size : int
        Trials of a step; their gradients are averaged.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`. It runs the trained network.
    random_state : None, int or RandomState
        Drives initial weights, which are those of `eprop`, and order of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights by projection, in volt.
    moments_ : models.optimizers.Moments or None
        Of Adam.

    Raises
    ------
    InputError
        For a parameter out of its range, samples that are no sequences of that shape, or a training that diverged.

    Notes
    -----
    The training is in single precision, the simulation by `bnsim` in double precision. A spike that is lost or won by
    rounding while it learns is part of the noise of the training; the weights that result are the same numbers in both.

    References
    ----------
    Neftci, Mostafa & Zenke (2019), IEEE Signal Processing Magazine 36(6):51-63; Bellec, Salaj, Subramoney, Legenstein &
    Maass (2018), NeurIPS 31, arXiv:1803.09574, recurrent cells with adaptation.
    """

    name = "surrogate-recurrent"
    REFERENCE = "Bellec, Salaj, Subramoney, Legenstein & Maass (2018), NeurIPS 31, arXiv:1803.09574"
    DEVIATIONS = (
        "plain gradient steps, one trial at a time, by default, instead of Adam on batches",
        "the cells of eprop: no refractory period, no delays, no regularisation of firing rates",
        "resets are not differentiated, after Zenke & Vogels (2021)",
    )

    def __init__(
        self,
        sequence_shape: tuple[int, int] | None = None,
        answer_steps: int | None = None,
        predict_next: bool = False,
        units: int = 100,
        adaptive: float = 0.5,
        adaptation: float = 0.2,
        tau_theta: float = 10_000.0,
        tau_m: float = 20.0,
        tau_output: float = 50.0,
        dampening: float = 0.3,
        frame: float = 10.0,
        dt: float = 10.0,
        input_weight: float = 4.0,
        recurrent_weight: float = 1.0,
        output_weight: float = 0.8,
        optimizer: str = "plain",
        learning_rate: float = 0.05,
        final_rate: float = 0.02,
        batch_size: int = 1,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.sequence_shape = sequence_shape
        self.answer_steps = answer_steps
        self.predict_next = predict_next
        self.units = units
        self.adaptive = adaptive
        self.adaptation = adaptation
        self.tau_theta = tau_theta
        self.tau_m = tau_m
        self.tau_output = tau_output
        self.dampening = dampening
        self.frame = frame
        self.dt = dt
        self.input_weight = input_weight
        self.recurrent_weight = recurrent_weight
        self.output_weight = output_weight
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        # Imported here, since TensorFlow takes seconds to import and a network that is trained already needs none.
        from models.artificial.recurrent_training import train

        rates = self.learning_rate * falling(self.final_rate, self.presentations_seen_, len(labels), total)
        read = self._read(X)
        with np.errstate(over="ignore", invalid="ignore"):  # found out below
            learned = train(
                RecurrentWeights(*(each.astype(np.float32) for each in self._matrices().arrays)),
                self._dynamics(),
                RecurrentTrials(read.values, read.lengths, *self._lessons(X, labels, read)),
                rates,
                steps_per_frame=self._held,
                batch_size=self.batch_size,
                moments=self.moments_,
                dampening=self.dampening,
            )
        if not all(np.isfinite(each).all() for each in learned.weights.arrays):
            raise self._diverged("weights not finite")
        self.learned_ = self._stored(RecurrentWeights(*(each.astype(np.float64) for each in learned.weights.arrays)))
        self.moments_ = learned.moments
        if self._survey is not None:
            self._survey.add(self.presentations_seen_, {"hidden": learned.counts})
