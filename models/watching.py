"""What happens between the chunks of a training: points of the learning curve, looks at the model, states to keep."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.interruption import Interruption, say
from models.keeping import Keeper, Observer, TrainingState

if TYPE_CHECKING:
    from models.classifier import Classifier

NOTES = "notes/"
"""What the names of an observer's arrays begin with."""


@dataclass(frozen=True)
class HistoryPoint:
    """One point of the learning curve.

    Parameters
    ----------
    samples_seen : int
        Presentations.
    validation_accuracy : float
        Accuracy on the validation samples after them.
    """

    samples_seen: int
    validation_accuracy: float


@dataclass(frozen=True)
class Keeping:
    """How a training is kept.

    Parameters
    ----------
    keeper : Keeper
        Reads and writes its states.
    interruption : Interruption
        Whether it is to end.
    """

    keeper: Keeper
    interruption: Interruption


class Watcher:
    """Watches one training of a classifier (see `Classifier.fit`).

    Parameters
    ----------
    model : Classifier
        The classifier.
    measured : tuple of (X, y) or None
        Validation samples.
    checkpoints : tuple of int
        Where the learning curve has its points.
    total : int
        Presentations of the whole training.
    at_checkpoint, progress : callable or None
        As `Classifier.fit` takes them.
    kept : Keeping or None
        How the training is kept.
    """

    def __init__(
        self,
        model: Classifier,
        measured: tuple[FloatArray, NDArray[Any]] | None,
        checkpoints: tuple[int, ...],
        total: int,
        at_checkpoint: Callable[[Any, int], None] | None,
        progress: Callable[[int, int], None] | None,
        kept: Keeping | None,
    ) -> None:
        self._model, self._measured, self._checkpoints, self._total = model, measured, checkpoints, total
        self._at_checkpoint, self._progress, self._kept = at_checkpoint, progress, kept
        self._last, self._begun, self._before = -1, time.perf_counter(), 0.0
        self._found: TrainingState | None = None

    @property
    def seconds(self) -> float:
        """Duration of the training so far in s, with what it took before it was interrupted."""
        return self._before + time.perf_counter() - self._begun

    def is_finished(self) -> bool:
        """Return whether the training was kept to its end; the model is set to that, then.

        Returns
        -------
        bool
            Whether there is nothing left to learn.
        """
        self._found = None if self._kept is None else self._kept.keeper.latest()
        if self._found is None or not self._found.is_finished:
            return False
        self._take(self._found)
        return True

    def begin(self) -> int:
        """Watch the model that has its initial weights; if the training was kept, set it to where that ends.

        Returns
        -------
        int
            Presentations that the model has seen.
        """
        if self._found is None:
            self(0)
            return 0
        self._take(self._found)
        return self._found.position

    def __call__(self, samples_seen: int) -> None:
        """Watch the model after a chunk.

        Parameters
        ----------
        samples_seen : int
            Presentations so far.

        Raises
        ------
        KeyboardInterrupt
            If the training is to end; it is kept before.
        """
        starting = self._last < 0
        due = any(max(self._last, 0) < checkpoint <= samples_seen for checkpoint in self._checkpoints)
        self._last = max(self._last, samples_seen)
        if self._measured is not None and due:
            accuracy = float(np.mean(self._model.predict(self._measured[0]) == self._measured[1]))
            self._model.history_ = (*self._model.history_, HistoryPoint(samples_seen, accuracy))
        if self._at_checkpoint is not None and (due or starting):
            self._at_checkpoint(self._model, samples_seen)
        if self._kept is not None:
            self._keep(self._kept, samples_seen)
        if self._progress is not None:
            self._progress(samples_seen, self._total)

    def finish(self) -> None:
        """Keep the trained model."""
        if self._kept is not None:
            self._kept.keeper.keep(self._state(self._last, is_finished=True))

    def _keep(self, kept: Keeping, samples_seen: int) -> None:
        ending = kept.interruption.requested
        if samples_seen > 0 and samples_seen < self._total and (ending or kept.keeper.is_due):
            kept.keeper.keep(self._state(samples_seen, is_finished=False))
        if ending and samples_seen < self._total:
            note = f"the training is kept in {kept.keeper.folder}; the same call goes on with it"
            say(note)
            raise KeyboardInterrupt(note)

    def _state(self, samples_seen: int, is_finished: bool) -> TrainingState:
        arrays = dict(self._model._fitted_arrays() if is_finished else self._model._unfinished_arrays())
        if isinstance(self._at_checkpoint, Observer):
            arrays |= {f"{NOTES}{name}": array for name, array in self._at_checkpoint.notes().items()}
        return TrainingState(samples_seen, self.seconds, is_finished, self._model._header(), arrays)

    def _take(self, state: TrainingState) -> None:
        """Set model and observer to a state that was kept."""
        notes = {name.removeprefix(NOTES): array for name, array in state.arrays.items() if name.startswith(NOTES)}
        arrays = {name: array for name, array in state.arrays.items() if not name.startswith(NOTES)}
        self._model._take(state.header, arrays, is_finished=state.is_finished)
        if isinstance(self._at_checkpoint, Observer):
            self._at_checkpoint.take_notes(notes)
        self._last, self._before = state.position, state.seconds
        if self._progress is not None:
            self._progress(state.position, self._total)
