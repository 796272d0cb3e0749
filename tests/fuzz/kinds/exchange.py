"""Files in the formats of other programs."""

from __future__ import annotations

from pathlib import Path

from brian2.units import Hz, ms, mV

import bnsim
from tests.bnsim.engine.networks import learning
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind
from tests.fuzz.kinds.library import digits, look_at_recording


def use_nwb(path: Path) -> None:
    """Read a recording and look at it."""
    look_at_recording(bnsim.Recording.from_nwb(path))


def use_sonata(path: Path) -> None:
    """Read a folder, and make a network of it."""
    found = bnsim.read_sonata(next(parent for parent in path.parents if (parent / "circuit_config.json").exists()))
    models = {
        name: bnsim.Poisson(9 * Hz) if nodes.model_type == "virtual" else bnsim.LIF()
        for name, nodes in found.nodes.items()
    }
    populations = [found.population(name, model) for name, model in models.items()]
    projections = [found.projection(name, bnsim.Delta(), mV) for name in found.edges]
    # A step that is shorter than the shortest delay.
    bnsim.Network(populations, projections).compile(dt=0.01 * ms, backend="numpy").initial_state(1)
    repr(found.spikes)


def use_nir(path: Path) -> None:
    """Make a network of a graph."""
    bnsim.read_nir(path).compile(dt=0.5 * ms, backend="numpy").initial_state(1)


def use_keras(path: Path) -> None:
    """Convert a network of Keras, and let it answer."""
    from models.spiking.converted_keras import ConvertedKeras

    X, y = digits()
    ConvertedKeras(str(path), duration=3, backend="numpy", random_state=0).fit(X, y).predict(X[:2])


def layered() -> bnsim.Network:
    """What NIR has words for: a bias, synaptic currents, a loop onto itself."""
    cells = bnsim.LIF(tau_m=10 * ms, refractory=0 * ms)
    biased = bnsim.Population("biased", 6, cells, drive=bnsim.Current(3 * mV))
    return bnsim.Network(
        [bnsim.Population("input", 4, bnsim.SpikeTrains()), biased, bnsim.Population("cells", 3, cells)],
        [
            bnsim.Projection("input", "biased", bnsim.Delta(), bnsim.Uniform(1 * mV, 3 * mV)),
            bnsim.Projection("biased", "cells", bnsim.ExponentialCurrent(tau=5 * ms), 4 * mV),
            bnsim.Projection("cells", "cells", bnsim.ExponentialCurrent(tau=5 * ms), -1 * mV),
        ],
    )


def write_keras(path: Path) -> None:
    """A network for digits that was not trained: convolution, batch normalisation, both kinds of pooling."""
    from models.artificial.backend import keras

    layers = keras.layers
    middle = [layers.Conv2D(3, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2)]
    end = [layers.AveragePooling2D(3), layers.Flatten(), layers.Dense(10, activation="softmax")]
    keras.Sequential([keras.Input((8, 8, 1)), *middle, *end]).save(path)


def kinds(folder: Path, kept: Path) -> list[Kind]:
    """Networks, and what `library.kinds` has kept in another folder, in these formats."""
    for name in ("recording", "trials"):
        bnsim.Recording.load(kept / f"{name}.npz").to_nwb(folder / f"{name}.nwb")
    recording, state = bnsim.Recording.load(kept / "recording.npz"), bnsim.State.load(kept / "state.npz")
    bnsim.write_sonata(folder / "sonata", learning(), state, recording)
    network = layered()
    drawn = network.compile(dt=0.5 * ms, backend="numpy").initial_state(1)
    bnsim.write_nir(folder / "network.nir", network, drawn, 0.5 * ms)
    write_keras(folder / "model.keras")
    circuit = folder / "sonata"
    documents, tables = tuple(sorted(circuit.glob("*_config.json"))), tuple(sorted(circuit.glob("network/*.csv")))
    arrays = (*sorted(circuit.glob("network/*.h5")), circuit / "output" / "spikes.h5")
    return [
        Kind("NWB file", tuple(sorted(folder.glob("*.nwb"))), damage.of_hdf5, use_nwb, 1.5),
        Kind("SONATA folder: JSON", documents, damage.of_json, use_sonata, 0.5),
        Kind("SONATA folder: types", tables, damage.of_csv, use_sonata, 0.5),
        Kind("SONATA folder: HDF5", arrays, damage.of_hdf5, use_sonata, 1),
        Kind("NIR file", (folder / "network.nir",), damage.of_hdf5, use_nir, 1),
        Kind(".keras file", (folder / "model.keras",), damage.of_keras, use_keras, 1),
    ]
