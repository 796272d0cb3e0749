"""Show each model every sample once, and measure it during training."""

from __future__ import annotations

from experiments.shared.fixed import create_with
from experiments.shared.learning_curve import checkpoints, learning_curve
from experiments.spec import Outcome, Progress, Subject
from experiments.studies.one_pass import STUDY, Config
from experiments.tasks.dataset import validation_split


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Show one model with one seed every sample once and measure it on the validation split.

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
    model = create_with(subject, {"batch_size": 1}).set_params(passes=1)
    points = checkpoints(len(split.train), config.points_per_octave, batch=1)
    curve = learning_curve(STUDY["validation_accuracy"], model, split, points, progress, keep=subject.training("curve"))
    final = STUDY["one_pass_accuracy"](curve[-1].value)
    return Outcome(len(split.train), len(split.held_out), (*curve, final))
