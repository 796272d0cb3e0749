"""Networks that pass between bnsim, snnTorch and Norse as files of NIR: the spikes of each on the same input.

python benchmarks/interchange/nir_elsewhere.py write FOLDER          # where bnsim is installed: ours
TORCH/bin/python benchmarks/interchange/nir_elsewhere.py read FOLDER # where snntorch and norse are: ours, and theirs
python benchmarks/interchange/nir_elsewhere.py back FOLDER           # theirs, in bnsim
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

STEPS, INPUTS, DT = 400, 24, 1e-4


def given(inputs: int = INPUTS) -> np.ndarray:
    """Input spikes (step, unit)."""
    return (np.random.default_rng(1).random((STEPS, inputs)) < 0.1).astype(np.float64)


def simulated(network: Any, key: int = 1) -> tuple[Any, dict[str, np.ndarray]]:
    """State at the start, and spikes (step, unit) of each population that has any."""
    from brian2.units import second

    import bnsim

    simulator = network.compile(dt=DT * second, backend="numpy")
    state = simulator.initial_state(key)
    source = network.populations[0]
    at, units = np.nonzero(given(source.size))
    record = [bnsim.Spikes(population.name) for population in network.populations]
    _, recording = simulator.run_for(state, (STEPS + 5) * DT * second, (at * DT, units), record=record)
    found = {}
    for population in network.populations:
        spikes = recording.spike_times(population.name)
        raster = np.zeros((STEPS + 5, population.size))
        raster[np.rint(spikes.time / DT).astype(int), spikes.unit] = 1
        found[population.name] = raster
    return state, found


def write(folder: Path) -> None:
    """Networks of bnsim's, as files, and their spikes."""
    from brian2.units import ms, mV, second

    import bnsim

    pulse, slow = bnsim.ExponentialCurrent(tau=DT * second), bnsim.ExponentialCurrent(tau=4 * ms)
    leaky = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, method="euler")
    perfect = bnsim.IF(tau_m=10 * ms, v_threshold=15 * mV, v_reset=0 * mV, method="euler")
    for name, cell, synapse, scale in (
        ("lif", leaky, pulse, 400),
        ("cubalif", leaky, slow, 12),
        ("if", perfect, pulse, 400),
    ):
        sizes = {"input": INPUTS, "hidden": 30, "out": 6}
        populations = [
            bnsim.Population(key, n, bnsim.SpikeTrains() if key == "input" else cell) for key, n in sizes.items()
        ]
        ends = zip(sizes, list(sizes)[1:], strict=False)
        weights = bnsim.Normal(scale / 2 * mV, scale * mV)
        network = bnsim.Network(populations, [bnsim.Projection(a, b, synapse, weights) for a, b in ends])
        state, found = simulated(network)
        bnsim.write_nir(folder / f"{name}.nir", network, state, DT * second)
        np.savez(folder / f"{name}.npz", **found)
        print(f"{name}: {found['hidden'].sum():.0f} and {found['out'].sum():.0f} spikes")


def compared(label: str, theirs: np.ndarray, ours: np.ndarray, layers: int) -> None:
    """Say how many spikes differ: a layer of bnsim's is a step later."""
    shifted = ours[layers : layers + len(theirs)]
    print(f"  {label}: {theirs.sum():.0f} spikes, {np.abs(theirs - shifted).sum():.0f} differ")


def run(module: Any, spikes: np.ndarray, dtype: Any, *, state: bool) -> np.ndarray:
    """Output of a torch module on one step after another."""
    import torch

    found, carried = [], None
    with torch.no_grad():
        for row in spikes:
            x = torch.as_tensor(row, dtype=dtype)[None]
            result = module(x, carried) if state else module(x)
            out, carried = result if isinstance(result, tuple) else (result, None)
            found.append(out.double().numpy().ravel())
    return np.array(found)


