"""SONATA folders: what libsonata reads in ours, what we read in others', and files of strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import libsonata
import numpy as np
import pytest
from brian2.units import ms, mV, nS, second, um

import bnsim

DT = 0.1 * ms


def network(tau_m: Any, projections: list[bnsim.Projection], positions: Any) -> bnsim.Network:
    populations = [
        bnsim.Population("input", 10, bnsim.SpikeTrains()),
        bnsim.Population("E", 20, bnsim.LIF(tau_m=tau_m), positions=positions),
        bnsim.Population("I", 5, bnsim.LIF(refractory=2 * ms)),
    ]
    return bnsim.Network(populations, projections)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bnsim.State, bnsim.Recording]:
    """A network with delays, positions and parameters of each cell, in a folder; its state, and 20 ms of it."""
    exponential, rule = bnsim.ExponentialCurrent(), bnsim.FixedProbability(0.6)
    described = network(
        bnsim.Normal(20 * ms, 2 * ms),
        [
            bnsim.Projection(
                "input", "E", exponential, bnsim.Uniform(9 * mV, 15 * mV), rule, bnsim.Uniform(0.5 * ms, 3 * ms)
            ),
            bnsim.Projection("E", "I", bnsim.Delta(), 4 * mV, bnsim.FixedInDegree(8), delay=1 * ms),
            bnsim.Projection("I", "E", bnsim.Delta(), -3 * mV),
        ],
        bnsim.Grid((5, 4), 10 * um),
    )
    simulator = described.compile(dt=DT, backend="numpy")
    state = simulator.initial_state(key=1)
    place = np.unique(np.random.default_rng(0).integers(0, 2000, 300))
    record = [bnsim.Spikes(name) for name in ("input", "E", "I")]
    record.append(bnsim.Trace("E", "v", units=[1, 4], every=0.2 * ms))
    _, recording = simulator.run_for(state, 20 * ms, (place // 10 * 1e-4, place % 10), record=record)
    folder = tmp_path_factory.mktemp("sonata") / "network"
    bnsim.write_sonata(folder, described, state, recording)
    return folder, state, recording


def test_libsonata_finds_the_same_nodes_and_edges(written: tuple[Path, bnsim.State, bnsim.Recording]) -> None:
    folder, state, _ = written
    circuit = libsonata.CircuitConfig.from_file(str(folder / "circuit_config.json"))
    assert circuit.node_populations == {"input", "E", "I"}
    assert circuit.edge_populations == {"input_to_E", "E_to_I", "I_to_E"}
    cells = circuit.node_population("E")
    everything = cells.select_all()
    places = np.stack([cells.get_attribute(axis, everything) for axis in "xy"], axis=1)
    np.testing.assert_allclose(places, state.positions("E", um), atol=1e-12)
    np.testing.assert_array_equal(cells.get_dynamics_attribute("tau_m", everything), state["E.tau_m"])
    for name, unit in (("input_to_E", mV), ("E_to_I", mV), ("I_to_E", mV)):
        edges = circuit.edge_population(name)
        everything = edges.select_all()
        np.testing.assert_array_equal(edges.source_nodes(everything), state[f"{name}.source"])
        np.testing.assert_array_equal(edges.target_nodes(everything), state[f"{name}.target"])
        np.testing.assert_allclose(edges.get_attribute("syn_weight", everything), state.weights(name, unit), rtol=1e-15)
        for unit_number in range(10):  # by the index in the file
            found = edges.afferent_edges(unit_number % 5).flatten()
            np.testing.assert_array_equal(found, np.flatnonzero(state[f"{name}.target"] == unit_number % 5))
            found = edges.efferent_edges(unit_number % 5).flatten()
            np.testing.assert_array_equal(found, np.flatnonzero(state[f"{name}.source"] == unit_number % 5))
    delays = circuit.edge_population("input_to_E").get_attribute("delay", libsonata.Selection([(0, 9)]))
    np.testing.assert_allclose(delays, state["input_to_E.delay"][:9] * 1e3, rtol=1e-15)


def test_libsonata_finds_the_same_spikes_and_traces(written: tuple[Path, bnsim.State, bnsim.Recording]) -> None:
    folder, _, recording = written
    simulation = libsonata.SimulationConfig.from_file(str(folder / "simulation_config.json"))
    assert (simulation.run.tstop, simulation.run.dt) == (20.0, 0.1)
    population = libsonata.SpikeReader(simulation.output.spikes_file)["E"]
    spikes = recording.spike_times("E")
    assert len(spikes) > 20
    assert (population.sorting, population.time_units) == ("by_time", "ms")
    assert [unit for unit, _ in population.get()] == spikes.unit.tolist()
    np.testing.assert_allclose([time for _, time in population.get()], spikes.time * 1e3, rtol=1e-15)
    report = libsonata.SomaReportReader(simulation.report("E.v").file_name)["E"]
    assert (report.get_node_ids(), report.time_units, report.data_units) == ([1, 4], "ms", "mV")
    np.testing.assert_allclose(report.times, (0, 20, 0.2), rtol=1e-12)
    assert report.get().data.shape == (100, 2)
    np.testing.assert_allclose(report.get().data, recording.trace("E", "v").values[0] * 1e3, rtol=1e-7)  # 32 bits


def test_a_network_made_of_the_folder_gives_the_same_spikes(written: tuple[Path, bnsim.State, bnsim.Recording]) -> None:
    folder, state, recording = written
    read = bnsim.read_sonata(folder)
    assert {name: (nodes.model_type, nodes.model_template) for name, nodes in read.nodes.items()} == {
        "input": ("virtual", "bnsim:SpikeTrains"),
        "E": ("point_neuron", "bnsim:LIF"),
        "I": ("point_neuron", "bnsim:LIF"),
    }
    cell = bnsim.LIF(tau_m=read.nodes["E"].attributes["tau_m"] * second)
    models = {"input": bnsim.SpikeTrains(), "E": cell, "I": bnsim.LIF(refractory=2 * ms)}
    synapses = {"input_to_E": bnsim.ExponentialCurrent(), "E_to_I": bnsim.Delta(), "I_to_E": bnsim.Delta()}
    again = bnsim.Network(
        [read.population(name, model) for name, model in models.items()],
        [read.projection(name, synapse) for name, synapse in synapses.items()],
    )
    simulator = again.compile(dt=DT, backend="numpy")
    start = simulator.initial_state(key=9)
    np.testing.assert_allclose(start.positions("E", um), state.positions("E", um), rtol=1e-15, atol=1e-12)
    for name in synapses:
        np.testing.assert_array_equal(start[f"{name}.target"], state[f"{name}.target"])
        np.testing.assert_allclose(start[f"{name}.w"], state[f"{name}.w"], rtol=1e-15)
    record = [bnsim.Spikes("E"), bnsim.Spikes("I")]
    _, found = simulator.run_for(start, 20 * ms, read.spikes["input"], record=record)
    for name in ("E", "I"):
        assert found.spike_times(name) == recording.spike_times(name)
        times, units = read.spikes[name]
        np.testing.assert_allclose(times, recording.spike_times(name).time, rtol=1e-15)
        np.testing.assert_array_equal(units, recording.spike_times(name).unit)


def foreign(folder: Path) -> Path:
    """A circuit as others write it: attributes in types and in groups, variables in paths, a list of no order."""
    (folder / "net").mkdir()
    with h5py.File(folder / "net" / "nodes.h5", "w") as file:
        for name, n in (("LGN", 3), ("V1", 4)):
            group = file.create_group(f"nodes/{name}")
            group["node_type_id"] = np.full(n, 100)
            group["node_group_id"], group["node_group_index"] = np.zeros(n, "u4"), np.arange(n)
        file["nodes/V1/0/depth"] = np.arange(4.0)
        file["nodes/V1/0/tag"] = np.array([b"a", b"b", b"c", b"d"])
    with h5py.File(folder / "net" / "edges.h5", "w") as file:
        group = file.create_group("edges/LGN_to_V1")
        for end, population, units in (("source", "LGN", [2, 0, 1]), ("target", "V1", [1, 3, 0])):
            group[f"{end}_node_id"] = np.array(units, "u8")
            group[f"{end}_node_id"].attrs["node_population"] = np.bytes_(population)
        group["edge_type_id"] = np.array([7, 8, 8])
        group["edge_group_id"], group["edge_group_index"] = np.array([0, 1, 0]), np.array([1, 0, 0])
        group["0/syn_weight"], group["1/syn_weight"] = np.array([5.0, 6.0]), np.array([4.0])
    (folder / "net" / "node_types.csv").write_text("node_type_id model_type model_template\n100 virtual NULL\n")
    (folder / "net" / "edge_types.csv").write_text("edge_type_id delay target_query\n7 2.0 NULL\n8 2.5 'pop'\n")
    nodes = {"nodes_file": "$NET/nodes.h5", "node_types_file": "${NET}/node_types.csv"}
    edges = {"edges_file": "$NET/edges.h5", "edge_types_file": "$NET/edge_types.csv"}
    manifest = {"$BASE": "${configdir}", "$NET": "$BASE/net"}
    config = {"manifest": manifest, "networks": {"nodes": [nodes], "edges": [edges]}}
    (folder / "circuit_config.json").write_text(json.dumps(config))
    return folder


def test_a_circuit_of_another_program(tmp_path: Path) -> None:
    read = bnsim.read_sonata(foreign(tmp_path))
    assert {name: nodes.size for name, nodes in read.nodes.items()} == {"LGN": 3, "V1": 4}
    assert (read.nodes["V1"].positions, list(read.nodes["V1"].attributes)) == (None, ["depth"])
    edges = read.edges["LGN_to_V1"]
    assert (edges.source, edges.target, edges.unit) == ("LGN", "V1", "")
    assert edges.weight is not None
    assert edges.delay is not None
    assert edges.weight.tolist() == [6.0, 4.0, 5.0]
    assert edges.delay.tolist() == [0.002, 0.0025, 0.0025]
    with pytest.raises(bnsim.InputError) as raised:
        read.projection("LGN_to_V1", bnsim.Delta())
    assert str(raised.value) == (
        "Sonata.projection('LGN_to_V1'): the file names no unit of weights; give unit=, such as mV"
    )
    synapse = bnsim.ExponentialConductance(tau=5 * ms, reversal=0 * mV)
    projection = read.projection("LGN_to_V1", synapse, unit=nS)
    populations = [read.population("LGN", bnsim.SpikeTrains()), read.population("V1", bnsim.ConductanceLIF())]
    state = bnsim.Network(populations, [projection]).compile(dt=DT, backend="numpy").initial_state(key=0)
    assert state["LGN_to_V1.source"].tolist() == [0, 1, 2]
    np.testing.assert_allclose(state.weights("LGN_to_V1", nS), [4, 5, 6], rtol=1e-15)
    np.testing.assert_allclose(state["LGN_to_V1.delay"], [0.0025, 0.0025, 0.002], rtol=1e-15)


def edited(change: Callable[[h5py.File], None]) -> Callable[[Path], None]:
    """A change of the edges' file."""

    def edit(folder: Path) -> None:
        with h5py.File(folder / "net" / "edges.h5", "a") as file:
            change(file)

    return edit


