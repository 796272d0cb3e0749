"""Does a packet of spikes settle as it travels along a chain of groups of neurons, or does it die?

In a synfire chain each neuron of a group sends its spikes to all neurons of the next group. Each neuron also has the
paper's background: 17,600 excitatory synapses at 2 Hz and 2,400 inhibitory ones at 12.5 Hz, all independent, which make
it fire about twice a second. Synapses are alpha functions of the current; the potential peaks at 0.14 mV after 1.7 ms.
The membrane has a time constant of 10 ms, and its threshold lies 15 mV above rest.

A packet of a given number of spikes, normally distributed about their centre, enters the first group. In each group the
packet is then measured: its spikes are those within 5 ms of their median, less those that the background alone gives in
that time. Its spread is their interquartile range divided by 1.349, which is the standard deviation of normally
distributed spikes and is hardly changed by a few spikes of the background. A packet lives if at least half of the last
group's neurons fire in it. The attractor is the last group's packet where one with a spike of each neuron, all at the
same time, has entered; it is measured for several sizes of the groups and several time steps.

Deviations from the paper: no relative refractoriness; groups follow each other without delay, which only shifts time;
the paper measures spread as a standard deviation over many trials. The refractory period of `bnsim` includes the step
of the spike itself; the model's is therefore one step longer than 1 ms. The same chain in NEST gives the same packets
(`tests/reference`).

References
----------
M. Diesmann, M.-O. Gewaltig and A. Aertsen, Nature 402, 529-533 (1999).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from experiments.spec import Fact, Metric, Options
from experiments.yardsticks import Classic, Yardstick


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    spikes
        Numbers of spikes of the packets that enter; each is combined with each spread.
    spreads
        Standard deviations of the packets that enter, in ms.
    trials
        Number of packets of each combination.
    groups
        Number of groups of the chain.
    sizes
        Numbers of neurons of a group. The state space is that of the first; of all, the attractor is measured.
    steps
        Time steps, in ms. The state space is that of the first; with all, the attractor is measured.
    """

    spikes: tuple[PositiveInt, ...] = Field(min_length=1)
    spreads: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    trials: PositiveInt
    groups: PositiveInt
    sizes: tuple[PositiveInt, ...] = Field(min_length=1)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_PACKETS: Mapping[str, type[str] | type[int] | type[float]] = {"spikes": int, "spread": float}
