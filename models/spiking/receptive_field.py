"""Fixed receptive fields, spiking cells, and a spiking read-out that learns by a three-factor rule."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2.units import ms, mV
from numpy.typing import NDArray

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from models.filters import Range
from models.spiking.filtered_classifier import CELL, READ_OUT, FilteredClassifier
from models.spiking.neuron_parameter import decode_neuron, encode_neuron, neuron_model
from models.spiking.spike_read_out import SpikingReadOut


class ReceptiveField(SpikingReadOut, FilteredClassifier):
    """Classify by spiking cells behind fixed receptive fields; only the read-out learns, from spikes.

    Hidden neuron j gets the constant current I_j = gain x rheobase x r_j for the whole trial, r_j being the response of
    a fixed filter (Gabor patches, `bnsim.receptive_fields`; random directions for plain features), with or without
    divisive contrast normalisation (`models.filters.FilterBank`). Its spikes reach every output neuron k through the
    weight w_kj and an exponential synapse. Output neurons also get a background current, the same for all, so that they
    fire without input and inhibition shows in their counts too. In the last step of a trial (`bnsim.ErrorModulated`)

        w_kj -= eta (1 / (1 + exp(-0.2 u_k)) - [k = label]) n_j

    with n_j the spikes of j in the trial and u_k the sum of the weights of all spikes that arrived, weights being in
    units of the rheobase. They start at 0. eta falls linearly over the training, from `learning_rate` to `final_rate`
    times that; it stays at `learning_rate` in `partial_fit`, which does not know the end.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one that got there first
    (whose last spike came earliest), then the first class. Membrane potentials are not looked at.

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
    shift : int
        Each presentation in training is moved by up to so many pixels right or left and down or up
        (`models.augmentation`); 0 for samples as they are.
    background : float
        Current into the output neurons, in units of the rheobase.
    neuron : str or bnsim.NeuronModel
        Of the hidden layer: "subtractive-lif", "lif", or any model that defines its rheobase. Output neurons are always
        "subtractive-lif", so that a count means the same whatever the hidden layer is.
    duration : float
        Of a trial, in ms, in steps of 1 ms.
    tau_synapse : float
        Time constant of the read-out's synapses, in ms.
    learning_rate : float
        eta: change of a weight for one spike and an error of 1.
    final_rate : float
        Last value of eta over its first.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives filters, order and shifts of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights in volt, and thresholds where the hidden neurons adapt them; `weights` returns the weights in units of
        the rheobase.
    filters_ : models.filters.FilterBank
        The filters.

    Raises
    ------
    InputError
        For a parameter out of its range, or an image shape that does not fit the samples.

    References
    ----------
    Illing, Gerstner & Brea (2019), Neural Networks 118:90-101.
    """

    name = "receptive-field"
    REFERENCE = "Illing, Gerstner & Brea (2019), Neural Networks 118:90-101"
    DEVIATIONS = (
        "constant current instead of Poisson input",
        "delta rule on spike counts at the end of a trial instead of an update at every time step",
        "the error is computed from the summed synaptic input, which the output neuron's dendrite would hold",
    )
    output_fan_out = False
    error_signal = True
    error_gain = 0.2

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        n_filters: int = 2000,
        patch: int = 4,
        wavelength: Range = (2.5, 6.0),
        sigma: Range = (0.8, 1.8),
        semisaturation: float | None = None,
        gain: float = 3.0,
        shift: int = 0,
        background: float = 6.0,
        neuron: str | bnsim.NeuronModel = "subtractive-lif",
        duration: float = 50.0,
        tau_synapse: float = 5.0,
        learning_rate: float = 1e-3,
        final_rate: float = 0.02,
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
        self.shift = shift
        self.background = background
        self.neuron = neuron
        self.duration = duration
        self.tau_synapse = tau_synapse
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_positive("background", "tau_synapse", "learning_rate")
        self._check_front_end()
        neuron_model(type(self).__name__, self.neuron)

    def _initial_weights(self) -> FloatArray:
        return np.zeros(self.n_filters * len(self.classes_))

    def _teaching(self, labels: LabelArray) -> dict[str, FloatArray]:
        target: NDArray[np.bool_] = labels[:, None] == np.arange(len(self.classes_))
        return {f"{READ_OUT}.target": target.astype(np.float64)}

    def _encode_parameter(self, name: str, value: Any) -> Any:
        return encode_neuron(value) if name == "neuron" else super()._encode_parameter(name, value)

    @classmethod
    def _decode_parameter(cls, name: str, value: Any) -> Any:
        return decode_neuron(value) if name == "neuron" else super()._decode_parameter(name, value)

    def _network(self) -> bnsim.Network:
        hidden = neuron_model(type(self).__name__, self.neuron)
        drive = bnsim.ConstantCurrent(self.gain * hidden.rheobase)
        background = bnsim.ConstantCurrent(self.background * CELL.rheobase)
        return bnsim.Network(
            populations=[
                bnsim.Population("hidden", self.n_filters, hidden, drive),
                bnsim.Population("output", len(self.classes_), CELL, background),
            ],
            projections=[
                bnsim.Projection(
                    "hidden",
                    "output",
                    bnsim.ExponentialCurrent(tau=self.tau_synapse * ms),
                    weights=0 * mV,
                    plasticity=bnsim.ErrorModulated(
                        learning_rate=self.learning_rate, gain=self.error_gain, scale=CELL.rheobase
                    ),
                    name=READ_OUT,
                )
            ],
        )
