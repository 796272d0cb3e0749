"""The network that decides, its stimulus, and the rates and choices that are read from its spikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from brian2.units import Hz, ms, mV, nS, pF

import bnsim
from bnsim import AMPA, GABAA, NMDA, AllToAll, OneToOne, Population, Projection
from bnsim.arrays import Float64Array, FloatArray, IntArray
from experiments.classics.decision import EVERY, SELECTIVE, THRESHOLD, WINDOW

SIZES = {"A": 240, "B": 240, "N": 1120, "I": 400}
"""Neurons that are selective for either direction, other excitatory neurons, and inhibitory ones."""
SHARE = 0.15
"""Share of the excitatory neurons that each selective population holds."""
STRENGTHENED = 1.7
"""Relative weight of synapses within a selective population."""
WEAKENED = 1 - SHARE * (STRENGTHENED - 1) / (1 - SHARE)
"""Relative weight of synapses onto it from other excitatory neurons: the mean of all that a neuron receives is 1."""
BACKGROUND = 2400.0
"""Rate of the spikes from outside onto each neuron, in Hz."""
MEAN, DEVIATION, HELD, HIGHEST = 40.0, 4.0, 50.0, 120.0
"""Mean rate of the stimulus and the standard deviation of its values (Hz), for how long one holds (ms), and the highest
that is possible (Hz)."""

WEIGHTS = dict.fromkeys("ABN", (2.1, 0.05, 0.165, 1.3)) | {"I": (1.62, 0.04, 0.13, 1.0)}
"""Conductances of a synapse onto each, in nS: AMPA from outside, AMPA, NMDA and GABA from the network."""
LATENCY = 0.5
"""Delay of the network's synapses, in ms."""


@dataclass(frozen=True)
class Decision:
    """What was decided in a trial.

    Parameters
    ----------
    choice
        The population that was chosen.
    time
        Time since the stimulus came, in ms.
    """

    choice: str
    time: float


def network(dt: float) -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    dt
        Time step in ms, by which refractory periods are longer than the neurons' rest.

    Returns
    -------
    Network
        Selective neurons A and B with their inputs `to_A` and `to_B`, other excitatory neurons N, inhibitory neurons I.
    """
    excitatory, inhibitory = _cell(500, 25, 2 + dt), _cell(200, 20, 1 + dt)
    populations, projections = [], []
    for name, size in SIZES.items():
        outer, ampa, nmda, gaba = WEIGHTS[name]
        background = bnsim.PoissonDrive(BACKGROUND * Hz, outer * nS, synapse=AMPA())
        start = {"v": bnsim.Uniform(-55 * mV, -50 * mV)}
        cell = inhibitory if name == "I" else excitatory
        populations.append(Population(name, size, cell, drive=background, initial=start))
        for source in "ABN":
            share = relative(source, name)
            projections.append(_projection(source, name, AMPA(), share * ampa))
            projections.append(_projection(source, name, NMDA(), share * nmda))
        projections.append(_projection("I", name, GABAA(), gaba))
        if name in SELECTIVE:
            populations.append(Population(f"to_{name}", size, bnsim.Poisson(HIGHEST * Hz)))
            projections.append(Projection(f"to_{name}", name, AMPA(), outer * nS, OneToOne()))
    return bnsim.Network(populations, projections)


def _cell(capacitance: float, leak: float, refractory: float) -> bnsim.ConductanceLIF:
    return bnsim.ConductanceLIF(
        c_m=capacitance * pF,
        g_leak=leak * nS,
        e_leak=-70 * mV,
        v_threshold=-50 * mV,
        v_reset=-55 * mV,
        refractory=refractory * ms,
    )


def _projection(source: str, target: str, synapse: bnsim.SynapseModel, weight: float) -> Projection:
    name = f"{source}_to_{target}_{type(synapse).__name__}"
    return Projection(source, target, synapse, weight * nS, AllToAll(), delay=LATENCY * ms, name=name)


def relative(source: str, target: str) -> float:
    """Return the relative weight of excitatory synapses.

    Parameters
    ----------
    source, target
        Names of the populations that they connect.

    Returns
    -------
    float
        What the weight of a synapse between excitatory neurons in general is multiplied by.
    """
    if target not in SELECTIVE:
        return 1.0
    return STRENGTHENED if source == target else WEAKENED


def stimulus(coherence: float, duration: float, generator: np.random.Generator) -> dict[str, Float64Array]:
    """Draw the course of the stimulus.

    Parameters
    ----------
    coherence
        Share of the dots that move together, in percent; the mean rate onto A is higher, and that onto B lower, by as
        many percent.
    duration
        Length of the stimulus in ms.
    generator
        Source of randomness.

    Returns
    -------
    dict of str to array, shape (part, unit)
        Rates in Hz onto all neurons of A and of B, which change every 50 ms.
    """
    means = MEAN * (1 + np.array([1, -1]) * coherence / 100)
    rates = np.clip(generator.normal(means, DEVIATION, (round(duration / HELD), 2)), 0, HIGHEST)
    return {f"to_{name}": np.tile(rates[:, [k]], SIZES[name]) for k, name in enumerate(SELECTIVE)}


def course(recording: bnsim.Recording, name: str) -> FloatArray:
    """Return the rate of a population in a window that slides along.

    Parameters
    ----------
    recording
        Spikes of the population.
    name
        Its name.

    Returns
    -------
    array of float
        Spikes a neuron and second in the 50 ms before each time: 50 ms after the beginning, then every 5 ms.
    """
    return sliding(recording.binned(name, EVERY / 1e3)[0].sum(axis=-1), name)


def sliding(counts: IntArray, name: str) -> FloatArray:
    """Return the rate of a population in a window that slides along, of counts.

    Parameters
    ----------
    counts
        Spikes of all its neurons in bins of 5 ms.
    name
        Its name.

    Returns
    -------
    array of float
        As `course`.
    """
    width = round(WINDOW / EVERY)
    rates: FloatArray = np.convolve(counts, np.ones(width), "valid") / (SIZES[name] * width * EVERY / 1e3)
    return rates


def decision(rates: Mapping[str, FloatArray], onset: float) -> Decision | None:
    """Return which population's rate reaches the threshold first after the stimulus came, and when.

    Parameters
    ----------
    rates
        Courses of A and B, as `course` returns them.
    onset
        Time of the stimulus, in ms.

    Returns
    -------
    Decision or None
        None where neither reaches it. Of two that reach it at once, the higher one decides, and A where both are equal.
    """
    first = round((onset - WINDOW) / EVERY) + 1
    after = np.array([rates[name][first:] for name in SELECTIVE])
    reached = (after >= THRESHOLD).any(axis=0)
    if not reached.any():
        return None
    place = int(np.argmax(reached))
    return Decision(SELECTIVE[int(np.argmax(after[:, place]))], EVERY * (place + 1))
