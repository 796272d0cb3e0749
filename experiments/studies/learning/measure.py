"""Train each model and examine it at checkpoints during training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.shared.learning_curve import checkpoints, learning_curve
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.learning import STUDY, Config, gradient
from experiments.studies.learning.drift import drift
from experiments.studies.learning.selectivity import class_selectivity
from experiments.tasks.dataset import Samples, validation_split
from models.capabilities import Taught

if TYPE_CHECKING:
    from bnsim.arrays import FloatArray
    from models.classifier import Classifier

SMALL_STEPS = 1e-3
"""Factor on the learning rate with which the weights hardly change over `n_gradient` samples."""


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Train one model with one seed and examine it on the validation split.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The model, with its data and its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    passes = max(1, round(config.presentations / len(split.train)))
    points = checkpoints(passes * len(split.train), config.points_per_octave, subject.common_batch)
    model = subject.create().set_params(passes=passes)
    n_gradient = -(-config.n_gradient // subject.common_batch) * subject.common_batch
    generator = np.random.default_rng([subject.seed, 0x96AD])
    measured = split.held_out.chosen(generator.permutation(len(split.held_out))[: config.n_measured])
    learned = split.train.chosen(generator.permutation(len(split.train))[:n_gradient])
    observer = Observer(measured, learned)
    curve = learning_curve(
        STUDY["validation_accuracy"], model, split, points, progress, observer, subject.training("curve")
    )
    mean = STUDY["learning_curve_mean"](np.mean([point.value for point in curve]))
    measurements = (*curve, mean, *observer.found)
    return Outcome(len(split.train), len(split.held_out), measurements, derived={"passes": passes})


Finding = tuple[str, str, float | None]
"""Layer, metric, value (None if undefined)."""


class Observer:
    """Examines the weights and units of a model at its checkpoints.

    The measurements are collected in `found`; `notes` writes them down, so that an interrupted training can go on.

    Parameters
    ----------
    measured
        Validation samples for the selectivity.
    learned
        Training samples for the angle to the gradient.
    """

    def __init__(self, measured: Samples, learned: Samples) -> None:
        self.found: list[Measurement] = []
        self._measured = measured
        self._learned = learned
        self._initial: dict[str, FloatArray] = {}
        self._previous: dict[str, FloatArray] = {}

    def __call__(self, model: Classifier, samples_seen: int) -> None:
        weights = model.weights()
        if samples_seen == 0:
            self._initial = weights
        else:
            found = (*self._drift(weights), *self._selectivity(model), *self._angles(model))
            self.found += [
                STUDY[metric](value, samples_seen, layer=layer) for layer, metric, value in found if value is not None
            ]
        self._previous = weights

    def notes(self) -> dict[str, NDArray[Any]]:
        """Return what was found, and the weights that later drifts are measured from.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        rows = [(row.metric, str(row.facts["layer"])) for row in self.found]
        return {
            "names": np.array(rows, dtype=str).reshape(-1, 2),
            "values": np.array([row.value for row in self.found], np.float64),
            "steps": np.array([row.step for row in self.found], np.int64),
            **{f"initial/{layer}": weights for layer, weights in self._initial.items()},
            **{f"previous/{layer}": weights for layer, weights in self._previous.items()},
        }

    def take_notes(self, notes: Mapping[str, NDArray[Any]]) -> None:
        """Become what the notes were written by.

        Parameters
        ----------
        notes
            What `notes` has returned.
        """
        rows = zip(notes["names"].tolist(), notes["values"].tolist(), notes["steps"].tolist(), strict=True)
        self.found = [STUDY[metric](value, step, layer=layer) for (metric, layer), value, step in rows]
        self._initial, self._previous = (
            {name.removeprefix(prefix): array for name, array in notes.items() if name.startswith(prefix)}
            for prefix in ("initial/", "previous/")
        )

    def _drift(self, weights: dict[str, FloatArray]) -> Iterator[Finding]:
        for layer, now in weights.items():
            for metric, value in drift(self._initial[layer], self._previous[layer], now).items():
                yield layer, metric, value

    def _selectivity(self, model: Classifier) -> Iterator[Finding]:
        for layer in model.activity(self._measured.X).layers[1:]:
            selectivity = class_selectivity(layer.responses, self._measured.y)
            yield layer.name, "class_selectivity", selectivity.index
            yield layer.name, "silent_share", selectivity.silent_share

    def _angles(self, model: Classifier) -> Iterator[Finding]:
        if not isinstance(model, Taught) or not model.error_signal:
            return
        X, y = self._learned.X, self._learned.y
        descent = gradient.descent(model, X, y)
        for metric, step in (("gradient_angle", 1.0), ("gradient_angle_small_steps", SMALL_STEPS)):
            for layer, change in model.weight_change(X, y, step).items():
                yield layer, metric, gradient.angle(change, descent[layer])
