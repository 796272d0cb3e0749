"""Artificial networks whose weights and activations are integers of few bits, quantised after training.

A weight w of a layer becomes s rint(w / s) with s = max |w| / 127, an integer of 8 bits with a sign. What enters a
layer becomes l + s q with q = rint((x - l) / s), clipped to 0..levels - 1. For the features of a sample, l and
l + s (levels - 1) are the lowest and the highest in the training samples, and there are 256 levels; for activations,
which are rectified, l = 0, and s is the step of `CANDIDATES` between which and the largest activation in training
samples the mean squared error is smallest. Layer after layer is quantised behind those that have been. Biases and sums
have 32 bits and are kept as they are. Nothing is trained again.

References
----------
B. Jacob et al., IEEE Conference on Computer Vision and Pattern Recognition (2018), arXiv:1712.05877.
M. Nagel et al., A white paper on neural network quantization (2021), arXiv:2106.08295: ranges by the squared error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bnsim.arrays import FloatArray
from models.differentiable import Chain, Filters, Linear, Stage

BITS_8 = 256
"""Levels of an integer of 8 bits."""
LARGEST_WEIGHT = 127
"""Largest integer of 8 bits with a sign."""
CANDIDATES = np.linspace(0.05, 1, 20)
"""Shares of the largest activation at which the range of the levels may end."""


@dataclass(frozen=True)
class Grid:
    """Equally distant levels, to which values are rounded.

    Parameters
    ----------
    lowest
        The first level.
    step
        Distance of two levels, above 0.
    levels
        Number of levels.
    """

    lowest: float
    step: float
    levels: int

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the nearest level of each value."""
        return self.lowest + self.step * np.clip(np.rint((values - self.lowest) / self.step), 0, self.levels - 1)


@dataclass(frozen=True, eq=False)
class Quantised:
    """A chain of rectifiers, calculated with integers.

    Parameters
    ----------
    stages
        From input to output, with weights of 8 bits; a front end of fixed filters is left as it is.
    grids
        Levels of what enters each stage, None for what enters a front end.
    """

    stages: tuple[Stage, ...]
    grids: tuple[Grid | None, ...]

    def outputs(self, X: FloatArray) -> FloatArray:
        """Return the outputs, the largest of which decides.

        Parameters
        ----------
        X
            Samples (sample, feature).

        Returns
        -------
        array (sample, class)
            The outputs.
        """
        values = X
        for place, (stage, grid) in enumerate(zip(self.stages, self.grids, strict=True)):
            entering = np.maximum(values, 0) if place else values
            values = stage.forward(entering if grid is None else grid(entering))
        return values


def quantised(chain: Chain, X: FloatArray, levels: int) -> Quantised:
    """Quantise a trained network.

    Parameters
    ----------
    chain
        The network.
    X
        Training samples (sample, feature), from which the steps of the levels follow.
    levels
        Number of levels of an activation, at least 2.

    Returns
    -------
    Quantised
        The network with integers.
    """
    stages: list[Stage] = []
    grids: list[Grid | None] = []
    values = X
    for place, stage in enumerate(chain.stages):
        entering = np.maximum(values, 0) if place else values
        grid = None
        if isinstance(stage, Linear):
            grid = activation_grid(entering, levels) if place else feature_grid(entering)
        stages.append(replace(stage, matrix=rounded(stage.matrix)) if isinstance(stage, Linear) else stage)
        grids.append(grid)
        values = stages[-1].forward(entering if grid is None else grid(entering))
    return Quantised(tuple(stages), tuple(grids))


def rounded(weights: Any) -> Any:
    """Round weights to integers of 8 bits times their scale.

    Parameters
    ----------
    weights
        Weights of a layer, an array or a sparse array.

    Returns
    -------
    array or sparse array
        The rounded weights.
    """
    step = abs(weights).max() / LARGEST_WEIGHT or 1.0
    return np.rint(weights / step) * step


def feature_grid(X: FloatArray) -> Grid:
    """Return 256 levels from the lowest feature to the highest.

    Parameters
    ----------
    X
        Training samples (sample, feature).

    Returns
    -------
    Grid
        The levels.
    """
    low, high = float(X.min()), float(X.max())
    return Grid(low, (high - low) / (BITS_8 - 1) or 1.0, BITS_8)


def activation_grid(activations: FloatArray, levels: int) -> Grid:
    """Return levels from 0 whose mean squared error is smallest.

    Parameters
    ----------
    activations
        Activations (sample, unit) of training samples, at least 0.
    levels
        Number of levels, at least 2.

    Returns
    -------
    Grid
        The levels.
    """
    peak = float(activations.max()) or 1.0
    grids = [Grid(0.0, share * peak / (levels - 1), levels) for share in CANDIDATES]
    errors = [float(np.square(grid(activations) - activations).mean()) for grid in grids]
    return grids[int(np.argmin(errors))]


def front_end_products(chain: Chain, products: float) -> float:
    """Return how many multiply-accumulates are those of a front end of fixed filters.

    Parameters
    ----------
    chain
        The network.
    products
        Multiply-accumulates of the network for an answer.

    Returns
    -------
    float
        Those of the front end; 0 without one.
    """
    if not isinstance(chain.stages[0], Filters):
        return 0.0
    return products - sum(stage.matrix.size for stage in chain.stages if isinstance(stage, Linear))
