"""Does inhibitory plasticity make excitation and inhibition balance, so that neurons fire irregularly at a target rate?

Four neurons in five are excitatory. All receive a constant current that alone would make them fire regularly, and each
pair of neurons is connected with the same probability. Synapses of inhibitory onto excitatory neurons begin without
weight and are plastic: coincident spikes in either order strengthen them by eta, a presynaptic spike alone weakens them
by eta alpha. For independent spikes the weights rest where the excitatory neurons fire at rho_0 = alpha / (2 tau). In
the network they settle 14 to 22 % above that rate, since an inhibitory spike delays those of its targets: they coincide
with it less often than by chance. Coincidences are therefore measured, in the rule's own window exp(-|t| / tau) around
each inhibitory spike, for all connected pairs, relative to those of independent trains with the same rates. Weights
that are free to move rest where the rate times the relative coincidences is rho_0.

Neurons have a capacitance of 200 pF, a leak of 10 nS, rest and reset at -60 mV, a threshold of -50 mV and a refractory
period of 5 ms; the current is 200 pA. Conductances decay with 5 ms (excitatory, 0.3 nS a synapse) and 10 ms
(inhibitory, 3 nS onto inhibitory neurons, reversal -80 mV). The rule has tau = 20 ms and alpha = 0.25, so that rho_0 is
6.25 Hz. Synapses have no delay. These values are those of the version of the network that one of the authors wrote for
Brian (F. Zenke, 2012), but for alpha, which is 0.12 there. Its eta of 0.01 nS is larger here, so that rates settle
within the simulation. Initial potentials lie between reset and threshold, without preference.

The first second is simulated without plasticity. Rates, variation and balance are measured in that second, and in the
last quarter of the time with plasticity. The balance is that of a neuron's mean inhibitory current and its mean
excitatory one, the constant current included, both at the neuron's own potential. The preset full has the paper's
10,000 neurons and its probability of 0.02; with fewer neurons the probability is in inverse proportion, so that each
neuron has as many inputs as in the paper. The paper's patterns and their recall are left out. The refractory period of
`bnsim` includes the step of the spike itself; the model's is therefore one step longer than 5 ms.

References
----------
T. Vogels, H. Sprekeler, F. Zenke, C. Clopath and W. Gerstner, Science 334, 1569-1573 (2011).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Fact, Metric, Options
from experiments.yardsticks import Classic, Yardstick

TAU = 20.0
"""Time constant of the rule, in ms."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    neurons
        Number of neurons.
    alpha
        Depression by a presynaptic spike, relative to eta.
    eta
        Learning rate, in nS: the larger, the sooner the rates settle.
    duration
        Length of the simulation with plasticity, in s.
    steps
        Time steps, in ms. The figure shows the simulation with the first.
    """

    neurons: PositiveInt = Field(ge=1000, multiple_of=5)
    alpha: PositiveFloat
    eta: PositiveFloat
    duration: PositiveInt = Field(ge=4, multiple_of=4)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_FACTS: Mapping[str, type[str] | type[int] | type[float]] = {"plasticity": str, "alpha": float, "dt": float}
_WHEN = "before plasticity or after it, with an alpha and a time step in ms"


def _after(alpha: float, dt: float) -> Mapping[str, Fact]:
    return {"plasticity": "after", "alpha": alpha, "dt": dt}


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Balance by inhibitory plasticity",
    order=110,
    source="Vogels et al. 2011",
    subjects={"balanced-network": "BNS"},
    metrics=(
        Metric("rate", "Hz", "Firing rate", f"Mean firing rate of the excitatory neurons {_WHEN}.", facts=_FACTS),
        Metric(
            "rate_deviation",
            "Hz",
            "Standard deviation of rates",
            f"Standard deviation of the rates of excitatory neurons {_WHEN}.",
            facts=_FACTS,
        ),
        Metric(
            "variation",
            "",
            "Coefficient of variation",
            f"Mean over excitatory neurons of the coefficient of variation of interspike intervals {_WHEN}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "balance",
            "",
            "Balance of currents",
            f"Mean over 50 excitatory neurons of the mean inhibitory current over the mean excitatory one {_WHEN}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "coincidences",
            "",
            "Relative coincidences",
            "Coincidences of connected inhibitory and excitatory neurons in the window of the rule, relative to those "
            f"of independent trains with the same rates {_WHEN}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "effective_rate",
            "Hz",
            "Rate times relative coincidences",
            f"Mean firing rate of the excitatory neurons times the relative coincidences {_WHEN}.",
            facts=_FACTS,
        ),
        Metric(
            "activity",
            "Hz",
            "Rates in time",
            "Mean rate of a population in bins of 0.1 s, with the first time step.",
            facts={"population": str},
            step="Time (0.1 s)",
        ),
        Metric(
            "weights",
            "fraction",
            "Distribution of the weights",
            "Share of the plastic synapses with a weight in a bin of 0.5 nS at the end, with the first time step.",
            step="Weight (0.5 nS)",
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some neurons",
            "Spikes of 100 excitatory neurons in steps of 0.1 ms, in the last 200 ms before plasticity and of the "
            "simulation, of the first seed.",
            facts={"plasticity": str, "neuron": int},
            step="Time (0.1 ms)",
            summarised=False,
        ),
        Metric(
            "current",
            "nA",
            "Currents of a neuron",
            "Currents of the first excitatory neuron every millisecond of these 200 ms, of the first seed; the "
            "constant current belongs to the excitatory one.",
            facts={"plasticity": str, "kind": str},
            step="Time (ms)",
            bounds=(None, None),
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(neurons=2000, alpha=0.25, eta=0.1, duration=16, steps=(0.1,)),
        "full": Config(neurons=10_000, alpha=0.25, eta=0.05, duration=40, steps=(0.1, 0.2, 0.05)),
        "tiny": Config(neurons=1000, alpha=0.25, eta=0.1, duration=4, steps=(0.2,)),
    },
    yardsticks=tuple(
        Yardstick(
            f"{what}, target of {rate:g} Hz, step {dt:g} ms",
            metric,
            rate,
            round(share * rate, 4),
            reason,
            "rho_0 = alpha / (2 tau), Vogels et al. 2011",
            "theory",
            _after(alpha, dt),
        )
        for what, metric, share, reason in (
            ("rate", "rate", 0.15, "15 %: spikes of this network are not independent"),
            ("with coincidences", "effective_rate", 0.05, "5 %: rates still drift, and weights at 0 are not free"),
        )
        for alpha, rate in ((0.12, 3.0), (0.25, 6.25))
        for dt in (0.2, 0.1, 0.05)
    ),
)
