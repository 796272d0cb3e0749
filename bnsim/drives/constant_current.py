"""Constant current: each unit of a neuron population is driven in proportion to its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.description import parameter
from bnsim.drives.encoder import Encoder, stimulus_array
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class ConstantCurrent(Encoder):
    """Constant current: the input is proportional to the value.

    Parameters
    ----------
    gain : Quantity
        Input at value 1, in the neuron's input unit.

    Notes
    -----
    I += gain x stimulus, during the presentation; any finite stimulus. A stimulus may also have the unit of the gain,
    and is the input then: I += stimulus.
    """

    gain: Quantity = parameter(20 * mV, any_unit=True)
    spikes: ClassVar[bool] = False
    scale: ClassVar[str] = "gain"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Float64Array:
        """Return the input current of each unit.

        Parameters
        ----------
        stimulus : array_like, shape (trial, unit)
            Any finite values: numbers, or with the unit of the gain.
        n_units : int
            Size of the population.
        timing : Timing
            Not used.

        Returns
        -------
        ndarray of float64, shape (trial, unit)
            gain x stimulus, in the SI unit of the gain.

        Raises
        ------
        InputError
            If the stimulus has another shape or unit, is not numeric, or is not finite.
        """
        return float(np.asarray(self.gain)) * stimulus_array(self, stimulus, n_units)
