"""How fast does each network learn, by the number of samples that it has seen, and what changes in it?

All models see the same samples in the same order and equally often. At points that are evenly spaced on a logarithmic
axis, learning is frozen, the accuracy on the validation split of the training data is measured, and the weights and
the units of each layer are examined. The test set is never opened.

The movement of the weights is measured in trained layers (see `experiments.studies.learning.drift`). The selectivity of
units is measured in all layers but the input, over `n_measured` validation samples that are the same for all models
(see `experiments.studies.learning.selectivity`). In trained layers of models with an error signal, what learning
changes is compared with backpropagation, over `n_gradient` training samples that are the same for all models (see
`experiments.studies.learning.gradient`).
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study

SEEN = "Training samples seen"


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    max_validation
        Largest number of validation samples (a stratified subset); None for all samples.
    presentations
        How many samples each model sees in all, rounded to whole passes. The models' own `passes` are not used;
        config.toml holds the number of passes that resulted.
    points_per_octave
        Points of the curve for each doubling of the samples seen.
    n_measured
        Number of validation samples over which selectivity is measured.
    n_gradient
        Number of training samples for the angle to the gradient, rounded up to whole batches of all models.
    """

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    presentations: PositiveInt
    points_per_octave: PositiveInt
    n_measured: PositiveInt
    n_gradient: PositiveInt


def _of_layers(
    name: str, unit: str, label: str, definition: str, bounds: tuple[float | None, float | None] | None = None
) -> Metric:
    return Metric(name, unit, label, definition, facts={"layer": str}, step=SEEN, bounds=bounds)


STUDY = Study(
    __name__,
    __doc__,
    title="Learning",
    order=20,
    fixes={"passes": "learning shows every model equally many samples; use learning.presentations"},
    metrics=(
        Metric(
            "validation_accuracy",
            "fraction",
            "Validation accuracy",
            "Fraction of the validation samples classified correctly after so many presentations.",
            better="more",
            step=SEEN,
        ),
        Metric(
            "learning_curve_mean",
            "fraction",
            "Mean validation accuracy along the learning curve",
            "Mean of the validation accuracy over the points: the area under the curve on its logarithmic axis.",
            better="more",
            primary=True,
        ),
        _of_layers(
            "weight_mean",
            "weight",
            "Mean of the weights",
            "Mean of the weights of a trained layer, in the model's own unit of weight.",
        ),
        _of_layers(
            "weight_standard_deviation",
            "weight",
            "Standard deviation of the weights",
            "Standard deviation of the weights of a trained layer, in the model's own unit of weight.",
            bounds=(0.0, None),
        ),
        _of_layers(
            "relative_weight_distance",
            "ratio",
            "Relative distance from the initial weights",
            "|W - W_0| / |W_0|, with W the weights of a trained layer and W_0 the initial ones; norms are Euclidean, "
            "over all weights of the layer. Absent where W_0 is zero.",
            bounds=(0.0, None),
        ),
        _of_layers(
            "weight_norm",
            "weight",
            "Norm of the weights",
            "Euclidean norm |W| of all weights of a trained layer, in place of the relative distance where the initial "
            "weights are all zero.",
            bounds=(0.0, None),
        ),
        _of_layers(
            "weight_cosine",
            "ratio",
            "Cosine between the weights and those of the checkpoint before",
            "Cosine of the angle between all weights of a trained layer now and at the checkpoint before. Absent where "
            "either are all zero.",
            bounds=(-1.0, 1.0),
        ),
        _of_layers(
            "class_selectivity",
            "ratio",
            "Class selectivity",
            "(best - rest) / (best + rest), with best a unit's greatest mean response to a class and rest the mean of "
            "its other mean responses; mean over the units of a layer that respond.",
            bounds=(0.0, 1.0),
        ),
        _of_layers(
            "silent_share",
            "fraction",
            "Share of silent units",
            "Fraction of the units of a layer that respond to none of the samples over which selectivity is measured.",
        ),
        _of_layers(
            "gradient_angle",
            "degree",
            "Angle to the gradient",
            "Angle between the change of a layer's weights when some training samples are learned once and the descent "
            "along the backpropagated gradient over these samples.",
            bounds=(0.0, 180.0),
        ),
        _of_layers(
            "gradient_angle_small_steps",
            "degree",
            "Angle to the gradient with small steps",
            "The angle to the gradient with a learning rate 1000 times smaller.",
            bounds=(0.0, 180.0),
        ),
    ),
    presets={
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
        "tiny": Config(
            max_train=300,
            max_validation=100,
            presentations=600,
            points_per_octave=1,
            n_measured=50,
            n_gradient=32,
        ),
    },
)
