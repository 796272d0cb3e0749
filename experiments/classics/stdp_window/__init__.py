"""How does the change of a synapse depend on the time from a presynaptic to a postsynaptic spike?

For each lag there is one synapse with the additive pair rule. Its presynaptic neuron fires once, and a teacher makes
its postsynaptic neuron fire once, the lag later or earlier. Time constants are those that Bi and Poo fitted to their
window, 16.8 ms for potentiation and 33.7 ms for depression; amplitudes are the defaults of `bnsim.PairSTDP`. In the
closed solution, the weight changes by a_plus exp(-s / tau_plus) for a lag s > 0 and by -a_minus exp(s / tau_minus) for
s < 0, as a fraction of the largest weight. The time constants are then fitted to the simulated window, by a line
through the logarithms of the changes. Nothing is random: all seeds agree.

References
----------
G. Bi and M. Poo, Journal of Neuroscience 18, 10464-10472 (1998). S. Song, K. Miller and L. Abbott, Nature Neuroscience
3, 919-926 (2000), for the rule.
"""

from __future__ import annotations

from pydantic import PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    tau_plus, tau_minus
        Time constants of potentiation and depression, in ms.
    longest
        Longest lag, in ms.
    spacing
        Distance between lags, in ms.
    """

    tau_plus: PositiveFloat
    tau_minus: PositiveFloat
    longest: PositiveInt
    spacing: PositiveInt


_FIT = "Bi & Poo 1998, fit to hippocampal cultures"
_EXACT = "one part in a billion: rounding alone"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Window of spike-timing-dependent plasticity",
    order=30,
    source="Bi & Poo 1998",
    subjects={"pair-stdp": "BNS"},
    metrics=(
        Metric(
            "change",
            "fraction",
            "Change of the weight",
            "Change of the weight by one pair of spikes, as a fraction of the largest weight, by the time in ms from "
            "the presynaptic to the postsynaptic spike.",
            facts={"lag": float},
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "tau_plus", "ms", "Time constant of potentiation", "Time constant fitted to the changes at positive lags."
        ),
        Metric(
            "tau_minus", "ms", "Time constant of depression", "Time constant fitted to the changes at negative lags."
        ),
        Metric(
            "error",
            "",
            "Largest relative error",
            "Largest difference between a change and the closed solution, relative to the latter, over all lags.",
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(tau_plus=16.8, tau_minus=33.7, longest=100, spacing=2),
        "full": Config(tau_plus=16.8, tau_minus=33.7, longest=100, spacing=1),
        "tiny": Config(tau_plus=16.8, tau_minus=33.7, longest=60, spacing=20),
    },
    yardsticks=(
        Yardstick("time constant of potentiation", "tau_plus", 16.8, 1e-6, _EXACT, _FIT, "confirmed"),
        Yardstick("time constant of depression", "tau_minus", 33.7, 1e-6, _EXACT, _FIT, "confirmed"),
        Yardstick("error of the pair rule", "error", 0.0, 1e-9, _EXACT, "a exp(-|s| / tau)", "theory"),
    ),
)
