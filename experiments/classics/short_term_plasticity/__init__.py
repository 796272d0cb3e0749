"""What does a synapse with short-term plasticity transmit of a train of spikes?

A depressing synapse (U 0.5, tau_rec 800 ms) and a facilitating one (U 0.03, tau_rec 130 ms, tau_facil 530 ms) receive
regular and Poisson trains at several rates (`bnsim.ShortTermPlasticity`). Each spike transmits a part of the weight,
the release, which makes a passive membrane jump; it is read off the membrane potential. Of regular trains it is
measured after 14 s, when it has settled, of Poisson trains as the mean over many synapses.

The depressing synapse releases r U / (1 + r U tau_rec) a second in response to a Poisson train of the rate r. Above the
limiting frequency 1 / (U tau_rec) this hardly grows, so that the synapse tells no rates apart, but it answers to a
change: after a step of the rate from r1 to r2 it releases more, by the factor (1 + r2 U tau_rec) / (1 + r1 U tau_rec),
and settles with the time constant 1 / (1 / tau_rec + r2 U). All this is exact, for utilization does not change.

The facilitating synapse releases most of a spike at an optimal rate. In response to a regular train it has a closed
form, with its largest value at 20.82 Hz. In mean-field theory, a Poisson train has u = U (1 + r tau_facil) / (1 + r U
tau_facil) and the release u / (1 + r u tau_rec), with its largest value at (sqrt((1 - U) tau_facil / (U tau_rec)) - 1)
/ tau_facil = 19.78 Hz; for small U and large r tau_facil this becomes 1 / sqrt(U tau_rec tau_facil) = 22.0 Hz.
The theory neglects that utilization and resources are correlated, which lowers the release by up to 2.5 %.

Spikes of regular trains lie on the time grid and all variables are solved exactly, so that no time step makes a
difference.

References
----------
M. Tsodyks and H. Markram, Proceedings of the National Academy of Sciences 94, 719-723 (1997). M. Tsodyks, K. Pawelzik
and H. Markram, Neural Computation 10, 821-835 (1998), for the parameters. L. Abbott, J. Varela, K. Sen and S. Nelson,
Science 275, 220-224 (1997), for the response to a step.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

BEFORE, AFTER = 5.0, 40.0
"""Rates in Hz before and after the step."""


def _divides_a_millisecond(dt: float) -> float:
    if abs(1 / dt - round(1 / dt)) > 1e-9:
        raise ValueError(f"a step of {dt:g} ms does not divide 1 ms; give 0.5 or 0.1, say")
    return dt


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    intervals
        Intervals of regular trains, at most 1000, in ms. Membrane potentials are drawn for 50 ms.
    rates
        Rates of Poisson trains, at most 100, in Hz.
    synapses
        Number of synapses of each kind that receive Poisson trains of one rate; 0 for no Poisson trains.
    duration
        Length of the measurement of Poisson trains, in s.
    steps
        Time steps, which divide 1 ms, in ms. Poisson trains are simulated with the smallest.
    """

    intervals: tuple[Annotated[PositiveInt, Field(le=1000)], ...] = Field(min_length=1)
    rates: tuple[Annotated[PositiveFloat, Field(le=100)], ...] = Field(min_length=1)
    synapses: int = Field(ge=0)
    duration: PositiveInt
    steps: tuple[Annotated[PositiveFloat, AfterValidator(_divides_a_millisecond)], ...] = Field(min_length=1)


