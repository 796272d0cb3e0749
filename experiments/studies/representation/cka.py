"""How alike two populations represent the same samples: centred kernel alignment, debiased.

From responses X (sample, unit) comes the linear kernel K = X X', how alike the responses to any two samples are; its
diagonal, a sample with itself, is left out, since noise and many units alone make it large. U-centring takes from each
entry (i, j) the means of its row and column and gives back the mean of all,

    K~_ij = K_ij - sum_l K_il / (n - 2) - sum_k K_kj / (n - 2) + sum_kl K_kl / ((n - 1) (n - 2))    for i != j, else 0

so that sum_ij K~_ij L~_ij / (n (n - 3)) is an unbiased estimate of the Hilbert-Schmidt independence criterion of two
populations. CKA is the cosine of two U-centred kernels:

    CKA = sum_ij K~_ij L~_ij / sqrt(sum_ij K~_ij^2 sum_ij L~_ij^2)

1 for populations whose responses are equal up to shift, rotation, reflection and one common scale; 0 on average for
responses that have nothing to do with each other, however few the samples, where the plain (biased) one goes to 1 as
units outnumber samples. As an estimate it may be slightly negative.

References
----------
Song, Smola, Gretton, Bedo & Borgwardt (2012), J. Machine Learning Research 13:1393-1434: the estimator. Kornblith,
Norouzi, Lee & Hinton (2019), ICML, arXiv:1905.00414: CKA. Murphy, Zylberberg & Fyshe (2024), arXiv:2405.01012: why
networks need the debiased one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.studies.representation import LEAST_SAMPLES

FloatArray = NDArray[np.floating]
ROUNDING = 1e-12
"""Share of the squared responses below which a centred kernel is nothing but rounding."""


def pattern(responses: FloatArray) -> FloatArray | None:
    """Return the U-centred linear kernel of a population, scaled to norm 1.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (sample, sample) or None
        The kernel; None where it is zero, since all samples, or all but one, are answered alike, and with fewer than
        four samples.
    """
    n = len(responses)
    if n < LEAST_SAMPLES:
        return None
    deviations = responses - responses.mean(axis=0)
    kernel = deviations @ deviations.T
    np.fill_diagonal(kernel, 0)
    rows = kernel.sum(axis=0) / (n - 2)
    kernel += rows.sum() / (n - 1) - rows - rows[:, np.newaxis]
    np.fill_diagonal(kernel, 0)
    norm = np.linalg.norm(kernel)
    return kernel / norm if norm > ROUNDING * np.sum(np.square(responses)) else None


def alignment(first: FloatArray | None, second: FloatArray | None) -> float | None:
    """Compute the CKA of two populations from their patterns.

    Parameters
    ----------
    first, second
        What `pattern` returns of either population, for the same samples.

    Returns
    -------
    float or None
        CKA, 1 at most; None where one of them has no pattern.
    """
    return None if first is None or second is None else float(np.vdot(first, second))


def cka(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the CKA of two populations from their responses.

    Parameters
    ----------
    first, second
        Responses (sample, unit) of either population to the same samples.

    Returns
    -------
    float or None
        As `alignment`.
    """
    return alignment(pattern(first), pattern(second))
