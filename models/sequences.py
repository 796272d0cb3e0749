"""Sequences as rows of numbers: how tasks write them and how classifiers read them.

A sequence is a sample like any other: a row. It holds time steps one after the other, and each step its channels. The
last channel is 1 while the sequence lasts and 0 after its end: the mask. So sequences of unequal length make one table,
which splits, schedules and studies treat as any other. `(time, channel)` is the shape of a row, with the mask among the
channels. What stands in the other channels after the end is zero, and nothing that reads sequences depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import Float64Array, FloatArray, LabelArray
from bnsim.errors import InputError
from models.checks import is_count

SequenceShape = tuple[int, int]
"""(time, channel) of a row, the mask counted as a channel."""
SHAPE = "(time, channel), the mask as the last of two channels or more"
"""What a `sequence_shape` must be, for messages."""


def as_rows(values: ArrayLike, lengths: ArrayLike | None = None) -> NDArray[Any]:
    """Write sequences as rows.

    Parameters
    ----------
    values : array_like, shape (n_samples, time, channel)
        The sequences, each padded to the length of the longest; what stands after an end is not used.
    lengths : array_like of int, shape (n_samples,), optional
        Number of steps of each sequence, at least 1; without it all last to the end.

    Returns
    -------
    ndarray, shape (n_samples, time * (channel + 1))
        The rows, of the type of `values`, zero after the end of each sequence.

    Raises
    ------
    InputError
        If the shapes do not fit, or a length is no number of steps.
    """
    steps = np.asarray(values)
    if steps.ndim != 3 or steps.dtype.kind not in "biuf" or not all(steps.shape[1:]):
        raise InputError(
            f"as_rows.values: shape {steps.shape} and type {steps.dtype}; give numbers (n_samples, time, channel)"
        )
    n_samples, n_steps, _ = steps.shape
    ends = np.full(n_samples, n_steps) if lengths is None else np.asarray(lengths)
    if ends.shape != (n_samples,) or ends.dtype.kind not in "iu":
        raise InputError(
            f"as_rows.lengths: shape {ends.shape} and type {ends.dtype}; give one whole number for each of {n_samples} "
            "sequences"
        )
    wrong = np.flatnonzero((ends < 1) | (ends > n_steps))
    if len(wrong):
        raise InputError(f"as_rows.lengths: {ends[wrong[0]]} at {wrong[0]}; give 1 to {n_steps} steps")
    mask = np.arange(n_steps) < ends[:, None]
    kept = np.where(mask[:, :, None], steps, steps.dtype.type(0))
    return np.concatenate([kept, mask[:, :, None].astype(steps.dtype)], axis=2).reshape(n_samples, -1)


def as_sequences(rows: NDArray[Any], shape: SequenceShape) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Read rows as sequences: the inverse of `as_rows`.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, time * channel)
        Rows that `check_rows` accepts.
    shape : tuple of int
        (time, channel), with the mask.

    Returns
    -------
    values : ndarray, shape (n_samples, time, channel - 1)
        The sequences, as they are in the rows.
    lengths : ndarray of int, shape (n_samples,)
        Number of steps of each.
    """
    return rows.reshape(len(rows), *shape)[:, :, :-1], lasting(rows, shape).sum(axis=1)


def lasting(rows: NDArray[Any], shape: SequenceShape) -> NDArray[np.bool_]:
    """Return which steps belong to the sequences.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, time * channel)
        Rows that `check_rows` accepts.
    shape : tuple of int
        (time, channel), with the mask.

    Returns
    -------
    ndarray of bool, shape (n_samples, time)
        False after the end of a sequence.
    """
    return rows.reshape(len(rows), *shape)[:, :, -1] > 0


def asked(lengths: NDArray[np.int64], n_steps: int, answer_steps: int | None) -> Float64Array:
    """Return which part each step has in the answer: the last steps of a sequence have equal parts, others none.

    Parameters
    ----------
    lengths : ndarray of int, shape (n_samples,)
        Number of steps of each sequence, at least 1.
    n_steps : int
        Steps of the longest.
    answer_steps : int or None
        In how many last steps of a sequence the answer is asked for, of a shorter one in all; None: in all.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_steps)
        The parts; of each sequence they add up to 1.
    """
    steps, ends = np.arange(n_steps), lengths[:, None]
    first = 0 if answer_steps is None else ends - answer_steps
    within = (steps >= first) & (steps < ends)
    return within / within.sum(axis=1, keepdims=True)


