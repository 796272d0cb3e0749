"""A task's data and how they are split: stratified, seeded, scaled by the training part alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from experiments.tasks.scaling import Scaling, scaler
from models.checks import is_count
from models.sequences import SHAPE, SequenceShape, check_rows, is_shape


@dataclass(frozen=True)
class Samples:
    """Samples as a network sees them.

    Parameters
    ----------
    X
        Scaled features (sample, feature).
    y
        Class indices 0..K-1 (sample,).
    """

    X: Float64Array
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)

    def first(self, count: int) -> Samples:
        """Return the first samples.

        Parameters
        ----------
        count
            How many at most.

        Returns
        -------
        Samples
            All where there are fewer.
        """
        return Samples(self.X[:count], self.y[:count])

    def chosen(self, indices: NDArray[np.intp]) -> Samples:
        """Return some of the samples.

        Parameters
        ----------
        indices
            Their places, in the order of the result.

        Returns
        -------
        Samples
            Those and no others.
        """
        return Samples(self.X[indices], self.y[indices])


class ClosedTestSetError(InputError):
    """A study asks for samples of a test set that it does not open."""


class ClosedSamples(Samples):
    """Samples that stay unknown but for their number.

    Parameters
    ----------
    count
        Their number.
    """

    def __init__(self, count: int) -> None:
        object.__setattr__(self, "_count", count)  # a dataclass that is frozen

    def __len__(self) -> int:
        return int(self.__dict__["_count"])

    def __getattr__(self, name: str) -> NoReturn:
        if name in ("X", "y"):
            raise ClosedTestSetError("the test set is closed to this study; set opens_test_set=True in its Study")
        raise AttributeError(f"samples have no {name}")


@dataclass(frozen=True)
class Split:
    """A training set and what was held out from it.

    Parameters
    ----------
    train
        Samples to learn from.
    held_out
        The test set, or the validation set, as its maker says.
    """

    train: Samples
    held_out: Samples


LONGEST_LABEL = 60
"""Characters that the name of a class has at most."""


@dataclass(frozen=True)
class Dataset:
    """All samples of a task, unscaled.

    Parameters
    ----------
    name
        Name of the task.
    X
        The samples (sample, feature), of any real type.
    y
        Indices into `classes` (sample,).
    classes
        Names of the classes, which figures and files can hold.
    image_shape
        (height, width) where the features are pixels.
    scaling
        A number that X is divided by; or "standardise" (each feature by its mean and standard deviation) or "range"
        (all pixels by one minimum and maximum, to [0, 1]), both measured on the training part. Of sequences each
        channel is standardised by the steps that last; the mask stays, and zeros after the end.
    n_train
        None where each seed draws its own test set (protocol "resampled"). Otherwise the first `n_train` samples are
        for training and all others are the test set, for every seed ("fixed test set").
    n_validation
        With a fixed test set: the last so many training samples are the validation set.
    notes
        What was assumed in reading the data, a sentence each, for the user and for the manifest.
    sequence_shape
        (time, channel) where the features are a sequence, whose last channel is the mask (see `models.sequences`).
    answer_steps
        The answer is asked for in so many last steps of a sequence, of a shorter one in all; None: in all steps.
    predict_next
        Whether the sequences are strings of symbols: in each step one channel is 1, the classes are the channels in
        order, and `y` is the symbol that follows the last step. A network that can is asked for the next step's symbol
        in every step while it learns.
    of_file
        Whether the samples are a file of the user's, so that its name says nothing about them.

    Raises
    ------
    InputError
        If the name of a class is too long or cannot be written, if samples that are to be sequences, or strings of
        symbols, are none, or if answers are asked for in steps that there are not.
    """

    name: str
    X: NDArray
    y: NDArray[np.int64]
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    scaling: Scaling
    n_train: int | None = None
    n_validation: int | None = None
    notes: tuple[str, ...] = ()
    sequence_shape: SequenceShape | None = None
    answer_steps: int | None = None
    predict_next: bool = False
    of_file: bool = False

    def __post_init__(self) -> None:
        if self.sequence_shape is not None:
            self._check_sequences(self.sequence_shape)
        if self.answer_steps is not None:
            self._check_answers(self.answer_steps)
        if self.predict_next:
            self._check_strings()
        for label in self.classes:
            if len(label) > LONGEST_LABEL:
                raise InputError(
                    f"{self.name}: a class has a name of {len(label)} characters, which no figure has room for; "
                    f"give at most {LONGEST_LABEL}"
                )
            try:
                label.encode()
            except UnicodeEncodeError:
                raise InputError(
                    f"{self.name}: the class {label!r} has a name that UTF-8 cannot write; name it otherwise"
                ) from None

    def _check_sequences(self, shape: SequenceShape) -> None:
        if not is_shape(shape) or self.image_shape is not None:
            given = f"sequence_shape {shape!r} beside image_shape {self.image_shape!r}"
            raise InputError(f"{self.name}: {given}; give sequences {SHAPE}, and no image_shape")
        check_rows(self.name, self.X, shape)

    def _check_answers(self, n_steps: int) -> None:
        if self.sequence_shape is None:
            raise InputError(f"{self.name}: answer_steps {n_steps!r} of samples that are no sequences; leave it out")
        longest = self.sequence_shape[0]
        if not is_count(n_steps) or n_steps > longest:
            raise InputError(f"{self.name}: answer_steps {n_steps!r} of {longest}; give 1 to {longest}, or None")

    def _check_strings(self) -> None:
        asked = f"sequence_shape {self.sequence_shape!r}, answer_steps {self.answer_steps!r}, scaling {self.scaling!r}"
        if self.sequence_shape is None or self.answer_steps != 1 or self.scaling != 1:
            raise InputError(f"{self.name}: predict_next with {asked}; give sequences, answer_steps 1 and scaling 1.0")
        n_steps, n_channels = self.sequence_shape
        if len(self.classes) != n_channels - 1:
            raise InputError(
                f"{self.name}: predict_next with {len(self.classes)} classes and {n_channels - 1} channels beside the "
                "mask; give a class for each channel, in the same order"
            )
        steps = self.X.reshape(-1, n_steps, n_channels)
        marked = ((steps == 0) | (steps == 1)).all(axis=(1, 2)) & (steps[:, :, :-1].sum(axis=2) == steps[:, :, -1]).all(
            axis=1
        )
        if not marked.all():
            raise InputError(
                f"{self.name}: predict_next, but sample {int(np.argmin(marked))} is no string of symbols; let one "
                "channel be 1 in each step, and all others 0"
            )

    @property
    def sorts(self) -> frozenset[str]:
        """What the samples are, as `Study.samples` names it."""
        if self.predict_next:
            return frozenset({"all", "sequences", "strings"})
        return frozenset({"all", "classes", "static" if self.sequence_shape is None else "sequences"})

    @property
    def protocol(self) -> str:
        """How test sets come about: "resampled" by each seed, or a "fixed test set"."""
        return "resampled" if self.n_train is None else "fixed test set"

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over shape, type and bytes of X and y."""
        digest = hashlib.sha256()
        for array in (self.X, self.y):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