def replaced(place: str, **dataset: Any) -> Callable[[Path], None]:
    def change(file: h5py.File) -> None:
        attributes = dict(file[place].attrs)
        del file[place]
        file.create_dataset(place, **dataset).attrs.update(attributes)

    return edited(change)


def linked(file: h5py.File) -> None:
    del file["edges/LGN_to_V1/0/syn_weight"]
    file["edges/LGN_to_V1/0/syn_weight"] = h5py.ExternalLink("/etc/passwd", "/x")


SOURCE, WEIGHT = "edges/LGN_to_V1/source_node_id", "edges/LGN_to_V1/0/syn_weight"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (replaced(SOURCE, data=[0, 1, 3]), f"{SOURCE} holds 3; 3 are known"),
        (replaced(SOURCE, data=[0, 1, -1]), f"{SOURCE} holds -1; 3 are known"),
        (replaced(SOURCE, data=[0.0, 1.0, 2.0]), f"{SOURCE} is of type float64, not numbers"),
        (replaced(SOURCE, data=[0, 1]), f"{SOURCE} has shape (2,), not (3,)"),
        (replaced(SOURCE, shape=(2**40,), dtype="u8"), f"{SOURCE} has shape (1099511627776,), not (3,)"),
        (replaced(WEIGHT, shape=(2**40,), dtype="f8"), "holds 8.8e+03 GB, more than the 1.07 GB that are read"),
        (replaced(WEIGHT, data=[1.0]), f"{WEIGHT} has 1 values, and its group more members"),
        (replaced(WEIGHT, data=[1.0, np.nan]), f"{WEIGHT} holds NaN or infinite values"),
        (replaced(WEIGHT, data=[b"a", b"b"]), f"{WEIGHT} is of type object, not numbers"),
        (
            edited(lambda file: file["edges/LGN_to_V1"].pop("edge_type_id")),
            "edges.h5 has no dataset edges/LGN_to_V1/ed",
        ),
        (edited(lambda file: file.pop("edges")), "edges.h5 has no edges"),
        (
            edited(lambda file: file[SOURCE].attrs.create("node_population", "X")),
            f"{SOURCE} is of the population 'X', of which there are no nodes",
        ),
        (lambda folder: (folder / "net" / "edges.h5").write_bytes(b"\0" * 99), "file signature not found"),
        (lambda folder: (folder / "net" / "edges.h5").unlink(), "edges.h5 is missing"),
        (lambda folder: (folder / "circuit_config.json").write_text("[1]"), "circuit_config.json is no JSON object"),
        (lambda folder: (folder / "circuit_config.json").write_text('{"networks": 3}'), "'int' object is not"),
        (lambda folder: (folder / "net" / "edge_types.csv").write_text("a b\n1 2\n"), "edge_type_id"),
    ],
)
def test_files_of_strangers(tmp_path: Path, edit: Callable[[Path], Any], message: str) -> None:
    edit(foreign(tmp_path))
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.read_sonata(tmp_path)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_link_into_another_file_is_not_followed(tmp_path: Path) -> None:
    edited(linked)(foreign(tmp_path))
    assert bnsim.read_sonata(tmp_path).edges["LGN_to_V1"].weight is None


