"""Populations, synapses and spikes from SONATA files, read with h5py."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from bnsim.arrays import Float64Array, Int64Array
from bnsim.exchange.sonata import Sonata, SonataEdges, SonataNodes
from bnsim.exchange.sonata_writing import NULL
from bnsim.hdf5 import Source, opened
from bnsim.npz import check_size

_MOST_GROUPS = 1000
_TIMES = {"": 1e3, "ms": 1e3, "s": 1.0, "us": 1e6}
"""By what times in a unit are divided to give seconds; milliseconds where none is named."""

Types = Mapping[str, Mapping[int, Mapping[str, str]]]
"""By population ("" for any) and type, the attributes of a type."""


def read(folder: Path) -> Sonata:
    """Read a folder; see `bnsim.exchange.read_sonata`.

    Parameters
    ----------
    folder : pathlib.Path
        The folder, or one of its configurations.

    Returns
    -------
    Sonata
        What it holds.

    Raises
    ------
    InputError
        If files are larger than the limit.
    OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError
        If a file is missing, damaged, or no SONATA.
    """
    path = folder
    if folder.is_dir():
        found = [folder / name for name in ("simulation_config.json", "circuit_config.json", "config.json")]
        path = next((candidate for candidate in found if candidate.exists()), found[1])
    simulation = _configuration(path)
    circuit, circuit_path = simulation, path
    if isinstance(simulation.get("network"), str):
        circuit_path = _resolved(path, simulation, simulation["network"])
        circuit = _configuration(circuit_path)
    networks = circuit["networks"]
    nodes: dict[str, SonataNodes] = {}
    for entry in networks["nodes"]:
        nodes |= _nodes(*_files(circuit_path, circuit, entry, "node"))
    edges: dict[str, SonataEdges] = {}
    for entry in networks.get("edges", []):
        edges |= _edges(*_files(circuit_path, circuit, entry, "edge"), nodes)
    return Sonata(nodes, edges, _spikes(path, simulation, nodes))


def _configuration(path: Path) -> dict[str, Any]:
    content = json.loads(_text(path))
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return content


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"{path.name} is missing")
    check_size(path, path.stat().st_size)
    return path.read_text(encoding="utf-8")


def _resolved(path: Path, configuration: Mapping[str, Any], name: str) -> Path:
    """A path in a configuration, where variables of its manifest stand for folders."""
    manifest = configuration.get("manifest", {})
    for _ in range(len(manifest) + 1):
        for variable, value in manifest.items():
            name = name.replace(f"${{{variable.removeprefix('$')}}}", str(value)).replace(str(variable), str(value))
        if "$" not in name or len(name) > 4096:
            break
    return path.parent / name.replace("${configdir}", ".").replace("$configdir", ".")


def _files(path: Path, circuit: Mapping[str, Any], entry: Mapping[str, Any], kind: str) -> tuple[Path, Types]:
    types: dict[str, dict[int, dict[str, str]]] = {}
    named = entry.get(f"{kind}_types_file")
    if named and named != NULL:
        rows = csv.DictReader(_text(_resolved(path, circuit, named)).splitlines(), delimiter=" ")
        for row in rows:
            of_type = {name: value for name, value in row.items() if name and value not in (None, "", NULL)}
            types.setdefault(row.get("population") or "", {})[int(row[f"{kind}_type_id"])] = of_type
    found = _resolved(path, circuit, entry[f"{kind}s_file"])
    if not found.is_file():
        raise ValueError(f"{found.name} is missing")
    return found, types


class _File(Source):
    """One of several files, which messages name."""

    def dataset(self, place: str) -> h5py.Dataset:
        if not isinstance(self._at(place), h5py.Dataset):
            raise ValueError(f"{self.path.name} has no dataset {place}")
        return super().dataset(place)


class _Table:
    """Attributes of the nodes or edges of one population, wherever they stand."""

    def __init__(self, source: Source, place: str, kind: str, types: Types) -> None:
        self.source, self.place = source, place
        self.type_id = source.numbers(f"{place}/{kind}_type_id", kinds="iu").astype(np.int64)
        self.size = len(self.type_id)
        population = place.rpartition("/")[2]
        self.types = {**types.get("", {}), **types.get(population, {})}
        groups, index = f"{place}/{kind}_group_id", f"{place}/{kind}_group_index"
        here = source.holds(groups)
        self.group = source.whole(groups, self.size) if here else np.zeros(self.size, np.int64)
        self.index = source.whole(index, self.size) if here else np.arange(self.size)
        self.groups = np.unique(self.group).tolist()
        if len(self.groups) > _MOST_GROUPS:
            raise ValueError(f"{groups} names {len(self.groups)} groups")

    def names(self) -> list[str]:
        """Names of what single nodes have, those of the parameters of their models among them."""
        found: dict[str, None] = {}
        for group in self.groups:
            members = self.source.members(f"{self.place}/{group}")
            own = self.source.members(f"{self.place}/{group}/dynamics_params")
            found |= dict.fromkeys([name for name in members if not name.startswith("@") and name != "dynamics_params"])
            found |= dict.fromkeys(f"dynamics_params/{name}" for name in own)
        return list(found)

    def column(self, name: str) -> Float64Array | None:
        """One number each; None where not every one has it."""
        values = np.full(self.size, np.nan)
        for type_id, attributes in self.types.items():
            if name in attributes:
                values[self.type_id == type_id] = float(attributes[name])
        for group in self.groups:
            place = f"{self.place}/{group}/{name}"
            if self.source.holds(place):
                mine = self.group == group
                own = self.source.numbers(place)
                if int(self.index[mine].max(initial=-1)) >= len(own):
                    raise ValueError(f"{place} has {len(own)} values, and its group more members")
                values[mine] = own[self.index[mine]]
        return None if np.isnan(values).any() else values

    def word(self, name: str) -> str:
        """A text of the first member's type."""
        return self.types.get(int(self.type_id[0]), {}).get(name, "") if self.size else ""

    def units(self, name: str) -> str:
        for group in self.groups:
            if self.source.holds(f"{self.place}/{group}/{name}"):
                return self.source.text(f"{self.place}/{group}/{name}", "units")
        return ""


