"""How much the units of a layer prefer one class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Selectivity:
    """index: mean over the units that responded, None where none did or the samples are all of one class.
    silent_share: fraction of the units that did not."""

    index: float | None
    silent_share: float


def class_selectivity(responses: NDArray[np.floating], labels: NDArray[np.int64]) -> Selectivity:
    """Class selectivity of the units of one layer from their responses (sample, unit).

    For one unit, with m_best the greatest of its mean responses to the classes and m_rest the mean of the others,

        index = (m_best - m_rest) / (m_best + m_rest),

    0 for a unit that responds to all classes alike, 1 for one that responds to one class only. Negative responses
    count as none. A unit that responds to no sample is silent. A unit that responds to few samples scores high by
    chance, so layers are compared on the same samples.

    Reference: Morcos, Barrett, Rabinowitz & Botvinick (2018), On the importance of single directions for
    generalization, ICLR, arXiv:1803.06959.
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
