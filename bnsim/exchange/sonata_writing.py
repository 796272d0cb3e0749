"""Files of a SONATA folder, written with h5py."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, Int64Array
from bnsim.files import making
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.recording import Recording
from bnsim.state import POSITIONS, State

UNITS = {"V": ("mV", 1e3), "A": ("pA", 1e12), "S": ("nS", 1e9), "s": ("ms", 1e3), "": ("1", 1.0)}
"""Unit of numbers in a file, and what those in the SI unit are multiplied by."""

NULL = "NULL"
SORTING = h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, basetype="i4")


def write(culprit: str, folder: Path, network: Network, state: State, recording: Recording | None, trial: int) -> None:
    """Write a folder; see `bnsim.exchange.write_sonata`.

    Parameters
    ----------
    culprit : str
        Who writes, for the message of an error.
    folder : pathlib.Path
        The folder, which is empty or does not exist.
    network : Network
        The description.
    state : State
        Its state.
    recording : Recording or None
        What was recorded.
    trial : int
        Index of the trial.

    Raises
    ------
    InputError
        If the state or the trial does not fit.
    OSError
        If a file cannot be written.
    """
    for projection in network.projections:
        checks.one_of(f"{culprit}(state): array", f"{projection.name}.source", state)
    with making(folder) as partial:
        for name in ("network", "components/point_neuron_models", "components/synaptic_models", "output"):
            (partial / name).mkdir(parents=True)
        _write_nodes(partial, network, state)
        _write_edges(partial, network, state)
        _write_json(partial / "circuit_config.json", _circuit(network))
        if recording is not None:
            if not 0 <= trial < recording.n_trials:
                checks.one_of(f"{culprit}(trial)", str(trial), [str(k) for k in range(recording.n_trials)])
            _write_recording(partial, recording, trial)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _write_types(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Attributes of types, separated by spaces as SONATA wants them."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        if rows:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=" ", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _parameters(description: Any) -> dict[str, float]:
    """Parameters that are the same for all, in SI units."""
    given = {name: np.asarray(value) for name, value in description.parameters.items()}
    return {name: float(value) for name, value in given.items() if value.ndim == 0 and value.dtype.kind in "fiu"}


def _write_nodes(folder: Path, network: Network, state: State) -> None:
    types = []
    with h5py.File(folder / "network" / "nodes.h5", "w", libver=("earliest", "v110")) as file:
        file.attrs["magic"], file.attrs["version"] = np.uint32(0x0A7A), np.array([0, 1], np.uint32)
        for number, population in enumerate(network.populations):
            group = file.create_group(f"nodes/{population.name}")
            _write_members(group, "node", population.size, number)
            _write_cells(group.create_group("0"), population, state)
            neuron = isinstance(population.model, NeuronModel)
            parameters = f"{population.name}.json" if neuron else NULL
            if neuron:
                of_cells = population.model.of_cells if isinstance(population.model, NeuronModel) else {}
                same = {n: v for n, v in _parameters(population.model).items() if n not in of_cells}
                _write_json(folder / "components" / "point_neuron_models" / parameters, same)
            types.append(
                {
                    "node_type_id": number,
                    "population": population.name,
                    "model_type": "point_neuron" if neuron else "virtual",
                    "model_template": f"bnsim:{type(population.model).__name__}",
                    "dynamics_params": parameters,
                }
            )
    _write_types(folder / "network" / "node_types.csv", types)


def _write_members(group: h5py.Group, kind: str, n: int, type_id: int) -> None:
    members = np.arange(n, dtype=np.uint64)
    if kind == "node":
        group["node_id"] = members
    group[f"{kind}_type_id"] = np.full(n, type_id, np.int64)
    group[f"{kind}_group_id"] = np.zeros(n, np.uint32)
    group[f"{kind}_group_index"] = members


def _write_cells(group: h5py.Group, population: Population, state: State) -> None:
    places = f"{population.name}{POSITIONS}"
    for axis, column in zip("xyz", state[places].T if places in state else (), strict=False):
        group[axis] = column * 1e6
    if isinstance(population.model, NeuronModel) and population.model.of_cells:
        own = group.create_group("dynamics_params")
        for name in population.model.of_cells:
            own[name] = state[f"{population.name}.{name}"]


def _write_edges(folder: Path, network: Network, state: State) -> None:
    types = []
    with h5py.File(folder / "network" / "edges.h5", "w", libver=("earliest", "v110")) as file:
        file.attrs["magic"], file.attrs["version"] = np.uint32(0x0A7A), np.array([0, 1], np.uint32)
        for number, projection in enumerate(network.projections):
            group = file.create_group(f"edges/{projection.name}")
            _write_projection(group, network, projection, state, number)
            parameters = f"{projection.name}.json"
            _write_json(folder / "components" / "synaptic_models" / parameters, _parameters(projection.synapse))
            types.append(
                {
                    "edge_type_id": number,
                    "population": projection.name,
                    "model_template": f"bnsim:{type(projection.synapse).__name__}",
                    "dynamics_params": parameters,
                }
            )
    _write_types(folder / "network" / "edge_types.csv", types)


def _write_projection(group: h5py.Group, network: Network, projection: Projection, state: State, number: int) -> None:
    name = projection.name
    indices = group.create_group("indices")
    for end, population, way in (
        ("source", projection.source, "source_to_target"),
        ("target", projection.target, "target_to_source"),
    ):
        units = state[f"{name}.{end}"]
        group[f"{end}_node_id"] = units.astype(np.uint64)
        group[f"{end}_node_id"].attrs["node_population"] = population
        ranges, edges = _index(units.astype(np.int64), network[population].size)
        indices[f"{way}/node_id_to_ranges"], indices[f"{way}/range_to_edge_id"] = ranges, edges
        indices[f"{way}/node_id_to_range"] = indices[f"{way}/node_id_to_ranges"]  # the name that bmtk insists on
    weights = state[f"{name}.w"]
    _write_members(group, "edge", len(weights), number)
    unit, scale = UNITS[str(state[f"{name}.unit"])]
    own = group.create_group("0")
    own["syn_weight"] = weights * scale
    own["syn_weight"].attrs["units"] = unit
    if f"{name}.delay" in state:
        delays = state[f"{name}.delay"]
        own["delay"] = np.broadcast_to(delays * 1e3, len(weights))
        own["delay"].attrs["units"] = "ms"


def _index(units: Int64Array, size: int) -> tuple[Int64Array, Int64Array]:
    """For each unit, which ranges are its own; and for each range, from which to which edge it reaches."""
    order = np.argsort(units, kind="stable")
    sorted_units = units[order]
    first = np.ones(len(units), bool)
    first[1:] = (np.diff(sorted_units) != 0) | (np.diff(order) != 1)
    starts = np.flatnonzero(first)
    lengths = np.diff(np.append(starts, len(units)))
    edges = np.stack([order[starts], order[starts] + lengths], axis=1)
    bounds = np.searchsorted(sorted_units[starts], np.arange(size + 1))
    return np.stack([bounds[:-1], bounds[1:]], axis=1), edges


def _circuit(network: Network) -> dict[str, Any]:
    kinds = {p.name: "point_neuron" if isinstance(p.model, NeuronModel) else "virtual" for p in network.populations}
    nodes = {"nodes_file": "$BASE_DIR/network/nodes.h5", "node_types_file": "$BASE_DIR/network/node_types.csv"}
    edges = {"edges_file": "$BASE_DIR/network/edges.h5", "edge_types_file": "$BASE_DIR/network/edge_types.csv"}
    chemical = {p.name: {"type": "electrical" if p.synapse.coupling else "chemical"} for p in network.projections}
    return {
        "manifest": {"$BASE_DIR": "."},
        "components": {
            "point_neuron_models_dir": "$BASE_DIR/components/point_neuron_models",
            "synaptic_models_dir": "$BASE_DIR/components/synaptic_models",
        },
        "networks": {
            "nodes": [{**nodes, "populations": {name: {"type": kind} for name, kind in kinds.items()}}],
            "edges": [{**edges, "populations": chemical}] if network.projections else [],
        },
    }


def _write_recording(folder: Path, recording: Recording, trial: int) -> None:
    end = (recording.start + recording.duration) * 1e3
    sets = {name: {"population": name} for name in recording.populations}
    _write_spikes(folder / "output" / "spikes.h5", recording, trial)
    reports = {}
    for population, traces in recording.traces.items():
        for variable, trace in traces.items():
            name, (unit, scale) = f"{population}.{variable}", UNITS.get(trace.unit, (trace.unit, 1.0))
            step = (trace.times[1] - trace.times[0]) * 1e3 if len(trace.times) > 1 else recording.dt * 1e3
            times = trace.times[0] * 1e3, trace.times[0] * 1e3 + step * len(trace.times), step
            values = trace.values[trial] * scale
            _write_report(folder / "output" / f"{name}.h5", population, values, trace.units, times, unit)
            reports[name] = {
                "cells": population,
                "type": "compartment",
                "sections": "soma",
                "variable_name": variable,
                "unit": unit,
                "dt": step,
                "start_time": times[0],
                "end_time": times[1],
                "file_name": f"{name}.h5",
            }
    _write_json(folder / "node_sets.json", sets)
    configuration = {
        "manifest": {"$BASE_DIR": ".", "$OUTPUT_DIR": "$BASE_DIR/output"},
        "network": "$BASE_DIR/circuit_config.json",
        "node_sets_file": "$BASE_DIR/node_sets.json",
        "run": {"tstop": end, "dt": recording.dt * 1e3, "random_seed": 0},
        "output": {"output_dir": "$OUTPUT_DIR", "spikes_file": "spikes.h5"},
        "reports": reports,
    }
    _write_json(folder / "simulation_config.json", configuration)


def _write_spikes(path: Path, recording: Recording, trial: int) -> None:
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.create_group("spikes")
        for name in recording.spikes:
            spikes = recording.spike_times(name)
            chosen = np.asarray(spikes.trial) == trial
            group = file.create_group(f"spikes/{name}")
            group.attrs.create("sorting", 2, dtype=SORTING)
            group["timestamps"] = np.asarray(spikes.time)[chosen] * 1e3
            group["timestamps"].attrs["units"] = "ms"
            group["node_ids"] = np.asarray(spikes.unit)[chosen].astype(np.uint64)


def _write_report(
    path: Path, population: str, values: Float64Array, units: Any, times: tuple[float, float, float], unit: str
) -> None:
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        group = file.create_group(f"report/{population}")
        data = values.astype(np.float32)  # what readers insist on
        group.create_dataset("data", data=data, chunks=True if values.size else None)
        group["data"].attrs["units"] = unit
        mapping = group.create_group("mapping")
        mapping["node_ids"] = np.asarray(units).astype(np.uint64)
        mapping["node_ids"].attrs["sorted"] = np.uint8(bool((np.diff(units) > 0).all()))
        mapping["index_pointers"] = np.arange(len(units) + 1, dtype=np.uint64)
        mapping["index_pointer"] = mapping["index_pointers"]  # the name that bmtk insists on
        mapping["element_ids"] = np.zeros(len(units), np.uint32)
        mapping["time"] = np.array(times)
        mapping["time"].attrs["units"] = "ms"
