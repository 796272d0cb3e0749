"""Measures for classes of unequal size: recall of each class, balanced accuracy, and accuracy of the majority class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.spec import Measurement
from experiments.studies.accuracy import STUDY


def by_class(
    true: NDArray[np.int64], predicted: NDArray[np.int64], trained: NDArray[np.int64], classes: Sequence[str]
) -> Iterator[Measurement]:
    """Yield test samples and recall of each class, balanced accuracy, and the accuracy of a constant answer.

    Parameters
    ----------
    true, predicted
        Class indices of the test samples (sample,).
    trained
        Class indices of the training samples (sample,); the most frequent, the first of equals, is the majority.
    classes
        Names of the classes. One without a test sample has no recall and does not count in the balanced accuracy.

    Yields
    ------
    Measurement
        `test_samples`, `majority_accuracy` and `balanced_accuracy`, then `test_samples` and `recall` of each class.
    """
    samples = np.bincount(true)
    right = np.bincount(true[true == predicted], minlength=len(samples))
    tested = np.flatnonzero(samples)
    recall = right[tested] / samples[tested]
    majority = np.bincount(trained).argmax()
    yield STUDY["test_samples"](len(true))
    yield STUDY["majority_accuracy"](np.mean(true == majority))
    yield STUDY["balanced_accuracy"](recall.mean())
    for index, share in zip(tested, recall, strict=True):
        name = {"class": classes[index]}
        yield STUDY["test_samples"](samples[index], **name)
        yield STUDY["recall"](share, **name)
