"""Class selectivity of the units of a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Selectivity:
    """Selectivity of one layer.

    Parameters
    ----------
    index
        Mean over the units that responded; None where none did or all samples belong to one class.
    silent_share
        Fraction of the units that responded to no sample.
    """

    index: float | None
    silent_share: float


def class_selectivity(responses: NDArray[np.floating], labels: NDArray[np.int64]) -> Selectivity:
    """Return the class selectivity of the units of one layer.

    Parameters
    ----------
    responses
        Responses of the layer (sample, unit), in any unit; negative responses count as zero.
    labels
        Class of each sample (sample,).

    Returns
    -------
    Selectivity
        The mean index and the share of silent units.

    Notes
    -----
    For one unit, with m_best the greatest of its mean responses to the classes and m_rest the mean of the others,

        index = (m_best - m_rest) / (m_best + m_rest),

    0 for a unit that responds equally to all classes, 1 for one that responds to one class only. A unit that responds
    to no sample is silent. A unit that responds to few samples has a high index by chance, so layers are compared on
    the same samples.

    References
    ----------
    Morcos, Barrett, Rabinowitz & Botvinick (2018), On the importance of single directions for generalization, ICLR,
    arXiv:1803.06959.
    """
    rectified = np.maximum(responses, 0)
    means = np.stack([rectified[labels == label].mean(axis=0) for label in np.unique(labels)])
    responding = means[:, means.any(axis=0)]
    silent_share = 1 - responding.shape[1] / means.shape[1]
    if len(means) < 2 or not responding.size:
        return Selectivity(None, silent_share)
    best = responding.max(axis=0)
    rest = (responding.sum(axis=0) - best) / (len(means) - 1)
    return Selectivity(float(np.mean((best - rest) / (best + rest))), silent_share)
