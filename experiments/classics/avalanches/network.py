"""The network: cells that fire where spikes meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim import Delta, OneToOne, Population, Projection
from experiments.classics.avalanches import GENERATION, INPUTS

FORGETTING = 10.0
"""Time constants in a time step: exp(-10) of a spike is left after another one."""
RECURRENT, BACKGROUND, SURE = 0.6, 0.7, 2.0
"""Contributions of spikes, relative to the threshold: of another cell, of the background, and one that suffices."""


@dataclass(frozen=True, repr=False)
class MeetingPoint(bnsim.NeuronModel):
    """Cell that fires if the spikes of a time step add up to more than its threshold, and forgets them.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant, much shorter than the time step.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = -v, and a spike where v > 1 mV. Nothing is reset, since nothing is left.
    """

    tau_m: Quantity = bnsim.parameter(0.4 * ms)

    equations: ClassVar[str] = "dv/dt = -v / tau_m : volt"
    threshold: ClassVar[str] = "v > 1*mV"
    reset: ClassVar[str] = ""


def network(cells: int, dt: float, drive: float = 0.0) -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    cells
        Number of cells.
    dt
        Time step in ms.
    drive
        Rate of the external spikes of each cell, in Hz; where it is 0, spikes are given for the population `start`.

    Returns
    -------
    Network
        The cells, and their background, which fires in each time step with the probability that it is given.
    """
    cell = MeetingPoint(tau_m=dt / FORGETTING * ms)
    # What is left of a jump when it is compared with the threshold, a time step later, is its contribution.
    unit = np.exp(FORGETTING) * mV
    external = bnsim.PoissonDrive(drive * Hz, SURE * unit) if drive else ()
    populations = [
        Population("background", cells, bnsim.Poisson(1000 / dt * Hz)),
        Population("cells", cells, cell, drive=external),
    ]
    inputs = bnsim.FixedInDegree(INPUTS, multapses=False, autapses=False)
    delay = (GENERATION - dt) * ms  # a time step passes until a spike has an effect
    projections = [
        Projection("background", "cells", Delta(), BACKGROUND * unit, OneToOne()),
        Projection("cells", "cells", Delta(), RECURRENT * unit, inputs, delay=delay),
    ]
    if not drive:
        populations.append(Population("start", cells, bnsim.SpikeTrains()))
        projections.append(Projection("start", "cells", Delta(), SURE * unit, OneToOne()))
    return bnsim.Network(populations, projections)