HELD_OUT = 0.2
"""Share of the samples held out as test set, and of the rest as validation set, where there is no fixed
one. A class of fewer than five samples could go without one there."""


def final_split(dataset: Dataset, seed: int, max_train: int | None = None) -> Split:
    """Return training set and test set: for final measurements only.

    Parameters
    ----------
    dataset
        The task.
    seed
        Draws the split, or with a fixed test set the subset alone.
    max_train
        Train on a stratified subset of at most so many samples; None takes all.

    Returns
    -------
    Split
        Both parts, scaled by the training part alone.

    Raises
    ------
    InputError
        If a class is too small to be split, or `max_train` too small to hold all classes.
    """
    train, test = _test_indices(dataset, seed)
    return _scaled(dataset, _subset(dataset, train, max_train, seed), test)


def validation_split(
    dataset: Dataset, seed: int, max_train: int | None = None, max_validation: int | None = None
) -> Split:
    """Return the training set without its validation part, and that part; the test set is not touched.

    Parameters
    ----------
    dataset
        The task.
    seed
        As in `final_split`.
    max_train
        As in `final_split`.
    max_validation
        The same for the validation samples.

    Returns
    -------
    Split
        Both parts, scaled by the training part alone.

    Raises
    ------
    InputError
        As in `final_split`.
    """
    train, _ = _test_indices(dataset, seed)
    if dataset.n_validation is not None:
        train, validation = train[: -dataset.n_validation], train[-dataset.n_validation :]
    else:
        train, validation = _held_out(dataset, train, seed)
    validation = _subset(dataset, validation, max_validation, seed)
    return _scaled(dataset, _subset(dataset, train, max_train, seed), validation)


