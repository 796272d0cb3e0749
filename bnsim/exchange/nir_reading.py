"""A graph of NIR, which may be a stranger's, as a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
from brian2.units import mV, second
from scipy import sparse

from bnsim.arrays import Float64Array
from bnsim.connectivity import EdgeList
from bnsim.drives import SpikeTrains, StepCurrent
from bnsim.errors import InputError, first_line
from bnsim.exchange.nir_linear import LINEAR, Map
from bnsim.exchange.nir_writing import ENDLESS
from bnsim.hdf5 import lies_here, n_bytes, open_hdf5
from bnsim.network import Network, Population, Projection
from bnsim.neurons import IF, LIF
from bnsim.npz import check_size
from bnsim.synapses import ExponentialCurrent

CULPRIT = "read_nir"
_MOST_OBJECTS, _DEEPEST = 100_000, 20
_NEURONS = (nir.LIF, nir.CubaLIF, nir.IF)


def network(source: Any, dt: float) -> Network:
    """Return the network of a file or graph; see `bnsim.exchange.read_nir`.

    Parameters
    ----------
    source : str, pathlib.Path or nir.NIRGraph
        The file or graph.
    dt : float
        Time step in seconds.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    graph = source if isinstance(source, nir.NIRGraph) else _read(Path(source))
    try:
        return _Reader(graph, dt).network()
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        raise InputError(f"{CULPRIT}: the graph cannot be a network ({first_line(error)}); mend the graph") from None


def _read(path: Path) -> nir.NIRGraph:
    try:
        with open_hdf5(path) as file:
            _check(path, file)
        found = nir.read(path)
        if not isinstance(found, nir.NIRGraph):
            raise ValueError(f"it holds a {type(found).__name__}, not a graph")
        return found
    except InputError:
        raise
    except Exception as error:  # nir asserts, and raises errors of many kinds
        shown = first_line(error) or type(error).__name__
        raise InputError(f"{CULPRIT}: cannot read {path} ({shown}); give a file of NIR") from None


def _check(path: Path, file: h5py.File) -> None:
    """Refuse what is large, deep, or elsewhere, before nir reads all of it."""
    total = seen = 0
    open_: list[tuple[h5py.Group, int]] = [(file, 0)]
    while open_:
        group, depth = open_.pop()
        for name in group:
            seen += 1
            if seen > _MOST_OBJECTS or depth > _DEEPEST:
                raise ValueError("it has too many or too deep groups")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"{name} is a link to elsewhere")
            item = group[name]
            if isinstance(item, h5py.Group):
                open_.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                if not lies_here(item):
                    raise ValueError(f"{name} lies in another file")
                total += n_bytes(item)
    check_size(path, total)


