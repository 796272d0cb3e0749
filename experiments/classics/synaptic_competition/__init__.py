"""Do synapses compete for the control of spikes, so that a neuron's rate hardly depends on that of its inputs?

A neuron has 1000 excitatory synapses, whose spikes are independent Poisson trains of one rate. They learn by additive
pair-based plasticity: a presynaptic spike before a postsynaptic one strengthens, the other order weakens, by fractions
A_+ = 0.005 and A_- = 1.05 A_+ of the largest weight, with time constants of 20 ms. Weakening outweighs strengthening
where the spikes have nothing to do with each other; synapses whose spikes bring about postsynaptic ones are
strengthened, the more so the fewer they are. So weights part into weak and strong ones. The faster the inputs fire, the
fewer stay strong, and the neuron fires irregularly, at a rate that grows much less than theirs.

The neuron is a leaky integrate-and-fire one with conductances: tau_m = 20 ms, rest at -70 mV, threshold -54 mV, reset
-60 mV, no refractory period. A spike adds its weight, at most g_max = 0.015 of the leak, to the excitatory conductance
(reversal 0 mV); 200 inhibitory inputs of 10 Hz add 0.05 each to the inhibitory one (reversal -70 mV). Both decay with
5 ms. Weights begin equally distributed between 0 and g_max, as in the example of Brian2's documentation.

Status of the parameters: second-hand, since the paper itself was not at hand. Several programs that follow it agree on
neuron, excitation and rule. The inhibitory inputs are in two of them, one for Brian 1 and one (with their number and
rate) for SpiNNaker; Brian2's example leaves them out and has other values (tau_m 10 ms, rest -74 mV, 0.01 for g_max and
A_+). The quoted figures are out of reach without inhibition: with inputs of 10 Hz and a mean weight of 0.55 g_max the
mean excitatory conductance is 0.41, which alone would hold the potential at -49.7 mV, above the threshold, so that the
neuron would fire at some 80 Hz. The mean inhibitory conductance of 0.5 lowers that to -54.9 mV, and fluctuations decide
when it fires.

Rates and coefficients of variation of interspike intervals are those of 20 equal parts of the time, and of 10 s without
plasticity before; weights are those after each part. With inputs of 40 Hz, weights settle within 1000 s; with 10 Hz
they still move then. The cells of one seed receive the same excitatory spikes and differ in initial weights and
inhibition. They are not independent, and the correlation of their weights says how far they are alike; seeds share
nothing, and intervals are those over seeds.

Deviation: on a time grid, pairs in the same step strengthen, so that strengthening, summed over all lags, has a factor
of exp(dt / tau) too much. A_- is larger by this factor, which keeps the ratio at 1.05 with any time step; it would be
1.045 with 0.1 ms, and below 1 with 1 ms. Rates are sensitive to it: with inputs of 40 Hz, steps of 0.5 ms and ratios of
1.045, 1.05 and 1.055 in this program, the neuron fires at 18.6, 15.0 and 10.4 Hz after 1000 s (one seed). Another order
of spikes within a step may therefore be why the quoted rate is 10.3 Hz.

References
----------
S. Song, K. Miller and L. Abbott, Nature Neuroscience 3, 919-926 (2000).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

PARTS = 20
"""Parts of the time with plasticity in which rates are measured, and after which weights are."""
BINS = 20
"""Bins of the distribution of weights."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    input_rates
        Rates of the excitatory inputs, in Hz. The figure shows the weights at the lowest and at the highest.
    duration
        Length of the simulation with plasticity, in s.
    cells
        Postsynaptic neurons with the same inputs.
    steps
        Time steps, in ms. The figure shows the simulations with the first.
    """

    input_rates: tuple[PositiveFloat, ...] = Field(min_length=2)
    duration: PositiveInt = Field(multiple_of=PARTS)
    cells: PositiveInt = Field(ge=2)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_FACTS: Mapping[str, type[str] | type[int] | type[float]] = {"input_rate": float, "dt": float, "time": int}
_WITH = "with an input rate in Hz and a time step in ms"
_IN = f"in the part that ends at a time in s (0: without plasticity), {_WITH}"
_AT = f"at a time in s, {_WITH}"
_RERUN = "a rerun of 1000 s that was quoted without its program"


def _yardsticks(dt: float) -> tuple[Yardstick, ...]:
    spread = "standard deviation of single cells, of which it is one; weights still move after 1000 s"
    figures = (
        (10.0, "rate", 9.3, 3.0, spread),
        (10.0, "weak", 0.26, 0.05, spread),
        (10.0, "strong", 0.34, 0.05, spread),
        (40.0, "rate", 10.3, 2.0, "2 standard deviations of single cells, of which it is one"),
        (40.0, "weak", 0.78, 0.02, "2 standard deviations of single cells, of which it is one"),
        (40.0, "strong", 0.08, 0.02, "2 standard deviations of single cells, of which it is one, and rounding"),
    )
    return tuple(
        Yardstick(
            f"{metric}, input of {input_rate:g} Hz, step {dt:g} ms",
            metric,
            published,
            tolerance,
            reason,
            _RERUN,
            "second-hand",
            {"input_rate": input_rate, "dt": dt, "time": 1000},
        )
        for input_rate, metric, published, tolerance, reason in figures
    )


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Competition of synapses",
    order=105,
    source="Song, Miller & Abbott 2000",
    subjects={"plastic-neuron": "BNS"},
    metrics=(
        Metric("rate", "Hz", "Firing rate", f"Mean firing rate of the cells {_IN}.", facts=_FACTS),
        Metric(
            "variation",
            "",
            "Coefficient of variation",
            f"Mean over cells of the coefficient of variation of interspike intervals {_IN}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric("weak", "fraction", "Weak", f"Share of the weights below a tenth of g_max {_AT}.", facts=_FACTS),
        Metric("strong", "fraction", "Strong", f"Share of the weights above 9 tenths of g_max {_AT}.", facts=_FACTS),
        Metric(
            "likeness",
            "",
            "Correlation of weights",
            f"Mean correlation of the weights of two cells with the same inputs {_AT}.",
            facts=_FACTS,
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "distribution",
            "fraction",
            "Distribution of the weights",
            "Share of the weights in a bin of 0.05 g_max at a time in s, with the lowest or highest input rate in Hz "
            "and the first time step.",
            facts={"input_rate": float, "time": int},
            step="Weight (0.05 g_max)",
        ),
    ),
    presets={
        "quick": Config(input_rates=(10.0, 40.0), duration=1000, cells=10, steps=(0.5,)),
        "full": Config(input_rates=(10.0, 20.0, 30.0, 40.0), duration=5000, cells=10, steps=(0.1, 0.2, 0.5)),
        "tiny": Config(input_rates=(20.0, 40.0), duration=20, cells=3, steps=(0.5,)),
    },
    yardsticks=tuple(yardstick for dt in (0.5, 0.2, 0.1) for yardstick in _yardsticks(dt)),
)
