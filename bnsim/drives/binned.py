"""A quantity that changes from one time bin to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import Description, parameter
from bnsim.errors import InputError


@dataclass(frozen=True, repr=False)
class Binned(Description):
    """A quantity that changes from one time bin to the next, and is 0 after the last bin.

    Parameters
    ----------
    values : Quantity, shape (bin,) or (bin, unit)
        One value for all units of the population, or one for each.
    width : Quantity
        Length of a bin, a whole number of time steps.

    Raises
    ------
    InputError
        If the values have another shape, or are not finite.

    Notes
    -----
    Time is counted from the beginning of the trial, or of the state of a continuous run. The values are data: others
    recompile nothing.
    """

    values: Any
    width: Quantity = parameter(1 * ms)

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.ndim(self.values) not in (1, 2) or not np.size(self.values):
            raise InputError(
                f"Binned.values: an array of shape {np.shape(self.values)}; give one value a bin, or (bin, unit)"
            )
        if not np.isfinite(self.numbers).all():
            raise InputError("Binned.values: holds NaN or infinite values; replace them")

    @property
    def numbers(self) -> Float64Array:
        """The values in SI units."""
        return np.asarray(self.values, dtype=np.float64)

    @property
    def example(self) -> Quantity:
        """1 in the SI unit of the values."""
        return Quantity(1.0, dim=get_dimensions(self.values))

    @property
    def n_units(self) -> int | None:
        """Number of units that have values of their own; None where one value serves for all."""
        return None if self.numbers.ndim == 1 else self.numbers.shape[1]

    def steps(self, culprit: str, dt: float) -> int:
        """Return the length of a bin in time steps.

        Parameters
        ----------
        culprit : str
            What the values were given as, for the message of an error.
        dt : float
            Time step in seconds.

        Returns
        -------
        int
            The number of steps.

        Raises
        ------
        InputError
            If it is no whole number.
        """
        exact = float(np.asarray(self.width)) / dt
        if abs(exact - round(exact)) > 1e-6 or round(exact) < 1:
            raise InputError(
                f"{culprit}: bins of {checks.describe(self.width)} are no whole number of steps of {dt * 1e3:g} ms; "
                "give a multiple of dt"
            )
        return round(exact)