def _nodes(path: Path, types: Types) -> dict[str, SonataNodes]:
    found = {}
    with opened(path) as file:
        source = _File(path, file)
        for name in _populations(source, "nodes"):
            table = _Table(source, f"nodes/{name}", "node", types)
            axes = [column for axis in "xyz" if (column := table.column(axis)) is not None]
            attributes = {}
            for attribute in table.names():
                if attribute in "xyz" or not _numeric(table, attribute):
                    continue
                column = table.column(attribute)
                if column is not None:
                    attributes[attribute.removeprefix("dynamics_params/")] = column
            positions = np.stack(axes, axis=1) * 1e-6 if axes else None
            found[name] = SonataNodes(
                table.size, table.word("model_type"), table.word("model_template"), positions, attributes
            )
    return found


def _numeric(table: _Table, name: str) -> bool:
    places = [f"{table.place}/{group}/{name}" for group in table.groups]
    return all(table.source.is_numeric(place) for place in places if table.source.holds(place))


def _edges(path: Path, types: Types, nodes: Mapping[str, SonataNodes]) -> dict[str, SonataEdges]:
    found = {}
    with opened(path) as file:
        source = _File(path, file)
        for name in _populations(source, "edges"):
            place = f"edges/{name}"
            table = _Table(source, place, "edge", types)
            ends = {end: source.text(f"{place}/{end}_node_id", "node_population") for end in ("source", "target")}
            units = {}
            for end, population in ends.items():
                where = f"{place}/{end}_node_id"
                if population not in nodes:
                    raise ValueError(f"{where} is of the population {population!r}, of which there are no nodes")
                units[end] = source.whole(where, table.size, nodes[population].size)
            delay = table.column("delay")
            found[name] = SonataEdges(
                source=ends["source"],
                target=ends["target"],
                source_unit=units["source"],
                target_unit=units["target"],
                weight=table.column("syn_weight"),
                unit=table.units("syn_weight"),
                delay=None if delay is None else delay / 1e3,
                template=table.word("model_template"),
            )
    return found


def _populations(source: Source, kind: str) -> list[str]:
    names = source.members(kind)
    if not names:
        raise ValueError(f"{source.path.name} has no {kind}")
    return names


def _spikes(
    path: Path, simulation: Mapping[str, Any], nodes: Mapping[str, SonataNodes]
) -> dict[str, tuple[Float64Array, Int64Array]]:
    output = simulation.get("output")
    if not isinstance(output, Mapping):
        return {}
    folder = _resolved(path, simulation, str(output.get("output_dir", ".")))
    file_path = folder / str(output.get("spikes_file", "spikes.h5"))
    if not file_path.is_file():
        return {}
    found = {}
    with opened(file_path) as file:
        source = _File(file_path, file)
        for name in source.members("spikes"):
            if name not in nodes:
                raise ValueError(f"spikes/{name} is of a population of which there are no nodes")
            times = source.numbers(f"spikes/{name}/timestamps").astype(np.float64)
            unit = source.text(f"spikes/{name}/timestamps", "units")
            if unit not in _TIMES:
                raise ValueError(f"spikes/{name}/timestamps has the unit {unit!r}")
            units = source.whole(f"spikes/{name}/node_ids", len(times), nodes[name].size)
            order = np.lexsort((units, times))
            found[name] = times[order] / _TIMES[unit], units[order]
    return found
