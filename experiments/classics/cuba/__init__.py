"""Does a sparse network of neurons with synaptic currents keep up irregular activity by itself?

Four fifths of 4000 neurons are excitatory; each pair of neurons is connected with probability 0.02, without delay. A
spike makes the current of a synapse jump, which decays with 5 ms (excitatory) or 10 ms (inhibitory). Currents are given
as the potential that they would reach: 1.62 mV and -9 mV a spike. Neurons have a time constant of 20 ms, a threshold of
-50 mV, a reset of -60 mV, a refractory period of 5 ms, and rest at -49 mV, above the threshold: each would fire by
itself, and inhibition makes the activity sparse and irregular. Potentials start between reset and threshold, without
preference, and currents at 0, as in R. Brette's script for the review.

The first 500 ms are not measured. Synchrony is the variance of the number of spikes of all neurons in bins of 5 ms,
divided by their mean: 1 for independent Poisson processes.

Deviations: the refractory period of `bnsim` includes the step of the spike itself; the model's is therefore one step
longer than the 5 ms during which a neuron rests. Neurons may be connected to themselves.

References
----------
T. Vogels and L. Abbott, Journal of Neuroscience 25, 10786-10795 (2005). R. Brette et al., Journal of Computational
Neuroscience 23, 349-398 (2007), benchmark 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    steps
        Time steps, in ms; figures of the activity are those of the first one.
    duration
        Length of the simulation after the first 500 ms, in s.
    """

    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    duration: PositiveFloat = Field(ge=0.5)


def metrics(facts: Mapping[str, type[str] | type[float]]) -> tuple[Metric, ...]:
    """Return the metrics of the activity of a network of 4000 neurons.

    Parameters
    ----------
    facts
        Names and types of the facts that distinguish simulations of the network.

    Returns
    -------
    tuple of Metric
        Numbers of the activity, then what a figure shows of it.
    """
    shown = "of the first seed in the last 400 ms, with the first time step"
    return (
        Metric("rate", "Hz", "Firing rate", "Mean firing rate of all neurons.", facts=facts),
        Metric(
            "variation",
            "",
            "Coefficient of variation",
            "Mean over neurons of the coefficient of variation of interspike intervals, in a simulation of so many "
            "seconds: neurons that fire rarely have few intervals, and a low coefficient, in a short one.",
            facts={**facts, "duration": float},
            bounds=(0.0, None),
        ),
        Metric(
            "synchrony",
            "",
            "Synchrony",
            "Variance of the number of spikes of all neurons in bins of 5 ms, divided by their mean.",
            facts=facts,
            bounds=(0.0, None),
        ),
        Metric(
            "change",
            "Hz",
            "Change of the rate",
            "Firing rate less that of the same network with the first time step.",
            facts=facts,
            bounds=(None, None),
        ),
        Metric(
            "share",
            "fraction",
            "Neurons by their rate",
            "Share of the neurons whose firing rate lies in bins of 2 Hz, with the first time step.",
            step="Rate (2 Hz)",
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some neurons",
            f"Spikes of 80 excitatory neurons and, after them, 20 inhibitory ones {shown}.",
            facts={"neuron": int},
            step="Time (time steps)",
            summarised=False,
        ),
        Metric(
            "potential",
            "mV",
            "Membrane potential",
            f"Membrane potential of an excitatory neuron {shown}.",
            step="Time (time steps)",
            summarised=False,
        ),
    )


_WITNESS = "NEST 3.10, measured for this project"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Irregular activity with synaptic currents",
    order=60,
    source="Vogels & Abbott 2005, Brette et al. 2007",
    subjects={"current-network": "BNS"},
    metrics=metrics({"dt": float}),
    presets={
        "quick": Config(steps=(0.1, 0.5, 0.2), duration=5.0),
        "full": Config(steps=(0.1, 0.5, 0.2, 0.05, 0.02), duration=20.0),
        "tiny": Config(steps=(0.1,), duration=0.5),
    },
    yardsticks=(
        Yardstick(
            "rate in NEST",
            "rate",
            5.64,
            0.3,
            "rates of networks have a standard deviation of 0.2 Hz; five networks in NEST, with a delay of one step",
            _WITNESS,
            "confirmed",
            {"dt": 0.1},
        ),
        Yardstick(
            "variation in NEST",
            "variation",
            0.685,
            0.03,
            "other networks than the five in NEST, and there a delay of one step",
            _WITNESS,
            "confirmed",
            {"dt": 0.1, "duration": 5.0},
        ),
    ),
)
