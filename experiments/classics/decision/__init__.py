"""How does a network choose between two directions, and how do choice and time depend on the evidence?

Of 1600 excitatory neurons, two populations of 240 prefer either direction of a motion that an observer has to judge;
400 neurons are inhibitory, and every neuron is connected to every other one. Synapses within a selective population are
1.7 times as strong as between excitatory neurons in general, those onto it from other excitatory neurons weaker, so
that the mean is kept. Excitation within the network is mainly that of NMDA receptors, which decay with 100 ms and
saturate: the selective populations sum their input over hundreds of milliseconds. Inhibition is common to both, so that
only one of them can stay active. Each neuron receives spikes from outside at 2400 Hz; a stimulus of coherence c adds
spikes at a mean rate of 40 Hz (1 + c) onto A and 40 Hz (1 - c) onto B. The rates of the stimulus are drawn anew every
50 ms, with a standard deviation of 4 Hz.

Each trial begins with 500 ms without stimulus. The rate of a population is that of its neurons in the last 50 ms, taken
every 5 ms. The first of A and B that reaches 15 Hz is the choice, and the time since the stimulus came is the decision
time; a trial in which neither does so before the stimulus ends has no choice. Without evidence, A and B are chosen
equally often. The share of correct choices p among all is described by a Weibull function of coherence, p = 1 - exp(-(c
/ alpha)^beta) / 2, with the alpha and beta of the largest likelihood, of trials with a choice and a coherence above 0.

Neurons: 500 pF and 25 nS (excitatory), 200 pF and 20 nS (inhibitory); rest -70 mV, threshold -50 mV, reset -55 mV, 2
and 1 ms of refractoriness. Conductances of a synapse onto excitatory (inhibitory) neurons in nS: from outside 2.1
(1.62), AMPA 0.05 (0.04), NMDA 0.165 (0.13), GABA 1.3 (1.0); all synapses of the network have a delay of 0.5 ms. These
are the paper's values as NEST's example of the network gives them, read there; so are the stimulus' 4 Hz and 50 ms.

Deviations: the gate of NMDA receptors opens at once instead of within some 2 ms, as in NEST (see `bnsim.NMDA`).
Refractory periods are one step longer, since those of `bnsim` include the step of the spike itself. Neurons are
connected to themselves. The paper integrates with a time step of its own, and its delay and window are not known to
have been these.

References
----------
X.-J. Wang, Neuron 36, 955-968 (2002). Network of NEST's example: S. J. Skaar, S. Haug and H. E. Plesser.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

SELECTIVE = ("A", "B")
"""Populations that prefer either direction; evidence favours A."""
BEFORE = 500.0
"""Time of a trial before the stimulus, in ms."""
WINDOW, EVERY, THRESHOLD = 50.0, 5.0, 15.0
"""Window and step of a population's rate, in ms, and the rate that is a choice, in Hz."""
SHOWN = 40
"""Neurons of A and of B whose spikes are shown."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    coherences
        Share of the motion that has a direction, in percent.
    trials
        Number of trials with each.
    duration
        Length of the stimulus, in ms: at least 500, a multiple of 50.
    steps
        Time steps, in ms. Decisions are made with the first.
    """

    coherences: tuple[Annotated[NonNegativeFloat, Field(le=100)], ...] = Field(min_length=1)
    trials: PositiveInt
    duration: PositiveFloat = Field(ge=500, multiple_of=50)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_COHERENCE = {"coherence": float}
_WITNESS = "NEST 3.10, measured for this project"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="A decision by slow reverberation",
    order=145,
    source="Wang 2002",
    subjects={"decision-network": "BNS"},
    metrics=(
        Metric(
            "correct",
            "fraction",
            "Correct choices",
            "Share of A, which the evidence favours, among the choices; without evidence the share of A.",
            facts=_COHERENCE,
            cases="choices",
        ),
        Metric("choices", "count", "Choices", "Trials in which a population reaches 15 Hz.", facts=_COHERENCE),
        Metric(
            "time",
            "ms",
            "Decision time",
            "Mean time from the stimulus to the choice, over trials with a choice.",
            facts=_COHERENCE,
        ),
        Metric(
            "time_of_choice",
            "ms",
            "Decision time by choice",
            "Mean time from the stimulus to the choice, over trials in which A is chosen, or B.",
            facts={**_COHERENCE, "choice": str},
        ),
        Metric(
            "threshold",
            "%",
            "Threshold of choices",
            "Alpha of the Weibull function of coherence: where 82 % of the choices are correct.",
            bounds=(0.0, None),
        ),
        Metric(
            "slope",
            "",
            "Slope of choices",
            "Beta of the Weibull function of coherence.",
            bounds=(0.0, None),
        ),
        Metric(
            "rate",
            "Hz",
            "Firing rate without stimulus",
            "Mean firing rate of a population's neurons in one second without stimulus.",
            facts={"population": str, "dt": float},
        ),
        Metric(
            "active_rate",
            "Hz",
            "Firing rate after the choice",
            "Mean firing rate of the population that is chosen, and of the other one, in the last 500 ms of the "
            "stimulus of the first trial.",
            facts={**_COHERENCE, "population": str},
        ),
        Metric(
            "course",
            "Hz",
            "Rates in a trial",
            "Rate of a population in the 50 ms before each time, in the first trial of the first seed, which begins "
            "500 ms before the stimulus; the first time is 50 ms later.",
            facts={**_COHERENCE, "population": str},
            step="Time (5 ms)",
            summarised=False,
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some neurons",
            "Spikes of 40 neurons each of A and B, in steps of 1 ms, in the first trial of the first seed.",
            facts={**_COHERENCE, "neuron": int},
            step="Time (ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(coherences=(0, 6.4, 25.6), trials=3, duration=1500, steps=(0.1,)),
        "full": Config(coherences=(0, 3.2, 6.4, 12.8, 25.6, 51.2), trials=100, duration=2000, steps=(0.1, 0.2, 0.05)),
        "tiny": Config(coherences=(51.2,), trials=1, duration=500, steps=(0.2,)),
    },
    yardsticks=(
        Yardstick(
            "an even choice without evidence",
            "correct",
            0.5,
            0.39,
            "the network is symmetric; three standard errors of 15 choices",
            "symmetry",
            "theory",
            {"coherence": 0.0},
        ),
        Yardstick(
            "choices in NEST, coherence 25.6 %",
            "correct",
            1.0,
            0.12,
            "24 of 24 choices in NEST: with a probability of 0.95, a share of at least 0.88",
            _WITNESS,
            "confirmed",
            {"coherence": 25.6},
        ),
        Yardstick(
            "decision time in NEST, coherence 25.6 %",
            "time",
            528.0,
            160.0,
            "three standard errors of the difference of 24 trials in NEST, whose mean has one of 33 ms, and 15",
            _WITNESS,
            "confirmed",
            {"coherence": 25.6},
        ),
        *(
            Yardstick(
                f"rate of {population} in NEST",
                "rate",
                rate,
                tolerance,
                "three standard errors of three seconds; from one to another they deviate by 0.2 Hz (N) and 0.4 Hz (I)",
                _WITNESS,
                "confirmed",
                {"population": population, "dt": 0.1},
            )
            for population, rate, tolerance in (("N", 2.6, 0.4), ("I", 8.62, 0.75))
        ),
    ),
)
