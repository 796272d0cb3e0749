"""How much does each network learn from seeing every sample once, one at a time?

This is online learning as in animals: every model makes one pass, in the same order, and learns after each sample;
artificial networks have batches of one. At points that are evenly spaced on a logarithmic axis, learning is frozen and
the accuracy on the validation split of the training data is measured. The test set is never opened.

Learning rates that suit batches and many passes need not suit this study, so some models have separate learning rates
here (`experiments.shared.online_settings`; also in config.toml). Each is the best of an equal number of candidates on
validation splits. Learning rates do not decay, since an online learner does not know when learning ends.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.shared import online_settings
from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    max_validation
        Largest number of validation samples (a stratified subset); None for all samples.
    points_per_octave
        Points of the curve for each doubling of the samples seen.
    """

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    points_per_octave: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="One pass",
    order=40,
    brief=False,
    fixes={
        "passes": "one-pass shows every sample once; leave it out",
        "batch_size": "one-pass shows one sample at a time; leave it out",
    },
    settings=online_settings.SETTINGS,
    tried=online_settings.TRIED,
    metrics=(
        Metric(
            "validation_accuracy",
            "fraction",
            "Validation accuracy",
            "Fraction of the validation samples classified correctly after so many training samples.",
            better="more",
            step="Training samples seen, each once",
        ),
        Metric(
            "one_pass_accuracy",
            "fraction",
            "Validation accuracy after one pass",
            "Fraction of the validation samples classified correctly after the last training sample.",
            better="more",
            primary=True,
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, max_validation=1000, points_per_octave=1),
        "full": Config(max_train=None, max_validation=None, points_per_octave=2),
        "tiny": Config(max_train=300, max_validation=100, points_per_octave=1),
    },
)
