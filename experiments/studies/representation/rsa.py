"""Whether two populations tell the same samples apart: representational similarity analysis.

The dissimilarity of two samples is 1 minus the correlation of the responses to them over the units. Two populations
agree as far as the rank correlation (Spearman) of their dissimilarities, over all pairs of samples, is high: 1 where
they order all pairs alike, 0 where they have nothing to do with each other.

References
----------
Kriegeskorte, Mur & Bandettini (2008), Frontiers in Systems Neuroscience 2:4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

FloatArray = NDArray[np.floating]


def dissimilarities(responses: FloatArray) -> FloatArray:
    """Compute the dissimilarity of each pair of samples.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (pair,)
        Dissimilarities, from 0 to 2, in the order of SciPy's `pdist`; nan for pairs with a sample that all units answer
        alike, which has no correlation with any.
    """
    answered_alike = np.ptp(responses, axis=1) == 0
    return pdist(np.where(answered_alike[:, np.newaxis], np.nan, responses), "correlation")


def agreement(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the rank correlation of two populations' dissimilarities.

    Parameters
    ----------
    first, second
        What `dissimilarities` returns of either population, for the same samples.

    Returns
    -------
    float or None
        Spearman's correlation over the pairs that both have; None where there are none, or one population finds all of
        them equally unlike.
    """
    both = np.isfinite(first) & np.isfinite(second)
    if not both.any() or np.ptp(first[both]) == 0 or np.ptp(second[both]) == 0:
        return None
    return float(spearmanr(first[both], second[both]).statistic)
