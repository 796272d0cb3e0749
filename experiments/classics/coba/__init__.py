"""Does a sparse network of neurons with synaptic conductances keep up irregular activity by itself?

Four fifths of 4000 neurons are excitatory; each pair of neurons is connected with probability 0.02, without delay. A
spike makes the conductance of a synapse jump, which decays with 5 ms (excitatory, 6 nS, reversal potential 0 mV) or 10
ms (inhibitory, 67 nS, -80 mV). Neurons have a capacitance of 200 pF, a leak of 10 nS with its reversal at -60 mV, a
threshold of -50 mV, a reset of -60 mV, and a refractory period of 5 ms. Nothing drives them: a network at rest stays
there, and activity, once begun, feeds itself.

It begins in two ways. A kick: a network at rest, of which 50 excitatory neurons receive Poisson spikes at 300 Hz for 50
ms over excitatory synapses, as in NEST's version of the benchmark. Drawn values, as in R. Brette's script for the
review: potentials have a mean of -65 mV and a standard deviation of 5 mV, excitatory conductances 40 and 15 nS,
inhibitory ones 200 and 120 nS. An inhibitory conductance is then negative in one neuron of twenty, for some ten
milliseconds. This is what begins the activity: from a distribution that is cut off at 0, three networks of five fall
silent at once.

The first 500 ms are not measured. Synchrony is the variance of the number of spikes of all neurons in bins of 5 ms,
divided by their mean: 1 for independent Poisson processes.

Deviations: the refractory period of `bnsim` includes the step of the spike itself; the model's is therefore one step
longer than the 5 ms during which a neuron rests. Neurons may be connected to themselves.

References
----------
T. Vogels and L. Abbott, Journal of Neuroscience 25, 10786-10795 (2005). R. Brette et al., Journal of Computational
Neuroscience 23, 349-398 (2007), benchmark 1.
"""

from __future__ import annotations

from experiments.classics.cuba import Config, metrics
from experiments.spec import Metric
from experiments.yardsticks import Classic, Yardstick

_FACTS = {"start": str, "dt": float}
_WITNESS = "NEST 3.10, measured for this project"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Irregular activity with synaptic conductances",
    order=65,
    source="Vogels & Abbott 2005, Brette et al. 2007",
    subjects={"conductance-network": "BNS"},
    metrics=(
        *metrics(_FACTS),
        Metric(
            "lasting",
            "s",
            "Duration of the activity",
            "Time of the last spike after the first 500 ms; 0 if there is none.",
            facts=_FACTS,
        ),
    ),
    presets={
        "quick": Config(steps=(0.1, 0.5, 0.2), duration=1.0),
        "full": Config(steps=(0.1, 0.5, 0.2, 0.05, 0.02), duration=10.0),
        "tiny": Config(steps=(0.1,), duration=0.5),
    },
    yardsticks=(
        Yardstick(
            "rate in NEST",
            "rate",
            19.57,
            1.5,
            "rates of networks have a standard deviation of 1 Hz; five networks in NEST, for two seconds",
            _WITNESS,
            "confirmed",
            {"start": "drawn", "dt": 0.1},
        ),
        Yardstick(
            "rate in NEST, after a kick",
            "rate",
            19.57,
            1.5,
            "the state that a kick leads to is that from drawn values; five networks in NEST, for two seconds",
            _WITNESS,
            "confirmed",
            {"start": "kick", "dt": 0.1},
        ),
    ),
)
