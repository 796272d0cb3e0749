"""Show test samples to a trained network and measure how synchronously its units fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.shared.defined import mean_of_defined
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.synchrony import STUDY, Config
from experiments.tasks.dataset import final_split
from models.capabilities import Recordable

if TYPE_CHECKING:
    import bnsim
    from experiments.studies.synchrony.pairs import Raster, Synchrony

VERSIONS = ("measured", "jittered", "scattered")
JITTER = 10e-3
"""Width of the windows within which jittered spikes are moved, in seconds."""


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Show test samples to one trained network and measure its layers; a network without spikes is not trained.

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
    if not isinstance(subject.create(), Recordable):
        split = final_split(subject.dataset, subject.seed, config.max_train)
        return Outcome(len(split.train), len(split.held_out))
    found = fitted(subject, config.max_train, progress)
    assert isinstance(found.model, Recordable)
    recording = found.model.record(found.split.held_out.X[: config.n_measured])
    layers = list(recording.spikes)
    measurements: list[Measurement] = []
    for number, layer in enumerate(layers):
        generator = np.random.default_rng([subject.seed, number, 0x57C])
        measurements += _of_layer(recording, layer, config.n_units, generator)
        progress(number + 1, len(layers))
    return Outcome(len(found.split.train), len(found.split.held_out), tuple(measurements))


def _of_layer(
    recording: bnsim.Recording, layer: str, n_units: int, generator: np.random.Generator
) -> Iterator[Measurement]:
    from experiments.studies.synchrony.pairs import Synchrony, raster_of, shuffled

    spikes, size = recording.spike_times(layer), recording.populations[layer]
    width = round(JITTER / recording.dt)
    found: dict[str, list[Synchrony]] = {version: [] for version in VERSIONS}
    for trial in range(recording.n_trials):
        raster = _drawn(raster_of(spikes.of_trial(trial), size, recording.n_steps, recording.dt), n_units, generator)
        if len(raster) < 2:
            continue
        controls = [shuffled(raster, steps, generator) for steps in (width, recording.n_steps)]
        for version, shown in zip(VERSIONS, (raster, *controls), strict=True):
            found[version].append(Synchrony.of(shown, recording.dt))
    for version, trials in found.items():
        if trials:
            yield from _summed_up(trials, layer=layer, spikes=version)


def _drawn(raster: Raster, n_units: int, generator: np.random.Generator) -> Raster:
    """Draw `n_units` of the units that fire, or take all if there are fewer."""
    firing = np.flatnonzero(raster.any(axis=1))
    return raster[generator.permutation(firing)[:n_units]]


def _summed_up(trials: list[Synchrony], **place: Any) -> Iterator[Measurement]:
    from experiments.studies.synchrony.pairs import rate_around_spikes

    yield STUDY["spike_time_tiling"](np.mean([trial.tiling for trial in trials]), None, **place)
    contrasts = np.array([trial.contrast for trial in trials])
    yield from mean_of_defined(STUDY["spike_contrast"], contrasts, **place)
    yield from STUDY["cross_correlation"].curve(rate_around_spikes(trials), **place)
