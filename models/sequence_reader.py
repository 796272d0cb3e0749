"""What classifiers have in common that read a sequence step after step, and those of them that learn in batches."""

from __future__ import annotations

from typing import ClassVar

from bnsim.arrays import FloatArray, LabelArray
from models import sequences
from models.checks import is_count
from models.classifier import Classifier
from models.online import OnlineClassifier
from models.optimizers import OPTIMIZERS
from models.parameters import ParameterChecks


class SequenceReader(Classifier):
    """A classifier that reads sequences (`models.sequences`); without `sequence_shape` a sample is a single step."""

    sequence_shape: sequences.SequenceShape | None
    predict_next: bool
    """Whether what follows is learned in every step."""

    @property
    def _shape(self) -> sequences.SequenceShape:
        """(time, channel) of a sample as it is read, the mask counted as a channel."""
        return self.sequence_shape or (1, self.n_features_in_ + 1)

    def _check_shape(self) -> None:
        shape = self.sequence_shape
        self._require(shape is None or sequences.is_shape(shape), "sequence_shape", f"{sequences.SHAPE}, or None")
        if shape is not None:
            sequences.check_size(type(self).__name__, self.n_features_in_, shape)
        self._require(isinstance(self.predict_next, bool), "predict_next", "True or False")
        if self.predict_next:
            channels, classes = self._shape[1] - 1, self.classes_
            fits = shape is not None and classes.dtype.kind in "iu" and classes[0] >= 0 and classes[-1] < channels
            remedy = f"False, or labels that are channels of the steps, 0 to {channels - 1}, and their sequence_shape"
            self._require(fits, "predict_next", remedy)

    def _rows(self, X: FloatArray) -> FloatArray:
        """Samples as rows with a mask. Errors: InputError."""
        if self.sequence_shape is None:
            return sequences.as_rows(X[:, None, :])
        sequences.check_rows(type(self).__name__, X, self.sequence_shape)
        return X

    def _following(self, X: FloatArray, labels: LabelArray) -> tuple[LabelArray, FloatArray]:
        """What follows each step of strings, and which part that has in the loss (sample, step)."""
        return sequences.following(self._rows(X), self._shape, labels, self.classes_)


class SequenceLearner(SequenceReader, OnlineClassifier):
    """A classifier that answers in the last steps of a sequence, and learns batch by batch, or one by one."""

    LOOK: ClassVar[int]
    """Presentations learned between two looks at progress, at least; bears on nothing else."""

    answer_steps: int | None
    units: int
    optimizer: str
    learning_rate: float
    final_rate: float
    batch_size: int

    def _taught(self, X: FloatArray, labels: LabelArray, asked: FloatArray) -> tuple[LabelArray, FloatArray]:
        """The right class of each step, and which part the step has in the loss (sample, step).

        asked: which part it has in the answer.
        """
        if self.predict_next:
            return self._following(X, labels)
        return sequences.of_each_step(labels, asked), asked

    def _check_learning(self) -> None:
        self._check_shape()
        longest = self._shape[0]
        if self.predict_next:
            self._require(self.answer_steps == 1, "answer_steps", "1, the last step, with predict_next")
        asked = self.answer_steps is None or (is_count(self.answer_steps) and self.answer_steps <= longest)
        self._require(asked, "answer_steps", f"an integer of 1 to {longest}, the steps of a sample, or None for all")
        self._require_one_of("optimizer", OPTIMIZERS)
        self._require_count("units", "batch_size")
        self._require_positive("learning_rate", "final_rate")

    def _chunk_size(self) -> int:
        return -(-self.LOOK // self.batch_size) * self.batch_size

    def _presentations_of_batch(self) -> int:
        return self.batch_size


FEEDBACK = ("random", "symmetric")
"""Weights along which errors come back: their own, or those of the output."""


class LearnsByFeedback(ParameterChecks):
    """A learner whose errors come back along weights of their own."""

    feedback: str
    feedback_scale: float

    def _check_feedback(self) -> None:
        self._require_one_of("feedback", FEEDBACK)
        self._require_positive("feedback_scale")
