"""Latency code (time to first spike): the stronger, the earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import parameter
from bnsim.encoding.base import Encoder, intensities
from bnsim.errors import InputError
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class Latency(Encoder):
    """Latency code: the stronger the value, the earlier its one spike.

    Parameters
    ----------
    latest : Quantity
        Time of the spike that a vanishing intensity would have.

    Raises
    ------
    InputError
        If latest is at or beyond the end of the presentation.

    Notes
    -----
    One spike at (1 - intensity) x latest, rounded to a step; none at intensity 0.

    References
    ----------
    S. Thorpe, A. Delorme and R. Van Rullen, Neural Networks 14 (2001).
    """

    latest: Quantity = parameter(20 * ms)
    threshold: ClassVar[str] = "t_in_timesteps == drive"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Float64Array:
        latest = float(np.asarray(self.latest)) / timing.dt
        if round(latest) >= timing.presentation_steps:
            raise InputError(
                f"Latency.latest: {checks.describe(self.latest)} is not within the presentation of "
                f"{timing.presentation_steps * timing.dt * 1e3:g} ms; shorten latest or lengthen the trial"
            )
        values = intensities(self, stimulus, n_units)
        return np.where(values > 0, np.rint((1 - values) * latest), -1.0)
