"""What the training by surrogate gradients is told of a network of spiking neurons: dynamics, weights, trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array, FloatArray


@dataclass(frozen=True)
class Dynamics:
    """One time step of a layer: membrane and synapses, in units of the threshold above rest.

    Parameters
    ----------
    decay : float
        What is left of the membrane potential after a step.
    transfer : float
        Potential that a synaptic current of 1 brings in a step.
    synaptic_decay : float
        What is left of a synaptic current after a step; 0 for a delta synapse.
    constant : float
        Potential that a constant input brings in a step.

    Notes
    -----
    With x the membrane potential before a reset, s the spike, c the synaptic current and a the summed weights of the
    spikes that arrive in step t,

        x(t) = decay (x(t-1) - s(t-1)) + transfer c(t-1) + constant
        s(t) = 1 where x(t) > 1, else 0
        c(t) = synaptic_decay c(t-1) + a(t)

    A delta synapse, v += a, is the case transfer = decay, synaptic_decay = 0.
    """

    decay: float
    transfer: float
    synaptic_decay: float = 0.0
    constant: float = 0.0

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        return self.decay, self.transfer, self.synaptic_decay, self.constant

    def responses(self, n_steps: int) -> Float64Array:
        """Return the derivative of the membrane potential by what arrives, where resets are not differentiated.

        Parameters
        ----------
        n_steps : int
            Time steps of a trial.

        Returns
        -------
        ndarray of float64, shape (n_steps, n_steps)
            Of x in the step of the column by a in the step of the row.
        """
        course, potential, current = np.zeros(n_steps), 0.0, 1.0
        for step in range(1, n_steps):
            potential = self.decay * potential + self.transfer * current
            current *= self.synaptic_decay
            course[step] = potential
        later = np.arange(n_steps) - np.arange(n_steps)[:, None]
        return np.where(later > 0, course[later], 0.0)


@dataclass(frozen=True, eq=False)
class LayerWeights:
    """Weights that lead to a layer.

    Parameters
    ----------
    matrix : ndarray, shape (n_inputs, n_units)
        From the layer before.
    bias : ndarray, shape (n_units,)
        From the bias unit.
    """

    matrix: FloatArray
    bias: FloatArray


@dataclass(frozen=True, eq=False)
class Trials:
    """What comes into the network from outside.

    Parameters
    ----------
    inputs : ndarray of uint8, shape (n_trials, n_steps, n_inputs)
        1 where an input unit fires.
    bias : ndarray of uint8, shape (n_trials, n_steps)
        1 where the bias unit fires.
    """

    inputs: NDArray[np.uint8]
    bias: NDArray[np.uint8]
