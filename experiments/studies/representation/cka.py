"""Similarity of two populations' representations of the same samples: debiased centred kernel alignment.

The responses X (sample, unit) give the linear kernel K = X X', the similarity of the responses to any two samples. Its
diagonal is left out, since noise and a large number of units alone make it large. U-centring subtracts from each entry
(i, j) the means of its row and column and adds the mean of all entries,

    K~_ij = K_ij - sum_l K_il / (n - 2) - sum_k K_kj / (n - 2) + sum_kl K_kl / ((n - 1) (n - 2))    for i != j, else 0

so that sum_ij K~_ij L~_ij / (n (n - 3)) is an unbiased estimate of the Hilbert-Schmidt independence criterion of two
populations. CKA is the cosine of two U-centred kernels:

    CKA = sum_ij K~_ij L~_ij / sqrt(sum_ij K~_ij^2 sum_ij L~_ij^2)

It is 1 for populations whose responses are equal up to shift, rotation, reflection and a common scale. It is 0 on
average for unrelated responses, for any number of samples; the biased version approaches 1 when there are more units
than samples. As an estimate it may be slightly negative.

CKA weighs each direction of the responses by the square of its variance. One or two directions of large variance that
two populations share are therefore enough for a CKA of nearly 1, whatever the others do. So it is taken once more
without the leading `LEADING` principal components of each population: where likeness is spread over the directions, as
in rotated copies, it stays about as it was; where it falls below half, most of the likeness was owed to what was left
out, and CKA alone is no evidence that the populations represent alike (`rests_on_leading`).

References
----------
Song, Smola, Gretton, Bedo & Borgwardt (2012), J. Machine Learning Research 13:1393-1434: the estimator. Kornblith,
Norouzi, Lee & Hinton (2019), ICML, arXiv:1905.00414: CKA. Murphy, Zylberberg & Fyshe (2024), arXiv:2405.01012: why
networks need the debiased one. Cloos et al. (2024), arXiv:2407.07059: what raises CKA.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from bnsim.arrays import FloatArray
from experiments.studies.representation import LEAST_SAMPLES

ROUNDING = 1e-12
"""Share of the squared responses below which a centred kernel is only rounding error."""
LEADING = 2
"""Principal components of each population that may carry a high CKA by themselves: the one or two of Cloos et al."""
ALIKE = 0.5
"""CKA from which on a warning is worth its words; what is nearer to 0 than to 1 is not called alike anyway."""
LEAST_SHARE = 0.5
"""Share of CKA that must remain without the leading components; below, most of it is owed to these."""


def pattern(responses: FloatArray) -> FloatArray | None:
    """Return the U-centred linear kernel of a population, scaled to norm 1.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (sample, sample) or None
        The kernel; None if it is zero, because the responses to all samples, or to all but one, are identical, and for
        fewer than four samples.
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


def pattern_beyond(responses: FloatArray) -> FloatArray | None:
    """Return the pattern of a population without its leading principal components.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (sample, sample) or None
        As `pattern`; None also where nothing is left.
    """
    n = len(responses)
    if n <= LEADING:
        return None
    deviations = responses - responses.mean(axis=0)
    _, leading = eigh(deviations @ deviations.T, subset_by_index=(n - LEADING, n - 1))
    rest = deviations - leading @ (leading.T @ deviations)
    return pattern(rest) if np.sum(np.square(rest)) > ROUNDING * np.sum(np.square(responses)) else None


def rests_on_leading(whole: float, beyond: float) -> bool:
    """Return whether a high CKA is owed to the leading principal components for the most part.

    Parameters
    ----------
    whole
        CKA of two populations.
    beyond
        CKA of the same populations without their leading components.

    Returns
    -------
    bool
        Whether `whole` is at least `ALIKE` and `beyond` less than `LEAST_SHARE` of it.
    """
    return whole >= ALIKE and beyond < LEAST_SHARE * whole


def alignment(first: FloatArray | None, second: FloatArray | None) -> float | None:
    """Compute the CKA of two populations from their patterns.

    Parameters
    ----------
    first
        Result of `pattern` for the first population.
    second
        Result of `pattern` for the second population and the same samples.

    Returns
    -------
    float or None
        CKA, at most 1; None if a population has no pattern.
    """
    return None if first is None or second is None else float(np.vdot(first, second))


def cka(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the CKA of two populations from their responses.

    Parameters
    ----------
    first
        Responses (sample, unit) of the first population.
    second
        Responses (sample, unit) of the second population to the same samples.

    Returns
    -------
    float or None
        CKA, at most 1; None if a population has no pattern.
    """
    return alignment(pattern(first), pattern(second))
