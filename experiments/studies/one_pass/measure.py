"""How much does each network learn from seeing every sample once, one at a time?

Online learning as an animal must do it: every model makes one pass, in the same order, and learns after each sample,
artificial networks with batches of one. At log-spaced points learning is frozen and the accuracy on the validation
split of the training data is taken. The test set is never opened.

Learning rates that suit batches and many passes need not suit this, so some models have learning rates of their own
here (`SETTINGS`, told by config.toml), each the best of equally many tried on
validation splits; none falls along the way, since an online learner cannot know the end.

Metrics
-------
validation_accuracy   fraction of the validation samples classified correctly after `step` samples
one_pass_accuracy     the same after the last one
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, PositiveInt

from experiments.shared.learning_curve import checkpoints, learning_curve
from experiments.spec import Measurement, Outcome, Subject
from experiments.tasks.dataset import validation_split


class Config(BaseModel):
    """max_train: show a stratified subset of at most so many samples, None for all of them. max_validation: likewise
    for the validation samples. points_per_octave: points of the curve for each doubling of the samples seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    points_per_octave: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, max_validation=1000, points_per_octave=1),
    "full": Config(max_train=None, max_validation=None, points_per_octave=2),
}

SETTINGS = {
    "small images": {
        "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
        "receptive-dense": {"learning_rate": 3e-4},
        "dense": {"learning_rate": 3e-4},
    },
    "large images": {
        "receptive-field": {"learning_rate": 1e-4, "final_rate": 1.0},
        "receptive-dense": {"learning_rate": 1e-4},
        "dense": {"learning_rate": 3e-4},
    },
    "features": {
        "receptive-field": {"learning_rate": 2e-4, "final_rate": 1.0},
        "receptive-dense": {"learning_rate": 3e-3},
        "dense": {"learning_rate": 1e-3},
    },
}
TUNING = {kind: dict.fromkeys(settings, 6) for kind, settings in SETTINGS.items()}
"""By kind of task, as in `run.configuration`: each learning rate had the best `one_pass_accuracy` of six."""


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Show one model with one seed every sample once and watch it on the validation split."""
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    model = subject.create().set_params(passes=1)
    if "batch_size" in model.get_params():
        model.set_params(batch_size=1)
    points = checkpoints(len(split.train), config.points_per_octave, batch=1)
    curve = learning_curve(model, split, points, progress)
    final = Measurement("one_pass_accuracy", curve[-1].value, "fraction")
    return Outcome(len(split.train), len(split.held_out), (*curve, final))
