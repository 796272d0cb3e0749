"""Recordings, states and trained models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from brian2.units import ms

import bnsim
from models import registry
from tests.bnsim.engine.networks import intensities, learner
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind


def look_at_recording(recording: bnsim.Recording) -> None:
    """Look at all that a recording holds."""
    repr(recording)
    recording._repr_html_()
    half = recording.start + recording.n_steps // 2 * recording.dt
    for name in recording.populations:
        recording.spike_counts(name)
        if name in recording.spikes:
            recording.binned(name, 5 * recording.dt)
            recording.spike_times(name).trains(0)
            recording.spike_trains(name, sample=3)
    if recording.n_steps > 1:
        repr(recording.window(recording.start, half))
    for variables in recording.traces.values():
        for trace in variables.values():
            trace.of(int(trace.units[0])) if len(trace.units) else None
    assert recording == recording


def use_recording(path: Path) -> None:
    """Load a recording and look at it."""
    look_at_recording(bnsim.Recording.load(path))


def use_streamed(path: Path) -> None:
    """Load the recording and the state of a folder."""
    folder = next(parent for parent in path.parents if (parent / "contents.json").exists())
    look_at_recording(bnsim.Recording.load(folder))
    look_at_state(bnsim.State.load(folder))


def look_at_state(state: bnsim.State) -> None:
    """Look at all that a state holds."""
    repr(state)
    state._repr_html_()
    for name in [name.removesuffix(".unit") for name in state if name.endswith(".unit")]:
        state.weights(name)
        state.weights(name, matrix=True)


def use_state(path: Path) -> None:
    """Load a state and go on from it by a step."""
    state = bnsim.State.load(path)
    look_at_state(state)
    simulator = _simulator()
    simulator.run_for(state, 0.5 * ms, intensities(1)[0], record=[bnsim.Spikes("cells")])


@cache
def _simulator() -> bnsim.Simulator:
    return learner("numpy")


MODELS: dict[str, dict[str, Any]] = {
    "rate": {"hidden": (5,), "passes": 1},
    "dense": {"hidden": (5,), "passes": 1},
    "receptive-field": {"image_shape": (8, 8), "n_filters": 12, "passes": 1, "duration": 5.0, "backend": "numpy"},
    "three-factor": {"hidden": (5,), "passes": 1, "duration": 5.0, "backend": "numpy"},
    "diehl-cook": {"n_neurons": 6, "passes": 1, "duration": 5.0, "backend": "numpy"},
    "converted": {"hidden": (5,), "passes": 1, "duration": 5, "backend": "numpy"},
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 12, "passes": 1},
}


def digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X[:30] / 16, y[:30]


def saved_models(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Train models a little and save them."""
    X, y = digits()
    for name in names:
        path = folder / f"{name}.npz"
        model = registry.create(name, random_state=0, **MODELS[name])
        model.fit(X, y, validation=(X, y), checkpoints=(16,))
        model.save(path)
        yield path


def use_model(path: Path) -> None:
    """Load a classifier and let it answer."""
    X, _ = digits()
    model = registry.entry(path.stem).load().load(path)
    model.weights()
    model.predict(X[:2, : model.n_features_in_])
    repr(model.history_)


def _simulated(folder: Path) -> None:
    """Write recordings of a continuous run and of trials, a state, and the folder of a long run."""
    simulator = _simulator()
    record = [bnsim.Spikes("input"), bnsim.Spikes("cells", units=[1, 3]), bnsim.Trace("cells", "v", units=[3])]
    record.append(bnsim.Weights("input_to_cells", every=10 * ms))  # type: ignore[arg-type]
    state = simulator.initial_state(1)
    state, recording = simulator.run_for(state, 30 * ms, intensities(3), record=record)
    recording.save(folder / "recording.npz")
    state.save(folder / "state.npz")
    trials, _ = simulator.run(simulator.initial_state(1), intensities(4), 1, record=record[:3])[::-1]
    trials.save(folder / "trials.npz")
    simulator.run_for(simulator.initial_state(1), 30 * ms, intensities(3), record=record, to=folder / "streamed")


def kinds(folder: Path, models: tuple[str, ...]) -> list[Kind]:
    """Recordings, states, and the trained models of these names."""
    _simulated(folder)
    recordings = tuple(folder / name for name in ("recording.npz", "trials.npz"))
    streamed = folder / "streamed"
    arrays = tuple(sorted(streamed.rglob("*.npy")))
    (folder / "models").mkdir()
    return [
        Kind("recording", recordings, damage.of_npz, use_recording, 2),
        Kind("folder of a long run, its list", (streamed / "contents.json",), damage.of_json, use_streamed),
        Kind("folder of a long run, its arrays", arrays, damage.of_npy, use_streamed, 1.5),
        Kind("state", (folder / "state.npz",), damage.of_npz, use_state, 2),
        Kind("saved model", tuple(saved_models(folder / "models", models)), damage.of_npz, use_model, 2.5),
    ]
