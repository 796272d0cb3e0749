"""What tasks of decisions have in common: the time step, and the means and the noise of stimuli.

The definitions are those that neurogym gives of the published experiments; the publications themselves were not read
for them. With coherence c, two stimuli have the means (1 + c) / 2 and (1 - c) / 2. They are seen through noise that is
white in time: in a step of dt ms it is normal with standard deviation sigma sqrt(2 tau / dt), tau = 100 ms. The channel
"fixation" is 1 until the decision is due.

References
----------
Molano-Mazon et al. (2022), NeuroGym, https://doi.org/10.31234/osf.io/aqc9n, and its package neurogym.
"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import Float64Array

STEP = 50
"""Of a row, in ms; all durations are whole numbers of steps."""
N_TRIALS = 5000
_TAU = 100.0
"""Of the noise, in ms."""


def noise(shape: tuple[int, ...], variance: float, generator: np.random.Generator) -> Float64Array:
    """Draw the noise of stimuli.

    Parameters
    ----------
    shape
        Of the result.
    variance
        sigma squared.
    generator
        Draws it.

    Returns
    -------
    array
        Normal numbers.
    """
    return np.sqrt(2 * _TAU * variance / STEP) * generator.standard_normal(shape)


def evidence(coherence: Float64Array) -> Float64Array:
    """Return the means of two stimuli.

    Parameters
    ----------
    coherence
        Positive where the first is stronger, between -1 and 1 (trial,).

    Returns
    -------
    array (trial, stimulus)
        (1 + c) / 2 and (1 - c) / 2.
    """
    return np.stack([1 + coherence, 1 - coherence], axis=1) / 2