def as_symbols(rows: NDArray[Any], shape: SequenceShape) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read rows as strings of symbols.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, time * channel)
        Rows that `check_rows` accepts. The largest channel of a step tells its symbol.
    shape : tuple of int
        (time, channel), with the mask.

    Returns
    -------
    symbols : ndarray of int, shape (n_samples, time)
        The channel of each symbol; what follows the end of a string means nothing.
    lengths : ndarray of int, shape (n_samples,)
        Number of symbols of each string.
    """
    values, lengths = as_sequences(rows, shape)
    return values.argmax(axis=2), lengths


def of_each_step(labels: LabelArray, parts: FloatArray) -> LabelArray:
    """Return the right class of each step of sequences that have one class.

    Parameters
    ----------
    labels : ndarray of int, shape (n_samples,)
        Classes of the sequences.
    parts : ndarray, shape (n_samples, n_steps)
        Which part each step has in the answer.

    Returns
    -------
    ndarray of int, shape (n_samples, n_steps)
        The class of the sequence; it can be read, not written.
    """
    return np.broadcast_to(labels[:, None], parts.shape)


def following(
    rows: NDArray[Any], shape: SequenceShape, labels: LabelArray, classes: NDArray[Any]
) -> tuple[LabelArray, Float64Array]:
    """Return for each step of strings of symbols which one follows.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, time * channel)
        Rows that `check_rows` accepts. The largest channel of a step tells its symbol.
    shape : tuple of int
        (time, channel), with the mask.
    labels : ndarray of int, shape (n_samples,)
        What follows the last step: indices into `classes`.
    classes : ndarray of int, shape (n_classes,)
        Channels in order, without those that no sample ends before.

    Returns
    -------
    labels : ndarray of int, shape (n_samples, time)
        Index into `classes` of the symbol after each step. Where that is no class it is 0.
    parts : ndarray of float64, shape (n_samples, time)
        Which part each step has in the loss: equal ones, none after the end and before a symbol that is no class. Of
        each sequence they add up to 1.
    """
    symbols, lengths = as_symbols(rows, shape)
    place = np.full(shape[1] - 1, -1)
    place[classes] = np.arange(len(classes))
    after = np.append(place[symbols[:, 1:]], labels[:, None], axis=1)
    after[np.arange(len(after)), lengths - 1] = labels
    counts = lasting(rows, shape) & (after >= 0)
    return np.where(counts, after, 0), counts / counts.sum(axis=1, keepdims=True)


def check_moments(owner: str, steps: Sequence[int], n_steps: int) -> NDArray[np.int64]:
    """Refuse moments of a sequence that there are not.

    Parameters
    ----------
    owner : str
        Who asks, for the message.
    steps : sequence of int
        Steps that begin at these moments.
    n_steps : int
        Steps of the longest sequence.

    Returns
    -------
    ndarray of int, shape (n_moments,)
        The steps.

    Raises
    ------
    InputError
        If there are none, they do not increase, or one is no step of the longest sequence.
    """
    chosen = np.asarray(steps)
    whole = chosen.ndim == 1 and len(chosen) > 0 and chosen.dtype.kind in "iu"
    if not (whole and chosen[0] >= 0 and chosen[-1] < n_steps and (np.diff(chosen) > 0).all()):
        raise InputError(f"{owner}.course(steps): {steps!r}; give increasing whole numbers from 0 to {n_steps - 1}")
    return chosen


def changeable(rows: NDArray[Any], shape: SequenceShape) -> NDArray[np.bool_]:
    """Return which features may be disturbed: those of steps that last, the mask excepted.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, time * channel)
        Rows that `check_rows` accepts.
    shape : tuple of int
        (time, channel), with the mask.

    Returns
    -------
    ndarray of bool, shape (n_samples, time * channel)
        False in the mask and after the end of a sequence.
    """
    found = np.repeat(lasting(rows, shape)[:, :, None], shape[1], axis=2)
    found[:, :, -1] = False
    return found.reshape(len(rows), -1)


def is_shape(shape: object) -> bool:
    """Return whether something is a shape of sequences.

    Parameters
    ----------
    shape : object
        What was given.

    Returns
    -------
    bool
        Whether it is a tuple of a number of steps and a number of channels, of which there are two at least.
    """
    return isinstance(shape, tuple) and len(shape) == 2 and all(map(is_count, shape)) and shape[1] >= 2


def check_size(owner: str, n_features: int, shape: SequenceShape) -> None:
    """Refuse a number of features that sequences of this shape do not have.

    Parameters
    ----------
    owner : str
        Who asks, for the message.
    n_features : int
        Features of a row.
    shape : tuple of int
        (time, channel), with the mask; one that `is_shape` accepts.

    Raises
    ------
    InputError
        If the features do not make that shape.
    """
    n_steps, n_channels = shape
    if n_features != n_steps * n_channels:
        raise InputError(
            f"{owner}.sequence_shape: {n_steps} steps of {n_channels} channels, the mask among them, do not make "
            f"samples of {n_features} features; give the (time, channel) of the samples"
        )


def check_rows(owner: str, rows: NDArray[Any], shape: SequenceShape) -> None:
    """Refuse rows that are no sequences of this shape.

    Parameters
    ----------
    owner : str
        Who asks, for the message.
    rows : ndarray, shape (n_samples, n_features)
        Rows.
    shape : tuple of int
        (time, channel), with the mask; one that `is_shape` accepts.

    Raises
    ------
    InputError
        If the features do not make that shape, or if the last channel of a row is anything but 1 from the first step to
        the end of the sequence and 0 after it.
    """
    check_size(owner, rows.shape[1], shape)
    n_steps, n_channels = shape
    mask = rows.reshape(len(rows), n_steps, n_channels)[:, :, -1]
    fits = np.isin(mask, (0, 1)).all(axis=1) & (mask[:, 0] == 1) & (mask[:, 1:] <= mask[:, :-1]).all(axis=1)
    if not fits.all():
        raise InputError(
            f"{owner}: the last channel of sample {int(np.argmin(fits))} is no mask, 1 from the first step to the end "
            "and 0 after it; write sequences as rows with models.sequences.as_rows"
        )
