"""What a linear reader of a layer could know: a probe trained on some responses and tested on others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def probe_accuracy(
    known: NDArray[np.number], labels: NDArray[np.int64], seen: NDArray[np.number], true: NDArray[np.int64]
) -> float:
    """Fraction of the samples `seen` (sample, unit) whose class `true` a probe finds that was trained on `known`.

    The probe is a logistic regression with scikit-learn's default penalty on responses that are standardised by those
    it was trained on; a unit that did not vary there is left out. Where none did, all samples get the most frequent
    class.
    """
    from sklearn.linear_model import LogisticRegression

    varied = known.std(axis=0) > 0
    if not varied.any():
        return float(np.mean(true == np.bincount(labels).argmax()))
    mean, spread = known[:, varied].mean(axis=0), known[:, varied].std(axis=0)
    probe = LogisticRegression(max_iter=200).fit((known[:, varied] - mean) / spread, labels)
    return float(probe.score((seen[:, varied] - mean) / spread, true))
