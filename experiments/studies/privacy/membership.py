"""Membership inference: deciding from a classifier's score whether it was trained on a sample.

The attack is a threshold: samples that score at least as high are called members. Its advantage is the true minus the
false positive rate, that is, the share of members minus the share of other samples that are called members: 0 for
guessing, 1 for certainty. A threshold that is chosen and tested on the same samples would always look better than
guessing. Therefore it is chosen on one half of members and other samples and tested on the other half. Samples with
equal scores, which are frequent among spike counts, get the same answer: a tie is never broken in the attacker's
favour.

References
----------
Yeom, Giacomelli, Fredrikson & Jha (2018), Privacy risk in machine learning, IEEE CSF, arXiv:1709.01604.
"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray

SPLITS = 20
"""Random halves over which the advantage is averaged."""


def best_threshold(members: FloatArray, others: FloatArray) -> float:
    """Return the threshold with the largest advantage; among equals the highest, and infinity if none has any.

    Parameters
    ----------
    members
        Scores of the members (sample,).
    others
        Scores of other samples (sample,).

    Returns
    -------
    float
        The threshold.
    """
    scores = np.append(np.unique(np.concatenate([members, others])), np.inf)[::-1]
    return float(scores[np.argmax(_reaching(members, scores) - _reaching(others, scores))])


def advantage(members: FloatArray, others: FloatArray, threshold: float) -> float:
    """Return the true minus the false positive rate of a threshold.

    Parameters
    ----------
    members
        Scores of the members (sample,).
    others
        Scores of other samples (sample,).
    threshold
        Samples that score at least this much are called members.

    Returns
    -------
    float
        Advantage, between -1 and 1.
    """
    return float(_reaching(members, threshold) - _reaching(others, threshold))


def _reaching(scores: FloatArray, thresholds: float | FloatArray) -> FloatArray:
    """Return the share of the scores that reach each threshold."""
    return 1 - np.searchsorted(np.sort(scores), thresholds, side="left") / len(scores)


def cross_fitted_advantage(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    """Return the advantage of thresholds that are chosen on one half and tested on the other.

    It is the mean over both directions and over random halves.

    Parameters
    ----------
    members
        Scores of the members (sample,).
    others
        Scores of other samples (sample,).
    generator
        Draws the halves.

    Returns
    -------
    float
        Advantage, between -1 and 1.
    """
    return float(np.mean([_on_halves(members, others, generator) for _ in range(SPLITS)]))


def _on_halves(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    (one, other), (first, second) = (np.array_split(generator.permutation(scores), 2) for scores in (members, others))
    there = advantage(other, second, best_threshold(one, first))
    return (there + advantage(one, first, best_threshold(other, second))) / 2


def shuffled_advantage(members: FloatArray, others: FloatArray, generator: np.random.Generator) -> float:
    """Return the cross-fitted advantage with membership drawn at random for each pair of halves.

    It is 0 except for chance; otherwise the measure is biased.

    Parameters
    ----------
    members
        Scores of the members (sample,).
    others
        Scores of other samples (sample,).
    generator
        Draws membership and halves.

    Returns
    -------
    float
        Advantage, between -1 and 1.
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
    members
        Scores of the members (sample,).
    others
        Scores of other samples (sample,).

    Returns
    -------
    float
        Between 0 and 1.
    """
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([1, 0], [len(members), len(others)])
    return float(roc_auc_score(truth, np.concatenate([members, others])))
