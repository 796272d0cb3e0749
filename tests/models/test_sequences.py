"""Sequences as rows: there and back, what counts and what does not, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.sequences import (
    as_rows,
    as_sequences,
    asked,
    changeable,
    check_rows,
    check_size,
    following,
    is_shape,
    lasting,
    of_each_step,
)

VALUES = np.arange(1.0, 13.0).reshape(2, 3, 2)
"""Two sequences of three steps and two channels."""


def test_a_row_is_its_steps_one_after_the_other_with_the_mask_last() -> None:
    rows = as_rows(VALUES, [3, 1])
    assert rows.tolist() == [[1, 2, 1, 3, 4, 1, 5, 6, 1], [7, 8, 1, 0, 0, 0, 0, 0, 0]]
    assert lasting(rows, (3, 3)).tolist() == [[True] * 3, [True, False, False]]
    assert changeable(rows, (3, 3)).tolist() == [[True, True, False] * 3, [True, True, *[False] * 7]]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.uint8, np.int64, bool])
def test_there_and_back(kind: Any) -> None:
    generator = np.random.default_rng(0)
    values = (20 * generator.random((50, 7, 3)) - 5).astype(kind)
    lengths = generator.integers(1, 8, 50)
    rows = as_rows(values, lengths)
    assert rows.dtype == kind
    check_rows("test", rows, (7, 4))
    again, found = as_sequences(rows, (7, 4))
    np.testing.assert_array_equal(found, lengths)
    for before, after, length in zip(values, again, lengths, strict=True):
        np.testing.assert_array_equal(after[:length], before[:length])
        assert not after[length:].any()
    np.testing.assert_array_equal(as_rows(again, found), rows)


def test_without_lengths_all_last_to_the_end() -> None:
    np.testing.assert_array_equal(as_rows(VALUES), as_rows(VALUES, [3, 3]))


def test_what_follows_an_end_is_not_read() -> None:
    values = VALUES.copy()
    values[1, 1:] = np.nan
    np.testing.assert_array_equal(as_rows(values, [3, 1]), as_rows(VALUES, [3, 1]))


@pytest.mark.parametrize(
    ("values", "lengths", "message"),
    [
        (
            VALUES[0],
            None,
            r"as_rows.values: shape \(3, 2\) and type float64; give numbers \(n_samples, time, channel\)",
        ),
        (VALUES.astype(str), None, "as_rows.values: shape .* and type <U"),
        (VALUES[:, :0], None, r"as_rows.values: shape \(2, 0, 2\)"),
        (VALUES, [3], r"as_rows.lengths: shape \(1,\) and type int64; give one whole number for each of 2 sequences"),
        (VALUES, [3.0, 1.0], r"as_rows.lengths: shape \(2,\) and type float64"),
        (VALUES, [3, 0], "as_rows.lengths: 0 at 1; give 1 to 3 steps"),
        (VALUES, [4, 1], "as_rows.lengths: 4 at 0; give 1 to 3 steps"),
    ],
)
def test_what_is_no_sequence_is_refused(values: np.ndarray, lengths: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        as_rows(values, lengths)


@pytest.mark.parametrize(
    "mask", [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0.5), (2, 1, 1), (-1, 0, 0), (1, 1, np.nextafter(1, 2))]
)
def test_rows_without_a_mask_are_refused(mask: tuple[float, ...]) -> None:
    rows = as_rows(VALUES)
    rows[1, 2::3] = mask
    with pytest.raises(
        InputError, match=r"^Reader: the last channel of sample 1 is no mask, 1 from the first step to "
    ):
        check_rows("Reader", rows, (3, 3))


def test_rows_of_another_size_are_refused() -> None:
    check_size("Reader", 9, (3, 3))
    message = (
        "^Reader.sequence_shape: 3 steps of 2 channels, the mask among them, do not make samples of 9 features; give"
    )
    with pytest.raises(InputError, match=message):
        check_rows("Reader", as_rows(VALUES), (3, 2))


def test_shapes() -> None:
    assert is_shape((3, 2))
    assert not any(map(is_shape, [None, 6, (3,), (3, 1), (0, 2), (3.0, 2), [3, 2], (3, 2, 1), (True, 2)]))


def test_steps_of_the_answer() -> None:
    """By hand: the last two steps, all of a sequence that has fewer, and all steps."""
    lengths = np.array([4, 1, 3])
    expected = [[0, 0, 1 / 2, 1 / 2], [1, 0, 0, 0], [0, 1 / 2, 1 / 2, 0]]
    np.testing.assert_array_equal(asked(lengths, 4, 2), expected)
    np.testing.assert_array_equal(asked(lengths, 4, None)[2], [1 / 3, 1 / 3, 1 / 3, 0])


def test_a_class_holds_in_every_step_unless_the_next_symbol_is_learned() -> None:
    parts = asked(np.array([3, 1]), 3, 1)
    assert of_each_step(np.array([4, 7]), parts).tolist() == [[4] * 3, [7] * 3]


def test_after_each_symbol_comes_the_next_and_after_the_last_the_class() -> None:
    """Strings over five symbols, before 3, 1 and 0; symbol 2 ends none of them, and so is no class."""
    strings = [[0, 4, 2, 1], [3, 3, 0, 0], [1, 0, 0, 0]]
    rows = as_rows(np.eye(5, dtype=np.uint8)[strings], [4, 2, 1])
    classes = np.array([0, 1, 3, 4])
    labels, parts = following(rows, (4, 6), np.array([2, 1, 0]), classes)
    assert labels.tolist() == [[3, 0, 1, 2], [2, 1, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(parts, [[1 / 3, 0, 1 / 3, 1 / 3], [1 / 2, 1 / 2, 0, 0], [1, 0, 0, 0]])
