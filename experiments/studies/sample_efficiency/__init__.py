"""How well does each network classify after training on few samples of each class?

Each model is trained from the start on 1, 3, 10, 30, 100, ... labelled samples of each class, up to the size of the
smallest class, and its accuracy on the validation split of the training data is measured. The test set is never opened:
a learning curve is not a final measurement. The seed draws the samples, the same for all models; each set contains the
smaller ones. The samples are scaled like the whole training part: only labels are scarce here, not samples.

A model makes the number of passes in its settings, but at least as many as it takes to present `min_presentations`
samples; otherwise few samples would also mean few updates. The rule is the same for all models. config.toml holds the
resulting number of passes for each set.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_per_class
        Size of the largest set in samples of each class; None for as many as there are.
    max_validation
        Largest number of validation samples (a stratified subset); None for all samples.
    min_presentations
        Number of samples, with repetition, that each training shows at least.
    """

    max_per_class: PositiveInt | None
    max_validation: PositiveInt | None
    min_presentations: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Sample efficiency",
    order=30,
    brief=False,
    metrics=(
        Metric(
            "validation_accuracy",
            "fraction",
            "Validation accuracy",
            "Fraction of the validation samples classified correctly after training on so many samples of each class.",
            better="more",
            step="Training samples of each class",
        ),
        Metric(
            "sample_efficiency_mean",
            "fraction",
            "Mean validation accuracy over training sets from one sample of each class on",
            "Mean of the validation accuracy over the sets: the area under the curve on its logarithmic axis.",
            better="more",
            primary=True,
        ),
    ),
    presets={
        "quick": Config(max_per_class=30, max_validation=1000, min_presentations=1000),
        "full": Config(max_per_class=None, max_validation=None, min_presentations=10_000),
        "tiny": Config(max_per_class=3, max_validation=100, min_presentations=60),
    },
)
