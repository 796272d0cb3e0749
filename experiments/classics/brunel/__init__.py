"""In which states can a sparse network of excitatory and inhibitory neurons be?

Four neurons in five are excitatory. Each neuron receives spikes from a fixed number of excitatory neurons, a quarter as
many inhibitory ones, and as many Poisson trains from outside as excitatory neurons. Two numbers decide on the state:
g, the strength of inhibition relative to excitation, and eta, the rate of the outer trains relative to that which would
bring the mean input to the threshold. The regimes are those of the paper's figure 8: SR (g 3, eta 2), synchronous and
regular; SI-fast (6, 4), a fast oscillation with irregular neurons; AI (5, 2), asynchronous and irregular; SI-slow (4.5,
0.9), a slow oscillation with irregular neurons.

Neurons have a time constant of 20 ms, a threshold of 20 mV and a reset of 10 mV above rest, and a refractory period of
2 ms; weights are 0.1 mV for 1000 excitatory inputs and in inverse proportion to their number; delays are 1.5 ms.
Initial potentials lie between reset and threshold, without preference. The first 200 ms are not measured. The spectrum
is that of the spikes of all neurons in bins of 0.5 ms, by Welch's method with windows of 512 ms. One regime is repeated
with other time steps, with the same connections and other spikes from outside.

The phase diagram is the plane of g and eta: each point is the same network for half a second, with the first
time step. Strengths and rates are data of one compiled network. Irregularity is the coefficient of variation of neurons
with three spikes and more; half a second cuts long intervals off, so that it is too low at rates of a few hertz.
Synchrony is Golomb and Rinzel's, of the excitatory neurons in bins of 1 ms, beside what independent neurons have. It
grows with the rate, since chi squared is about the spikes of a neuron in a bin times the relative variance of the rate
of all. The regime is therefore decided by the modulation: the standard deviation of the rate of all neurons in bins of
0.5 ms, relative to its mean. It is 0.71 where the rate swings as a sine between zero and twice its mean, and some 0.57
in AI, where the network amplifies its fluctuations, 1.0 in SI-fast, 1.5 in SR, and 1.7 in SI-slow. The rule:

1. Below 0.1 Hz the network is silent.
2. Neurons are regular (R) where their coefficient of variation is below 0.2, else irregular (I).
3. The network is synchronous (S) where the modulation is above 0.71, else asynchronous (A).
4. SI is fast where the spectrum of the excitatory neurons, from 8 to 1000 Hz, is largest above 63 Hz, the geometric
   mean of the paper's 180 and 22 Hz; else it is slow.

Borders are as sharp as the rule, not as the network, whose quantities change smoothly; 0.2 is a convention. Theory is
the paper's mean field: the rate at which a neuron fires in response to white noise, of which mean and variance follow
from that rate. Where there are several such rates, it is the largest. Its threshold is raised for the time step, as in
the classic `siegert`. Theory of AI neglects that neurons fluctuate together.

The preset full has 121 points, the preset quick 24. The refractory period of `bnsim` includes the step of the spike
itself; the model's is therefore one step longer than 2 ms.

References
----------
N. Brunel, Journal of Computational Neuroscience 8, 183-208 (2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from experiments.spec import Fact, Metric, Options
from experiments.yardsticks import Classic, Yardstick

REGIMES: Mapping[str, tuple[float, float]] = {
    "SR": (3.0, 2.0),
    "SI-fast": (6.0, 4.0),
    "AI": (5.0, 2.0),
    "SI-slow": (4.5, 0.9),
}
"""Relative strength of inhibition g and relative external rate eta of the paper's example of each regime."""
STATES = ("silent", "SR", "AR", "AI", "SI-fast", "SI-slow")
"""What the rule for the phase diagram tells apart."""
TAU, THRESHOLD, RESET, REFRACTORY, DELAY = 20.0, 20.0, 10.0, 2.0, 1.5
"""Membrane time constant (ms), threshold and reset above rest (mV), refractory period and delay (ms)."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    regime
        SR, SI-fast, AI, SI-slow, or all of them.
    neurons
        Number of neurons.
    inputs
        Number of excitatory inputs of each neuron.
    duration
        Length of the simulation after the first 200 ms, in ms.
    steps
        Time steps in ms, of which 0.5 ms is a whole number. The first is that of the regimes; with the others, AI is
        simulated, or the regime that was chosen.
    strengths, externals
        Values of g and of eta in the phase diagram, none for no diagram.
    """

    regime: Literal["all", "SR", "SI-fast", "AI", "SI-slow"]
    neurons: PositiveInt = Field(ge=20, multiple_of=5)
    inputs: PositiveInt = Field(ge=4, multiple_of=4)
    duration: PositiveInt = Field(ge=512)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    strengths: tuple[NonNegativeFloat, ...] = ()
    externals: tuple[PositiveFloat, ...] = ()


