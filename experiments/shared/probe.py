"""A linear probe of a layer: trained on some of its responses and tested on others.

The probe is scikit-learn's logistic regression, with its default penalty, on responses (sample, unit). They are
standardised with the mean and the standard deviation of the responses that the probe was trained on. Units that did not
vary in these contribute nothing; where no unit varied, all samples are assigned the most frequent class.
"""

from __future__ import annotations

from sklearn.decomposition import KernelPCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bnsim.arrays import IntArray, NumberArray


def probe_accuracy(known: NumberArray, labels: IntArray, seen: NumberArray, true: IntArray) -> float:
    """Return the accuracy of a probe.

    Parameters
    ----------
    known
        Responses to train on (sample, unit).
    labels
        Their classes (sample,).
    seen
        Responses to test on (sample, unit).
    true
        Their classes (sample,).

    Returns
    -------
    float
        Fraction of the samples in `seen` whose class the probe finds.
    """
    return float(_probe(known).fit(known, labels).score(seen, true))


def decoded(responses: NumberArray, labels: IntArray, folds: int, seed: int) -> IntArray:
    """Decode the class of each sample by cross-validation.

    Parameters
    ----------
    responses
        Responses (sample, unit).
    labels
        Classes (sample,).
    folds
        Number of folds; they are stratified by class.
    seed
        Of the assignment of samples to folds.

    Returns
    -------
    array
        Class of each sample (sample,), as found by the probe that was trained on the other folds.
    """
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return cross_val_predict(_probe(responses), responses, labels, cv=parts)


def _probe(responses: NumberArray) -> Pipeline:
    """Return an untrained probe for responses of this shape."""
    steps = [StandardScaler(), LogisticRegression(max_iter=1000)]
    if responses.shape[1] > len(responses):
        # Rotate the axes into the span of the training samples: the same penalty and probe, with fewer coefficients.
        steps.insert(1, KernelPCA(n_components=len(responses), kernel="linear", eigen_solver="dense"))
    return make_pipeline(*steps)
