"""The convolutional network."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.feedforward import Feedforward
from models.checks import is_count
from models.linear import LinearLayer
from models.windows import Windows, convolution_matrix


class Convolutional(Feedforward):
    """Classify images by a convolutional network trained by Adam on the cross-entropy.

    Equations: h_0 = image, h_i = max(0, K_i * h_(i-1) + b_i) for each convolution, whose kernel K_i moves by `stride`
    over the positions that lie wholly inside; then the layers of `Dense`: h_i = max(0, W_i h_(i-1) + b_i) for each
    hidden layer, and p = softmax(W h + b). Images shrink by the stride, not by pooling, so that each layer is a linear
    map and a rectification, which spiking neurons can take over (`models.spiking.converted`). Weights start He-uniform,
    biases at 0. The learning rate falls linearly over the training, from `learning_rate` to `final_rate` times that.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width) of the images that the samples are, in one channel.
    filters : tuple of int
        Number of filters of each convolution.
    kernel : int
        Side of the square kernels, in pixels.
    stride : int
        Distance of the kernels' positions, in pixels.
    hidden : tuple of int
        Units of each fully connected hidden layer.
    dropout : float
        Share of the inputs of each fully connected layer that is set to 0 in training, in [0, 1).
    learning_rate : float
        First learning rate of Adam.
    final_rate : float
        Last learning rate over the first.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights, dropout and order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range, no image shape or one that does not fit the samples, or images too small for
        the kernels.

    References
    ----------
    LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86:2278-2324; Springenberg et al. (2015), arXiv:1412.6806,
    strides in place of pooling; He et al. (2015), arXiv:1502.01852, initial weights; Srivastava et al. (2014), JMLR
    15:1929-1958, dropout.
    """

    name = "convolutional"
    REFERENCE = "LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86:2278-2324"
    DEVIATIONS = (
        "rectified units, softmax and Adam, as has become usual",
        "strides in place of subsampling layers; every filter sees all channels",
    )

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        filters: tuple[int, ...] = (16, 32),
        kernel: int = 5,
        stride: int = 2,
        hidden: tuple[int, ...] = (128,),
        dropout: float = 0.3,
        learning_rate: float = 1e-3,
        final_rate: float = 0.02,
        batch_size: int = 32,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_shape = image_shape
        self.filters = filters
        self.kernel = kernel
        self.stride = stride
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_count("kernel", "stride", "batch_size")
        self._require_positive("learning_rate", "final_rate")
        remedy = "(height, width) of the images; samples that are no images need another model"
        self._require(_counts(self.image_shape) and len(self.image_shape or ()) == 2, "image_shape", remedy)
        self._require(_counts(self.filters), "filters", "a tuple of integers of at least 1, one a convolution")
        self._require(_counts(self.hidden), "hidden", "a tuple of integers of at least 1, one a hidden layer")
        share = isinstance(self.dropout, (int, float)) and 0 <= self.dropout < 1
        self._require(share, "dropout", "a number of at least 0 and below 1")
        height, width = self._shapes()[0]
        if height * width != self.n_features_in_:
            raise InputError(
                f"Convolutional.image_shape: {height} x {width} pixels do not make samples of "
                f"{self.n_features_in_} features; give the images' true (height, width)"
            )
        for before, after in pairwise(self._shapes()):
            if min(after) < 1:
                raise InputError(
                    f"Convolutional.kernel: {self.kernel} pixels do not fit into the {before[0]} x {before[1]} that "
                    "a convolution is given; give a smaller kernel or stride, or fewer convolutions in filters"
                )

    def _shapes(self) -> list[tuple[int, int]]:
        """(height, width) of the image and of the output of each convolution."""
        assert self.image_shape is not None
        height, width = self.image_shape
        shapes = [(height, width)]
        for _ in self.filters:
            height, width = ((side - self.kernel) // self.stride + 1 for side in (height, width))
            shapes.append((height, width))
        return shapes

    def _new_network(self) -> Any:
        units = (*self.hidden, len(self.classes_))
        seeds = iter(np.random.SeedSequence(self.random_state_).generate_state(len(self.filters) + 2 * len(units)))

        def initial() -> Any:
            return keras.initializers.HeUniform(seed=int(next(seeds)))

        layers = [keras.Input((self.n_features_in_,)), keras.layers.Reshape((*self._shapes()[0], 1))]
        for index, filters in enumerate(self.filters, 1):
            layers.append(
                keras.layers.Conv2D(
                    filters,
                    self.kernel,
                    self.stride,
                    activation="relu",
                    kernel_initializer=initial(),
                    name=f"convolution_{index}",
                )
            )
        layers.append(keras.layers.Flatten())
        for index, size in enumerate(units, 1):
            last = index == len(units)
            layers += [
                keras.layers.Dropout(self.dropout, seed=int(next(seeds))),
                keras.layers.Dense(
                    size,
                    activation="softmax" if last else "relu",
                    kernel_initializer=initial(),
                    name="output" if last else f"hidden_{index}",
                ),
            ]
        return keras.Sequential(layers)

    def _optimizer(self) -> Any:
        return keras.optimizers.Adam(learning_rate=self.learning_rate)

    def _linear_layer(self, layer: Any) -> LinearLayer:
        if not isinstance(layer, keras.layers.Conv2D):
            return super()._linear_layer(layer)
        kernel, bias = layer.get_weights()
        windows = Windows(layer.input.shape[1:3], kernel.shape[:2], (self.stride, self.stride))
        return LinearLayer(layer.name, convolution_matrix(kernel, windows), np.tile(bias, math.prod(windows.shape)))


def _counts(sizes: object) -> bool:
    """Whether this is a tuple of integers of at least 1."""
    return isinstance(sizes, (tuple, list)) and all(map(is_count, sizes))
