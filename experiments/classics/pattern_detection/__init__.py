"""Does a neuron find a pattern of spikes that comes back, hidden among equally many other spikes?

A neuron has 2000 afferents, which fire at rates that wander between 0 and 90 Hz, and at least once in 50 ms. At random,
but never twice in a row, a quarter of all windows of 50 ms are presentations of the pattern: there, half of the
afferents repeat what they did in the first presentation, each spike with a normal jitter of 1 ms. Spikes at 10 Hz are
added to all afferents. In number of spikes, a presentation differs in nothing from what is around it: 64 Hz for each
afferent at all times. Synapses learn by additive plasticity of nearest spikes: a_+ = 1/32 and a_- = 0.85 a_+ of the
largest weight, time constants of 16.8 and 33.7 ms; only a presynaptic and a postsynaptic spike with no other between
them make a pair.

At first the neuron fires at some 60 Hz, whatever is presented, and most synapses weaken. Those that repeatedly fire
together just before it are strengthened, and the neuron becomes selective: it fires only during the pattern. Then each
of its spikes strengthens synapses that are active just before it, so that it fires earlier and earlier, until it does
so at the pattern's start.

The neuron is a spike response model, with the paper's units of potential, here written as mV. An afferent spike causes
a postsynaptic potential whose peak is its weight (at most 1; 0.475 at first), as the difference of two exponentials of
10 ms and 2.5 ms. Where the potential rises above the threshold T = 500, the neuron fires; what its inputs have caused
until then is forgotten, and the potential follows T (2 exp(-t / 10 ms) - 4 (exp(-t / 10 ms) - exp(-t / 2.5 ms))).

A third of the input is drawn, and presented three times; the last third is measured. A presentation with a spike is a
hit, a spike outside of presentations is a false alarm. A run is a success if more than 98 % of the presentations are
hits, without false alarms, with a mean latency below 10 ms. The pattern is found when the last false alarm of the first
50 s is over.

Status: the paper itself was not at hand. Parameters, input and criteria are those of P. Hathway and D. Goodman, who
repeated the experiment with the help of the authors' program; they do not quote the paper's shares of success and of
hits nor its latency, which are second-hand.

The time step matters. An afferent spike in the step of the neuron's own spike counts as before it, as in Brian2, and
strengthens its synapse. Up to 0.1 ms this delays the finding; above, weights rise, and nothing is found. Hathway and
Goodman describe both, for the same reason.

Deviations: of two spikes of an afferent in one time step, the second is left out (0.25 % of all at 0.1 ms). Times of
spikes are rounded down to a step.

References
----------
T. Masquelier, R. Guyonneau and S. Thorpe, PLoS ONE 3, e1377 (2008). P. Hathway and D. Goodman, ReScience 4 (2018), a
replication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

PARTS, PIECE = 3, 5
"""How often the input is presented, and length of a piece of the simulation, in s."""
BINS = 20
"""Bins of the distribution of weights."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    duration
        Length of the simulation, in s.
    jitter
        Standard deviation of the times of a presentation's spikes about those of the pattern, in ms.
    steps
        Time steps, in ms, of which 1 ms is a whole number. The figure shows the neuron with the first.
    """

    duration: PositiveInt = Field(multiple_of=PARTS * PIECE)
    jitter: NonNegativeFloat
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_grid(self) -> Config:
        for dt in self.steps:
            if abs(1 / dt - round(1 / dt)) > 1e-6 or dt > 1:
                raise ValueError(f"1 ms is no whole number of steps of {dt:g} ms; give 1, 0.5, 0.2 or 0.1, say")
        return self


_FACTS: Mapping[str, type[str] | type[int] | type[float]] = {"dt": float, "duration": int, "jitter": float}
_FOR = "with a time step in ms, a length of the simulation in s and a jitter in ms"
_LAST = f"in the last third, {_FOR}"
_GROUP = "of the afferents that take part in the pattern, or of the others"
_PAPER = "Masquelier et al. 2008, as others quote it"
_REPLICATION = "Hathway & Goodman 2018"


def _yardsticks() -> Iterator[Yardstick]:
    paper = (
        ("success", 0.96, 0.1, "two standard errors of the share in 20 runs"),
        ("hits", 0.991, 0.01, "single runs have a standard deviation of 0.005"),
        ("latency", 4.0, 1.0, "two standard deviations of single runs are 0.8 ms, and the figure is rounded"),
    )
    fine = "two standard deviations of single runs; at 0.01 ms, pairs in one step still strengthen"
    coarse = "two standard deviations of single runs; the figure is that of one input"
    replication = (
        ("found", 14.0, 3.0, fine, 0.01),
        ("found", 20.0, 4.0, coarse, 0.1),
        ("discharges", 700.0, 150.0, fine, 0.01),
        ("success", 0.0, 0.0, "at this time step no run finds the pattern", 1.0),
    )
    for metric, published, tolerance, reason in paper:
        for dt in (0.1, 0.05, 0.02, 0.01):
            yield _yardstick(metric, published, tolerance, reason, dt)
    for metric, published, tolerance, reason, dt in replication:
        yield _yardstick(metric, published, tolerance, reason, dt, confirmed=True)
    for dt in (0.1, 0.05, 0.02, 0.01):
        reason = "the source says that strong weights belong to the pattern's afferents only, in words"
        yield _yardstick("strong", 0.0, 0.01, reason, dt, confirmed=True, afferents="others")


def _yardstick(
    metric: str, published: float, tolerance: float, reason: str, dt: float, *, confirmed: bool = False, **facts: str
) -> Yardstick:
    return Yardstick(
        f"{metric}{', others' if facts else ''}, step {dt:g} ms",
        metric,
        published,
        tolerance,
        reason,
        _REPLICATION if confirmed else _PAPER,
        "confirmed" if confirmed else "second-hand",
        {**facts, "dt": dt, "duration": 450, "jitter": 1.0},
    )


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Detection of a repeating pattern",
    order=108,
    source="Masquelier, Guyonneau & Thorpe 2008",
    subjects={"pattern-detector": "BNS"},
    metrics=(
        Metric(
            "success",
            "fraction",
            "Success",
            "Whether more than 98 % of the presentations are hits, without false alarms, with a mean latency below 10 "
            f"ms, {_LAST}.",
            facts=_FACTS,
        ),
        Metric("hits", "fraction", "Hits", f"Share of the presentations with a spike {_LAST}.", facts=_FACTS),
        Metric(
            "false_alarms", "Hz", "False alarms", f"Spikes outside of presentations per second {_LAST}.", facts=_FACTS
        ),
        Metric(
            "latency",
            "ms",
            "Latency",
            f"Mean time of the spikes within presentations, from their beginning, {_LAST}.",
            facts=_FACTS,
        ),
        Metric(
            "found",
            "s",
            "Pattern found",
            f"Time of the first spike after the last false alarm of the first 50 s, {_FOR}; of successful runs only.",
            facts=_FACTS,
        ),
        Metric(
            "discharges",
            "count",
            "Discharges before",
            f"Number of spikes before the pattern is found, {_FOR}; of successful runs only.",
            facts=_FACTS,
        ),
        Metric(
            "strong",
            "fraction",
            "Strong",
            f"Share of the weights above 9 tenths of the largest, {_GROUP}, at the end, {_FOR}.",
            facts={"afferents": str, **_FACTS},
        ),
        Metric(
            "weak",
            "fraction",
            "Weak",
            f"Share of the weights below a tenth of the largest, {_GROUP}, at the end, {_FOR}.",
            facts={"afferents": str, **_FACTS},
        ),
        Metric(
            "distribution",
            "fraction",
            "Distribution of the weights",
            f"Share of the weights in a bin of 0.05 of the largest, {_GROUP}, at the end, with the first time step.",
            facts={"afferents": str},
            step="Weight (0.05)",
        ),
        Metric(
            "discharge",
            "ms",
            "Latencies in turn",
            "Latency of each spike, 0 outside of presentations, of the first seed with the first time step.",
            step="Discharge",
            summarised=False,
        ),
        Metric(
            "potential",
            "mV",
            "Membrane potential",
            "Membrane potential for half a second at the beginning, when the pattern is found, and at the end, of the "
            "first seed with the first time step.",
            facts={"part": str},
            step="Time (time steps)",
            summarised=False,
        ),
        Metric(
            "presentation",
            "ms",
            "Presentations",
            "Beginnings of the presentations, from that of the half-second which they are part of; the first seed.",
            facts={"part": str},
            step="Presentation",
            bounds=(None, None),
            summarised=False,
        ),
        Metric(
            "beginning",
            "s",
            "Beginning of a part",
            "When the half-second whose potential is shown begins; the first seed with the first time step.",
            facts={"part": str},
            summarised=False,
        ),
        Metric(
            "spike",
            "",
            "Weights of spikes",
            "Final weights of the spikes of every fourth afferent about the last presentation, from 25 ms before until "
            "75 ms after its beginning; the first seed with the first time step.",
            facts={"afferent": int},
            step="Time (time steps)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(duration=450, jitter=1.0, steps=(0.1, 0.05)),
        "full": Config(duration=450, jitter=1.0, steps=(0.1, 0.05, 0.02, 0.01, 0.2, 1.0)),
        "tiny": Config(duration=90, jitter=1.0, steps=(0.1,)),
    },
    yardsticks=tuple(_yardsticks()),
)
