"""The microcircuit of Potjans and Diesmann at any scale: two populations, each of which has four layers."""

from __future__ import annotations

import numpy as np
from brian2.units import Hz, ms, mV, nS, pA, pF, second

import bnsim
from bnsim.arrays import FloatArray, IntArray
from experiments.classics.microcircuit import RATES

POPULATIONS = tuple(RATES)
"""Cell types: of each layer the excitatory neurons, then the inhibitory ones."""
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
"""Number of neurons of each."""
OUTER_INPUTS, OUTER_RATE = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]), 8.0
"""Outer synapses of a neuron of each, and the rate of each synapse in Hz."""
PROBABILITIES = np.array(
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
"""Probability that a pair of neurons is connected at least once, by target (row) and source (column)."""
CAPACITANCE, LEAK, TAU_SYN, REFRACTORY = 250.0, 25.0, 0.5, 2.0
"""Membrane capacitance (pF) and leak (nS), synaptic time constant and refractory period (ms)."""
REST, THRESHOLD = -65.0, -50.0
"""Resting potential, which is also the reset potential, and threshold, in mV."""
POTENTIAL, INHIBITION, DOUBLED = 0.15, -4.0, 2.0
"""Peak of an excitatory potential (mV), relative strength of inhibition, and of L4E onto L23E."""
DELAYS, VARIATION = {"E": 1.5, "I": 0.75}, 0.5
"""Mean delay (ms) by source, and its relative standard deviation; that of weights is 0.1."""
_FOREVER = 1e5
"""Longer than any simulation, in s."""


def layers(name: str) -> IntArray:
    """Return the places of a population's layers among the cell types.

    Parameters
    ----------
    name
        E or I.

    Returns
    -------
    array of int, shape (4,)
        Places in `POPULATIONS`, from layer 2/3 to layer 6.
    """
    return np.arange("EI".index(name), len(POPULATIONS), 2)


def sizes(neurons: float) -> IntArray:
    """Return the number of neurons of each cell type.

    Parameters
    ----------
    neurons
        Share of the full model's neurons.

    Returns
    -------
    array of int, shape (8,)
        As in `POPULATIONS`.
    """
    return np.round(SIZES * neurons).astype(int)


def in_degrees() -> FloatArray:
    """Return the mean number of synapses that end on a neuron of the full model.

    Returns
    -------
    array of float, shape (target, source)
        Pairs may be connected several times: of K synapses between N pairs, each pair has none with probability
        (1 - 1/N)**K.
    """
    pairs = np.outer(SIZES, SIZES)
    return np.log(1 - PROBABILITIES) / np.log(1 - 1 / pairs) / SIZES[:, None]


def weight() -> float:
    """Return the excitatory weight of the full model, a current in pA whose potential peaks at 0.15 mV."""
    tau = CAPACITANCE / LEAK
    peak = np.log(tau / TAU_SYN) * tau * TAU_SYN / (tau - TAU_SYN)
    return float(POTENTIAL * CAPACITANCE * (1 / TAU_SYN - 1 / tau) / (np.exp(-peak / tau) - np.exp(-peak / TAU_SYN)))


def missing_current(inputs: float) -> FloatArray:
    """Return the mean input that a network with fewer inputs lacks.

    Parameters
    ----------
    inputs
        Share of the full model's inputs, whose weights are divided by its square root.

    Returns
    -------
    array of float, shape (8,)
        Current in pA: each spike brings the charge weight times tau_syn.
    """
    strength = np.tile([1.0, INHIBITION], 4) * np.ones((8, 8))
    strength[0, 2] = DOUBLED
    spikes = (strength * in_degrees()) @ np.array(list(RATES.values())) + OUTER_INPUTS * OUTER_RATE
    current: FloatArray = (1 - np.sqrt(inputs)) * weight() * TAU_SYN / 1e3 * spikes
    return current


def network(neurons: float, inputs: float, dt: float) -> bnsim.Network:
    """Return the microcircuit.

    Parameters
    ----------
    neurons, inputs
        Shares of the full model's neurons, and of the inputs of each.
    dt
        Time step in ms.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I, numbered from layer 2/3 to layer 6.
    """
    cell = bnsim.ConductanceLIF(
        c_m=CAPACITANCE * pF,
        g_leak=LEAK * nS,
        e_leak=REST * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=REST * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    return bnsim.Network(
        [_population(name, cell, neurons, inputs) for name in "EI"],
        [_projection(source, target, neurons, inputs, dt) for source in "EI" for target in "EI"],
    )


def _population(name: str, cell: bnsim.NeuronModel, neurons: float, inputs: float) -> bnsim.Population:
    own = sizes(neurons)[layers(name)]
    rates = np.repeat((OUTER_INPUTS * OUTER_RATE * inputs)[layers(name)], own)
    missing = np.repeat(missing_current(inputs)[layers(name)], own)
    outer = bnsim.PoissonDrive(
        bnsim.Binned(rates[None] * Hz, _FOREVER * second),
        weight() / np.sqrt(inputs) * pA,
        synapse=bnsim.ExponentialCurrent(TAU_SYN * ms),
    )
    drives = [outer, bnsim.Current(bnsim.Binned(missing[None] * pA, _FOREVER * second))]
    initial = {"v": bnsim.Normal(-63.5 * mV, 5 * mV, maximum=THRESHOLD * mV)}
    return bnsim.Population(name, int(own.sum()), cell, drive=drives, initial=initial)


def _projection(source: str, target: str, neurons: float, inputs: float, dt: float) -> bnsim.Projection:
    sources, targets = layers(source), layers(target)
    numbers = np.round(in_degrees() * inputs * sizes(neurons)[:, None]).astype(int)
    rules = [[bnsim.FixedTotalNumber(int(numbers[to, of])) for to in targets] for of in sources]
    factors = np.ones((4, 4))
    factors[1, 0] = DOUBLED if source == target == "E" else 1.0
    mean = weight() / np.sqrt(inputs) * (1 if source == "E" else INHIBITION)
    limit = {"minimum": 0 * pA} if source == "E" else {"maximum": 0 * pA}
    delay = DELAYS[source]
    return bnsim.Projection(
        source,
        target,
        bnsim.ExponentialCurrent(TAU_SYN * ms),
        bnsim.Normal(mean * pA, 0.1 * abs(mean) * pA, **limit),
        bnsim.Blocks(sizes(neurons)[sources].tolist(), sizes(neurons)[targets].tolist(), rules, factors),
        delay=bnsim.Normal(
            delay * ms, VARIATION * delay * ms, minimum=dt * ms, maximum=(1 + 6 * VARIATION) * delay * ms
        ),
        single_precision=True,
    )
