"""What classifiers have in common that read a sequence step after step, and those of them that learn in batches."""

from __future__ import annotations

from typing import ClassVar

from bnsim.arrays import FloatArray
from models import sequences
from models.checks import is_count
from models.classifier import Classifier
from models.online import OnlineClassifier
from models.optimizers import OPTIMIZERS


class SequenceReader(Classifier):
    """A classifier that reads sequences (`models.sequences`); without `sequence_shape` a sample is a single step."""

    sequence_shape: sequences.SequenceShape | None

    @property
    def _shape(self) -> sequences.SequenceShape:
        """(time, channel) of a sample as it is read, the mask counted as a channel."""
        return self.sequence_shape or (1, self.n_features_in_ + 1)

    def _check_shape(self) -> None:
        shape = self.sequence_shape
        self._require(shape is None or sequences.is_shape(shape), "sequence_shape", f"{sequences.SHAPE}, or None")
        if shape is not None:
            sequences.check_size(type(self).__name__, self.n_features_in_, shape)

    def _rows(self, X: FloatArray) -> FloatArray:
        """Samples as rows with a mask. Errors: InputError."""
        if self.sequence_shape is None:
            return sequences.as_rows(X[:, None, :])
        sequences.check_rows(type(self).__name__, X, self.sequence_shape)
        return X


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

    def _check_learning(self) -> None:
        self._check_shape()
        longest = self._shape[0]
        asked = self.answer_steps is None or (is_count(self.answer_steps) and self.answer_steps <= longest)
        self._require(asked, "answer_steps", f"an integer of 1 to {longest}, the steps of a sample, or None for all")
        self._require(self.optimizer in OPTIMIZERS, "optimizer", f"one of {', '.join(OPTIMIZERS)}")
        self._require_count("units", "batch_size")
        self._require_positive("learning_rate", "final_rate")

    def _chunk_size(self) -> int:
        return -(-self.LOOK // self.batch_size) * self.batch_size

    def _presentations_of_batch(self) -> int:
        return self.batch_size
