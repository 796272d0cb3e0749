"""Networks, spikes and traces in SONATA folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from brian2.units import metre, ms, mV, nS, pA
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.arrays import Float64Array, Int64Array
from bnsim.connectivity import EdgeList
from bnsim.drives import Encoder
from bnsim.errors import InputError, MachineError, first_line, refuse_path
from bnsim.memory import check_fits
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.packages import with_extra
from bnsim.recording import Recording
from bnsim.state import State
from bnsim.synapses import SynapseModel

WEIGHT_UNITS: dict[str, Any] = {"mV": mV, "pA": pA, "nS": nS, "1": 1.0}
"""Units of weights in a file, by the name that it gives."""


@dataclass(frozen=True, eq=False)
class SonataNodes:
    """Population of a SONATA file.

    Parameters
    ----------
    size : int
        Number of units.
    model_type : str
        ``"point_neuron"``, ``"virtual"`` for what only sends spikes, or another; that of the first unit.
    model_template : str
        Which model, such as ``"bnsim:LIF"``; that of the first unit, "" where there is none.
    positions : ndarray of float64, shape (n_units, n_dimensions), or None
        In metres.
    attributes : mapping of str to ndarray of float64, shape (n_units,)
        Other numbers of each unit, those of ``dynamics_params`` among them.
    """

    size: int
    model_type: str
    model_template: str
    positions: Float64Array | None
    attributes: Mapping[str, Float64Array]


@dataclass(frozen=True, eq=False)
class SonataEdges:
    """Synapses of a SONATA file from one population to another.

    Parameters
    ----------
    source, target : str
        Names of the populations.
    source_unit, target_unit : ndarray of int64, shape (n_synapses,)
        Units of each synapse.
    weight : ndarray of float64, shape (n_synapses,), or None
        Weights as they are in the file; None where it has none.
    unit : str
        Their unit where the file names it, else "".
    delay : ndarray of float64, shape (n_synapses,), or None
        In seconds.
    template : str
        Model of the first synapse, such as ``"bnsim:Delta"``; "" where there is none.
    """

    source: str
    target: str
    source_unit: Int64Array
    target_unit: Int64Array
    weight: Float64Array | None
    unit: str
    delay: Float64Array | None
    template: str


@dataclass(frozen=True, eq=False)
class Sonata:
    """What a SONATA folder holds.

    Parameters
    ----------
    nodes : mapping of str to SonataNodes
        By population.
    edges : mapping of str to SonataEdges
        By edge population, which is a projection here.
    spikes : mapping of str to tuple of two ndarray
        By population, times in seconds and units, as `bnsim.SpikeTrains` takes them.
    """

    nodes: Mapping[str, SonataNodes]
    edges: Mapping[str, SonataEdges]
    spikes: Mapping[str, tuple[Float64Array, Int64Array]] = field(default_factory=dict)

    def population(self, name: str, model: NeuronModel | Encoder) -> Population:
        """Return a population with the size and the positions in the file.

        Parameters
        ----------
        name : str
            Its name.
        model : NeuronModel or Encoder
            Model of its units: parameters of the file are in `SonataNodes.attributes`, in the units of its model.

        Returns
        -------
        Population
            The population.

        Raises
        ------
        InputError
            If there is no such population.
        """
        checks.one_of("Sonata.population", name, self.nodes)
        nodes = self.nodes[name]
        return Population(
            name, nodes.size, model, positions=None if nodes.positions is None else nodes.positions * metre
        )

    def projection(self, name: str, synapse: SynapseModel, unit: Quantity | float | None = None) -> Projection:
        """Return a projection with the synapses, weights and delays in the file.

        Parameters
        ----------
        name : str
            Name of the edge population.
        synapse : SynapseModel
            Model of the synapses.
        unit : Quantity or float, optional
            Unit of the weights, where the file names none.

        Returns
        -------
        Projection
            The projection, with an `EdgeList`.

        Raises
        ------
        InputError
            If there is no such edge population, the unit of its weights is not known, a pair of units has two delays,
            or different delays do not fit into memory as a matrix.
        """
        checks.one_of("Sonata.projection", name, self.edges)
        edges, culprit = self.edges[name], f"Sonata.projection({name!r})"
        unit = WEIGHT_UNITS.get(edges.unit) if unit is None else unit
        if unit is None:
            raise InputError(f"{culprit}: the file names no unit of weights; give unit=, such as mV")
        connectivity = EdgeList(edges.source_unit, edges.target_unit, edges.weight)
        delay = self._delay(culprit, edges)
        return Projection(edges.source, edges.target, synapse, 1.0 * unit, connectivity, delay, name=name)

    def _delay(self, culprit: str, edges: SonataEdges) -> Any:
        """One delay for all, or a matrix, in which those of pairs without a synapse are the shortest."""
        if edges.delay is None or not len(edges.delay):
            return 0 * ms
        if (edges.delay == edges.delay[0]).all():
            return edges.delay[0] * 1e3 * ms
        shape = self.nodes[edges.source].size, self.nodes[edges.target].size
        check_fits(culprit, 8.0 * shape[0] * shape[1], "read delays from Sonata.edges and replace those of a state")
        matrix = np.full(shape, edges.delay.min())
        matrix[edges.source_unit, edges.target_unit] = edges.delay
        if (matrix[edges.source_unit, edges.target_unit] != edges.delay).any():
            raise InputError(f"{culprit}: two synapses of a pair have different delays; make them two projections")
        return matrix * 1e3 * ms


def write_sonata(
    folder: str | Path, network: Network, state: State, recording: Recording | None = None, *, trial: int = 0
) -> None:
    """Write a network, and what was recorded of it, to a folder in the format SONATA.

    Parameters
    ----------
    folder : str or pathlib.Path
        A folder that does not exist yet, or is empty.
    network : Network
        The description.
    state : State
        Synapses with their weights and delays, positions, and values of each cell.
    recording : Recording, optional
        Spikes and traces.
    trial : int
        Index of the trial whose spikes and traces are written: SONATA has no trials.

    Raises
    ------
    InputError
        If h5py is not installed, something lies in the folder, the state is not one of this network's, or the trial is
        unknown.
    MachineError
        If the folder cannot be written.

    Notes
    -----
    ``circuit_config.json`` and ``simulation_config.json`` are read first. ``network/`` has the nodes of all populations
    and the edges of all projections, which are edge populations of the same names, with types in CSV files. Each
    projection is an edge type. Weights are ``syn_weight``, in mV, pA, nS or without unit as their attribute ``units``
    says; delays are in ms; positions are ``x``, ``y`` and ``z``, as many as there are dimensions, in µm.
    ``model_template`` is ``bnsim:`` with the name of the model, for no schema knows its equations; its parameters, in
    SI units, are in ``components/``, and those that differ from cell to cell in ``dynamics_params`` of the nodes.
    Encoders are virtual.

    Spikes are in ``output/spikes.h5``, in ms. Each trace is a report ``output/<population>.<variable>.h5``, in mV, pA
    or nS, with 32 bits a number. Drives, plasticity rules, weights over time and numbers of spikes alone have no place
    in SONATA and are left out.

    References
    ----------
    K. Dai et al., The SONATA data format for efficient description of large-scale network models, PLoS Computational
    Biology 16(2):e1007696 (2020).
    """
    culprit, folder = "write_sonata", Path(folder)
    writing = _module(culprit, "sonata_writing")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"{culprit}: {folder} exists and is not empty; give a new folder")
        writing.write(culprit, folder, network, state, recording, trial)
    except OSError as error:
        refuse_path(error)
        reason = error.strerror or first_line(error)
        raise MachineError(f"{culprit}: cannot write {folder} ({reason}); give a folder that can be made") from None


def read_sonata(folder: str | Path) -> Sonata:
    """Read the populations, synapses and spikes of a SONATA folder, of whichever program.

    Parameters
    ----------
    folder : str or pathlib.Path
        The folder, with ``circuit_config.json`` or ``simulation_config.json``; or one of these files.

    Returns
    -------
    Sonata
        What it holds. Populations and projections for a network come from its methods.

    Raises
    ------
    InputError
        If h5py is not installed, a file is missing, damaged or no SONATA, or they are larger than the limit (see
        `bnsim.npz`).

    Notes
    -----
    Files may be a stranger's: sizes are checked before anything is read, no link into other HDF5 files is followed, and
    units are held against the sizes of their populations. Attributes of types count where a node or an edge has none of
    its own. Reports are not read; libsonata does that.
    """
    culprit = "read_sonata"
    reading = _module(culprit, "sonata_reading")
    try:
        return cast("Sonata", reading.read(Path(folder)))
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, OverflowError) as error:
        shown = first_line(error)
        raise InputError(f"{culprit}: cannot read {folder} ({shown}); give a folder in the format SONATA") from None


def _module(culprit: str, name: str) -> Any:
    return with_extra(culprit, f"bnsim.exchange.{name}", "h5py", "sonata")
