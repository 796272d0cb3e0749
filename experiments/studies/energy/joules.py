"""Estimates of the energy of counted operations: 32-bit floats in a 45 nm process.

References ---------- M. Horowitz, Computing's energy problem (and what we can do about it), IEEE International
Solid-State Circuits Conference (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.arrays import NumberArray

ACCUMULATE = 0.9e-12
MULTIPLY_ACCUMULATE = 4.6e-12
"""Energy in J: 3.7 pJ for the product, 0.9 pJ for the sum."""
SMALL_MEMORY, LARGE_MEMORY = 10e-12, 100e-12
"""Energy in J to read 64 bits from static memory of 8 kB and of 1 MB."""


@dataclass(frozen=True)
class Cost:
    """Operations of one answer.

    Parameters
    ----------
    accumulates, multiply_accumulates
        Numbers of operations.
    neuron_updates
        Number of neurons times number of time steps.
    bytes
        Bytes moved between memory and arithmetic.
    """

    accumulates: float
    multiply_accumulates: float
    neuron_updates: float
    bytes: float


def joules(cost: Cost) -> dict[str, float]:
    """Estimate the energy of one answer.

    Parameters
    ----------
    cost
        Operations of one answer.

    Returns
    -------
    dict of str to float
        Energies in J. `energy_arithmetic` is the usual formula for spiking networks, without neurons and memory;
        `energy_least` and `energy_most` include both, with small and with large memory.
    """
    arithmetic = ACCUMULATE * cost.accumulates + MULTIPLY_ACCUMULATE * cost.multiply_accumulates
    updated = arithmetic + MULTIPLY_ACCUMULATE * cost.neuron_updates
    words = cost.bytes / 8
    return {
        "energy_arithmetic": arithmetic,
        "energy_least": updated + SMALL_MEMORY * words,
        "energy_most": updated + LARGE_MEMORY * words,
    }


def nonzero_share(responses: NumberArray) -> float:
    """Return the fraction of responses that are not 0.

    Parameters
    ----------
    responses
        Responses, of any shape.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return float(np.count_nonzero(responses) / responses.size)
