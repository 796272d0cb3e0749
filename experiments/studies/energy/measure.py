"""What does an answer cost, in operations that were counted and in joules that they might take?

Each network is trained, then shown test samples; operations are counted while it answers (`OperationCount`), spikes
where there are any. Names are those of NeuroBench. Joules are an estimate and therefore a range: arithmetic of 32-bit
floats and access to memory in a 45 nm process, as Horowitz measured them, for all networks alike: 0.9 pJ an accumulate,
4.6 pJ a multiply-accumulate, which an update of a neuron counts as too; 10 pJ (memory of 8 kB) to 100 pJ (1 MB) for 8
bytes moved: a weight of 4 bytes for each operation, or fewer where operations share weights, and a neuron's state of 4
bytes, read and written at each update. The
formula often used for spiking networks counts accumulates alone; it stands beside the range. Real chips differ from all
of this by more than a factor of ten; between twins the range tells which one the assumptions favour.

Metrics
-------
All are of one sample, mean over `n_measured` test samples.

effective_acs         accumulates caused by spikes
effective_macs        multiply-accumulates with an input other than 0, in fully connected layers; front ends and
                      convolutions count in full
dense                 operations if every unit were active: multiply-accumulates of an artificial network; of a spiking
                      one each synapse at each time step, and what is multiplied outside of it
neuron_updates        neurons x time steps
activation_sparsity   fraction of activations that are 0, over the layers after the input; of spiking networks over all
                      time steps
footprint             bytes of all arrays that the fitted network is stored as
spikes_per_synapse    spiking networks: mean count of presynaptic spikes, over the synapses that learn. Above 1.72 a
                      spiking network cannot win against the same network without spikes (Davidson & Furber 2021)
energy_arithmetic     nJ: accumulates and multiply-accumulates alone
energy_least          nJ: with updates of neurons, and memory at 10 pJ
energy_most           nJ: with memory at 100 pJ
sample_cpu_seconds    seconds of processor time that `predict` took on this machine, child processes included

References
----------
M. Horowitz, IEEE International Solid-State Circuits Conference (2014); M. Davies et al., IEEE Micro 38 (2018), why
memory matters; S. Davidson and S. Furber, Frontiers in Neuroscience 15 (2021); J. Yik et al., NeuroBench, Nature
Communications 16 (2025).
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, PositiveInt

from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Subject
from experiments.studies.energy.joules import Cost, joules, nonzero_share

if TYPE_CHECKING:
    from models.classifier import Activity, Classifier, FloatArray, Layer, OperationCount


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them. n_measured: number of
    test samples over which operations and activity are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt


PRESETS = {"quick": Config(max_train=10_000, n_measured=200), "full": Config(max_train=None, n_measured=1000)}
WEIGHT_BYTES, STATE_BYTES = 4, 8
"""Moved for a weight, and for an update of a neuron: 32-bit floats, the state read and written again."""


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Count what one trained network with one seed does for an answer."""
    found = fitted(subject, config.max_train, progress)
    X = found.split.held_out.X[: config.n_measured]
    return Outcome(len(found.split.train), len(X), tuple(_costs(found.model, X)))


def _costs(model: Classifier, X: FloatArray) -> Iterator[Measurement]:
    started = _cpu_seconds()
    model.predict(X)
    seconds = (_cpu_seconds() - started) / len(X)
    operations, activity = model.operations(X), model.activity(X)
    trained = _trained(model, activity)
    skipped = sum(size * (1 - nonzero_share(before.responses)) for before, size in trained if before.binned is None)
    accumulates, products = operations.synaptic_operations / len(X), operations.multiply_accumulates / len(X)
    spiking = activity.bin_width is not None
    steps = _steps(operations, activity, len(X)) if spiking else 1
    synapses = sum(size for before, size in trained if before.binned is not None)
    yield Measurement("effective_acs", accumulates, "count")
    yield Measurement("effective_macs", products - (0 if spiking else skipped), "count")
    yield Measurement("dense", products + synapses * steps, "count")
    yield Measurement("neuron_updates", operations.neuron_updates / len(X), "count")
    yield Measurement("activation_sparsity", _sparsity(activity, steps), "fraction")
    yield Measurement("footprint", _stored_bytes(model), "byte")
    if synapses:
        sent = sum(size * float(before.responses.mean()) for before, size in trained if before.binned is not None)
        yield Measurement("spikes_per_synapse", sent / synapses, "count")
    updates = operations.neuron_updates / len(X)
    fetched = min(operations.bytes / len(X), WEIGHT_BYTES * (accumulates + products))
    cost = Cost(accumulates, products, updates, fetched + STATE_BYTES * updates)
    for name, value in joules(cost).items():
        yield Measurement(name, 1e9 * value, "nJ")
    yield Measurement("sample_cpu_seconds", seconds, "s")


def _trained(model: Classifier, activity: Activity) -> list[tuple[Layer, int]]:
    """The layer before each trained layer that is fully connected, and how many weights lie between them."""
    layers = {layer.name: place for place, layer in enumerate(activity.layers)}
    pairs = [
        (activity.layers[layers[name] - 1], weights) for name, weights in model.weights().items() if name in layers
    ]
    return [(before, weights.size) for before, weights in pairs if before.responses.shape[1] == len(weights)]


def _spiking_layers(activity: Activity) -> list[Layer]:
    return [layer for layer in activity.layers if layer.name != "input" and layer.binned is not None]


def _steps(operations: OperationCount, activity: Activity, n_samples: int) -> float:
    """Time steps of a trial."""
    return operations.neuron_updates / n_samples / sum(layer.responses.shape[1] for layer in _spiking_layers(activity))


def _sparsity(activity: Activity, steps: float) -> float:
    """Fraction of the activations after the input that are 0; a unit has one in each time step."""
    if activity.bin_width is not None:
        layers = _spiking_layers(activity)
        return 1 - float(np.concatenate([layer.responses.ravel() for layer in layers]).mean()) / steps
    return 1 - nonzero_share(np.concatenate([layer.responses.ravel() for layer in activity.layers[1:]]))


def _stored_bytes(model: Classifier) -> int:
    """Of all arrays that the model is saved as, without compression and header."""
    with tempfile.TemporaryDirectory(prefix="bnsim-") as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        with np.load(path, allow_pickle=False) as arrays:
            return sum(arrays[name].nbytes for name in arrays.files if arrays[name].dtype.kind in "fiu")


def _cpu_seconds() -> float:
    """Processor time of this process and of all children that have ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in usage)
