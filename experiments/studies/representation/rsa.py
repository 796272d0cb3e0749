"""Representational similarity analysis: whether two populations distinguish the same samples.

The dissimilarity of two samples is 1 minus the correlation, over units, of the responses to them. The agreement of two
populations is the rank correlation (Spearman) of their dissimilarities over all pairs of samples: 1 if they order all
pairs in the same way, 0 if they are unrelated.

References
----------
Kriegeskorte, Mur & Bandettini (2008), Frontiers in Systems Neuroscience 2:4.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from bnsim.arrays import FloatArray


def dissimilarities(responses: FloatArray) -> FloatArray:
    """Compute the dissimilarity of each pair of samples.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).

    Returns
    -------
    array (pair,)
        Dissimilarities, from 0 to 2, in the order of SciPy's `pdist`; NaN for pairs with a sample to which all units
        respond equally, since its correlations are undefined.
    """
    answered_alike = np.ptp(responses, axis=1) == 0
    return pdist(np.where(answered_alike[:, np.newaxis], np.nan, responses), "correlation")


def agreement(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the rank correlation of the dissimilarities of two populations.

    Parameters
    ----------
    first
        Result of `dissimilarities` for the first population.
    second
        Result of `dissimilarities` for the second population and the same samples.

    Returns
    -------
    float or None
        Spearman's correlation over the pairs that are defined in both; None if there are none, or if all
        dissimilarities of a population are equal.
    """
    both = np.isfinite(first) & np.isfinite(second)
    if not both.any() or np.ptp(first[both]) == 0 or np.ptp(second[both]) == 0:
        return None
    return float(spearmanr(first[both], second[both]).statistic)
