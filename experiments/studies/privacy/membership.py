"""Membership inference: was a classifier trained on a sample, judging from its score of the sample?

The attack is a threshold: samples that score at least as high are called members. Its advantage is the share of members
so called minus the share of other samples so called (true minus false positive rate), 0 for guessing, 1 for certainty.
A threshold chosen on the samples that it is judged on would always look better than guessing. It is therefore chosen on
one half of members and other samples and judged on the other half. Samples with equal scores, frequent among spike
counts, are called alike: a tie is never broken in the attacker's favour.

References
----------
Yeom, Giacomelli, Fredrikson & Jha (2018), Privacy risk in machine learning, IEEE CSF, arXiv:1709.01604.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
SPLITS = 20
"""Random halves over which the advantage is averaged."""


def best_threshold(members: FloatArray, others: FloatArray) -> float:
    """Return the threshold with the greatest advantage; of equally good ones the highest, infinity where none helps.

    Parameters
    ----------
    members, others
        Scores of the members and of other samples (sample,).
    """
    scores = np.append(np.unique(np.concatenate([members, others])), np.inf)[::-1]
    return float(scores[np.argmax(_reaching(members, scores) - _reaching(others, scores))])


def advantage(members: FloatArray, others: FloatArray, threshold: float) -> float:
    """Return the true minus false positive rate of calling members all samples that score at least `threshold`.

    Parameters
    ----------
    members, others
        Scores of the members and of other samples (sample,).
    """
    return float(_reaching(members, threshold) - _reaching(others, threshold))


def _reaching(scores: FloatArray, thresholds: float | FloatArray) -> FloatArray:
    """Return the share of the scores that reach each threshold."""
    return 1 - np.searchsorted(np.sort(scores), thresholds, side="left") / len(scores)


def cross_fitted_advantage(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    """Return the advantage of thresholds that are chosen on one half and judged on the other.

    It is the mean of both ways and over random halves.

    Parameters
    ----------
    members, others
        Scores of the members and of other samples (sample,).
    generator
        Draws the halves.
    """
    return float(np.mean([_on_halves(members, others, generator) for _ in range(SPLITS)]))


def _on_halves(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    (one, other), (first, second) = (np.array_split(generator.permutation(scores), 2) for scores in (members, others))
    there = advantage(other, second, best_threshold(one, first))
    return (there + advantage(one, first, best_threshold(other, second))) / 2


def shuffled_advantage(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    """Return the cross-fitted advantage where membership is drawn at random anew for each pair of halves.

    It is 0 but for chance; otherwise the measure is biased.

    Parameters
    ----------
    members, others
        Scores of the members and of other samples (sample,).
    generator
        Draws membership and halves.
    """
    scores = np.concatenate([members, others])
    found = []
    for _ in range(SPLITS):
        drawn = generator.permutation(scores)
        found.append(_on_halves(drawn[: len(members)], drawn[len(members) :], generator))
    return float(np.mean(found))


def area(members: FloatArray, others: FloatArray) -> float:
    """Return the area under the ROC curve: the probability that a member scores higher than another sample.

    Ties count half.

    Parameters
    ----------
    members, others
        Scores of the members and of other samples (sample,).
    """
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([1, 0], [len(members), len(others)])
    return float(roc_auc_score(truth, np.concatenate([members, others])))
