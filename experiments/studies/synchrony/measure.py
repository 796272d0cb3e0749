"""How much do units of a trained layer fire together, beyond what their spike counts explain?

Networks that are trained as for `accuracy` are shown some test samples. In each sample and layer, as many units as
`n_units` are drawn from those that fire, and all pairs of them are measured by Elephant: the spike time tiling
coefficient (spikes within 2 ms of each other meet), spike contrast (bins down to 2 ms) and the cross-correlation
histogram. Each measure is taken of two controls too, in which every unit keeps its spikes but not their times: they are
moved to random steps within windows of 10 ms ("jittered"), which leaves slow changes of the rates, or within the whole
trial ("scattered"), which leaves nothing but the counts. Nothing is measured of networks without spike times.

Metrics
-------
spike_time_tiling   mean coefficient over pairs of units and samples, -1 to 1 (condition "layer=..,spikes=..", the
                    latter being measured, jittered or scattered); 0 for independent sparse trains, more where spikes
                    are so dense that many trains leave no time in which they could miss each other
spike_contrast      mean over the samples, 0 to 1 (conditions as above); not where no unit fires twice
cross_correlation   firing rate of a unit in Hz, so many ms (`step`) after the spikes of another, over all ordered pairs
                    and samples (conditions as above)

References
----------
Cutts and Eglen (2014), J. Neurosci. 34, 14288-14303 (spike time tiling); Ciba et al. (2018), J. Neurosci. Methods 293,
136-143 (spike contrast).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from experiments.abilities import Recordable
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Subject, condition, curve
from experiments.tasks.dataset import final_split

if TYPE_CHECKING:
    import bnsim
    from experiments.studies.synchrony.pairs import Raster, Synchrony

VERSIONS = ("measured", "jittered", "scattered")
JITTER = 10e-3
"""Windows within which jittered spikes are moved, in seconds."""


class Config(BaseModel):
    """max_train: as in `accuracy`. n_measured: test samples shown. n_units: units drawn in each sample and layer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt
    n_units: int = Field(ge=2)


PRESETS = {
    "quick": Config(max_train=10_000, n_measured=10, n_units=8),
    "full": Config(max_train=None, n_measured=50, n_units=20),
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Show test samples to one trained network and measure its layers; one without spikes is not even trained."""
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
            yield from _summed_up(trials, condition(layer=layer, spikes=version))


def _drawn(raster: Raster, n_units: int, generator: np.random.Generator) -> Raster:
    """So many of the units that fire, or all of them where there are fewer."""
    firing = np.flatnonzero(raster.any(axis=1))
    return raster[generator.permutation(firing)[:n_units]]


def _summed_up(trials: list[Synchrony], place: str) -> Iterator[Measurement]:
    from experiments.studies.synchrony.pairs import rate_around_spikes

    yield Measurement("spike_time_tiling", float(np.mean([trial.tiling for trial in trials])), "", place)
    contrasts = np.array([trial.contrast for trial in trials])
    if np.isfinite(contrasts).any():
        yield Measurement("spike_contrast", float(np.nanmean(contrasts)), "", place)
    yield from curve("cross_correlation", rate_around_spikes(trials), "Hz", place)
