"""Example images of a run, shown to every model: one classified correctly, one misclassified, some of other classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.recording import Recording
from experiments.run_directory import Example
from experiments.spec import Predictions, Progress
from experiments.tasks.dataset import Dataset, Samples
from models.capabilities import Receptive, Recordable
from models.sequences import SequenceShape, as_sequences


@dataclass(frozen=True)
class Shown:
    """One test sample.

    Parameters
    ----------
    case
        "correct", "wrong", "further1", ... (see `experiments.run_directory.Example`).
    index
        Position in the test set.
    x
        Features as presented (features,).
    label
        Class index.
    """

    case: str
    index: int
    x: NDArray[np.float64]
    label: int


def choose(predictions: Predictions, test: Samples, number: int = 6) -> tuple[Shown, ...]:
    """Choose the test samples to show.

    These are the first sample that was classified correctly ("correct"), the first that was misclassified ("wrong"), if
    there is one, and further samples ("further1", ...), each the first one of the class that was chosen least often so
    far.

    Parameters
    ----------
    predictions
        Predictions for the test samples.
    test
        The test samples.
    number
        Largest number of samples.

    Returns
    -------
    tuple of Shown
        The chosen samples.
    """
    right = predictions.predicted == predictions.true
    found = {case: np.flatnonzero(of_case) for case, of_case in (("correct", right), ("wrong", ~right))}
    chosen = {case: int(indices[0]) for case, indices in found.items() if len(indices)}
    for place in range(1, min(number, len(test.y)) - len(chosen) + 1):
        taken = list(chosen.values())
        times = np.bincount(test.y[taken], minlength=test.y.max() + 1)[test.y]
        times[taken] = len(test.y)
        chosen[f"further{place}"] = int(times.argmin())
    return tuple(Shown(case, index, test.X[index], int(test.y[index])) for case, index in chosen.items())


@dataclass(frozen=True)
class ExampleJob:
    """Present chosen test samples to a model that the `accuracy` study trained and stored.

    Parameters
    ----------
    model
        Name of the model.
    fitted
        Path of the stored classifier.
    shown
        Samples to present.
    classes
        Names of the task's classes.
    image_shape
        Height and width of the task's images, None if it has none.
    sequence_shape
        Steps and channels of the task's sequences, None if it has none.
    """

    model: str
    fitted: Path
    shown: tuple[Shown, ...]
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sequence_shape: SequenceShape | None = None

    @classmethod
    def of(cls, model: str, fitted: Path, shown: tuple[Shown, ...], dataset: Dataset) -> ExampleJob:
        """Create the job of one model.

        Parameters
        ----------
        model
            Name of the model.
        fitted
            Path of the stored classifier.
        shown
            Samples to present.
        dataset
            Dataset of the samples; only its classes and the shape of its samples are sent to the worker.

        Returns
        -------
        ExampleJob
            The job.
        """
        return cls(model, fitted, shown, dataset.classes, dataset.image_shape, dataset.sequence_shape)

    @property
    def name(self) -> str:
        """Name for messages."""
        return f"example recordings of {self.model}"

    def __call__(self, progress: Progress) -> list[Example]:
        from models import registry

        classifier = registry.entry(self.model).load().load(self.fitted)
        X = np.array([shown.x for shown in self.shown])
        predicted, layers = classifier.predict(X), classifier.activity(X).layers
        fields, field_classes = self._fields(classifier)
        examples: list[Example] = []
        for place, shown in enumerate(self.shown):
            recording = _recorded(classifier, X[place : place + 1])
            if recording is not None:  # if no spikes are the answer, it is stored in addition to them
                layers = tuple(layer for layer in layers[-1:] if layer.name not in recording.spikes)
            examples.append(
                Example(
                    model=self.model,
                    case=shown.case,
                    index=shown.index,
                    image=self._picture(shown.x),
                    true_class=self.classes[shown.label],
                    predicted_class=self.classes[int(predicted[place])],
                    recording=recording,
                    activations={layer.name: layer.responses[place] for layer in layers},
                    fields=None if examples else fields,
                    field_classes=field_classes,
                )
            )
        return examples

    def _picture(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """A sample as it is drawn: an image; a sequence without its mask, a row a channel; or features."""
        if self.sequence_shape is not None:
            return as_sequences(x[None], self.sequence_shape)[0][0].T
        return x if self.image_shape is None else x.reshape(self.image_shape)

    def _fields(self, classifier: object) -> tuple[NDArray[np.floating] | None, tuple[str, ...]]:
        """Return the learned receptive fields for the task's images, and the class that each represents."""
        if self.image_shape is None or not isinstance(classifier, Receptive):
            return None, ()
        weights, labels = classifier.receptive_fields()
        names = tuple("" if label < 0 else self.classes[label] for label in labels)
        return weights.reshape(-1, *self.image_shape), names


def _recorded(classifier: object, X: NDArray[np.float64]) -> Recording | None:
    """Return the spikes and traces for one sample; traces are for display, so single precision is enough."""
    if not isinstance(classifier, Recordable):
        return None
    recording = classifier.record(X)
    traces = {
        population: {name: replace(trace, values=trace.values.astype(np.float32)) for name, trace in variables.items()}
        for population, variables in recording.traces.items()
    }
    return replace(recording, traces=traces)