_NETWORK: Mapping[str, type[str] | type[int] | type[float]] = {
    "regime": str,
    "neurons": int,
    "inputs": int,
    "dt": float,
}
_OF = "in a regime, of a network with so many neurons and excitatory inputs of each, simulated with a time step in ms"
_SIZE: Mapping[str, type[str] | type[int] | type[float]] = {"neurons": int, "inputs": int}
_POINT: Mapping[str, type[str] | type[int] | type[float]] = {"g": float, "eta": float, **_SIZE}
_AT = (
    "by relative strength of inhibition and relative external rate, of a network with so many neurons and excitatory "
    "inputs of each"
)


def _published(metric: str, regime: str, value: float, tolerance: float, reason: str) -> Yardstick:
    what = {"rate": "rate", "frequency": "oscillation"}[metric]
    return Yardstick(
        f"{regime}: {what}",
        metric,
        value,
        tolerance,
        reason,
        "Brunel 2000, figure 8",
        "second-hand",
        {"regime": regime, "neurons": 12_500, "inputs": 1000, "dt": 0.1},
    )


_EDGES = "other connections and a finite time"
_FULL: Mapping[str, Fact] = {"neurons": 12_500, "inputs": 1000}
_NEST: Mapping[str, Fact] = {"regime": "AI", "neurons": 12_500, "inputs": 1000, "dt": 0.1}

