"""Initial weights after Glorot & Bengio (2010), AISTATS 9:249-256, as Keras has them."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray


def glorot(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Draw weights that are uniform within plus and minus sqrt(6 / (units before + units after)).

    Parameters
    ----------
    generator : numpy.random.Generator
        Draws them.
    shape : tuple of int
        (units before, units after).

    Returns
    -------
    ndarray of float32
        The weights.
    """
    bound = np.sqrt(6 / sum(shape))
    return generator.uniform(-bound, bound, shape).astype(np.float32)
