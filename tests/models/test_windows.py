"""Convolutions and pooling as matrices, by hand; `artificial/test_keras_source.py` holds them against Keras."""

from __future__ import annotations

import numpy as np

from models.windows import Windows, averages, convolution_matrix, pooling_matrix


def test_convolution_by_hand() -> None:
    """A kernel of 2 x 2 with steps of 2 over 4 x 5 pixels: two rows of two positions; the last column is not seen."""
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    windows = Windows((4, 5), (2, 2), (2, 2))
    assert windows.shape == (2, 2)
    expected = np.zeros((4, 20))
    for unit, corner in enumerate([0, 2, 10, 12]):
        expected[unit, [corner, corner + 1, corner + 5, corner + 6]] = [1, 2, 3, 4]
    np.testing.assert_array_equal(convolution_matrix(kernel, windows).toarray(), expected)


def test_channels_of_a_convolution_lie_side_by_side() -> None:
    kernel = np.arange(6.0).reshape(1, 1, 2, 3)
    matrix = convolution_matrix(kernel, Windows((1, 2), (1, 1)))
    block = kernel[0, 0].T
    np.testing.assert_array_equal(matrix.toarray(), np.block([[block, 0 * block], [0 * block, block]]))


def test_what_lies_outside_is_not_seen() -> None:
    """Three pixels, a window of two, one position a pixel: of the last one, the second pixel lies outside."""
    windows = Windows((1, 3), (1, 2), padding="same")
    matrix = convolution_matrix(np.array([2.0, 5.0]).reshape(1, 2, 1, 1), windows)
    np.testing.assert_array_equal(matrix.toarray(), [[2, 5, 0], [0, 2, 5], [0, 0, 2]])
    np.testing.assert_array_equal(
        averages(pooling_matrix(windows, 1)).toarray(), [[0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0, 1]]
    )


def test_pooling_keeps_channels_apart() -> None:
    """Two channels of 2 x 2 pixels in one window."""
    matrix = pooling_matrix(Windows((2, 2), (2, 2)), 2)
    np.testing.assert_array_equal(matrix.toarray(), [[1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1]])


def test_a_window_larger_than_the_image_has_no_position() -> None:
    assert Windows((3, 3), (5, 2)).shape == (-1, 2)
