"""Networks in the Neuromorphic Intermediate Representation (NIR)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.errors import unwritten
from bnsim.files import replacing
from bnsim.network import Network
from bnsim.packages import with_extra
from bnsim.state import State
from bnsim.timing import time_step

if TYPE_CHECKING:
    import nir


def to_nir(network: Network, state: State, dt: Quantity = 0.1 * ms) -> nir.NIRGraph:
    """Return a network as a graph of the Neuromorphic Intermediate Representation (NIR).

    Parameters
    ----------
    network : Network
        Encoders that spike, and populations of `LIF` or `IF`, without loops but those of a population onto itself.
    state : State
        Synapses with their weights, and parameters of each cell.
    dt : Quantity
        Time step of the programs that will read it.

    Returns
    -------
    nir.NIRGraph
        Encoders are Input, populations LIF, CubaLIF or IF, projections Linear, or Affine where the target has a
        constant `Current`; populations from which nothing leads on have an Output. `write_nir` writes it.

    Raises
    ------
    InputError
        If nir is not installed, or NIR has no word for a part of the network.

    Notes
    -----
    NIR has seconds, and potentials without unit: they are in mV here, and 0 is the resting potential, for most readers
    have a leak to 0. A spike is an input of 1 for one time step, as the readers take it. A neuron with tau and R then
    gets R W dt / tau of a weight W. So

    ============================ ================= ========================= ====================================
    neuron, synapse              NIR               parameters                W of a weight w
    ============================ ================= ========================= ====================================
    LIF, ExponentialCurrent(dt)  LIF               r = 1                     w
    LIF, Delta                   LIF               r = 1                     w tau_m / dt
    LIF, ExponentialCurrent      CubaLIF           r = tau_m / dt,           w dt / tau_m
                                                   w_in = tau_syn / dt
    IF, ExponentialCurrent(dt)   IF                r = 1 / dt                w dt / tau_m
    IF, Delta                    IF                r = 1 / dt                w
    ============================ ================= ========================= ====================================

    Readers take forward Euler steps. With ``method="euler"`` the spikes are theirs where the synapse is no `Delta`, one
    step later a layer: here a spike acts in the step after. A bias acts from their first step on, as
    ``StepCurrent(amplitude, layer * dt, 1e9 * second)`` does here. Others differ by terms of the order dt.

    Networks with reset by subtraction, as converted classifiers are, have no place in NIR: its neurons are reset to a
    potential. In continuous time the two are one. In time steps they are not, and readers differ: snnTorch resets LIF
    to 0 and subtracts from IF, Norse takes what it is told. No metadata that they read says which is meant.
    """
    graph = _module("to_nir", "nir_writing").graph("to_nir", network, state, time_step(dt))
    return cast("nir.NIRGraph", graph)


def write_nir(path: str | Path, network: Network, state: State, dt: Quantity = 0.1 * ms) -> None:
    """Write a network to a file of the Neuromorphic Intermediate Representation (NIR).

    Parameters
    ----------
    path : str or pathlib.Path
        The file, in a folder that exists.
    network : Network
        As in `to_nir`.
    state : State
        Synapses with their weights, and parameters of each cell.
    dt : Quantity
        Time step of the programs that will read it.

    Raises
    ------
    InputError
        As in `to_nir`.
    MachineError
        If the file cannot be written; one that was there before is left as it was.
    """
    culprit, path = "write_nir", Path(path)
    writing = _module(culprit, "nir_writing")
    graph = writing.graph(culprit, network, state, time_step(dt))
    try:
        with replacing(path) as partial:
            writing.save(partial, graph)
    except OSError as error:
        raise unwritten(culprit, path, error) from None


def read_nir(source: str | Path | nir.NIRGraph, dt: Quantity = 0.1 * ms) -> Network:
    """Return the network of a graph of the Neuromorphic Intermediate Representation (NIR).

    Parameters
    ----------
    source : str, pathlib.Path or nir.NIRGraph
        A file, or a graph.
    dt : Quantity
        Time step with which the network will be run.

    Returns
    -------
    Network
        Inputs are populations of `SpikeTrains`; LIF, CubaLIF and IF are populations of `LIF` and `IF` with their
        parameters for each unit; what is linear between two of them (Linear, Affine, Scale, Conv1d, Conv2d, SumPool2d,
        AvgPool2d, Flatten) is one projection.

    Raises
    ------
    InputError
        If nir is not installed, the file is damaged or larger than the limit (see `bnsim.npz`), or the graph holds
        something that a network has no word for.

    Notes
    -----
    Potentials are in mV. The neurons take forward Euler steps, and a spike is an input of 1 for one step, so that with
    this `dt` the spikes are those of other programs that read the file so: one step later for each layer, for a spike
    acts in the step after. Ways of different length to a neuron are made equal by delays. A bias is a constant current,
    which begins as much later. Flattened units are in the order channel, row, column.
    """
    reading = _module("read_nir", "nir_reading")
    return cast("Network", reading.network(source, time_step(dt)))


def _module(culprit: str, name: str) -> Any:
    return with_extra(culprit, f"bnsim.exchange.{name}", "nir", "nir")
