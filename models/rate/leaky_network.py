"""Leaky rate units with connections among them: their course in time, and how it is read.

Sums are NumPy's own (`einsum`): those of BLAS would depend on its number of threads, and on how many sequences are
computed together, in the last bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from bnsim.arrays import FloatArray
from bnsim.expected import REAL, Expected, check
from models.rate.glorot import glorot


@dataclass(frozen=True, eq=False)
class LeakyNetwork:
    """Leaky rates that are read by a softmax in every step.

    Equations: from h = 0, in step t of a sequence x,

        u(t) = W_in' x(t) + W_rec' h(t-1) + b      h(t) = (1 - 1/tau) h(t-1) + 1/tau tanh(u(t))
        y(t) = W_out' h(t) + c

    Parameters
    ----------
    inputs : ndarray, shape (n_inputs, n_units)
        W_in.
    recurrent : ndarray, shape (n_units, n_units)
        W_rec, from the unit of the row to that of the column; no unit is connected to itself, which would but change
        its time constant.
    bias : ndarray, shape (n_units,)
        b.
    output : ndarray, shape (n_units, n_classes)
        W_out.
    output_bias : ndarray, shape (n_classes,)
        c.
    tau : ndarray, shape (n_units,)
        Time constants in steps, at least 1; they are not learned.
    """

    inputs: FloatArray
    recurrent: FloatArray
    bias: FloatArray
    output: FloatArray
    output_bias: FloatArray
    tau: FloatArray

    @classmethod
    def draw(
        cls,
        n_inputs: int,
        n_units: int,
        n_classes: int,
        memory: float,
        generator: np.random.Generator,
        input_scale: float = 1.0,
    ) -> LeakyNetwork:
        """Draw an untrained network, in single precision.

        Parameters
        ----------
        n_inputs, n_units, n_classes : int
            Sizes.
        memory : float
            Longest time constant, in steps.
        generator : numpy.random.Generator
            Draws weights and time constants.
        input_scale : float
            Factor on W_in.

        Returns
        -------
        LeakyNetwork
            W_in and W_out are uniform within plus and minus sqrt(6 / (units before + units after)), W_in times
            `input_scale`; W_rec is a random orthogonal matrix without its diagonal, biases are 0, and log tau is
            uniform between 0 and log `memory`.
        """
        # The signs make what the decomposition gives uniform among orthogonal matrices (Mezzadri 2007).
        directions, upper = np.linalg.qr(generator.standard_normal((n_units, n_units)))
        recurrent = directions * np.sign(np.diag(upper))
        np.fill_diagonal(recurrent, 0.0)
        return cls(
            inputs=np.float32(input_scale) * glorot(generator, (n_inputs, n_units)),
            recurrent=recurrent.astype(np.float32),
            bias=np.zeros(n_units, np.float32),
            output=glorot(generator, (n_units, n_classes)),
            output_bias=np.zeros(n_classes, np.float32),
            tau=np.exp(generator.uniform(0, np.log(memory), n_units)).astype(np.float32),
        )

    @property
    def learned(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """What training changes, in the order of the fields."""
        return self.inputs, self.recurrent, self.bias, self.output, self.output_bias

    def with_learned(self, weights: tuple[FloatArray, ...]) -> LeakyNetwork:
        """Return the network with other weights.

        Parameters
        ----------
        weights : tuple of ndarray
            In the order of `learned`.

        Returns
        -------
        LeakyNetwork
            The network.
        """
        inputs, recurrent, bias, output, output_bias = weights
        return LeakyNetwork(inputs, recurrent, bias, output, output_bias, self.tau)

    @property
    def n_parameters(self) -> int:
        """Return the number of values that training changes."""
        return sum(array.size for array in self.learned) - len(self.bias)

    @property
    def kept(self) -> FloatArray:
        """Return what is left of a rate after a step without input, 1 - 1/tau (n_units,)."""
        return 1 - 1 / self.tau

    def run(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute the course of the rates.

        Parameters
        ----------
        inputs : ndarray, shape (n_samples, n_steps, n_inputs)
            Sequences, in single precision; each has the same rates in any company.

        Returns
        -------
        rates : ndarray, shape (n_samples, n_steps, n_units)
            h.
        responses : ndarray, shape (n_samples, n_steps, n_units)
            tanh(u).
        """
        arriving = np.einsum("sti,ij->tsj", inputs, self.inputs) + self.bias
        rates, responses = np.empty_like(arriving), np.empty_like(arriving)
        kept, taken, rate = self.kept, 1 / self.tau, np.zeros_like(arriving[0])
        for t, drive in enumerate(arriving):
            drive += np.einsum("si,ij->sj", rate, self.recurrent)
            np.tanh(drive, out=responses[t])
            rate = kept * rate + taken * responses[t]
            rates[t] = rate
        return rates.swapaxes(0, 1), responses.swapaxes(0, 1)

    def read(self, rates: FloatArray) -> FloatArray:
        """Compute the read-out.

        Parameters
        ----------
        rates : ndarray, shape (n_samples, n_steps, n_units)
            h.

        Returns
        -------
        ndarray, shape (n_samples, n_steps, n_classes)
            y.
        """
        return np.einsum("sti,ik->stk", rates, self.output) + self.output_bias

    def answer(self, inputs: FloatArray, parts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute what the network says of sequences.

        Parameters
        ----------
        inputs : ndarray, shape (n_samples, n_steps, n_inputs)
            Sequences.
        parts : ndarray, shape (n_samples, n_steps)
            Which part each step has in the answer.

        Returns
        -------
        rates : ndarray, shape (n_samples, n_units)
            Mean of h over the steps of the answer.
        probabilities : ndarray, shape (n_samples, n_classes)
            Mean of the softmax of y over them.
        """
        rates, _ = self.run(inputs)
        probabilities = softmax(self.read(rates).astype(np.float64), axis=2)
        return np.einsum("st,stj->sj", parts, rates), np.einsum("st,stj->sj", parts, probabilities)

    def is_finite(self) -> bool:
        """Return whether all that is learned is finite.

        Returns
        -------
        bool
            False where descent has run away.
        """
        return all(np.isfinite(array).all() for array in self.learned)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the network as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray], n_inputs: int, n_units: int, n_classes: int) -> LeakyNetwork:
        """Make a network from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name.
        n_inputs, n_units, n_classes : int
            Sizes.

        Returns
        -------
        LeakyNetwork
            The network.

        Raises
        ------
        ValueError
            If the arrays are not those of such a network.
        """
        expected = {
            "inputs": Expected(REAL, (n_inputs, n_units)),
            "recurrent": Expected(REAL, (n_units, n_units)),
            "bias": Expected(REAL, (n_units,)),
            "output": Expected(REAL, (n_units, n_classes)),
            "output_bias": Expected(REAL, (n_classes,)),
            "tau": Expected(REAL, (n_units,), low=1),
        }
        check(arrays, expected)
        return cls(**{name: arrays[name] for name in expected})