_CHAIN: Mapping[str, type[str] | type[int] | type[float]] = {"size": int, "dt": float}
_MAIN: Mapping[str, Fact] = {"size": 100, "dt": 0.1}
_STRONG = (
    "that enter with a spike of each neuron, all at once, into a chain of groups of a size, with a time step in ms"
)

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Synfire chain",
    order=80,
    source="Diesmann, Gewaltig & Aertsen 1999",
    subjects={"synfire-chain": "BNS"},
    metrics=(
        Metric(
            "spikes",
            "count",
            "Spikes in the packet",
            "Number of spikes in the packet in a group, averaged over the packets that enter with the same number of "
            "spikes and the same spread in ms, and that live or die; group 0 is the packet that enters.",
            facts={**_PACKETS, "fate": str},
            bounds=(None, None),  # less those of the background
            step="Group",
        ),
        Metric(
            "spread",
            "ms",
            "Spread of the packet",
            "Spread of these packets, as long as they have at least 10 spikes on average.",
            facts={**_PACKETS, "fate": str},
            step="Group",
        ),
        Metric("survival", "fraction", "Packets that live", "Share of the packets that live.", facts=_PACKETS),
        Metric(
            "separatrix",
            "count",
            "Spikes from which on half of the packets live",
            "Number of spikes from which on half of the packets with a given spread live, interpolated between the "
            "numbers that were tried; none where all or no packets live.",
            facts={"spread": float},
        ),
        Metric(
            "strong_survival",
            "fraction",
            "Strong packets that live",
            f"Share of the packets that live, of those {_STRONG}.",
            facts=_CHAIN,
        ),
        Metric(
            "attractor_spikes",
            "count",
            "Spikes at the attractor",
            f"Mean number of spikes in the last group, of the packets that live, of those {_STRONG}.",
            facts=_CHAIN,
            bounds=(None, None),
        ),
        Metric(
            "attractor_spread",
            "ms",
            "Spread at the attractor",
            f"Mean spread in the last group, of the packets that live, of those {_STRONG}.",
            facts=_CHAIN,
        ),
        Metric(
            "background_rate",
            "Hz",
            "Background firing rate",
            "Firing rate of the neurons of a chain of groups of a size before the packet, with a time step in ms.",
            facts=_CHAIN,
        ),
        Metric(
            "spike",
            "count",
            "Spikes of two packets",
            "Spikes on the way of a packet that lives and of one that dies, in steps of 0.1 ms from 10 ms before it "
            "enters, of the first seed; neurons are numbered by group, the packet that enters being that of group 0.",
            facts={"fate": str, "spikes": int, "spread": float, "neuron": int},
            step="Time (0.1 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(
            spikes=(30, 45, 60, 80, 100),
            spreads=(0.0, 1.0, 2.0, 3.0, 4.0),
            trials=6,
            groups=8,
            sizes=(100, 90, 70),
            steps=(0.1, 0.05),
        ),
        "full": Config(
            spikes=(30, 40, 45, 50, 55, 60, 65, 70, 80, 90, 100),
            spreads=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0),
            trials=20,
            groups=12,
            sizes=(100, 110, 90, 80, 70),
            steps=(0.1, 0.2, 0.05, 0.02),
        ),
        "tiny": Config(spikes=(20, 90), spreads=(0.5,), trials=4, groups=4, sizes=(100,), steps=(0.1,)),
    },
    yardsticks=(
        Yardstick(
            "spikes at the attractor, in NEST",
            "attractor_spikes",
            97.8,
            1.5,
            "spikes vary by 1.3 from packet to packet, and a background of 2.5 spikes is subtracted",
            "NEST 3.10, measured for this project",
            "confirmed",
            _MAIN,
        ),
        Yardstick(
            "spread at the attractor, in NEST (ms)",
            "attractor_spread",
            0.219,
            0.04,
            "quartiles lie on the grid of 0.1 ms, and packets are few",
            "NEST 3.10, measured for this project",
            "confirmed",
            _MAIN,
        ),
        Yardstick(
            "background rate, in NEST",
            "background_rate",
            2.51,
            0.4,
            "some 200 spikes are counted in a run of the preset quick: three standard errors",
            "NEST 3.10, measured for this project",
            "confirmed",
            _MAIN,
        ),
        Yardstick(
            "background rate",
            "background_rate",
            2.0,
            1.0,
            "the paper gives one digit, and its neurons have a relative refractoriness in addition",
            "Diesmann et al. 1999, methods",
            "second-hand",
            _MAIN,
        ),
        Yardstick(
            "precision: a spread below 1 ms",
            "attractor_spread",
            0.5,
            0.499,
            "the abstract says a precision in the submillisecond range: anything from 0 to 1 ms",
            "Diesmann et al. 1999, abstract",
            "second-hand",
            _MAIN,
        ),
        Yardstick(
            "90 neurons a group are enough: packets that live",
            "strong_survival",
            1.0,
            0.15,
            "a packet may die by chance near the smallest size at which packets are stable",
            "Diesmann et al. 1999, at least 90 neurons a group",
            "second-hand",
            {"size": 90, "dt": 0.1},
        ),
        Yardstick(
            "70 neurons a group are too few: packets that live",
            "strong_survival",
            0.0,
            0.15,
            "a packet may live by chance to the end of a finite chain",
            "Diesmann et al. 1999, at least 90 neurons a group",
            "second-hand",
            {"size": 70, "dt": 0.1},
        ),
    ),
)
