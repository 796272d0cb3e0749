"""Does a packet of spikes settle as it travels along a chain of groups of neurons, or does it die?

The network is the synfire chain of Diesmann, Gewaltig and Aertsen (1999): each of the 100 neurons of a group sends its
spikes to all neurons of the next group, and every neuron has a background input that makes it fire about twice a
second. A packet of a given number of spikes, normally distributed about their centre, enters the first group. In each
group the packet is then measured: its spikes are those within 5 ms of their median, less those that the background
alone gives in that time. Its spread is their interquartile range divided by 1.349, which is the standard deviation of
normally distributed spikes and is hardly changed by a few spikes of the background. A packet lives if at least half of
the last group's neurons fire in it.

Deviations from the paper: the background of a neuron is one excitatory and one inhibitory Poisson train with larger
weights, which have the mean and the variance of the paper's 20,000 synapses. The groups follow each other without
delay, which only shifts time. The paper measures the spread as a standard deviation over many trials. A chain in plain
Brian2, with white noise as the background, gives the same packets within 0.1 ms and 5 spikes (`tests/reference`).

References
----------
M. Diesmann, M.-O. Gewaltig and A. Aertsen, Nature 402, 529-533 (1999).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, NonNegativeFloat, PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

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
    """

    spikes: tuple[PositiveInt, ...] = Field(min_length=1)
    spreads: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    trials: PositiveInt
    groups: PositiveInt


_PACKETS: Mapping[str, type[str] | type[int] | type[float]] = {"spikes": int, "spread": float}

STUDY = Study(
    __name__,
    __doc__,
    title="Packets of spikes",
    order=200,
    brief=False,
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
            "attractor_spikes",
            "count",
            "Spikes of packets that live",
            "Mean number of spikes in the last group, of the packets that live.",
            bounds=(None, None),
        ),
        Metric(
            "attractor_spread",
            "ms",
            "Spread of packets that live",
            "Mean spread in the last group, of the packets that live.",
        ),
        Metric(
            "background_rate",
            "Hz",
            "Background firing rate",
            "Firing rate of the first group's neurons before the packet.",
        ),
    ),
    presets={
        "quick": Config(spikes=(30, 45, 60, 80, 100), spreads=(0.0, 1.0, 2.0, 3.0, 4.0), trials=6, groups=8),
        "full": Config(
            spikes=(30, 40, 45, 50, 55, 60, 65, 70, 80, 90, 100),
            spreads=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0),
            trials=20,
            groups=12,
        ),
        "tiny": Config(spikes=(20, 90), spreads=(0.5,), trials=4, groups=4),
    },
)
