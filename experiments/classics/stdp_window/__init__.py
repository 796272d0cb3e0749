"""How does the change of a synapse depend on the time from a presynaptic to a postsynaptic spike?

For each lag there is one synapse with the additive pair rule. Its presynaptic neuron fires once, and its postsynaptic
neuron once, the lag later or earlier. Time constants are those that Bi and Poo fitted to their
window, 16.8 ms for potentiation and 33.7 ms for depression; amplitudes are the defaults of `bnsim.PairSTDP`. In the
closed solution, the weight changes by a_plus exp(-s / tau_plus) for a lag s > 0 and by -a_minus exp(s / tau_minus) for
s < 0, as a fraction of the largest weight. The time constants are then fitted to the simulated window, by a line
through the logarithms of the changes. Nothing is random: all seeds agree.

Traces decay by the exact solution, so that the change is exact at every time step for spikes on the time grid. Spikes
between grid points are moved to the nearest one. The lag is then off by half a step at most, and the change by as much
relative to the time constant: this error vanishes in proportion to the step.

References
----------
G. Bi and M. Poo, Journal of Neuroscience 18, 10464-10472 (1998). S. Song, K. Miller and L. Abbott, Nature Neuroscience
3, 919-926 (2000), for the rule.
"""

from __future__ import annotations

import math

from pydantic import Field, PositiveFloat, PositiveInt

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
    steps
        Time steps in ms, of which 1 ms is a whole number. The window is that of the first.
    """

    tau_plus: PositiveFloat
    tau_minus: PositiveFloat
    longest: PositiveInt
    spacing: PositiveInt
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


ON_GRID, BETWEEN = "on the grid", "between its points"
"""Where spikes lie: values of the fact `spikes`."""
_TAU_PLUS = 16.8
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
            "Largest difference between a change and the closed solution, relative to the latter, over all lags, with "
            "spikes on the grid or between its points, simulated with a time step in ms.",
            facts={"spikes": str, "dt": float},
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(tau_plus=_TAU_PLUS, tau_minus=33.7, longest=100, spacing=2, steps=(1.0, 0.5, 0.2, 0.1)),
        "full": Config(
            tau_plus=_TAU_PLUS, tau_minus=33.7, longest=100, spacing=1, steps=(1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
        ),
        "tiny": Config(tau_plus=_TAU_PLUS, tau_minus=33.7, longest=60, spacing=20, steps=(1.0,)),
    },
    yardsticks=(
        Yardstick("time constant of potentiation", "tau_plus", _TAU_PLUS, 1e-6, _EXACT, _FIT, "confirmed"),
        Yardstick("time constant of depression", "tau_minus", 33.7, 1e-6, _EXACT, _FIT, "confirmed"),
        *(
            Yardstick(
                f"error of the pair rule, spikes {spikes}, step {dt:g} ms",
                "error",
                0.0,
                tolerance,
                reason,
                "a exp(-|s| / tau)",
                "theory",
                {"spikes": spikes, "dt": dt},
            )
            for dt in (1.0, 0.1)
            for spikes, tolerance, reason in (
                (ON_GRID, 1e-9, _EXACT),
                (BETWEEN, math.expm1(dt / 2 / _TAU_PLUS), "the lag is off by half a time step at most"),
            )
        ),
    ),
)
