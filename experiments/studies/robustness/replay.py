"""The last step of a network alone: what it answers if its last hidden layer had responded otherwise.

A spiking read-out is simulated with given spikes of the hidden layer, as a network of its own with the trained weights;
given the spikes that it had, it repeats the classifier's output spike for spike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bnsim.engine.simulator import Simulator

FloatArray = NDArray[np.floating]
Train = tuple[NDArray[np.integer], NDArray[np.integer]]
"""Spikes of a trial: time steps and units."""

READ_OUTS = ("receptive-field", "three-factor")
"""The classifiers whose last step is known here: current from the hidden layer, output neurons without connections."""
DT = 1e-3
"""Time step of these classifiers, in seconds."""


def hidden_layer(model: Any) -> str:
    """The population before the output of one of `READ_OUTS`."""
    return str(model.recorded[-2])


def hidden_trains(model: Any, X: FloatArray) -> list[Train]:
    """Spikes of the last hidden layer for each sample."""
    recording = model.record(X)
    spikes = recording.spike_times(hidden_layer(model))
    bounds = np.searchsorted(spikes.trial, np.arange(1, len(X)))
    steps = np.rint(spikes.time / recording.dt).astype(np.int64)
    return list(zip(np.split(steps, bounds), np.split(spikes.unit, bounds), strict=True))


def replayed(model: Any, X: FloatArray, trains: Sequence[Train]) -> NDArray[Any]:
    """Class of each sample if the last hidden layer fires these spikes; X: the samples, which noise depends on."""
    from models.spiking.decision import decide
    from models.spiking.spiking_classifier import sample_numbers

    simulator = _read_out(model)
    weights = {name: array for name, array in model.learned_.items() if name.endswith("_to_output.w")}
    stimulus: dict[str, Any] = {
        hidden_layer(model): [(steps * DT, units) for steps, units in trains],
        "output": np.ones((len(X), len(model.classes_))),
    }
    if "bias_to_output.w" in weights:
        stimulus["bias"] = np.ones((len(X), 1))
    _, recording = simulator.run(
        simulator.initial_state(model.random_state_).replace(weights),
        stimulus,
        model.random_state_,
        plastic=False,
        trials=sample_numbers(X),
        record=("output",),
    )
    return model.classes_[decide(recording.counts["output"], recording.spike_times("output"))]


def answers(model: Any, activations: FloatArray) -> NDArray[Any]:
    """Class of each sample if the last hidden layer of an artificial network has these activations (sample, unit)."""
    drive = model.linear_layers()[-1](activations)
    chosen = drive.argmax(axis=1) if drive.shape[1] > 1 else (drive[:, 0] > 0).astype(np.int64)
    return model.classes_[chosen]


def counts(trains: Sequence[Train], n_units: int) -> FloatArray:
    """Spikes of each unit in each trial (trial, unit)."""
    return np.stack([np.bincount(units, minlength=n_units) for _, units in trains]).astype(np.float64)


def _read_out(model: Any) -> Simulator:
    """The output neurons of one of `READ_OUTS` and what reaches them, the hidden layer being a source of spikes."""
    from brian2.units import Hz, ms, mV

    import bnsim
    from models.spiking.neuron_parameter import NAMED

    cell, hidden, n_classes = NAMED["subtractive-lif"], hidden_layer(model), len(model.classes_)
    sources = [bnsim.Population(hidden, model.learned_[f"{hidden}_to_output.w"].size // n_classes, bnsim.SpikeTrains())]
    if "bias_to_output.w" in model.learned_:
        sources.insert(0, bnsim.Population("bias", 1, bnsim.Poisson(model.max_rate * Hz)))
    background = bnsim.ConstantCurrent(model.background * cell.rheobase)
    synapse = bnsim.ExponentialCurrent(tau=getattr(model, "tau_synapse", 5.0) * ms)
    network = bnsim.Network(
        [*sources, bnsim.Population("output", n_classes, cell, background)],
        [bnsim.Projection(source.name, "output", synapse, weights=0 * mV) for source in sources],
    )
    return network.compile(trial=model.duration * ms, dt=1e3 * DT * ms, backend=model.backend)


def lost(train: Train, share: float, generator: np.random.Generator) -> Train:
    """Each spike lost with this probability."""
    steps, units = train
    kept = generator.random(len(steps)) >= share
    return steps[kept], units[kept]


def jittered(train: Train, deviation: float, n_steps: int, generator: np.random.Generator) -> Train:
    """Each spike moved by a normal number of steps with this standard deviation; none is lost.

    Spikes stay within the trial, and those that fall on another of their unit take the nearest free step beside it.
    """
    steps, units = train
    moved = np.rint(steps + deviation * generator.standard_normal(len(steps))).clip(0, n_steps - 1).astype(np.int64)
    order = np.lexsort((moved, units))
    moved, units = moved[order], units[order]
    # Units follow each other on one axis, far enough apart; there each spike must be later than the one before it.
    first = 2 * n_steps * units.astype(np.int64)
    rank = np.arange(len(moved))
    later = np.maximum.accumulate(first + moved - rank) + rank
    later = np.minimum(later, first + n_steps - 1)
    earlier = np.minimum.accumulate((later - rank)[::-1])[::-1] + rank
    return earlier - first, units
