"""Limits of the weights of a projection."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array, Int32Array

ROUNDING = 1e-9
"""By which share of a limit a weight may exceed it: units are multiplied in several orders."""


@dataclass(frozen=True)
class Limits:
    """Smallest and largest weight that synapse and rule allow.

    Parameters
    ----------
    low, high : float
        In SI units, infinite where there is no limit.
    unit : Quantity
        A weight with the right dimensions, for messages.
    """

    low: float
    high: float
    unit: Quantity

    def fault(self, source: Int32Array, target: Int32Array, weights: Float64Array) -> str:
        """Return what is wrong with some weights.

        Parameters
        ----------
        source, target : ndarray of int, shape (n_synapses,)
            Units that the synapses connect.
        weights : ndarray of float, shape (n_synapses,)
            Their weights in SI units.

        Returns
        -------
        str
            Which synapse leaves the limits, "" where none does.
        """
        low, high = self.low - ROUNDING * abs(self.low), self.high + ROUNDING * abs(self.high)
        if not len(weights) or (weights.min() >= low and weights.max() <= high):
            return ""
        synapse = int(np.flatnonzero((weights < low) | (weights > high))[0])
        bounds = "0 and more" if math.isinf(self.high) else f"{self.describe(self.low)} to {self.describe(self.high)}"
        return (
            f"{self.describe(weights[synapse])} from unit {source[synapse]} to unit {target[synapse]} leaves {bounds}"
        )

    def describe(self, weight: float) -> str:
        """Return a weight as text.

        Parameters
        ----------
        weight : float
            In SI units.

        Returns
        -------
        str
            The weight with its unit.
        """
        return checks.describe(Quantity(weight, dim=get_dimensions(self.unit)))
