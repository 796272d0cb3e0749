"""Learning from right or wrong alone: reward-modulated STDP behind fixed receptive fields."""

from __future__ import annotations

import numpy as np
from brian2.units import ms, mV

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from models.filters import Range
from models.spiking.filtered_classifier import CELL, READ_OUT, RHEOBASE, FilteredClassifier


class RewardLearner(FilteredClassifier):
    """Learn by reward-modulated STDP behind fixed receptive fields, being told right or wrong only.

    Filters and hidden layer as in `receptive-field`: hidden neuron j gets the constant current gain x rheobase x (F
    x)_j. Its spikes reach output neuron k through the weight w_kj (exponential current, `tau_synapse`). Output neurons
    get a background current, so that one of them answers even without input, and each spike of one inhibits all others
    (exponential current, 10 ms), so that few but the first to fire do. In the last step of a trial
    (`bnsim.RewardModulatedSTDP`)

        w_kj += eta (reward - 1 / (1 + exp(-expectation u_k))) c_kj

    with c_kj the sum over pairs of presynaptic before postsynaptic spikes of exp(-lag / 20 ms), u_k the sum of the
    weights of all spikes that reached k in units of the rheobase, and reward 1 where the answer was right, else 0
    (`bnsim.Reward`). A neuron that did not fire has no eligibility. What a neuron expects of its answer is the
    baseline: a success that was expected changes nothing, an error makes the same answer less likely, and as all
    neurons first expect half a success, those that were not tried yet are tried next. The network is never told what
    would have been right.

    Initial weights are normal with standard deviation `initial_weight`. eta falls linearly over the training to
    `final_rate` of its start; it stays where it is in `partial_fit`, which does not know the end.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one whose last spike came
    earliest, then the first class. The same decision is rewarded in training.

    Parameters
    ----------
    image_shape : tuple of int or None
        (height, width) of the images that the samples are; None for plain features, for which patch, wavelength and
        sigma mean nothing.
    n_filters : int
        Number of filters and of hidden neurons.
    patch : int
        Side of a filter, in pixels.
    wavelength, sigma : tuple of float
        Ranges of the wavelength and the width of its Gabor function, in pixels (see `bnsim.GaborPatches`).
    semisaturation : float or None
        c of the contrast normalisation, in the unit of the samples times the root of a patch's pixels; None for no
        normalisation (see `models.filters.FilterBank`).
    gain : float
        Current at a filter response of 1, in units of the rheobase.
    background : float
        Current into the output neurons, in units of the rheobase.
    inhibition : float
        Weight between output neurons, in units of the rheobase.
    expectation : float
        Slope of the expected success.
    tau_output : float
        Membrane time constant of the output neurons, in ms: how long they gather evidence.
    duration : float
        Of a trial, in ms, in steps of 1 ms.
    tau_synapse : float
        Time constant of the read-out's synapses, in ms.
    learning_rate : float
        eta.
    final_rate : float
        Last value of eta over its first.
    initial_weight : float
        Standard deviation of the initial weights, in units of the rheobase.
    shift : int
        Each presentation in training is moved by up to so many pixels right or left and down or up
        (`models.augmentation`); 0 for samples as they are.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives filters, initial weights and order of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights in volt.
    filters_ : models.filters.FilterBank
        The filters.

    Raises
    ------
    InputError
        For a parameter out of its range, or an image shape that does not fit the samples.

    References
    ----------
    Fremaux, Sprekeler & Gerstner (2010), Journal of Neuroscience 30:13326-13337.
    """

    name = "reward"
    REFERENCE = "Fremaux, Sprekeler & Gerstner (2010), Journal of Neuroscience 30:13326-13337"
    DEVIATIONS = (
        "the baseline is what the answering neuron expects of its own synaptic input, instead of a critic's mean",
        "exploration comes from initial weights and from falling expectations, not from noise",
        "the twin is told the label in every presentation, this network one bit",
    )
    output_fan_out = True

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        n_filters: int = 2000,
        patch: int = 4,
        wavelength: Range = (2.5, 6.0),
        sigma: Range = (0.8, 1.8),
        semisaturation: float | None = None,
        gain: float = 3.0,
        background: float = 2.0,
        inhibition: float = 5.0,
        expectation: float = 2.0,
        tau_output: float = 50.0,
        duration: float = 50.0,
        tau_synapse: float = 5.0,
        learning_rate: float = 4e-4,
        final_rate: float = 0.02,
        initial_weight: float = 1e-3,
        shift: int = 0,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_shape = image_shape
        self.n_filters = n_filters
        self.patch = patch
        self.wavelength = wavelength
        self.sigma = sigma
        self.semisaturation = semisaturation
        self.gain = gain
        self.background = background
        self.inhibition = inhibition
        self.expectation = expectation
        self.tau_output = tau_output
        self.duration = duration
        self.tau_synapse = tau_synapse
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.initial_weight = initial_weight
        self.shift = shift
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_positive("background", "inhibition", "tau_synapse", "learning_rate")
        self._require_positive("initial_weight", "expectation", "tau_output")
        self._check_front_end()

    def _initial_weights(self) -> FloatArray:
        generator = np.random.default_rng([self.random_state_, 0x4E3A])
        drawn = generator.standard_normal(self.n_filters * len(self.classes_))
        return self.initial_weight * RHEOBASE * drawn

    def _teaching(self, labels: LabelArray) -> dict[str, FloatArray]:
        return {"reward.correct": labels.astype(np.float64)}

    def _network(self) -> bnsim.Network:
        drive, background = (bnsim.ConstantCurrent(value * CELL.rheobase) for value in (self.gain, self.background))
        rule = bnsim.RewardModulatedSTDP(learning_rate=self.learning_rate, gain=self.expectation, scale=CELL.rheobase)
        return bnsim.Network(
            populations=[
                bnsim.Population("hidden", self.n_filters, CELL, drive),
                bnsim.Population("output", len(self.classes_), bnsim.LIF(tau_m=self.tau_output * ms), background),
            ],
            projections=[
                bnsim.Projection(
                    "hidden",
                    "output",
                    bnsim.ExponentialCurrent(tau=self.tau_synapse * ms),
                    weights=0 * mV,
                    plasticity=rule,
                    name=READ_OUT,
                ),
                bnsim.Projection(
                    "output",
                    "output",
                    bnsim.ExponentialCurrent(tau=10 * ms),
                    weights=-self.inhibition * CELL.rheobase,
                    connectivity=bnsim.AllToAll(autapses=False),
                ),
            ],
            reward=bnsim.Reward("output"),
        )
