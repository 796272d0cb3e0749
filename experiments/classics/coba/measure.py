"""Simulate a sparse network with conductances from two starts, and measure its activity."""

from __future__ import annotations

from typing import Literal

import numpy as np
from brian2.units import Hz, ms, mV, nS

import bnsim
from bnsim import ExponentialConductance, FixedProbability, Normal, Population, Projection
from experiments.classics.coba import CLASSIC, Config
from experiments.classics.cuba.measure import EXCITATORY, INHIBITORY, measured, rate, shares, shown, simulated
from experiments.spec import Measurement, Outcome, Progress, Untrained

Start = Literal["drawn", "kick"]
KICKED, KICK = 50, 50 * ms
"""Number of neurons that are kicked, and for how long."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the network with each time step from drawn values, and after a kick with the first one.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of connections, initial values and the kick.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    starts: list[tuple[Start, float]] = [("drawn", dt) for dt in config.steps]
    starts.append(("kick", config.steps[0]))
    rows: list[Measurement] = []
    first = None
    for number, (start, dt) in enumerate(starts):
        recording = simulated(network(dt, start), dt, subject.seed, config.duration)
        if first is None:
            first = recording
            rows += shares(CLASSIC, recording)
            rows += shown(CLASSIC, recording) if subject.seed == 0 else ()
        rows += measured(CLASSIC, recording, start=start, dt=dt)
        rows.append(CLASSIC["change"](rate(recording) - rate(first), start=start, dt=dt))
        times = [recording.spike_times(name).time.max(initial=0.0) for name in "EI"]
        rows.append(CLASSIC["lasting"](max(times), start=start, dt=dt))
        progress(number + 1, len(starts))
    return Outcome(1, 0, tuple(rows))


def network(dt: float, start: Start = "drawn") -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    dt
        Time step in ms, by which the refractory period is longer than the neurons' rest.
    start
        Whether initial values are drawn, or neurons at rest are kicked.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    cell = bnsim.ConductanceLIF(refractory=(5 + dt) * ms)
    excitation = ExponentialConductance(5 * ms, reversal=0 * mV)
    synapses = {"E": (excitation, 6 * nS), "I": (ExponentialConductance(10 * ms, reversal=-80 * mV), 67 * nS)}
    pulse = np.zeros((1, EXCITATORY))
    pulse[0, :KICKED] = 300
    kick = bnsim.PoissonDrive(bnsim.Binned(pulse * Hz, KICK), 6 * nS, synapse=excitation)
    return bnsim.Network(
        [
            Population("E", EXCITATORY, cell, drive=kick if start == "kick" else (), initial=initial("E", start)),
            Population("I", INHIBITORY, cell, initial=initial("I", start)),
        ],
        [
            Projection(source, target, synapse, weight, FixedProbability(0.02))
            for source, (synapse, weight) in synapses.items()
            for target in "EI"
        ],
    )


def initial(name: str, start: Start) -> dict[str, Normal]:
    """Return the values at the start of the potentials and conductances of a population.

    Parameters
    ----------
    name
        Name of the population.
    start
        Whether they are drawn; otherwise neurons are at rest.

    Returns
    -------
    dict of str to Normal
        Distributions by variable; none at rest. All excitatory synapses onto a population share a conductance, which
        has the name of the first projection, and so do all inhibitory ones.
    """
    if start == "kick":
        return {}
    return {
        "v": Normal(-65 * mV, 5 * mV),
        f"E_to_{name}_g": Normal(40 * nS, 15 * nS),
        f"I_to_{name}_g": Normal(200 * nS, 120 * nS),
    }
