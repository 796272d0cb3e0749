"""Count the operations of trained networks and estimate their energy, with floats and, between twins, with integers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bnsim.arrays import FloatArray, LabelArray
from experiments.shared.effort import processor_seconds
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.energy import STUDY, Config
from experiments.studies.energy.joules import FLOATS, Cost, integer_joules, joules, nonzero_share
from experiments.studies.energy.quantised import BITS_8, front_end_products, quantised, rounded
from models.capabilities import Differentiable, Lasting

if TYPE_CHECKING:
    from models.classifier import Activity, Classifier, Layer, OperationCount


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
    X, y = found.split.held_out.X[: config.n_measured], found.split.held_out.y[: config.n_measured]
    measured = list(_costs(found.model, X, y))
    if subject.twin is not None:
        twin = fitted(subject.twin, config.max_train, progress).model
        seen = _spread(found.split.train.X, config.n_measured)
        measured += _with_integers(found.model, twin, seen, X, y)
    return Outcome(len(found.split.train), len(X), tuple(measured))


def _spread(X: FloatArray, count: int) -> FloatArray:
    """Return some samples from all over the training set, which may be in the order of its classes."""
    return X[np.linspace(0, len(X) - 1, min(count, len(X))).astype(int)]


def _costs(model: Classifier, X: FloatArray, y: LabelArray) -> Iterator[Measurement]:
    started = processor_seconds()
    predicted = model.predict(X)
    seconds = (processor_seconds() - started) / len(X)
    operations, activity = model.operations(X), model.activity(X)
    trained = _trained(model, activity)
    skipped = sum(size * (1 - nonzero_share(before.responses)) for before, size in trained if before.binned is None)
    cost = _cost(operations, len(X))
    spiking = activity.bin_width is not None
    synapses = sum(size for before, size in trained if before.binned is not None)
    if isinstance(model, Lasting):
        steps = float(model.time_steps(X).mean())
        dense = model.trainable_parameters * steps
    else:
        steps = _steps(operations, activity, len(X)) if spiking else 1
        dense = cost.multiply_accumulates + synapses * steps
    yield STUDY["accuracy"](np.mean(predicted == y))
    yield STUDY["effective_acs"](cost.accumulates)
    yield STUDY["effective_macs"](cost.multiply_accumulates - (0 if spiking else skipped))
    yield STUDY["dense"](dense)
    yield STUDY["neuron_updates"](cost.neuron_updates)
    yield STUDY["activation_sparsity"](_sparsity(activity, steps))
    yield STUDY["footprint"](_stored_bytes(model))
    if synapses:
        sent = sum(size * float(before.responses.mean()) for before, size in trained if before.binned is not None)
        yield STUDY["spikes_per_synapse"](sent / synapses)
    for name, value in joules(cost).items():
        yield STUDY[name](1e9 * value)
    yield STUDY["sample_cpu_seconds"](seconds)


def _cost(operations: OperationCount, n_samples: int) -> Cost:
    """Return the operations of one answer."""
    accumulates, products = operations.synaptic_operations / n_samples, operations.multiply_accumulates / n_samples
    weights = min(operations.bytes / n_samples / FLOATS.weight_bytes, accumulates + products)
    return Cost(accumulates, products, operations.neuron_updates / n_samples, weights)


def _with_integers(
    model: Classifier, twin: Classifier, seen: FloatArray, X: FloatArray, y: LabelArray
) -> Iterator[Measurement]:
    """Measure a spiking network with weights of 8 bits against its twin, quantised to as many levels as it has counts.

    seen: training samples. Nothing where the network has no hidden spikes, or the twin is no chain of rectifiers.
    """
    levels, chain = _levels(model.activity(seen)), twin.rate_chain() if isinstance(twin, Differentiable) else None
    if chain is None or levels < 2:
        return
    spiking = model.with_weights({layer: rounded(weights) for layer, weights in model.weights().items()})
    network = quantised(chain, seen, levels)
    answers = {"spiking": spiking.predict(X), "twin": twin.classes_[network.outputs(X).argmax(axis=1)]}
    costs = {"spiking": _cost(spiking.operations(X), len(X)), "twin": _cost(twin.operations(X), len(X))}
    front_end = front_end_products(chain, costs["twin"].multiply_accumulates)
    energies = {name: integer_joules(cost, front_end) for name, cost in costs.items()}
    yield STUDY["levels"](levels)
    for name, predicted in answers.items():
        yield STUDY["integer_accuracy"](np.mean(predicted == y), network=name)
        for energy, value in energies[name].items():
            yield STUDY[f"integer_{energy}"](1e9 * value, network=name)
    for memory, energy in (("small", "energy_least"), ("large", "energy_most")):
        yield STUDY["integer_energy_ratio"](energies["spiking"][energy] / energies["twin"][energy], memory=memory)


def _levels(activity: Activity) -> int:
    """Return the number of counts from 0 to the largest of a hidden neuron, as far as 8 bits hold them."""
    counts = [layer.responses.max() for layer in _spiking_layers(activity)[:-1]]
    return min(BITS_8, 1 + round(max(counts, default=0)))


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
