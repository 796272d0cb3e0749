"""The artificial twin of `receptive-field`: the same fixed filters, units without spikes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from bnsim.arrays import FloatArray, LabelArray
from models import augmentation
from models.artificial.backend import keras
from models.artificial.feedforward import Feedforward
from models.checks import is_positive
from models.classifier import Layer, OperationCount, Schedule
from models.differentiable import Chain, filtered_chain
from models.filters import SEMISATURATION, FilterBank, Range, draw_filters


class ReceptiveDense(Feedforward):
    """Classify by fixed filters, rectified, and a linear read-out trained by Adam on the cross-entropy.

    Equations: h = max(0, gain r), p = softmax(W h). r are the responses of the filters (`models.filters`, with the same
    contrast normalisation), drawn from `random_state_` as `receptive-field` draws them. W holds the only trained
    weights, which start at 0. The read-out has no bias, as that of its spiking twin has none: both train classes x
    n_filters values.

    Parameters
    ----------
    image_shape : tuple of int or None
        (height, width) of the images that the samples are; None for plain features, for which patch, wavelength and
        sigma mean nothing.
    n_filters : int
        Number of filters.
    patch : int
        Side of a filter, in pixels.
    wavelength, sigma : tuple of float
        Ranges of the wavelength and the width of its Gabor function, in pixels (see `bnsim.GaborPatches`).
    semisaturation : float or None
        c of the contrast normalisation, in the unit of the samples times the root of a patch's pixels; None for no
        normalisation (see `models.filters.FilterBank`).
    gain : float
        Response of a unit to a filter response of 1.
    shift : int
        Each presentation in training is moved by up to so many pixels right or left and down or up
        (`models.augmentation`); 0 for samples as they are.
    learning_rate : float
        Of Adam.
    final_rate : float
        Last learning rate over the first; it falls linearly over the training, as that of `receptive-field` does.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives filters, order and shifts of presentations.

    Attributes
    ----------
    filters_ : models.filters.FilterBank
        The filters.

    Raises
    ------
    InputError
        For a parameter out of its range, or an image shape that does not fit the samples.
    """

    name = "receptive-dense"
    REFERENCE = "Jones & Palmer (1987), J. Neurophysiol. 58:1233-1258; Kingma & Ba (2015), arXiv:1412.6980"
    DEVIATIONS = ("filters are drawn at random, not fitted to cells",)
    error_signal = True

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
        learning_rate: float = 1e-3,
        final_rate: float = 1.0,
        batch_size: int = 32,
        passes: int = 10,
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
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def rate_chain(self) -> Chain:
        """Return this network, filters included, as a chain (see `models.capabilities.Differentiable`)."""
        check_is_fitted(self)
        return filtered_chain(self.filters_, self.gain, 0.0, self._weights()["output"])

    def _check_parameters(self) -> None:
        self._require_count("n_filters", "batch_size")
        self._require_positive("gain", "learning_rate", "final_rate")
        self._require(self.semisaturation is None or is_positive(self.semisaturation), "semisaturation", SEMISATURATION)
        self._require(augmentation.allows(self.image_shape, self.shift), "shift", augmentation.ALLOWED)

    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        self.filters_ = draw_filters(
            self.n_features_in_,
            image_shape=self.image_shape,
            n_filters=self.n_filters,
            patch=self.patch,
            wavelength=self.wavelength,
            sigma=self.sigma,
            semisaturation=self.semisaturation,
            seed=self.random_state_,
            owner=type(self).__name__,
        )
        super()._fit(X, labels, schedule)

    def _new_network(self) -> Any:
        read_out = keras.layers.Dense(
            len(self.classes_),
            activation="softmax",
            use_bias=False,
            kernel_initializer="zeros",
            name="output",
        )
        return keras.Sequential([keras.Input((self.n_filters,)), read_out])

    def _optimizer(self) -> Any:
        return keras.optimizers.Adam(learning_rate=self.learning_rate)

    def _front_end(self, X: FloatArray) -> FloatArray:
        responses = self.filters_.responses(X, np.float32)
        responses *= self.gain
        return np.maximum(responses, 0, out=responses)

    def _presenter(self, X: FloatArray) -> Callable[[LabelArray, int], FloatArray]:
        if self.shift == 0:
            return super()._presenter(X)
        move = partial(
            augmentation.shifted, image_shape=self.image_shape, shift=self.shift, random_state=self.random_state_
        )
        return lambda chosen, first: self._inputs(move(X[chosen], first=first))

    def _front_end_layers(self, X: FloatArray, inputs: FloatArray) -> tuple[Layer, ...]:
        return (Layer("input", X, None), Layer("hidden", inputs, None))

    def _front_end_operations(self) -> OperationCount:
        products = self.filters_.multiply_accumulates
        stored = products * self.filters_.matrix.dtype.itemsize
        return OperationCount(0, multiply_accumulates=products, neuron_updates=self.n_filters, bytes=stored)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **self.filters_.arrays()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.filters_ = FilterBank.from_arrays(arrays, self.semisaturation, (self.n_filters, self.n_features_in_))
        super()._restore({name: array for name, array in arrays.items() if name.startswith("weights/")})