def read(folder: Path) -> None:
    """Ours, read by snnTorch and Norse; and networks of theirs, as files."""
    from importlib.metadata import version

    import nir
    import norse.torch
    import snntorch
    import torch
    from snntorch.export_nir import export_to_nir
    from snntorch.import_nir import import_from_nir

    print({name: version(name) for name in ("torch", "snntorch", "norse", "nir", "nirtorch")})
    for name in ("lif", "cubalif", "if"):
        expected, spikes = np.load(folder / f"{name}.npz"), given()
        print(name)
        torch.set_default_dtype(torch.float32)
        theirs = norse.torch.from_nir(nir.read(folder / f"{name}.nir"), dt=DT)
        compared("Norse", run(theirs, spikes, torch.float32, state=True), expected["out"], 2)
        if name != "if":  # snnTorch reads IF as a leaky neuron with beta = 0.9, and only with r = 1
            graph = nir.read(folder / f"{name}.nir")
            compared("snnTorch", run(import_from_nir(graph), spikes, torch.float32, state=False), expected["out"], 2)
    torch.manual_seed(1)
    beta = 1 - DT / 5e-3
    options = {"reset_mechanism": "zero", "reset_delay": False, "init_hidden": True}
    layers = [
        *(
            torch.nn.Linear(INPUTS, 30),
            snntorch.Leaky(beta=torch.full((30,), beta), threshold=torch.ones(30), **options),
        ),
        *(torch.nn.Linear(30, 6), snntorch.Leaky(beta=torch.full((6,), beta), threshold=torch.ones(6), **options)),
    ]
    theirs = torch.nn.Sequential(*layers)
    nir.write(folder / "snntorch.nir", export_to_nir(theirs, torch.zeros(INPUTS)))
    for layer in layers[1::2]:
        layer.reset_mem()
    np.save(folder / "snntorch.npy", run(theirs, given(), torch.float32, state=False))
    convolution(folder)


def convolution(folder: Path) -> None:
    """A convolution, a pooling and a linear layer, as a file, and what PyTorch and Norse make of it."""
    import nir
    import norse.torch
    import torch

    generator = np.random.default_rng(2)

    def neurons(*shape: int) -> nir.LIF:
        ones = np.ones(shape)
        return nir.LIF(tau=5e-3 * ones, r=ones, v_leak=0 * ones, v_threshold=0.05 * ones)

    weight = generator.normal(0.1, 0.3, (3, 2, 3, 3))
    nodes = {
        "input": nir.Input(np.array([2, 6, 5])),
        "conv": nir.Conv2d((6, 5), weight, (2, 1), (1, 0), 1, 1, np.array([0.1, 0.0, -0.1])),
        "first": neurons(3, 3, 3),
        "pool": nir.SumPool2d(np.array([2, 2]), np.array([1, 1]), np.array([0, 0])),
        "flatten": nir.Flatten({"input": np.array([3, 2, 2])}, 0, -1),
        "linear": nir.Linear(generator.normal(0.2, 1, (4, 12))),
        "second": neurons(4),
        "output": nir.Output(np.array([4])),
    }
    names = list(nodes)
    graph = nir.NIRGraph(nodes, list(pairwise(names)), type_check=False)
    nir.write(folder / "conv.nir", graph)
    torch.set_default_dtype(torch.float64)
    conv = torch.nn.Conv2d(2, 3, 3, (2, 1), (1, 0))
    conv.weight.data, conv.bias.data = torch.tensor(weight), torch.tensor(nodes["conv"].bias)
    pool = torch.nn.LPPool2d(1, 2, 1)
    linear = torch.tensor(nodes["linear"].weight)
    parameters = norse.torch.LIFBoxParameters(tau_mem_inv=torch.tensor(1 / 5e-3), v_th=torch.tensor(0.05))
    cells = [norse.torch.LIFBoxCell(parameters, dt=DT) for _ in range(2)]
    states, found = [None, None], []
    with torch.no_grad():
        for row in given(60):
            spikes, states[0] = cells[0](conv(torch.tensor(row).reshape(1, 2, 6, 5)), states[0])
            out, states[1] = cells[1](pool(spikes).flatten(1) @ linear.T, states[1])
            found.append(out.numpy().ravel())
    np.save(folder / "conv.npy", np.array(found))


def back(folder: Path) -> None:
    """Theirs, in bnsim."""
    from brian2.units import second

    import bnsim

    for name in ("snntorch", "conv"):
        network = bnsim.read_nir(folder / f"{name}.nir", DT * second)
        _, found = simulated(network)
        print(name, {population.name: population.size for population in network.populations})
        compared("bnsim", np.load(folder / f"{name}.npy"), found[network.populations[-1].name], 2)


if __name__ == "__main__":
    {"write": write, "read": read, "back": back}[sys.argv[1]](Path(sys.argv[2]))
