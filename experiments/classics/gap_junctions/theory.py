"""What passes through a gap junction, in closed form and by a solution of high precision."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from bnsim.arrays import FloatArray
from experiments.classics.gap_junctions import TAU


def coefficient(coupling: float, frequency: float) -> float:
    """Return the coupling coefficient of two passive cells.

    Parameters
    ----------
    coupling
        Conductance of the junction, relative to the leak.
    frequency
        Frequency of the current in Hz, 0 for a steady one.

    Returns
    -------
    float
        Amplitude of the other cell relative to that of the driven one.
    """
    return float(coupling / np.hypot(1 + coupling, 2e-3 * np.pi * frequency * TAU))


def spikelet(conductance: float, current: float, duration: float) -> float:
    """Return the largest depolarization of a Hodgkin-Huxley cell at rest whose neighbour fires.

    Parameters
    ----------
    conductance
        Conductance of the junction, in mS per square centimetre of a cell.
    current
        Current into the neighbour, in uA per square centimetre.
    duration
        Length of the solution from rest, in ms.

    Returns
    -------
    float
        Depolarization in mV, with an error below 1e-6 mV.
    """
    rest = [-65.0, 0.05293248525724958, 0.5961207535084603, 0.3176769140606974]

    def rate(time: float, state: FloatArray) -> FloatArray:
        first, second = state[:4], state[4:]
        flow = conductance * (second[0] - first[0])
        return np.concatenate([_membrane(first, current + flow), _membrane(second, -flow)])

    solution = solve_ivp(
        rate, (0, duration), rest + rest, "LSODA", rtol=1e-10, atol=1e-12, t_eval=np.arange(0, duration, 0.005)
    )
    return float(solution.y[4].max() - rest[0])


def _membrane(state: FloatArray, current: float) -> FloatArray:
    """Change of potential and gates a millisecond."""
    v, m, h, n = state
    alpha = np.array(
        [
            0.1 * (v + 40) / -np.expm1(-(v + 40) / 10),
            0.07 * np.exp(-(v + 65) / 20),
            0.01 * (v + 55) / -np.expm1(-(v + 55) / 10),
        ]
    )
    beta = np.array([4 * np.exp(-(v + 65) / 18), 1 / (1 + np.exp(-(v + 35) / 10)), 0.125 * np.exp(-(v + 65) / 80)])
    ionic = 120 * m**3 * h * (50 - v) + 36 * n**4 * (-77 - v) + 0.3 * (-54.387 - v)
    return np.concatenate([[ionic + current], alpha * (1 - state[1:]) - beta * state[1:]])
