"""Does activity survive the way through many layers, or does it die out or saturate?

Inputs are sent through random feed-forward networks without training: Gaussian inputs through artificial networks,
Poisson spikes of different rates through spiking ones (LIF neurons, delta synapses). The scale of the weights is
varied: the weights into a layer of n units have variance scale² / n, in a spiking network in units of the threshold.
Published initialisations are points on this axis.

Initialisations
---------------
glorot, critical
    Variance 1 / n (scale 1): Glorot & Bengio 2010 with equally many units before and after the weights; critical for
    tanh without biases (Poole et al. 2016).
he
    Variance 2 / n (scale sqrt(2)), for ReLU: He et al. 2015.
micheli
    Variance 1 / (n P(u > threshold)), where u is normal with the threshold as its standard deviation (scale 2.51):
    Micheli et al. 2024.
fluctuation
    The membrane potential has mean 0, and the threshold lies xi = 1 standard deviations above it at an input rate of
    20 Hz (scale 1 / (xi sqrt(rate tau / 2))): Rossbroich et al. 2022.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import PositiveFloat, PositiveInt

from experiments.spec import Kind, Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    width
        Number of units of a layer.
    depth
        Number of layers after the input.
    scales
        Scales of the weights; those of the published initialisations are added.
    samples
        Number of inputs.
    duration
        Duration of a trial of the spiking networks, in ms.
    """

    width: PositiveInt
    depth: PositiveInt
    scales: tuple[PositiveFloat, ...]
    samples: PositiveInt
    duration: PositiveFloat


_UNIT: Mapping[Kind, str] = {"BNS": "Hz", "ANN": "activation"}

STUDY = Study(
    __name__,
    __doc__,
    title="Many layers",
    order=170,
    brief=False,
    subjects={"lif": "BNS", "tanh": "ANN", "relu": "ANN"},
    metrics=(
        Metric(
            "activity",
            _UNIT,
            "Activity",
            "Root mean square of the activations of a layer, or its mean firing rate, at a scale of the weights; layer "
            "0 is the input.",
            facts={"scale": float},
            step="Layer",
        ),
        Metric(
            "activity_spread",
            _UNIT,
            "Spread of activity",
            "Standard deviation, over the units of a layer, of their mean activity.",
            facts={"scale": float},
            step="Layer",
        ),
        Metric(
            "silent_share",
            "fraction",
            "Share of silent units",
            "Fraction of the units of a layer that respond to no input at all.",
            facts={"scale": float},
            step="Layer",
        ),
        Metric(
            "theory",
            "activation",
            "Activity in theory",
            "Root mean square of the activations that the mean-field recursion q' = scale² E[f(sqrt(q) z)²] predicts, "
            "for artificial networks.",
            facts={"scale": float},
            step="Layer",
        ),
        Metric(
            "activity_kept",
            "",
            "Activity kept",
            "Activity of the last layer divided by that of the input, at a scale of the weights or at the scale of a "
            "published initialisation.",
            facts={"scale": float, "initialisation": str},
        ),
        Metric(
            "living_scale",
            "",
            "Smallest scale that keeps activity",
            "Smallest of the scales at which the last layer keeps 1 % of the input's activity; none where it dies out "
            "at all of them.",
        ),
    ),
    presets={
        "quick": Config(width=200, depth=20, scales=(0.7, 1.0, 1.4, 2.0, 2.8, 4.0), samples=5, duration=200),
        "full": Config(
            width=500,
            depth=20,
            scales=(0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.4, 2.8, 3.4, 4.0),
            samples=20,
            duration=500,
        ),
        # Compiled once for the tests of this study, of `correlation-map` and of `perturbation`.
        "tiny": Config(width=100, depth=6, scales=(0.5, 2.0), samples=2, duration=200),
    },
)
