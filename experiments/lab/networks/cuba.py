"""A sparse network of neurons that would fire by themselves, with synaptic currents."""

from __future__ import annotations

from brian2.units import ms, mV

import bnsim
from experiments.classics.cuba.measure import EXCITATORY, INHIBITORY
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Knob, Values
from experiments.lab.views import Potentials, Raster, Rates, Spectrum

DT = 0.1
"""Time step in ms."""


def network(values: Values) -> bnsim.Network:
    """Return the network of the classic experiment `cuba`, with the values of the knobs.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    Network
        Populations E and I.
    """
    cell = bnsim.LIF(
        tau_m=values["tau_m"],
        v_rest=values["v_rest"],
        v_threshold=-50 * mV,
        v_reset=-60 * mV,
        refractory=(5 + DT) * ms,
    )
    start = {"v": bnsim.Uniform(-60 * mV, -50 * mV)}
    synapses = {"E": (5 * ms, values["excitation"]), "I": (10 * ms, -values["inhibition"])}
    return bnsim.Network(
        [
            bnsim.Population("E", EXCITATORY, cell, initial=start),
            bnsim.Population("I", INHIBITORY, cell, initial=start),
        ],
        [
            bnsim.Projection(
                source, target, bnsim.ExponentialCurrent(tau), weight, bnsim.FixedProbability(values["probability"])
            )
            for source, (tau, weight) in synapses.items()
            for target in "EI"
        ],
    )


EXPERIMENTS = (
    Simulation(
        "cuba",
        "Currents without input (CUBA)",
        "Networks",
        "4000 neurons without any input from outside. They rest above the threshold, so that each would fire by "
        "itself, and inhibition makes the spikes sparse and irregular. Lower the resting potential below -50 mV, and "
        "the network falls silent after a while; weaken the inhibition, and it fires as fast as it can.",
        (
            Knob("v_rest", "Resting potential", -60, -40, -49, 0.5, "mV"),
            Knob("excitation", "Excitatory weight", 0, 4, 1.62, 0.02, "mV"),
            Knob("inhibition", "Inhibitory weight", 0, 20, 9, 0.5, "mV"),
            Knob("probability", "Probability of a connection", 0.005, 0.05, 0.02, 0.005),
            Knob.of(bnsim.LIF, "tau_m", 5, 50, 1),
        ),
        network=network,
        dt=DT,
        seconds=0.5,
        record=(bnsim.Spikes("E"), bnsim.Spikes("I"), bnsim.Trace("E", "v", units=range(3), every=0.5 * ms)),
        views=(Raster(("E", "I")), Rates(("E", "I")), Potentials("E", (0, 1, 2)), Spectrum(("E", "I"))),
    ),
)
