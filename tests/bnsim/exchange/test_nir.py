"""Graphs of NIR: what nir reads in ours, spikes of its equations taken step by step, and files of strangers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim

DT = 0.1 * ms
STEPS = 200
PULSE = bnsim.ExponentialCurrent(tau=DT)


def leaky(**parameters: Any) -> bnsim.LIF:
    given = {"tau_m": 10 * ms, "v_rest": 0 * mV, "v_threshold": 15 * mV, "v_reset": 0 * mV, **parameters}
    return bnsim.LIF(**given, method="euler")


def layered(cell: Any, synapse: Any, **of_last: Any) -> bnsim.Network:
    populations = [
        bnsim.Population("input", 12, bnsim.SpikeTrains()),
        bnsim.Population("hidden", 10, cell),
        bnsim.Population("out", 4, cell, **of_last),
    ]
    weights = bnsim.Normal(200 * mV, 500 * mV)
    return bnsim.Network(
        populations,
        [bnsim.Projection(a, b, synapse, weights) for a, b in (("input", "hidden"), ("hidden", "out"))],
    )


def given(n: int, rate: float = 0.1) -> np.ndarray:
    return (np.random.default_rng(0).random((STEPS, n)) < rate).astype(float)


def spikes(network: bnsim.Network, raster: np.ndarray, state: bnsim.State | None = None) -> dict[str, np.ndarray]:
    """Spikes (step, unit) of all populations."""
    simulator = network.compile(dt=DT, backend="numpy")
    at, units = np.nonzero(raster)
    stimulus = (at * 1e-4, units)
    record = [bnsim.Spikes(population.name) for population in network.populations]
    length = (len(raster) + 5) * DT
    _, recording = simulator.run_for(state or simulator.initial_state(key=1), length, stimulus, record=record)
    found = {}
    for population in network.populations:
        fired = recording.spike_times(population.name)
        found[population.name] = np.zeros((len(raster) + 5, population.size))
        found[population.name][np.rint(fired.time / 1e-4).astype(int), fired.unit] = 1
    return found


def stepped(node: Any, currents: np.ndarray) -> np.ndarray:
    """NIR's equations of one layer by forward Euler, as its readers take them: the input of a step acts in it."""
    dt, v, synaptic, found = 1e-4, np.zeros(currents.shape[1]), np.zeros(currents.shape[1]), []
    for current in currents:
        if isinstance(node, nir.IF):
            v = v + dt * node.r * current
        else:
            tau = node.tau if isinstance(node, nir.LIF) else node.tau_mem
            if isinstance(node, nir.CubaLIF):
                synaptic = synaptic + dt / node.tau_syn * (node.w_in * current - synaptic)
                current = synaptic
            v = v + dt / tau * (node.v_leak - v + node.r * current)
        fired = v > node.v_threshold
        v = np.where(fired, node.v_reset, v)
        found.append(fired)
    return np.array(found, float)


