"""A SONATA folder of bnsim's, read by bmtk in an environment of its own.

python benchmarks/interchange/sonata_elsewhere.py write FOLDER         # where bnsim is installed
BMTK/bin/python benchmarks/interchange/sonata_elsewhere.py read FOLDER # where bmtk is
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


def write(folder: Path) -> None:
    """Write a network of 1100 units with a second of its spikes, and what a reader must find."""
    from brian2.units import Hz, ms, mV, um

    import bnsim

    drive = bnsim.PoissonDrive(12_000 * Hz, 0.1 * mV)
    cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2 * ms)
    network = bnsim.Network(
        [
            bnsim.Population("E", 900, cell, drive=drive, positions=bnsim.Grid((30, 30), 20 * um)),
            bnsim.Population("I", 200, cell, drive=drive),
        ],
        [
            bnsim.Projection(
                source, target, bnsim.Delta(), weight, bnsim.FixedProbability(0.1), bnsim.Uniform(1 * ms, 3 * ms)
            )
            for source, weight in (("E", bnsim.Uniform(0.05 * mV, 0.2 * mV)), ("I", -0.5 * mV))
            for target in ("E", "I")
        ],
    )
    simulator = network.compile(dt=0.1 * ms)
    state = simulator.initial_state(key=1)
    record = [bnsim.Spikes("E"), bnsim.Spikes("I"), bnsim.Trace("E", "v", units=[3, 5])]
    _, recording = simulator.run_for(state, 1000 * ms, record=record)
    bnsim.write_sonata(folder, network, state, recording)
    expected = {name: state[name] for name in state if name.rpartition(".")[2] in ("source", "target", "w", "delay")}
    for name in ("E", "I"):
        spikes = recording.spike_times(name)
        expected |= {f"{name}.time": spikes.time, f"{name}.unit": spikes.unit}
    expected |= {"positions": state.positions("E", um), "v": recording.trace("E", "v").values[0]}
    np.savez(folder / "expected.npz", **expected)


def read(folder: Path) -> None:
    """Compare what bmtk finds."""
    import bmtk
    from bmtk.utils.reports import CompartmentReport
    from bmtk.utils.reports.spike_trains import SpikeTrains
    from bmtk.utils.sonata import File

    expected = np.load(folder / "expected.npz")
    network = folder / "network"
    files = [[str(network / f"{kind}s.h5")] for kind in ("node", "edge")]
    types = [[str(network / f"{kind}_types.csv")] for kind in ("node", "edge")]
    circuit = File(data_files=[*files[0], *files[1]], data_type_files=[*types[0], *types[1]])
    print("bmtk", bmtk.__version__, "populations", circuit.nodes.population_names, circuit.edges.population_names)
    cells = circuit.nodes["E"].to_dataframe()
    np.testing.assert_allclose(cells[["x", "y"]].to_numpy(), expected["positions"], atol=1e-9)
    print("nodes: positions equal;", cells["model_template"].iloc[0], cells["model_type"].iloc[0])
    for name in circuit.edges.population_names:
        edges = list(circuit.edges[name])
        np.testing.assert_array_equal([edge.source_node_id for edge in edges], expected[f"{name}.source"])
        np.testing.assert_array_equal([edge.target_node_id for edge in edges], expected[f"{name}.target"])
        np.testing.assert_allclose([edge["syn_weight"] for edge in edges], expected[f"{name}.w"] * 1e3, rtol=1e-15)
        np.testing.assert_allclose([edge["delay"] for edge in edges], expected[f"{name}.delay"] * 1e3, rtol=1e-15)
        of_target = [edge.source_node_id for edge in circuit.edges[name].get_target(7)]
        assert sorted(of_target) == sorted(expected[f"{name}.source"][expected[f"{name}.target"] == 7])
        print(f"{name}: {len(edges)} edges, weights, delays and those of a target equal")
    spikes = SpikeTrains.load(str(folder / "output" / "spikes.h5"))
    for name in ("E", "I"):
        own = [expected[f"{name}.time"][expected[f"{name}.unit"] == unit] * 1e3 for unit in range(200)]
        for unit, times in enumerate(own):
            np.testing.assert_allclose(np.sort(spikes.get_times(unit, population=name)), times, rtol=1e-15)
        print(f"{name}: spikes of 200 units equal, {sum(map(len, own))}")
    report = CompartmentReport(str(folder / "output" / "E.v.h5"), mode="r")
    np.testing.assert_allclose(report.data(population="E"), expected["v"] * 1e3, rtol=1e-6)
    print("report: equal to 32 bits", report.node_ids(population="E"), report.units(population="E"))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