def _test_indices(dataset: Dataset, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    everything = np.arange(len(dataset.y))
    if dataset.n_train is not None:
        return everything[: dataset.n_train], everything[dataset.n_train :]
    return _held_out(dataset, everything, seed)


def _held_out(dataset: Dataset, indices: NDArray[np.intp], seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All but a share of `indices`, and that share; every class is in both."""
    if HELD_OUT * np.bincount(dataset.y[indices], minlength=len(dataset.classes)).min() < 1:
        raise _too_small(dataset, indices)
    return _stratified(dataset, indices, HELD_OUT, seed)


def _subset(dataset: Dataset, indices: NDArray[np.intp], limit: int | None, seed: int) -> NDArray[np.intp]:
    n_classes = len(dataset.classes)
    if limit is None or limit >= len(indices):
        return indices
    if dataset.predict_next:
        return _with_all_classes(dataset, indices, limit, seed)
    if limit < n_classes:
        raise InputError(f"{dataset.name}: {limit} samples cannot hold its {n_classes} classes; allow more")
    left_out = max(len(indices) - limit, n_classes)  # a stratified split needs one of each class on either side
    return _stratified(dataset, indices, left_out, seed)[0]


def _with_all_classes(dataset: Dataset, indices: NDArray[np.intp], limit: int, seed: int) -> NDArray[np.intp]:
    """One sample of each class, and any others: some symbols are so rare that no subset could hold their share.

    Where not even one of each has room, any.
    """
    order = np.random.default_rng([seed, 0x5717]).permutation(indices)
    _, first = np.unique(dataset.y[order], return_index=True)
    if limit < len(first):
        return np.sort(order[:limit])
    others = np.delete(order, first)[: limit - len(first)]
    return np.sort(np.concatenate([order[first], others]))


def _stratified(
    dataset: Dataset, indices: NDArray[np.intp], held_out: float | int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    from sklearn.model_selection import train_test_split

    try:
        train, other = train_test_split(indices, test_size=held_out, stratify=dataset.y[indices], random_state=seed)
    except ValueError:
        raise _too_small(dataset, indices) from None
    return np.sort(train), np.sort(other)


def _too_small(dataset: Dataset, indices: NDArray[np.intp]) -> InputError:
    counts = np.bincount(dataset.y[indices], minlength=len(dataset.classes))
    rarest = int(np.argmin(counts))
    return InputError(
        f"{dataset.name}: class {dataset.classes[rarest]!r} has {counts[rarest]} of {len(indices)} "
        "samples, too few for a stratified split; add samples or leave that class out"
    )


def _scaled(dataset: Dataset, train: NDArray[np.intp], held_out: NDArray[np.intp]) -> Split:
    scaled = scaler(dataset.name, dataset.X[train], dataset.scaling, dataset.sequence_shape)
    parts = (Samples(scaled(dataset.X[indices]), dataset.y[indices]) for indices in (train, held_out))
    return Split(*parts)
