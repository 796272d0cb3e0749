"""Reading classes from cells that learned without labels, on counts made by hand."""

from __future__ import annotations

import math

import numpy as np

from models.spiking.label_readout import READOUTS, LabelReadout

LONG = math.inf
"""A window in which nothing fades."""
COUNTS = np.array([[4, 0, 0, 1], [2, 0, 0, 1], [0, 3, 0, 1], [0, 1, 0, 5]])
CLASSES = np.array([0, 0, 1, 2])


def read() -> LabelReadout:
    return LabelReadout.empty(4, 3).updated(COUNTS, CLASSES, LONG)


def test_labels_are_the_class_of_the_largest_mean_response() -> None:
    readout = read()
    np.testing.assert_allclose(readout.responses, [[3, 0, 0], [0, 3, 1], [0, 0, 0], [1, 1, 5]], rtol=1e-9)
    assert readout.labels.tolist() == [0, 1, -1, 2]
    np.testing.assert_allclose(
        readout.proportions, [[1, 0, 0], [0, 0.75, 0.25], [0, 0, 0], [1 / 7, 1 / 7, 5 / 7]], rtol=1e-9
    )


def test_votes_by_hand() -> None:
    counts = np.array([[6, 4, 9, 0], [0, 4, 0, 7]])
    most = READOUTS["most-active"](read(), counts)
    assert most.tolist() == [[6, 4, 0], [0, 4, 7]]  # each class has one cell
    np.testing.assert_allclose(READOUTS["proportion"](read(), counts), [[6, 3, 1], [1, 4, 6]], rtol=1e-9)


def test_likelihood_by_hand() -> None:
    """Counts times the logarithm of each cell's share of a class's spikes, each sum of them raised by 0.1."""
    votes = READOUTS["likelihood"](read(), np.array([[2, 0, 1, 0]]))
    shares = [[6.1 / 8.4, 0.1 / 8.4], [0.1 / 4.4, 0.1 / 4.4], [0.1 / 6.4, 0.1 / 6.4]]
    np.testing.assert_allclose(votes, [[2 * np.log(first) + np.log(third) for first, third in shares]], rtol=1e-9)
    assert READOUTS["likelihood"](read(), np.zeros((1, 4))).tolist() == [[0, 0, 0]]
    assert READOUTS["likelihood"](read(), np.zeros((0, 4))).shape == (0, 3)


def test_most_active_is_a_mean_over_the_cells_of_a_class() -> None:
    readout = LabelReadout.empty(3, 2).updated(np.array([[1, 1, 0], [0, 0, 1]]), np.array([0, 1]), LONG)
    assert READOUTS["most-active"](readout, np.array([[4, 2, 5]])).tolist() == [[3, 5]]


def test_older_presentations_fade() -> None:
    readout = LabelReadout.empty(1, 2).updated(np.array([[1], [1]]), np.array([0, 1]), 2)
    np.testing.assert_allclose(readout.spikes, [[np.exp(-0.5), 1.0]], rtol=1e-12)
    np.testing.assert_allclose(readout.shown, [np.exp(-0.5), 1.0], rtol=1e-12)


def test_one_call_or_many_give_the_same_bits() -> None:
    together = LabelReadout.empty(4, 3).updated(COUNTS, CLASSES, 3)
    apart = LabelReadout.empty(4, 3)
    for row, label in zip(COUNTS, CLASSES, strict=True):
        apart = apart.updated(row[None], np.array([label]), 3)
    assert np.array_equal(together.spikes, apart.spikes)
    restored = LabelReadout.from_arrays(together.arrays(), *together.spikes.shape)
    assert np.array_equal(restored.shown, together.shown)
