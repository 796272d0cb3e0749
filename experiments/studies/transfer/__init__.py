"""Where does one unit begin to respond to its input, how steeply, and what does noise change?

Units of both kinds receive constant inputs over the same range. The input of a LIF neuron is given in units of its
rheobase (the distance from rest to threshold, divided by the membrane resistance), so that it begins to fire at 1. The
input of an artificial unit is the argument of its activation function. The noisy LIF neuron also receives excitatory
and inhibitory Poisson spikes, which cancel on average and make its membrane potential fluctuate as white noise would.
There is no task and no training. A firing rate and an activation have no common unit, so gain and threshold refer to
the range of each unit's own response.

The neuron is the textbook LIF neuron: membrane time constant 10 ms, threshold 15 mV above rest, reset to rest,
refractory period 2 ms. The time step is 0.1 ms.
"""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    points
        Number of inputs over the range from -limit to limit.
    limit
        Largest input: in rheobases for a neuron, the argument of the activation function for an artificial unit.
    noise
        Standard deviation of the noisy neuron's membrane potential without a threshold, in mV.
    seconds
        Simulated time at each input, in s; for the noisy neuron it is divided into trials of half a second.
    """

    points: PositiveInt = Field(ge=5)
    limit: PositiveFloat
    noise: PositiveFloat
    seconds: PositiveFloat


STUDY = Study(
    __name__,
    __doc__,
    title="One unit",
    order=160,
    subjects={"lif": "BNS", "noisy-lif": "BNS", "sigmoid": "ANN", "tanh": "ANN", "relu": "ANN"},
    metrics=(
        Metric(
            "response",
            {"BNS": "Hz", "ANN": "activation"},
            "Response",
            "Firing rate or activation at an input.",
            facts={"input": float},
        ),
        Metric(
            "theory",
            "Hz",
            "Response in theory",
            "Firing rate at an input, at eight times as many inputs, for a smooth line: the analytic rate of the LIF "
            "neuron, and Siegert's rate of the noisy one, which is exact for white noise as the time step goes to 0.",
            facts={"input": float},
        ),
        Metric(
            "theory_error",
            "%",
            "Largest deviation from theory",
            "Largest difference between the measured and the theoretical rate over the inputs, in per cent of the "
            "largest theoretical rate.",
            better="less",
        ),
        Metric(
            "gain",
            "",
            "Gain",
            "Share of the response's range by which the response rises per unit of input, between 20 % and 80 % of the "
            "range.",
        ),
        Metric("threshold", "", "Threshold", "Input at which the response has risen by 5 % of its range."),
    ),
    presets={
        "quick": Config(points=31, limit=3.0, noise=3.0, seconds=2.0),
        "full": Config(points=61, limit=3.0, noise=3.0, seconds=20.0),
        "tiny": Config(points=7, limit=3.0, noise=3.0, seconds=1.0),
    },
)
