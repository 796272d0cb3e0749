"""What a linear reader of a layer could know: a probe trained on some responses and tested on others.

The probe is a logistic regression (scikit-learn's, with its penalty) on responses (sample, unit) that are standardised
by those it was trained on. A unit that did not vary there tells it nothing; where none did, all samples get the most
frequent class.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import KernelPCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

Responses = NDArray[np.number]
Integers = NDArray[np.integer]


def probe_accuracy(known: Responses, labels: Integers, seen: Responses, true: Integers) -> float:
    """Fraction of the samples `seen` whose class `true` a probe finds that was trained on `known`."""
    return float(_probe(known).fit(known, labels).score(seen, true))


def decoded(responses: Responses, labels: Integers, folds: int, seed: int) -> Integers:
    """Class of each sample as a probe finds it that was trained on the other folds of the samples."""
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return cross_val_predict(_probe(responses), responses, labels, cv=parts)


def _probe(responses: Responses) -> Pipeline:
    """An untrained probe for responses like these."""
    steps = [StandardScaler(), LogisticRegression(max_iter=1000)]
    if responses.shape[1] > len(responses):
        # A turn of the axes towards the training samples: penalty and probe stay the same, with fewer numbers to find.
        steps.insert(1, KernelPCA(n_components=len(responses), kernel="linear", eigen_solver="dense"))
    return make_pipeline(*steps)
