"""The example images of a run: one classified correctly and one wrongly, as every model sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bnsim.recording import Recording
from experiments.results import Example
from experiments.runner import Progress
from experiments.studies.job import Predictions
from experiments.tasks.dataset import Dataset, Samples


@runtime_checkable
class Recordable(Protocol):
    """A spiking classifier that hands out the spike times behind its decision."""

    def record(self, X: NDArray[np.float64]) -> Recording: ...


@runtime_checkable
class Receptive(Protocol):
    """A classifier whose cells learned receptive fields: weights (unit, feature), class index of each (-1: none)."""

    def receptive_fields(self) -> tuple[NDArray[np.floating], NDArray[np.int64]]: ...


@dataclass(frozen=True)
class Shown:
    """One test sample: x (features,) as presented, and its class."""

    case: str
    index: int
    x: NDArray[np.float64]
    label: int


def choose(predictions: Predictions, test: Samples) -> tuple[Shown, ...]:
    """The first test sample that was classified correctly, and the first that was not, if there is one."""
    right = predictions.predicted == predictions.true
    cases = {"correct": np.flatnonzero(right), "wrong": np.flatnonzero(~right)}
    return tuple(
        Shown(case, int(found[0]), test.X[found[0]], int(test.y[found[0]]))
        for case, found in cases.items()
        if len(found)
    )


@dataclass(frozen=True)
class ExampleJob:
    """Present chosen test samples to a model that was fitted and kept by the `accuracy` study.

    classes, image_shape: of the task (its samples do not travel to the worker again).
    """

    model: str
    fitted: Path
    shown: tuple[Shown, ...]
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None

    @classmethod
    def of(cls, model: str, fitted: Path, shown: tuple[Shown, ...], dataset: Dataset) -> ExampleJob:
        return cls(model, fitted, shown, dataset.classes, dataset.image_shape)

    @property
    def name(self) -> str:
        return f"example recordings of {self.model}"

    def __call__(self, progress: Progress) -> list[Example]:
        from models import registry

        classifier = registry.entry(self.model).load().load(self.fitted)
        examples = []
        for shown in self.shown:
            X = shown.x[np.newaxis]
            recording = classifier.record(X) if isinstance(classifier, Recordable) else None
            layers = classifier.activity(X).layers
            if recording is not None:  # an answer that no population gives is kept beside its spikes
                layers = tuple(layer for layer in layers[-1:] if layer.name not in recording.counts)
            fields, classes = self._fields(classifier)
            examples.append(
                Example(
                    model=self.model,
                    case=shown.case,
                    index=shown.index,
                    image=shown.x if self.image_shape is None else shown.x.reshape(self.image_shape),
                    true_class=self.classes[shown.label],
                    predicted_class=self.classes[int(classifier.predict(X)[0])],
                    recording=recording,
                    activations={layer.name: layer.responses[0] for layer in layers},
                    fields=fields,
                    field_classes=classes,
                )
            )
        return examples

    def _fields(self, classifier: object) -> tuple[NDArray[np.floating] | None, tuple[str, ...]]:
        """Learned receptive fields of a task's images, and the class that each stands for."""
        if self.image_shape is None or not isinstance(classifier, Receptive):
            return None, ()
        weights, labels = classifier.receptive_fields()
        names = tuple("" if label < 0 else self.classes[label] for label in labels)
        return weights.reshape(-1, *self.image_shape), names
