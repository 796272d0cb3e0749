"""Graded input: units that hold the values of the stimulus and never fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bnsim.arrays import Float64Array
from bnsim.drives.encoder import Encoder, stimulus_array
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class GradedInput(Encoder):
    """Graded input: each unit holds its value of the stimulus, which graded synapses transmit; it never fires.

    Notes
    -----
    A population of such units with `bnsim.Graded` synapses is a weighted analogue input: v += w x in every step of the
    presentation, where `bnsim.ConstantCurrent` drives each neuron by a value of its own. Any finite stimulus; after
    the presentation values are 0.
    """

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Float64Array:
        """Return the value of each unit.

        Parameters
        ----------
        stimulus : array_like, shape (trial, unit)
            Any finite values without a unit.
        n_units : int
            Size of the population.
        timing : Timing
            Not used.

        Returns
        -------
        ndarray of float64, shape (trial, unit)
            The stimulus.

        Raises
        ------
        InputError
            If the stimulus has another shape or a unit, is not numeric, or is not finite.
        """
        return stimulus_array(self, stimulus, n_units)
