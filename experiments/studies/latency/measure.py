"""Follow the answer of a trained network over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.shared.answers import margin
from experiments.shared.fitted import Fitted, fitted
from experiments.shared.probe import probe_accuracy
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.latency import STUDY, Config
from experiments.studies.latency.elapsed import correlation, counts_until, exits, first_spikes
from experiments.tasks.dataset import Samples
from models.capabilities import Anytime, CountDecision, Recordable

if TYPE_CHECKING:
    from bnsim.recording import Recording, SpikeTimes

CHUNK = 100
"""Number of samples recorded at once, which limits the memory for spike times of thousands of units."""
FINAL_SHARE = 0.9


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Follow the answer of one trained network with one seed over time.

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
    test = found.split.held_out.first(config.n_measured)
    final = float(np.mean(found.model.predict(test.X) == test.y))
    measurements = [STUDY["final_accuracy"](final)]
    if isinstance(found.model, Recordable):
        twin = subject.twin
        activations = _activations(fitted(twin, config.max_train, progress), test.X) if twin else {}
        generator = np.random.default_rng([subject.seed, 0x7A7E])
        chosen = found.split.train.chosen(generator.permutation(len(found.split.train))[: config.n_probe])
        measurements += _over_time(config, found, test, chosen, activations, final)
    return Outcome(len(found.split.train), len(test), tuple(measurements))


def _activations(twin: Fitted, X: NDArray[np.float64]) -> dict[str, NDArray[np.floating]]:
    """Return the activations (sample, unit) of an artificial network by layer."""
    return {layer.name: layer.responses for layer in twin.model.activity(X).layers[1:]}


def _over_time(
    config: Config,
    found: Fitted,
    test: Samples,
    learned: Samples,
    activations: Mapping[str, NDArray[np.floating]],
    final: float,
) -> Iterator[Measurement]:
    model = found.model
    assert isinstance(model, Recordable)
    seen, taught = _recorded(model, test.X), _recorded(model, learned.X)
    ends, steps = _moments(seen, config.points)
    yield from _first(seen)
    for layer, spikes in seen.spikes.items():
        n_units = seen.populations[layer]
        counts = counts_until(spikes, len(test), n_units, steps, seen.dt)
        known = counts_until(taught.spikes[layer], len(learned), n_units, steps, seen.dt)
        for end, before, at_test in zip(ends, known, counts, strict=True):
            share = probe_accuracy(before, learned.y, at_test, test.y)
            yield STUDY["probe_accuracy_after"](share, end, layer=layer)
            if layer in activations and activations[layer].shape[1] == n_units:
                alike = correlation(at_test, activations[layer])
                if alike is not None:
                    yield STUDY["twin_correlation"](alike, end, layer=layer)
    answers = _answers(model, seen, test.X, steps)
    if answers is not None:
        yield from _accuracy(config, ends, answers == test.y, seen, final)


def _recorded(model: Recordable, X: NDArray[np.float64]) -> Recording:
    """Record the spike times of all samples, without traces."""
    from bnsim.recording import Recording, SpikeTimes

    parts = [model.record(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)]
    spikes: dict[str, SpikeTimes] = {}
    for layer in parts[0].spikes:
        found = [part.spikes[layer] for part in parts]
        trial = np.concatenate([spike.trial + CHUNK * place for place, spike in enumerate(found)])
        unit, time = (np.concatenate([getattr(spike, name) for spike in found]) for name in ("unit", "time"))
        spikes[layer] = SpikeTimes(trial, unit, time, found[0].units)
    counts = {layer: np.concatenate([part.counts[layer] for part in parts]) for layer in spikes}
    trials = np.concatenate([part.trials for part in parts])
    return Recording(parts[0].duration, parts[0].dt, trials, counts, spikes)


def _moments(seen: Recording, points: int) -> tuple[list[int], list[int]]:
    """Return times in whole ms and the number of time steps up to each; times are those of steps longer than 1 ms."""
    ends = _times(seen.duration, points)
    steps = _steps(ends, seen)
    if seen.dt > 1e-3:
        steps = sorted(set(steps))
        ends = [round(1e3 * seen.dt * step) for step in steps]
    return ends, steps


def _times(duration: float, points: int) -> list[int]:
    """Return times in whole ms, the last of which is the end of the trial."""
    return sorted({max(1, round(1e3 * duration * place / points)) for place in range(1, points + 1)})


def _steps(ends: list[int], seen: Recording) -> list[int]:
    """Return the number of time steps up to each of these times (ms), at least one and no more than there are."""
    return [min(max(1, round(end / 1e3 / seen.dt)), seen.n_steps) for end in ends]


def _first(seen: Recording) -> Iterator[Measurement]:
    for layer, spikes in seen.spikes.items():
        first = first_spikes(spikes, seen.n_trials, seen.populations[layer])
        for metric, times in (("first_spike", first.min(axis=1)), ("first_spike_latency", first)):
            if np.isfinite(times).any():
                yield STUDY[metric](1e3 * times[np.isfinite(times)].mean(), layer=layer)


def _answers(
    model: Recordable, seen: Recording, X: NDArray[np.float64], steps: list[int]
) -> NDArray[np.integer] | None:
    """Return the class of each sample after each of these steps (time, sample).

    None if the decision is not known before the end.
    """
    if isinstance(model, Anytime):
        return model.predictions_over_time(X)[:, np.array(steps) - 1].T
    return model.decisions_until(seen, steps) if isinstance(model, CountDecision) else None


def _accuracy(
    config: Config, ends: list[int], right: NDArray[np.bool_], seen: Recording, final: float
) -> Iterator[Measurement]:
    accuracies = right.mean(axis=1)
    for end, accuracy in zip(ends, accuracies, strict=True):
        yield STUDY["accuracy_after"](accuracy, end)
    reached = np.flatnonzero(accuracies >= FINAL_SHARE * final)
    yield STUDY["time_to_90"](ends[reached[0]])
    if "output" not in seen.spikes:  # a readout without spikes leads by none
        return
    counts = counts_until(seen.spikes["output"], seen.n_trials, seen.populations["output"], _steps(ends, seen), seen.dt)
    lead = margin(counts)
    for least in config.margins:
        exit = exits(lead, least)
        share = right[exit, np.arange(right.shape[1])].mean()
        yield STUDY["early_exit_accuracy"](share, margin=least)
        yield STUDY["early_exit_time"](np.array(ends)[exit].mean(), margin=least)
