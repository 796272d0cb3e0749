"""Estimates of the energy of counted operations in a 45 nm process, with 32-bit floats or with integers.

References
----------
M. Horowitz, Computing's energy problem (and what we can do about it), IEEE International Solid-State Circuits
Conference (2014).
B. Jacob et al., IEEE Conference on Computer Vision and Pattern Recognition (2018), arXiv:1712.05877: products of 8-bit
integers are summed in 32 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.arrays import NumberArray

SMALL_MEMORY, LARGE_MEMORY = 10e-12, 100e-12
"""Energy in J to read 64 bits from static memory of 8 kB and of 1 MB."""
STATE_BYTES = 8
"""Moved for the update of a neuron, whose state of 32 bits is read and written."""


@dataclass(frozen=True)
class Arithmetic:
    """What operations on one kind of numbers take.

    Parameters
    ----------
    accumulate, multiply_accumulate, update
        Energy in J of an accumulate, of a multiply-accumulate, and of the update of a neuron.
    weight_bytes
        Size of a weight.
    """

    accumulate: float
    multiply_accumulate: float
    update: float
    weight_bytes: int


FLOATS = Arithmetic(accumulate=0.9e-12, multiply_accumulate=4.6e-12, update=4.6e-12, weight_bytes=4)
"""32-bit floats: 3.7 pJ for a product, 0.9 pJ for a sum. An update takes one of each."""
INTEGERS = Arithmetic(accumulate=0.1e-12, multiply_accumulate=0.3e-12, update=3.2e-12, weight_bytes=1)
"""Weights and activations of 8 bits, sums of 32: 0.2 pJ for a product of 8 bits, 0.1 pJ for a sum of 32 bits. An update
takes a product of 32 bits, 3.1 pJ (a leak, or the change of scale of a sum), and a sum."""


@dataclass(frozen=True)
class Cost:
    """Operations of one answer.

    Parameters
    ----------
    accumulates, multiply_accumulates
        Numbers of operations.
    neuron_updates
        Number of neurons times number of time steps.
    weights
        Number of weights that are moved from memory.
    """

    accumulates: float
    multiply_accumulates: float
    neuron_updates: float
    weights: float

    def without(self, products: float) -> Cost:
        """Return the cost without products whose weights are moved once each.

        Parameters
        ----------
        products
            Number of multiply-accumulates to leave out.

        Returns
        -------
        Cost
            The rest.
        """
        rest = self.multiply_accumulates - products
        return Cost(self.accumulates, rest, self.neuron_updates, max(0.0, self.weights - products))


def joules(cost: Cost, arithmetic: Arithmetic = FLOATS) -> dict[str, float]:
    """Estimate the energy of one answer.

    Parameters
    ----------
    cost
        Operations of one answer.
    arithmetic
        What each of them takes.

    Returns
    -------
    dict of str to float
        Energies in J. `energy_arithmetic` is the usual formula for spiking networks, without neurons and memory;
        `energy_least` and `energy_most` include both, with small and with large memory.
    """
    operations = arithmetic.accumulate * cost.accumulates + arithmetic.multiply_accumulate * cost.multiply_accumulates
    updated = operations + arithmetic.update * cost.neuron_updates
    words = (arithmetic.weight_bytes * cost.weights + STATE_BYTES * cost.neuron_updates) / 8
    return {
        "energy_arithmetic": operations,
        "energy_least": updated + SMALL_MEMORY * words,
        "energy_most": updated + LARGE_MEMORY * words,
    }


def integer_joules(cost: Cost, front_end: float) -> dict[str, float]:
    """Estimate the energy of one answer with integers behind a front end of 32-bit floats.

    Parameters
    ----------
    cost
        Operations of one answer, those of the front end included.
    front_end
        Number of multiply-accumulates of the front end.

    Returns
    -------
    dict of str to float
        Energies in J, as `joules` returns them.
    """
    front = joules(Cost(0, front_end, 0, front_end))
    rest = joules(cost.without(front_end), INTEGERS)
    return {name: front[name] + rest[name] for name in front}


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