def test_what_cannot_be_written(written: tuple[Path, bnsim.State, bnsim.Recording], tmp_path: Path) -> None:
    folder, state, recording = written
    cells = bnsim.Network([bnsim.Population("E", 1, bnsim.LIF())])
    for make, message in (
        (
            lambda: bnsim.write_sonata(folder, cells, state),
            f"write_sonata: {folder} exists and is not empty; give a new",
        ),
        (lambda: bnsim.write_sonata(tmp_path / "a", cells, state, recording, trial=1), "write_sonata(trial): "),
        (
            lambda: bnsim.read_sonata(tmp_path),
            f"read_sonata: cannot read {tmp_path} (circuit_config.json is missing); ",
        ),
    ):
        with pytest.raises(bnsim.InputError) as raised:
            make()
        assert str(raised.value).startswith(message)
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(bnsim.MachineError, match=r"^write_sonata: cannot write .*file/a \(Not a directory\)"):
        bnsim.write_sonata(tmp_path / "file" / "a", cells, state)


def test_two_delays_of_a_pair(tmp_path: Path) -> None:
    folder = foreign(tmp_path)
    replaced(SOURCE, data=[2, 2, 1])(folder)
    replaced("edges/LGN_to_V1/target_node_id", data=[1, 1, 0])(folder)
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.read_sonata(folder).projection("LGN_to_V1", bnsim.Delta(), unit=mV)
    assert str(raised.value).endswith("two synapses of a pair have different delays; make them two projections")
