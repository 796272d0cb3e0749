"""What becomes of the likeness of two inputs on their way through the layers of a random network?

Two inputs have a correlation c; the responses to them have a different correlation in each layer. If it grows to 1,
different inputs become indistinguishable (the ordered regime). If it falls even for very similar inputs, small
differences are amplified (the chaotic regime). The critical scale of the weights lies between the two. The networks are
those of `depth-activity`.

In artificial networks the inputs are Gaussian and c is their cosine; the cosine is also what is measured of the
activations, as in mean-field theory. In spiking networks the inputs are patterns of Poisson rates, 20 Hz (1 + x / 2)
cut off at 0, where x is Gaussian with correlation c; what is measured is Pearson's correlation of spike counts, which
is undefined where a layer has fallen silent. A spike count is a step function of its input, so it has no slope at
c = 1; the correlation for inputs that are nearly alike takes its place. Poisson spikes also add noise. With common keys
both inputs get the same random numbers, so that equal rates give equal spikes; with independent keys each input gets
its own, as in a real measurement.

References
----------
B. Poole et al., Advances in Neural Information Processing Systems 29 (2016).
S. Schoenholz et al., International Conference on Learning Representations (2017).
"""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options, Study

KEYS = ("common", "independent")
"""Whether both inputs of a spiking network get the same random numbers."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    width
        Number of units of a layer of the artificial networks.
    depth
        Number of layers after the input, of both kinds of network.
    networks
        Number of artificial networks drawn for each seed.
    scales
        Scales of the weights of the artificial networks (tanh).
    spiking_scales
        Scales of the weights of the spiking networks.
    inputs
        Correlations of the inputs.
    spiking_width
        Number of units of a layer of the spiking networks.
    spiking_networks
        Number of spiking networks drawn for each seed.
    duration
        Duration of a trial, in ms.
    """

    width: PositiveInt
    depth: PositiveInt
    networks: PositiveInt
    scales: tuple[PositiveFloat, ...]
    spiking_scales: tuple[PositiveFloat, ...]
    inputs: tuple[float, ...] = Field(min_length=1)
    spiking_width: PositiveInt
    spiking_networks: PositiveInt
    duration: PositiveFloat


STUDY = Study(
    __name__,
    __doc__,
    title="Two inputs",
    order=180,
    brief=False,
    subjects={"lif": "BNS", "tanh": "ANN"},
    metrics=(
        Metric(
            "correlation",
            "",
            "Correlation of the responses",
            "Correlation of the responses of a layer to two inputs, averaged over networks (and over ten pairs of "
            "inputs to each artificial network), at a scale of the weights and a correlation of the inputs; in spiking "
            "networks with common or independent keys. Layer 0 is the inputs.",
            facts={"scale": float, "input": float, "keys": str},
            step="Layer",
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "theory",
            "",
            "Correlation in theory",
            "The same correlation in infinitely wide artificial networks.",
            facts={"scale": float, "input": float},
            step="Layer",
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "theory_error",
            "",
            "Largest deviation from theory",
            "Largest difference between the two, over all scales, inputs and layers of artificial networks.",
            better="less",
        ),
        Metric(
            "slope",
            "",
            "Growth of a small squared difference",
            "Factor by which the squared distance of two nearly equal activations grows in a layer of an artificial "
            "network, at the size at which activations settle: the empirical chi, below 1 in the ordered and above 1 "
            "in the chaotic regime. Where activations do not die out, it is the slope of the correlation at c = 1; "
            "where they do, c stays as it is.",
            facts={"scale": float},
        ),
        Metric(
            "slope_theory",
            "",
            "Growth of a small squared difference in theory",
            "chi = scale² E[f'(scale sqrt(q) z)²].",
            facts={"scale": float},
        ),
        Metric(
            "fixed_point",
            "",
            "Correlation after the last layer",
            "Correlation after the last layer, for the inputs with the lowest c.",
            facts={"scale": float, "keys": str},
            bounds=(-1.0, 1.0),
        ),
    ),
    presets={
        "quick": Config(
            width=300,
            depth=10,
            networks=5,
            scales=(0.8, 1.0, 1.5, 2.5),
            spiking_scales=(2.0, 2.5, 4.0),
            inputs=(0.5, 0.9, 0.99),
            spiking_width=200,
            spiking_networks=2,
            duration=200,
        ),
        "full": Config(
            width=1000,
            depth=10,
            networks=20,
            scales=(0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 4.0),
            spiking_scales=(2.0, 2.25, 2.5, 2.8, 3.2, 4.0),
            inputs=(0.5, 0.9, 0.99),
            spiking_width=500,
            spiking_networks=10,
            duration=500,
        ),
        # The compiled network of `depth-activity`.
        "tiny": Config(
            width=200,
            depth=4,
            networks=1,
            scales=(1.0, 2.5),
            spiking_scales=(0.5, 4.0),
            inputs=(0.5, 0.9, 0.99),
            spiking_width=100,
            spiking_networks=1,
            duration=200,
        ),
    },
)