CLASSIC = Classic(
    __name__,
    __doc__,
    title="States of a sparse network",
    order=50,
    source="Brunel 2000",
    subjects={"balanced-network": "BNS"},
    metrics=(
        Metric("rate", "Hz", "Firing rate", f"Mean firing rate of all neurons {_OF}.", facts=_NETWORK),
        Metric(
            "variation",
            "",
            "Coefficient of variation",
            f"Mean over neurons of the coefficient of variation of interspike intervals {_OF}.",
            facts=_NETWORK,
            bounds=(0.0, None),
        ),
        Metric(
            "frequency",
            "Hz",
            "Frequency of the oscillation",
            f"Frequency, from 8 to 1000 Hz, at which the spectrum is largest {_OF}.",
            facts=_NETWORK,
        ),
        Metric(
            "spectrum",
            "Hz",
            "Spectrum of the activity",
            f"Spectral density of the mean rate of all neurons {_OF}, in Hz²/Hz.",
            facts={"regime": str},
            step="Frequency (Hz)",
        ),
        Metric(
            "activity",
            "Hz",
            "Activity",
            "Mean rate of all neurons in bins of 0.5 ms, in the last 200 ms of the first seed.",
            facts={"regime": str},
            step="Time (0.5 ms)",
            summarised=False,
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some neurons",
            "Spikes of 50 excitatory neurons in steps of 0.1 ms, in the last 200 ms of the first seed.",
            facts={"regime": str, "neuron": int},
            step="Time (0.1 ms)",
            summarised=False,
        ),
        Metric(
            "rate_at", "Hz", "Firing rate in the phase diagram", f"Mean firing rate of all neurons {_AT}.", facts=_POINT
        ),
        Metric(
            "variation_at",
            "",
            "Coefficient of variation in the phase diagram",
            "Mean coefficient of variation of the interspike intervals of neurons with at least three spikes, "
            + f"{_AT}.",
            facts=_POINT,
            bounds=(0.0, None),
        ),
        Metric(
            "synchrony_at",
            "",
            "Synchrony in the phase diagram",
            f"Golomb and Rinzel's synchrony of the excitatory neurons that fire, in bins of 1 ms, {_AT}.",
            facts=_POINT,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "chance_at",
            "",
            "Synchrony by chance in the phase diagram",
            f"Synchrony of as many independent neurons, {_AT}.",
            facts=_POINT,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "modulation_at",
            "",
            "Modulation in the phase diagram",
            f"Standard deviation of the mean rate of all neurons in bins of 0.5 ms, divided by its mean, {_AT}.",
            facts=_POINT,
            bounds=(0.0, None),
        ),
        Metric(
            "frequency_at",
            "Hz",
            "Frequency of the oscillation in the phase diagram",
            f"Frequency from 8 to 1000 Hz at which the spectrum of the excitatory neurons is largest, {_AT}.",
            facts=_POINT,
        ),
        Metric(
            "share_at",
            "fraction",
            "Regime in the phase diagram",
            f"1 where the rule finds the regime, else 0, {_AT}.",
            facts={**_POINT, "regime": str},
        ),
        Metric("theory_at", "Hz", "Rate in theory", f"Self-consistent rate of the mean field {_AT}.", facts=_POINT),
        Metric(
            "input_at",
            "mV",
            "Mean input in theory",
            f"Mean potential that the input alone leads to, at the self-consistent rate of the mean field, {_AT}.",
            facts=_POINT,
        ),
        Metric(
            "theory_deviation",
            "fraction",
            "Deviation from theory in AI",
            "Root mean square, over the points of the phase diagram that the rule finds AI, of the difference between "
            "the firing rate and theory, relative to theory.",
            facts=_SIZE,
        ),
    ),
    presets={
        "quick": Config(
            regime="all",
            neurons=12_500,
            inputs=1000,
            duration=1000,
            steps=(0.1, 0.5, 0.25, 0.05),
            strengths=(3.0, 4.0, 4.5, 5.0, 6.0, 8.0),
            externals=(0.9, 1.25, 2.0, 4.0),
        ),
        "full": Config(
            regime="all",
            neurons=12_500,
            inputs=1000,
            duration=2000,
            steps=(0.1, 0.5, 0.25, 0.05),
            strengths=(0.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0),
            externals=(0.5, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0),
        ),
        "tiny": Config(
            regime="AI", neurons=500, inputs=100, duration=512, steps=(0.1,), strengths=(5.0,), externals=(2.0,)
        ),
    },
    yardsticks=(
        Yardstick(
            "AI: rate of a fifth of the neurons",
            "rate",
            37.7,
            1.9,
            "5 %: mean and variance of the input are the paper's, but neurons have more inputs in common",
            "Brunel 2000, figure 8",
            "second-hand",
            {"regime": "AI", "neurons": 2500, "inputs": 1000, "dt": 0.1},
        ),
        _published("rate", "SI-fast", 60.7, 3.0, f"5 %: {_EDGES}"),
        _published("frequency", "SI-fast", 180.0, 10.0, "the spectrum has a resolution of 2 Hz and a broad peak"),
        _published("rate", "AI", 37.7, 0.8, f"2 %: {_EDGES}"),
        Yardstick(
            "AI: rate in NEST",
            "rate",
            37.71,
            0.75,
            "2 %, for other connections than those of the five networks in NEST",
            "NEST 3.10, measured for this project",
            "confirmed",
            _NEST,
        ),
        Yardstick(
            "AI: variation in NEST",
            "variation",
            0.422,
            0.03,
            "other connections than those of the five networks in NEST",
            "NEST 3.10, measured for this project",
            "confirmed",
            _NEST,
        ),
        _published("rate", "SI-slow", 5.5, 0.5, f"10 %, since the rate depends steeply on eta near 1: {_EDGES}"),
        _published("frequency", "SI-slow", 22.0, 6.0, "the peak is broad: a quarter of the frequency"),
        *(
            Yardstick(
                f"{regime}: regime by the rule",
                "share_at",
                1.0,
                0.0,
                "the examples lie within their regimes, in every network",
                "Brunel 2000, figure 8",
                "second-hand",
                {"g": g, "eta": eta, **_FULL, "regime": regime},
            )
            for regime, (g, eta) in REGIMES.items()
        ),
        Yardstick(
            "AI: rate in mean-field theory, root mean square difference",
            "theory_deviation",
            0.0,
            0.04,
            "4 %: rates differ by 1 to 2 % from one network and half second to another, and theory neglects that "
            "neurons fluctuate together, which they do more towards the borders of AI",
            "Siegert's rate, self-consistent (Brunel 2000, equation 21)",
            "theory",
            _FULL,
        ),
    ),
)
