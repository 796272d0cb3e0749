"""Distance of two populations' representations of the same samples: what is left after the best rotation.

The responses X (sample, unit) are shifted to a mean of 0 over samples in each unit, and scaled to a sum of squares of
1. The second population's are then rotated or reflected so that they come as close to the first's as they can (where
one has fewer units, units that do not respond are added to it). With the singular values s_i of X' Y, the distance is
the angle that remains,

    d = arccos(sum_i s_i)

the Riemannian distance of shapes; the sum of squared differences that remains is 2 - 2 cos d. It is 0 for populations
whose responses are equal up to shift, rotation, reflection and a common scale, 90 degrees where no response of one goes
with any of the other, symmetric, and keeps the triangle inequality. CKA weighs a direction by the square of its
variance, this distance by the variance, so that it also sees what smaller directions do.

No bias is taken away: with few samples and many units, the best rotation also brings unrelated responses closer, the
more so the more directions they have. What chance leaves is therefore measured beside it, with the samples of one
population in another order.

References
----------
Schoenemann (1966), Psychometrika 31:1-10: the rotation. Williams, Kunz, Kornblith & Linderman (2021), NeurIPS,
arXiv:2110.14739: the distance of shapes. Ding, Denain & Steinhardt (2021), NeurIPS, arXiv:2108.01661: 2 - 2 cos d.
Pospisil, Larsen, Harvey & Williams (2024), ICLR, arXiv:2310.05742: its bias.
"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray

ROUNDING = 1e-12
"""Share of the squared responses below which deviations from their means are only rounding error."""


def shape(responses: FloatArray) -> FloatArray | None:
    """Return the responses without mean and scale.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (sample, direction) or None
        With a sum of squares of 1, rotated into as few directions as there are samples or units; None if the responses
        to all samples are identical.
    """
    responses = responses.astype(np.float64)  # an angle takes the root of what rounding leaves of a cosine of 1
    deviations = responses - responses.mean(axis=0)
    squares = float(np.square(deviations).sum())
    if squares <= ROUNDING * float(np.square(responses).sum()):
        return None
    samples, units = deviations.shape
    if units > samples:  # with X' = QR, the rows of R' are those of X, rotated
        deviations = np.linalg.qr(deviations.T).R.T
    return deviations / np.sqrt(squares)


def angle(first: FloatArray | None, second: FloatArray | None) -> float | None:
    """Compute the distance of two populations from their shapes.

    Parameters
    ----------
    first
        Result of `shape` for the first population.
    second
        Result of `shape` for the second population and the same samples.

    Returns
    -------
    float or None
        Degrees from 0 to 90; None if a population has no shape.
    """
    if first is None or second is None:
        return None
    overlap = np.linalg.svd(first.T @ second, compute_uv=False).sum()
    return float(np.degrees(np.arccos(min(1.0, overlap))))


def procrustes(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the Procrustes distance of two populations from their responses.

    Parameters
    ----------
    first
        Responses (sample, unit) of the first population.
    second
        Responses (sample, unit) of the second population to the same samples.

    Returns
    -------
    float or None
        Degrees from 0 to 90; None if a population responds identically to all samples.
    """
    return angle(shape(first), shape(second))