class _Reader:
    """One graph."""

    def __init__(self, graph: nir.NIRGraph, dt: float) -> None:
        self.nodes: Mapping[str, Any] = graph.nodes
        self.dt = dt
        self.before: dict[str, list[str]] = {name: [] for name in self.nodes}
        for start, end in graph.edges:
            if start not in self.nodes or end not in self.nodes:
                raise ValueError(f"an edge leads from {start!r} to {end!r}, of which one is missing")
            self.before[end].append(start)
        self.names = _identifiers(self.nodes)

    def network(self) -> Network:
        for name, node in self.nodes.items():
            if not isinstance(node, (*LINEAR, *_NEURONS, nir.Input, nir.Output)):
                raise InputError(
                    f"{CULPRIT}: {name!r} is of the kind {type(node).__name__}, which is not read; give Input, Output, "
                    f"LIF, CubaLIF, IF, {', '.join(kind.__name__ for kind in LINEAR)}"
                )
        ends = [name for name, node in self.nodes.items() if isinstance(node, (*_NEURONS, nir.Input))]
        shapes = {name: _shape(self.nodes[name]) for name in ends}
        incoming = {name: self._incoming(name, shapes, ends) for name in ends}
        depths: dict[str, int] = {}
        for name in ends:
            self._depth(name, incoming, depths, ())
        populations, projections = [], []
        for name in sorted(ends, key=depths.__getitem__):  # files have them in alphabetical order
            maps = incoming[name]
            for source, found in maps.items():
                if found.matrix.shape[0] != int(np.prod(shapes[name])):
                    raise ValueError(
                        f"{name} has {int(np.prod(shapes[name]))} units and gets {found.matrix.shape[0]} values"
                    )
                projections.append(self._projection(source, name, found, depths))
            bias = np.sum([found.bias for found in maps.values()], axis=0) if maps else np.zeros(0)
            populations.append(self._population(name, shapes[name], bias, depths[name]))
        return Network(populations, projections)

    def _incoming(self, name: str, shapes: Mapping[str, tuple[int, ...]], ends: list[str]) -> dict[str, Map]:
        """By where spikes come from, what is linear on the way; the sum of all ways."""
        found: dict[str, Map] = {}
        for before in self.before[name]:
            for source, way in self._ways(before, shapes, ends, ()).items():
                one = found.get(source)
                found[source] = (
                    way if one is None else Map((one.matrix + way.matrix).tocsr(), one.bias + way.bias, way.shape)
                )
        return found

    def _ways(
        self, name: str, shapes: Mapping[str, tuple[int, ...]], ends: list[str], passed: tuple[str, ...]
    ) -> dict[str, Map]:
        if name in ends:
            return {name: Map.identity(shapes[name])}
        if name in passed:
            raise ValueError(f"a loop through {name} without a neuron")
        node, befores = self.nodes[name], self.before[name]
        if len(befores) != 1 and len(set(befores)) != len(befores):
            raise ValueError(f"an edge to {name} occurs twice")
        found: dict[str, Map] = {}
        for before in befores:
            for source, way in self._ways(before, shapes, ends, (*passed, name)).items():
                if source in found or (found and isinstance(node, nir.Affine | nir.Conv1d | nir.Conv2d)):
                    raise ValueError(f"several inputs of {name}")
                found[source] = way.then(node)
        return found

    def _depth(
        self, name: str, incoming: Mapping[str, Mapping[str, Map]], depths: dict[str, int], passed: tuple[str, ...]
    ) -> int:
        """Neurons on the longest way from an input; those that feed back onto themselves do not count."""
        if name in passed:
            raise ValueError(f"a loop of several populations through {name}")
        if name not in depths:
            sources = [source for source in incoming[name] if source != name]
            found = [self._depth(source, incoming, depths, (*passed, name)) for source in sources]
            depths[name] = 1 + max(found, default=-1)
        return depths[name]

    def _population(self, name: str, shape: tuple[int, ...], bias: Float64Array, depth: int) -> Population:
        node, size, known = self.nodes[name], int(np.prod(shape)), self.names[name]
        if isinstance(node, nir.Input):
            return Population(known, size, SpikeTrains())
        value = {key: _flat(getattr(node, key), size) for key in ("r", "v_threshold", "v_reset")}
        potentials = {key: value[key] * mV for key in ("v_threshold", "v_reset")}
        model: IF | LIF
        if isinstance(node, nir.IF):
            initial = {} if not value["v_reset"].any() else {"v": 0 * mV}
            model, gain = IF(tau_m=self.dt * second, **potentials, method="euler"), value["r"] * self.dt
        else:
            tau = _flat(node.tau if isinstance(node, nir.LIF) else node.tau_mem, size)
            leak = _flat(node.v_leak, size)
            initial = {} if not leak.any() else {"v": 0 * mV}
            model, gain = LIF(tau_m=tau * second, v_rest=leak * mV, **potentials, method="euler"), value["r"]
        if bias.any() and isinstance(node, nir.CubaLIF):
            raise ValueError(f"a bias in front of {name}, whose synapses would low-pass it")
        # A spike of the input acts in the first step of the first layer, which is step 1: so does the bias.
        start, stop = depth * self.dt * second, ENDLESS * second
        drive = StepCurrent(bias * gain * mV, start, stop) if bias.any() else ()
        return Population(known, size, model, drive=drive, initial=initial)

    def _projection(self, source: str, target: str, found: Map, depths: Mapping[str, int]) -> Projection:
        node, size = self.nodes[target], found.matrix.shape[0]
        if isinstance(node, nir.Input):
            raise ValueError(f"something leads into the input {target}")
        gain, tau = _flat(node.r, size), self.dt
        if isinstance(node, nir.IF):
            gain = gain * self.dt
        elif isinstance(node, nir.CubaLIF):
            synaptic = _flat(node.tau_syn, size)
            if not (synaptic > 0).all():
                raise ValueError(f"{target} has a synaptic time constant of {synaptic.min():g} s")
            if (synaptic != synaptic[0]).any():
                raise ValueError(f"{target} has synapses with different time constants")
            tau = float(synaptic[0])
            gain = gain * _flat(node.w_in, size) * (self.dt / tau)
        entries = sparse.coo_array(found.matrix)
        rows, columns = entries.coords
        kept = entries.data != 0
        wiring = EdgeList(
            columns[kept].astype(np.int64), rows[kept].astype(np.int64), (entries.data * gain[rows])[kept]
        )
        steps = 0 if source == target else depths[target] - depths[source] - 1
        return Projection(
            self.names[source],
            self.names[target],
            ExponentialCurrent(tau=tau * second),
            1 * mV,
            wiring,
            delay=steps * self.dt * second,
            name=f"{self.names[source]}_to_{self.names[target]}",
        )


def _shape(node: Any) -> tuple[int, ...]:
    found = node.input_type["input"] if isinstance(node, nir.Input) else node.v_threshold.shape
    shape = tuple(int(n) for n in np.asarray(found).ravel())
    if any(n < 1 for n in shape):
        raise ValueError(f"a shape of {shape}")
    return shape or (1,)


def _flat(values: Any, size: int) -> Float64Array:
    array = np.asarray(values, np.float64)
    found: Float64Array = np.ascontiguousarray(np.broadcast_to(array.ravel(), (size,)))
    if not np.isfinite(found).all():
        raise ValueError("a parameter is NaN or infinite")
    return found


def _identifiers(nodes: Mapping[str, Any]) -> dict[str, str]:
    """Names that can stand in equations."""
    found: dict[str, str] = {}
    for name in nodes:
        known = re.sub(r"\W|_+", "_", str(name), flags=re.ASCII).strip("_")
        known = re.sub(r"_+", "_", known)
        if not known or not known[0].isalpha():
            known = f"node_{known}".rstrip("_")
        while known in found.values():
            known += "x"
        found[name] = known
    return found