_INTERVALS = (12, 16, 20, 25, 32, 40, 44, 48, 50, 56, 64, 80, 100, 125, 160, 200, 400, 1000)
_RATES = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 12.0, 15.0, 18.0, 22.0, 26.0, 30.0, 40.0, 60.0, 80.0)
_EXACT = "one part in a billion: rounding, and what is left of the beginning after 14 s"
_THEORY = "mean over Poisson trains, exact for a synapse without facilitation"
_NOISE = "three standard errors with the preset quick"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Short-term plasticity",
    order=45,
    source="Tsodyks & Markram 1997, Tsodyks et al. 1998",
    subjects={"dynamic-synapses": "BNS"},
    metrics=(
        Metric(
            "response",
            "mV",
            "Membrane potential",
            "Depolarization of a passive membrane by a train of 20 Hz from rest, through a weight of 1 mV.",
            facts={"synapse": str},
            step="Time (ms)",
            summarised=False,
        ),
        Metric(
            "settled",
            "fraction",
            "Release in a regular train",
            "Part of the weight that a spike of a regular train with a rate in Hz transmits after 14 s.",
            facts={"synapse": str, "rate": float},
        ),
        Metric(
            "closed",
            "fraction",
            "Closed form for a regular train",
            "Part of the weight that a spike of a regular train with a rate in Hz transmits in the end.",
            facts={"synapse": str, "rate": float},
        ),
        Metric(
            "error",
            "",
            "Largest relative error",
            "Largest difference between the release in a regular train and the closed form, relative to the latter, "
            "over both synapses and all rates, with a time step in ms.",
            facts={"dt": float},
            bounds=(0.0, None),
        ),
        Metric(
            "release",
            "fraction",
            "Release in a Poisson train",
            "Mean part of the weight that a spike of a Poisson train with a rate in Hz transmits.",
            facts={"synapse": str, "rate": float},
        ),
        Metric(
            "mean_field",
            "fraction",
            "Mean-field theory",
            "Mean part of the weight that a spike of a Poisson train with a rate in Hz transmits in mean-field theory.",
            facts={"synapse": str, "rate": float},
        ),
        Metric(
            "transmitted",
            "1/s",
            "Release of the depressing synapse",
            "What the depressing synapse releases a second, in units of its weight, in response to a Poisson train "
            "with a rate in Hz.",
            facts={"rate": float},
        ),
        Metric(
            "limiting_frequency",
            "Hz",
            "Limiting frequency",
            "Rate at which the depressing synapse transmits half of what it can, fitted to its release by Poisson "
            "trains of all rates.",
        ),
        Metric(
            "optimum",
            "Hz",
            "Optimal rate",
            "Rate at which the facilitating synapse releases most of a spike, from a polynomial of fourth degree in "
            "the logarithm of the rate through the values of rates up to 2.5 times as high or low.",
            facts={"train": str},
        ),
        Metric(
            "transient",
            "1/s",
            "Release after a step",
            f"What the depressing synapse releases a second, in units of its weight, after a step of the rate of "
            f"Poisson trains from {BEFORE:g} to {AFTER:g} Hz.",
            step="Time (5 ms)",
        ),
        Metric(
            "transient_theory",
            "1/s",
            "Theory of the release after a step",
            "Closed solution of the same.",
            step="Time (5 ms)",
        ),
        Metric(
            "time_constant",
            "ms",
            "Time constant after the step",
            "Time constant of an exponential function that was fitted to the release after the step.",
        ),
        Metric(
            "overshoot",
            "",
            "Overshoot after the step",
            "Release right after the step divided by that in the end, from the same fit.",
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(intervals=_INTERVALS, rates=_RATES, synapses=200, duration=20, steps=(1.0, 0.5)),
        "full": Config(intervals=_INTERVALS, rates=_RATES, synapses=1000, duration=50, steps=(1.0, 0.5, 0.1)),
        "tiny": Config(intervals=(20, 40, 48, 50, 56, 80), rates=(20.0,), synapses=0, duration=1, steps=(1.0,)),
    },
    yardsticks=(
        *(
            Yardstick(
                f"release in regular trains, step {dt:g} ms",
                "error",
                0.0,
                1e-9,
                _EXACT,
                "closed form for regular trains",
                "theory",
                {"dt": dt},
            )
            for dt in (1.0, 0.5, 0.1)
        ),
        Yardstick(
            "limiting frequency of the depressing synapse",
            "limiting_frequency",
            2.5,
            0.05,
            _NOISE,
            "Tsodyks & Markram 1997: 1 / (U tau_rec)",
            "theory",
        ),
        Yardstick(
            "release of the depressing synapse at 80 Hz",
            "transmitted",
            1.2121,
            0.012,
            _NOISE,
            _THEORY,
            "theory",
            {"rate": 80.0},
        ),
        Yardstick("time constant after a step from 5 to 40 Hz", "time_constant", 47.06, 2.0, _NOISE, _THEORY, "theory"),
        Yardstick("overshoot after a step from 5 to 40 Hz", "overshoot", 5.667, 0.2, _NOISE, _THEORY, "theory"),
        Yardstick(
            "optimal rate of regular trains",
            "optimum",
            20.821,
            0.02,
            "the polynomial, with its rates, misses the largest value by 0.006 Hz",
            "closed form for regular trains",
            "theory",
            {"train": "regular"},
        ),
        Yardstick(
            "optimal rate of Poisson trains",
            "optimum",
            19.776,
            1.2,
            "three standard errors with the preset quick, and the mean field is 0.3 Hz too low without correlations",
            "(sqrt((1 - U) tau_facil / (U tau_rec)) - 1) / tau_facil",
            "theory",
            {"train": "Poisson"},
        ),
        Yardstick(
            "optimal rate of Poisson trains, to leading order",
            "optimum",
            21.995,
            3.0,
            "the formula holds for small U and large r tau_facil, which is 10 here; it is 2.2 Hz too high",
            "1 / sqrt(U tau_rec tau_facil)",
            "theory",
            {"train": "Poisson"},
        ),
    ),
)
