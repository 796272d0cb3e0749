"""Does the smallest change of an input die out, or grow from layer to layer and in time?

The networks are those of `depth-activity`. In spiking networks, after the first third of a trial, one spike of one
input unit is removed or moved by 1 ms; everything else, random numbers included, stays the same. In artificial networks
(tanh), one input is changed by a millionth, of inputs as large as the size at which activity settles. The difference is
then followed through the layers and, in the spiking network, also through time, which an artificial network does not
have.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    width
        Number of units of a layer.
    depth
        Number of layers after the input.
    scales
        Scales of the weights of the artificial networks.
    spiking_scales
        Scales of the weights of the spiking networks.
    samples
        Number of inputs, each with a change of its own.
    duration
        Duration of a trial, in ms; the change comes after its first third.
    """

    width: PositiveInt
    depth: PositiveInt = Field(ge=3)
    scales: tuple[PositiveFloat, ...]
    spiking_scales: tuple[PositiveFloat, ...]
    samples: PositiveInt
    duration: PositiveFloat


_FACTS: Mapping[str, type[str] | type[float]] = {"scale": float, "change": str}

STUDY = Study(
    __name__,
    __doc__,
    title="The smallest change",
    order=190,
    brief=False,
    subjects={"lif": "BNS", "tanh": "ANN"},
    metrics=(
        Metric(
            "difference",
            {"BNS": "count", "ANN": ""},
            "Difference",
            "Difference in a layer, at a scale of the weights and for one kind of change; layer 0 is the input. In "
            "spiking networks: number of spikes that only one of the two trials has, by unit and time step of 0.5 ms. "
            "In artificial networks: root mean square of the difference, divided by that at the input.",
            facts=_FACTS,
            step="Layer",
        ),
        Metric(
            "survival",
            "fraction",
            "Trials with a difference",
            "Share of the trials of a spiking network in which anything differs in a layer.",
            facts=_FACTS,
            step="Layer",
        ),
        Metric(
            "spreading",
            "count",
            "Difference in time",
            "Number of spikes per trial and ms that differ in the last layer of a spiking network, by time since the "
            "change.",
            facts=_FACTS,
            step="Time since the change (ms)",
        ),
        Metric(
            "growth",
            "",
            "Growth of a difference",
            "Factor by which the difference grows from one layer to the next, on average from the first to the third "
            "layer. Later it saturates, since no more spikes can differ than there are.",
            facts=_FACTS,
        ),
        Metric(
            "growth_theory",
            "",
            "Growth of a difference in theory",
            "The square root of chi (see `correlation-map`): the growth in infinitely wide artificial networks.",
            facts=_FACTS,
        ),
    ),
    presets={
        "quick": Config(
            width=200, depth=10, scales=(0.8, 1.0, 1.5, 2.5), spiking_scales=(2.0, 2.5, 4.0), samples=10, duration=150
        ),
        "full": Config(
            width=500,
            depth=20,
            scales=(0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 4.0),
            spiking_scales=(2.0, 2.25, 2.5, 2.8, 3.2, 4.0),
            samples=50,
            duration=300,
        ),
        # The compiled network of `depth-activity`.
        "tiny": Config(width=100, depth=4, scales=(0.8, 2.5), spiking_scales=(0.5, 4.0), samples=3, duration=200),
    },
)
