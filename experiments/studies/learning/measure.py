"""How fast does each network learn, by the number of samples that it has seen, and what changes in it?

All models see the same samples in the same order, as often as each other; at log-spaced points learning
is frozen, the accuracy on the validation split of the training data is taken, and weights and units are
looked at. The test set is never opened.

Metrics
-------
validation_accuracy   fraction of the validation samples classified correctly after `step` presentations
learning_curve_mean   mean of these over the points: the area under the curve on its logarithmic axis

Of each trained layer (condition "layer=..") after `step` presentations, see `experiments.studies.learning.drift`:
weight_mean, weight_standard_deviation, relative_weight_distance or weight_norm, weight_cosine

Of each layer but the input, over `n_measured` validation samples, the same for all models, see
`experiments.studies.learning.measure.selectivity`:
class_selectivity     mean over the units that respond
silent_share          fraction of units that respond to none of these samples

Of each trained layer of a model with an error signal, over the same `n_gradient` training samples for all
models, see `experiments.studies.learning.gradient`:
gradient_angle                degrees between the change that learning these samples once makes and the way down
                              the backpropagated gradient
gradient_angle_small_steps    the same with a learning rate 1000 times smaller
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, PositiveInt

from experiments.shared.learning_curve import checkpoints, learning_curve
from experiments.spec import Measurement, Outcome, Subject
from experiments.studies.learning import gradient
from experiments.studies.learning.drift import drift
from experiments.studies.learning.selectivity import class_selectivity
from experiments.tasks.dataset import Samples, validation_split

if TYPE_CHECKING:
    from models.classifier import Classifier, FloatArray


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them.
    max_validation: likewise for the validation samples. presentations: how many samples each model sees
    in all, rounded to whole passes; the models' own `passes` are not used, and config.toml tells the number that was.
    points_per_octave: points of the curve for each doubling of the samples seen. n_measured: validation samples over
    which selectivity is taken. n_gradient: training samples for the angle to the gradient, rounded up to whole batches
    of all models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    presentations: PositiveInt
    points_per_octave: PositiveInt
    n_measured: PositiveInt
    n_gradient: PositiveInt


PRESETS = {
    "quick": Config(
        max_train=10_000,
        max_validation=1000,
        presentations=10_000,
        points_per_octave=1,
        n_measured=100,
        n_gradient=64,
    ),
    "full": Config(
        max_train=None,
        max_validation=None,
        presentations=100_000,
        points_per_octave=2,
        n_measured=500,
        n_gradient=500,
    ),
}

SMALL_STEPS = 1e-3
"""Factor on the learning rate with which weights hardly move over `n_gradient` samples."""
UNITS = {
    "weight_mean": "weight",
    "weight_standard_deviation": "weight",
    "weight_norm": "weight",
    "relative_weight_distance": "ratio",
    "weight_cosine": "ratio",
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Train one model with one seed and watch it on the validation split."""
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    passes = max(1, round(config.presentations / len(split.train)))
    points = checkpoints(passes * len(split.train), config.points_per_octave, subject.common_batch)
    model = subject.create().set_params(passes=passes)
    n_gradient = -(-config.n_gradient // subject.common_batch) * subject.common_batch
    generator = np.random.default_rng([subject.seed, 0x96AD])
    measured = split.held_out.chosen(generator.permutation(len(split.held_out))[: config.n_measured])
    learned = split.train.chosen(generator.permutation(len(split.train))[:n_gradient])
    observer = Observer(measured, learned)
    curve = learning_curve(model, split, points, progress, observer)
    mean = float(np.mean([point.value for point in curve]))
    measurements = (*curve, Measurement("learning_curve_mean", mean, "fraction"), *observer.found)
    return Outcome(len(split.train), len(split.held_out), measurements, derived={"passes": passes})


Finding = tuple[str, str, float | None, str]
"""Layer, metric, value (None where it is not defined), unit."""


class Observer:
    """Looks at weights and units of a model at its checkpoints; what was `found` are measurements.

    measured: validation samples for selectivity. learned: training samples for the angle to the gradient.
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
                Measurement(metric, value, unit, f"layer={layer}", samples_seen)
                for layer, metric, value, unit in found
                if value is not None
            ]
        self._previous = weights

    def _drift(self, weights: dict[str, FloatArray]) -> Iterator[Finding]:
        for layer, now in weights.items():
            for metric, value in drift(self._initial[layer], self._previous[layer], now).items():
                yield layer, metric, value, UNITS[metric]

    def _selectivity(self, model: Classifier) -> Iterator[Finding]:
        for layer in model.activity(self._measured.X).layers[1:]:
            selectivity = class_selectivity(layer.responses, self._measured.y)
            yield layer.name, "class_selectivity", selectivity.index, "ratio"
            yield layer.name, "silent_share", selectivity.silent_share, "fraction"

    def _angles(self, model: Classifier) -> Iterator[Finding]:
        if not isinstance(model, gradient.Taught) or not model.error_signal:
            return
        X, y = self._learned.X, self._learned.y
        descent = gradient.descent(model, X, y)
        for metric, step in (("gradient_angle", 1.0), ("gradient_angle_small_steps", SMALL_STEPS)):
            for layer, change in model.weight_change(X, y, step).items():
                yield layer, metric, gradient.angle(change, descent[layer]), "degree"