KINDS = {
    "LIF": (leaky(), PULSE),
    "CubaLIF": (leaky(), bnsim.ExponentialCurrent(tau=3 * ms)),
    "IF": (bnsim.IF(tau_m=10 * ms, v_threshold=15 * mV, v_reset=0 * mV, method="euler"), PULSE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_has_the_same_spikes_in_nirs_equations_and_back_in_a_network(kind: str, tmp_path: Path) -> None:
    cell, synapse = KINDS[kind]
    network = layered(cell, synapse)
    state = network.compile(dt=DT, backend="numpy").initial_state(key=1)
    bnsim.write_nir(tmp_path / "network.nir", network, state, DT)
    graph = nir.read(tmp_path / "network.nir")
    assert type(graph.nodes["hidden"]).__name__ == kind
    assert isinstance(graph.nodes["output_out"], nir.Output)
    raster = given(12)
    ours = spikes(network, raster, state)
    hidden = stepped(graph.nodes["hidden"], raster @ graph.nodes["input_to_hidden"].weight.T)
    out = stepped(graph.nodes["out"], hidden @ graph.nodes["hidden_to_out"].weight.T)
    assert out.sum() > 20
    np.testing.assert_array_equal(ours["hidden"][1 : STEPS + 1], hidden)
    np.testing.assert_array_equal(ours["out"][2 : STEPS + 2], out)
    again = bnsim.read_nir(tmp_path / "network.nir", DT)
    back = again.compile(dt=DT, backend="numpy").initial_state(key=2)
    for name in ("input_to_hidden", "hidden_to_out"):
        np.testing.assert_array_equal(back[f"{name}.target"], state[f"{name}.target"])
        scale = 0.01 if kind == "IF" else 1.0  # read with tau_m = dt: only their ratio is in the file
        np.testing.assert_allclose(back[f"{name}.w"], scale * state[f"{name}.w"], rtol=1e-14)
    theirs = spikes(again, raster, back)
    for name in ("hidden", "out"):
        np.testing.assert_array_equal(theirs[name], ours[name])


def test_potentials_begin_at_rest_and_a_current_is_a_bias() -> None:
    """A jump of the potential is a weight times dt / tau; each cell has its own parameters."""
    tau = np.array([5, 10, 20, 40]) * ms
    cell = bnsim.LIF(tau_m=tau, v_rest=-65 * mV, v_threshold=-50 * mV, v_reset=-70 * mV)
    network = bnsim.Network(
        [
            bnsim.Population("input", 4, bnsim.SpikeTrains()),
            bnsim.Population("cells", 4, cell, drive=[bnsim.Current([0, 1, 2, 3] * mV), bnsim.Current(2 * mV)]),
        ],
        [bnsim.Projection("input", "cells", bnsim.Delta(), 3 * mV, bnsim.OneToOne())],
    )
    state = network.compile(dt=DT, backend="numpy").initial_state(key=1)
    graph = bnsim.to_nir(network, state, DT)
    node, affine = graph.nodes["cells"], graph.nodes["input_to_cells"]
    np.testing.assert_allclose(node.tau, [0.005, 0.01, 0.02, 0.04])
    np.testing.assert_allclose(node.v_threshold, 15)
    np.testing.assert_allclose(node.v_reset, -5)
    np.testing.assert_allclose(affine.weight, np.diag([150, 300, 600, 1200]))
    np.testing.assert_allclose(affine.bias, [2, 3, 4, 5])


def graph_of(*nodes: Any) -> nir.NIRGraph:
    named = {f"{number}.{type(node).__name__.lower()}": node for number, node in enumerate(nodes)}
    names = list(named)
    return nir.NIRGraph(named, list(pairwise(names)), type_check=False)


def neurons(*shape: int, threshold: float = 0.02) -> nir.LIF:
    ones = np.ones(shape)
    return nir.LIF(tau=5e-3 * ones, r=ones, v_leak=0 * ones, v_threshold=threshold * ones)


def convolved(weight: np.ndarray, bias: np.ndarray, image: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Convolution by its definition, one output value after another."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    size = weight.shape[2]
    shape = [(n - size) // stride + 1 for n in padded.shape[1:]]
    found = np.zeros((len(weight), *shape))
    for channel, row, column in np.ndindex(*found.shape):
        part = padded[:, row * stride : row * stride + size, column * stride : column * stride + size]
        found[channel, row, column] = (weight[channel] * part).sum() + bias[channel]
    return found


def test_convolution_pooling_and_flattening() -> None:
    generator = np.random.default_rng(2)
    weight, bias = generator.normal(0.3, 1, (3, 2, 3, 3)), np.array([0.1, 0.0, -0.2])
    last = generator.normal(0.2, 1, (4, 12))
    graph = graph_of(
        nir.Input(np.array([2, 6, 6])),
        nir.Conv2d((6, 6), weight, 2, 1, 1, 1, bias),
        neurons(3, 3, 3),
        nir.SumPool2d(np.array([2, 2]), np.array([1, 1]), np.array([0, 0])),
        nir.Flatten({"input": np.array([3, 2, 2])}, 0, -1),
        nir.Linear(last),
        neurons(4),
        nir.Output(np.array([4])),
    )
    network = bnsim.read_nir(graph, DT)
    assert [(p.name, p.size) for p in network.populations] == [
        ("node_0_input", 72),
        ("node_2_lif", 27),
        ("node_6_lif", 4),
    ]
    raster = given(72, 0.05)
    images = raster.reshape(-1, 2, 6, 6)
    first = stepped(neurons(27), np.array([convolved(weight, bias, image, 2, 1).ravel() for image in images]))
    pooled = np.array(
        [
            [[[maps[c, r : r + 2, k : k + 2].sum() for k in range(2)] for r in range(2)] for c in range(3)]
            for maps in first.reshape(-1, 3, 3, 3)
        ]
    )
    second = stepped(neurons(4), pooled.reshape(len(pooled), -1) @ last.T)
    ours = spikes(network, raster)
    assert first.sum() > 50
    assert second.sum() > 10
    np.testing.assert_array_equal(ours["node_2_lif"][1 : STEPS + 1], first)
    np.testing.assert_array_equal(ours["node_6_lif"][2 : STEPS + 2], second)


def test_ways_of_different_length_and_a_loop_onto_itself() -> None:
    """A shortcut past a layer is delayed by the step that the layer takes; feedback acts in the next step."""
    ones = np.ones(3)
    nodes = {
        "input": nir.Input(np.array([3])),
        "a": nir.Linear(np.eye(3)),
        "first": neurons(3),
        "back": nir.Linear(-np.eye(3)[::-1]),
        "b": nir.Linear(np.eye(3)),
        "c": nir.Linear(0.5 * np.ones((3, 3))),
        "second": neurons(3),
        "output": nir.Output(np.array([3])),
    }
    ways = [("input", "a"), ("a", "first"), ("first", "back"), ("back", "first"), ("first", "b"), ("b", "second")]
    edges = [*ways, ("input", "c"), ("c", "second"), ("second", "output")]
    network = bnsim.read_nir(nir.NIRGraph(nodes, edges), DT)
    raster = given(3, 0.3)
    v, last, found = np.zeros((2, 3)), np.zeros(3), []
    for row in raster:
        v[0] += 0.02 * (row - last[::-1] - v[0])
        last = (v[0] > 0.02) * ones
        v[1] += 0.02 * (last + 0.5 * row.sum() - v[1])
        fired = (v[1] > 0.02) * ones
        v[0][last > 0], v[1][fired > 0] = 0, 0
        found.append(np.concatenate([last, fired]))
    expected, ours = np.array(found), spikes(network, raster)
    assert expected.sum(axis=0).min() > 5
    np.testing.assert_array_equal(ours["first"][1 : STEPS + 1], expected[:, :3])
    np.testing.assert_array_equal(ours["second"][2 : STEPS + 2], expected[:, 3:])


def one_layer(cell: Any = None, synapse: Any = PULSE, weights: Any = 1 * mV, drive: Any = (), **projection: Any) -> Any:
    populations = [
        bnsim.Population("input", 2, bnsim.SpikeTrains()),
        bnsim.Population("cells", 2, leaky() if cell is None else cell, drive=drive),
    ]
    return bnsim.Network(populations, [bnsim.Projection("input", "cells", synapse, weights, **projection)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: one_layer(bnsim.SubtractiveIF()),
            "to_nir: NIR has no word for the reset by subtraction of the model SubtractiveIF of Population('cells'); "
            "give LIF or IF, which are reset to a potential",
        ),
        (
            lambda: one_layer(bnsim.AdaptiveLIF()),
            "to_nir: NIR has no word for the model AdaptiveLIF of Population('cells'); give LIF or IF",
        ),
        (
            lambda: one_layer(leaky(refractory=2 * ms)),
            "the refractory period of Population('cells'); give refractory=0*ms",
        ),
        (
            lambda: one_layer(synapse=bnsim.AlphaCurrent()),
            "the synapse AlphaCurrent of Projection('input_to_cells'); gi",
        ),
        (lambda: one_layer(delay=1 * ms), "a delay of Projection('input_to_cells'); give delay=0*ms"),
        (lambda: one_layer(plasticity=bnsim.PairSTDP()), "plasticity of Projection('input_to_cells'); leave it out"),
        (lambda: one_layer(drive=bnsim.WhiteNoise()), "the drive WhiteNoise of Population('cells'); give a constant"),
        (
            lambda: one_layer(drive=bnsim.Current("1*mV*sin(t/ms)")),
            "the drive Current of Population('cells'); give a const",
        ),
        (
            lambda: one_layer(synapse=bnsim.ExponentialCurrent(), drive=bnsim.Current(1 * mV)),
            "a constant current of Population('cells'); give it a projection of Delta or ExponentialCurrent(tau=dt)",
        ),
        (
            lambda: one_layer(bnsim.IF(), bnsim.ExponentialCurrent()),
            "a synaptic current of IF of Projection('input_to_c",
        ),
    ],
)
def test_what_nir_has_no_word_for(make: Callable[[], Any], message: str) -> None:
    network = make()
    state = network.compile(dt=DT, backend="numpy").initial_state(key=1)
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.to_nir(network, state, DT)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [nir.Input(np.array([2])), nir.Threshold(np.ones(2))],
            "read_nir: '1.threshold' is of the kind Threshold, which",
        ),
        ([nir.Input(np.array([3])), nir.Linear(np.ones((2, 2))), neurons(2)], "Linear takes 2 values and gets 3"),
        ([nir.Input(np.array([2])), nir.Linear(np.ones((3, 2))), neurons(2)], "2.lif has 2 units and gets 3 values"),
        ([nir.Input(np.array([2])), nir.Linear(np.full((2, 2), np.nan)), neurons(2)], "EdgeList.factor"),
        ([nir.Input(np.array([0])), neurons(2)], "a shape of (0,)"),
        (
            [
                nir.Input(np.array([1, 2, 2])),
                nir.Conv2d((2, 2), np.ones((1, 1, 3, 3)), 1, 0, 1, 1, np.zeros(1)),
                neurons(1),
            ],
            "a kernel of 3 does not fit into 2 values",
        ),
        (
            [
                nir.Input(np.array([2])),
                nir.CubaLIF(np.zeros(2), np.full(2, 0.01), np.ones(2), np.zeros(2), np.ones(2)),
            ],
            "1.cubalif has a synaptic time constant of 0 s",
        ),
    ],
)
def test_graphs_that_are_no_network(nodes: list[Any], message: str) -> None:
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.read_nir(graph_of(*nodes), DT)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def enlarged(file: h5py.File) -> None:
    del file["node/nodes/1.linear/weight"]
    file.create_dataset("node/nodes/1.linear/weight", shape=(2**20, 2**20), dtype="f8")


