"""A packet of spikes on its way along a chain of groups: does it live or die?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from brian2.units import Hz, ms, mV
from scipy.special import ndtri

import bnsim
from experiments.classics.synfire.chain import (
    EXCITATORY,
    INHIBITORY,
    REFRACTORY,
    REST,
    TAU_M,
    TAU_SYN,
    THRESHOLD,
    WARM_UP,
    WEIGHT,
)
from experiments.lab.simulation import Simulation, Stimulus
from experiments.lab.spec import Knob, Values
from experiments.lab.views import Potentials, Raster, Rates

SIZE, DT = 100, 0.1
"""Neurons of a group, and the time step in ms."""
GROUPS = tuple(f"group_{place}" for place in range(1, 9))


def network(values: Values) -> bnsim.Network:
    """Return the chain of the classic experiment `synfire`, a population for each group.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    Network
        The population "packet", and the groups.
    """
    cell = bnsim.LIF(
        tau_m=values["tau_m"],
        v_rest=REST * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=REST * mV,
        refractory=(REFRACTORY + DT) * ms,
    )
    synapse, weight = bnsim.AlphaCurrent(tau=TAU_SYN * ms), values["weight"]
    background = [
        bnsim.PoissonDrive(rate, sign * WEIGHT * mV, n=number, synapse=synapse)
        for sign, number, rate in (
            (1, EXCITATORY[0], values["background"]),
            (-1, INHIBITORY[0], INHIBITORY[1] * Hz),
        )
    ]
    names = ("packet", *GROUPS)
    return bnsim.Network(
        [
            bnsim.Population("packet", SIZE, bnsim.SpikeTrains()),
            *(bnsim.Population(name, SIZE, cell, drive=background) for name in GROUPS),
        ],
        [bnsim.Projection(source, target, synapse, weight) for source, target in pairwise(names)],
    )


def stimulus(values: Values) -> Stimulus:
    """Return the packet: its spikes are evenly spaced quantiles of a normal distribution, each of another neuron.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    mapping of str to tuple of ndarray
        Times in s, and units.
    """
    number = round(float(values["spikes"]))
    quantiles = ndtri((np.arange(number) + 0.5) / number)
    times = WARM_UP / 1e3 + float(np.asarray(values["spread"])) * quantiles
    return {"packet": (np.round(times, 4), np.arange(number))}


EXPERIMENTS = (
    Simulation(
        "synfire",
        "Synfire chain",
        "Networks",
        "A packet of spikes enters the first of eight groups of 100 neurons, 50 ms after the beginning; each group "
        "excites the next one, and all receive 20,000 background synapses. A strong and narrow packet sharpens and "
        "reaches the end; a weak or wide one dies. Look for the number of spikes between the two, and what the spread "
        "does to it.",
        (
            Knob("spikes", "Spikes of the packet", 1, SIZE, 80, 1, whole=True),
            Knob("spread", "Spread of the packet", 0, 6, 2, 0.1, "ms"),
            Knob("weight", "Weight of the chain's synapses", 0.888, 2.688, round(WEIGHT, 3), 0.02, "mV"),
            Knob("background", "Rate of an excitatory background synapse", 1, 3, EXCITATORY[1], 0.05, "Hz"),
            Knob("tau_m", "Membrane time constant", 5, 20, TAU_M, 0.5, "ms"),
        ),
        network=network,
        stimulus=stimulus,
        dt=DT,
        seconds=0.1,
        record=(
            bnsim.Spikes("packet"),
            *(bnsim.Spikes(name) for name in GROUPS),
            bnsim.Trace(GROUPS[0], "v", units=range(2), every=0.1 * ms),
        ),
        views=(Raster(("packet", *GROUPS)), Rates((GROUPS[0], GROUPS[3], GROUPS[7]), 1), Potentials(GROUPS[0], (0, 1))),
    ),
)
