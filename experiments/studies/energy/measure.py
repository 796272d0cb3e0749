"""Count the operations of trained networks and estimate their energy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bnsim.arrays import FloatArray
from experiments.shared.effort import processor_seconds
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.energy import STUDY, Config
from experiments.studies.energy.joules import Cost, joules, nonzero_share

if TYPE_CHECKING:
    from models.classifier import Activity, Classifier, Layer, OperationCount

WEIGHT_BYTES, STATE_BYTES = 4, 8
"""Moved for a weight, and for the update of a neuron, whose state is read and written: 32-bit floats."""


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Count the operations of one trained network per answer, and estimate its energy.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The model, with its data and its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    found = fitted(subject, config.max_train, progress)
    X = found.split.held_out.X[: config.n_measured]
    return Outcome(len(found.split.train), len(X), tuple(_costs(found.model, X)))


def _costs(model: Classifier, X: FloatArray) -> Iterator[Measurement]:
    started = processor_seconds()
    model.predict(X)
    seconds = (processor_seconds() - started) / len(X)
    operations, activity = model.operations(X), model.activity(X)
    trained = _trained(model, activity)
    skipped = sum(size * (1 - nonzero_share(before.responses)) for before, size in trained if before.binned is None)
    accumulates, products = operations.synaptic_operations / len(X), operations.multiply_accumulates / len(X)
    spiking = activity.bin_width is not None
    steps = _steps(operations, activity, len(X)) if spiking else 1
    synapses = sum(size for before, size in trained if before.binned is not None)
    yield STUDY["effective_acs"](accumulates)
    yield STUDY["effective_macs"](products - (0 if spiking else skipped))
    yield STUDY["dense"](products + synapses * steps)
    yield STUDY["neuron_updates"](operations.neuron_updates / len(X))
    yield STUDY["activation_sparsity"](_sparsity(activity, steps))
    yield STUDY["footprint"](_stored_bytes(model))
    if synapses:
        sent = sum(size * float(before.responses.mean()) for before, size in trained if before.binned is not None)
        yield STUDY["spikes_per_synapse"](sent / synapses)
    updates = operations.neuron_updates / len(X)
    fetched = min(operations.bytes / len(X), WEIGHT_BYTES * (accumulates + products))
    cost = Cost(accumulates, products, updates, fetched + STATE_BYTES * updates)
    for name, value in joules(cost).items():
        yield STUDY[name](1e9 * value)
    yield STUDY["sample_cpu_seconds"](seconds)


def _trained(model: Classifier, activity: Activity) -> list[tuple[Layer, int]]:
    """Return the layer before each trained, fully connected layer, and the number of weights between the two."""
    layers = {layer.name: place for place, layer in enumerate(activity.layers)}
    pairs = [
        (activity.layers[layers[name] - 1], weights) for name, weights in model.weights().items() if name in layers
    ]
    return [(before, weights.size) for before, weights in pairs if before.responses.shape[1] == len(weights)]


def _spiking_layers(activity: Activity) -> list[Layer]:
    return [layer for layer in activity.layers if layer.name != "input" and layer.binned is not None]


def _steps(operations: OperationCount, activity: Activity, n_samples: int) -> float:
    """Return the number of time steps of a trial."""
    return operations.neuron_updates / n_samples / sum(layer.responses.shape[1] for layer in _spiking_layers(activity))


def _sparsity(activity: Activity, steps: float) -> float:
    """Return the fraction of the activations after the input that are 0; a spiking unit has one per time step."""
    if activity.bin_width is not None:
        layers = _spiking_layers(activity)
        return 1 - float(np.concatenate([layer.responses.ravel() for layer in layers]).mean()) / steps
    return 1 - nonzero_share(np.concatenate([layer.responses.ravel() for layer in activity.layers[1:]]))


def _stored_bytes(model: Classifier) -> int:
    """Return the size of all arrays in which the model is saved, without compression and headers."""
    with tempfile.TemporaryDirectory(prefix="bnsim-") as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        with np.load(path, allow_pickle=False) as arrays:
            return sum(arrays[name].nbytes for name in arrays.files if arrays[name].dtype.kind in "fiu")
