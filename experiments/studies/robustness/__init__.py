"""How much does each network still know when its input, its weights or its spikes are disturbed?

Each network is trained on the whole undisturbed training set and then classifies the same test samples repeatedly, each
time with one disturbance. Nothing is retrained. Severities are comparable: they have the same units for all networks
and refer to quantities that both kinds have.

gaussian_noise     normal noise on every feature; its standard deviation over the range of values
salt_and_pepper    share of the features that are set to the smallest or the largest value
occlusion          images only: side of a hidden patch over that of the image
contrast           share of its distance from the mean by which every feature is moved there
weight_noise       normal noise on every trained weight; its standard deviation over that of the weights of the layer
deleted_synapses   share of the weights of each trained layer that are set to 0
deleted_neurons    share of the units of each hidden layer whose trained outgoing weights are set to 0; of cells whose
                   outgoing weights are not trained, those into them, so that they stay silent

Range and mean are those of the training samples (over all pixels of images, of each channel of sequences, else of each
feature). The end of a sequence is not disturbed, nor what follows it. Random numbers come
from seed, disturbance, severity and sample, never from the model: every network gets the same disturbed samples, and
twins with the same topology lose the same synapses and neurons. A network whose weights cannot be replaced layer by
layer, or whose units share weights, skips the disturbances that it does not support.

Three more disturb the responses of the last hidden layer. They have no common unit and are therefore not part of
`robustness_mean`; `response_change` gives the size of each.

spike_jitter       BNS: standard deviation of the normal time by which every spike is moved, in ms; none is lost
spike_loss         BNS: probability that a spike is lost
activation_noise   ANN: normal noise on every activation; its standard deviation over that of the layer's activations to
                   training samples. Activations that are never negative are cut at 0

The output neurons are simulated alone, with the disturbed spikes in place of those of the hidden layer. Networks whose
output cannot be simulated alone are left out.

References
----------
A network like `diehl-cook` is reported to keep 82.5 % of MNIST correct with half of its synapses deleted, and 66.8 %
with 90 % of its neurons deleted, of 93.4 %. Hendrycks & Dietterich (2019), ICLR: mean accuracy over disturbances and
severities.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options, Study

INPUTS = ("gaussian_noise", "salt_and_pepper", "occlusion", "contrast")
"""Disturbances of the input, as in `experiments.shared.disturbances`."""
LESIONS = ("weight_noise", "deleted_synapses", "deleted_neurons")
"""Disturbances of the weights."""
COMMON = (*INPUTS, *LESIONS)
"""What both kinds take."""
RESPONSES = ("spike_jitter", "spike_loss", "activation_noise")
"""Disturbances of the last hidden layer's responses."""

Severities = Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
Shares = Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1)]


class Config(Options):
    """Options of the study. All but the first two are the severities of one disturbance.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples that are disturbed.
    gaussian_noise
        Standard deviations of the noise, over the range of values.
    salt_and_pepper
        Shares of the features.
    occlusion
        Sides of the hidden patch, over the side of the image.
    contrast
        Shares of the distance from the mean.
    weight_noise
        Standard deviations of the noise, over that of a layer's weights.
    deleted_synapses
        Shares of the weights of each layer.
    deleted_neurons
        Shares of the units of each hidden layer.
    spike_jitter
        Standard deviations of the time by which a spike is moved, in ms.
    spike_loss
        Probabilities that a spike is lost.
    activation_noise
        Standard deviations of the noise, over that of a layer's activations.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    gaussian_noise: Severities
    salt_and_pepper: Shares
    occlusion: Shares
    contrast: Shares
    weight_noise: Severities
    deleted_synapses: Shares
    deleted_neurons: Shares
    spike_jitter: Severities
    spike_loss: Shares
    activation_noise: Severities

    def severities(self, disturbance: str) -> tuple[float, ...]:
        """Return the severities of one disturbance, from mild to severe.

        Parameters
        ----------
        disturbance
            Name of the disturbance.

        Returns
        -------
        tuple of float
            Severities, in the unit of the disturbance.
        """
        return tuple(sorted(getattr(self, disturbance)))


_QUICK = Config(
    max_train=10_000,
    n_measured=200,
    gaussian_noise=(0.15, 0.3, 0.6),
    salt_and_pepper=(0.1, 0.2, 0.4),
    occlusion=(0.25, 0.5, 0.75),
    contrast=(0.3, 0.6, 0.9),
    weight_noise=(0.5, 1.0, 2.0),
    deleted_synapses=(0.25, 0.5, 0.9),
    deleted_neurons=(0.25, 0.5, 0.9),
    spike_jitter=(2.0, 5.0, 20.0),
    spike_loss=(0.25, 0.5, 0.9),
    activation_noise=(0.5, 1.0, 2.0),
)

STUDY = Study(
    __name__,
    __doc__,
    title="Robustness",
    order=110,
    opens_test_set=True,
    metrics=(
        Metric(
            "clean_accuracy",
            "fraction",
            "Accuracy without disturbance",
            "Fraction of the first `n_measured` test samples classified correctly without any disturbance.",
            better="more",
        ),
        Metric(
            "accuracy",
            "fraction",
            "Accuracy with a disturbance",
            "Fraction of these samples classified correctly with a disturbance of some severity.",
            better="more",
            facts={"disturbance": str, "severity": float},
        ),
        Metric(
            "response_change",
            "ratio",
            "Change of the responses",
            "Root mean square change of the responses of the last hidden layer, spike counts or activations, over "
            "their standard deviation; not of responses that do not vary.",
            facts={"disturbance": str, "severity": float},
            bounds=(0, None),
        ),
        *(
            Metric(
                f"{name}_mean",
                "fraction",
                f"Mean accuracy over severities: {name.replace('_', ' ')}",
                "Mean accuracy over the severities of this disturbance: the area under its curve.",
                better="more",
            )
            for name in (*COMMON, *RESPONSES)
        ),
        Metric(
            "robustness_mean",
            "fraction",
            "Mean accuracy over disturbances of input and weights",
            "Mean of the mean accuracies over the disturbances of input and weights, which both kinds take.",
            better="more",
            primary=True,
        ),
    ),
    presets={
        "quick": _QUICK,
        "full": Config(
            max_train=None,
            n_measured=1000,
            gaussian_noise=(0.1, 0.2, 0.3, 0.4, 0.6, 0.8),
            salt_and_pepper=(0.05, 0.1, 0.2, 0.3, 0.4, 0.6),
            occlusion=(0.125, 0.25, 0.375, 0.5, 0.625, 0.75),
            contrast=(0.15, 0.3, 0.45, 0.6, 0.75, 0.9),
            weight_noise=(0.25, 0.5, 1.0, 1.5, 2.0, 4.0),
            deleted_synapses=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
            deleted_neurons=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
            spike_jitter=(1.0, 2.0, 5.0, 10.0, 20.0, 40.0),
            spike_loss=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
            activation_noise=(0.25, 0.5, 1.0, 1.5, 2.0, 4.0),
        ),
        "tiny": _QUICK.model_copy(update={"max_train": 600, "n_measured": 50}),
    },
)