def one_piece(file: h5py.File) -> None:
    """A small array whose only piece is unpacked to 4 GB."""
    del file["node/nodes/1.linear/weight"]
    file.create_dataset("node/nodes/1.linear/weight", (2, 2), "f8", maxshape=(None, 2), chunks=(500_000_000, 1))


def elsewhere(file: h5py.File) -> None:
    del file["node/nodes/1.linear/weight"]
    file["node/nodes/1.linear/weight"] = h5py.ExternalLink("/etc/passwd", "/x")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (enlarged, "holds 8.8e+03 GB, more than the 1.07 GB that are read"),
        (one_piece, "holds 4 GB, more than the 1.07 GB that are read"),
        (elsewhere, "weight is a link to elsewhere"),
        (lambda file: file["node/nodes/1.linear"].pop("weight"), "weight"),
        (lambda file: file["node/nodes"].pop("1.linear"), "read_nir: cannot read"),
        (lambda file: file.pop("node"), "node"),
    ],
)
def test_files_of_strangers(tmp_path: Path, edit: Callable[[h5py.File], Any], message: str) -> None:
    path = tmp_path / "graph.nir"
    nir.write(
        path, graph_of(nir.Input(np.array([2])), nir.Linear(np.ones((2, 2))), neurons(2), nir.Output(np.array([2])))
    )
    with h5py.File(path, "a") as file:
        edit(file)
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.read_nir(path, DT)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    network = one_layer()
    state = network.compile(dt=DT, backend="numpy").initial_state(key=1)
    with pytest.raises(bnsim.MachineError, match=r"^write_nir: cannot write .*none/network.nir "):
        bnsim.write_nir(tmp_path / "none" / "network.nir", network, state, DT)
    with pytest.raises(bnsim.InputError, match=r"^read_nir: cannot read .*network.nir "):
        bnsim.read_nir(tmp_path / "network.nir")
