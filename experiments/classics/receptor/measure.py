"""Fit a model to each recording, and judge what it says of the held-out seconds and the spikes that it samples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.classics.receptor import (
    AS_FITTED,
    CLASSIC,
    OWN,
    RECORDED,
    RESOLUTION,
    SHARPENED,
    SHOWN,
    WINDOW,
    Config,
)
from experiments.classics.receptor.filters import fit_glm, fit_network
from experiments.classics.receptor.lif import fit_adaptive_lif, fit_lif
from experiments.classics.receptor.models import Fit
from experiments.classics.receptor.own import load_own
from experiments.classics.receptor.read_out import TRAINS, bits_per_spike, coincidence, sharpened
from experiments.classics.receptor.recorded import SECOND, Recorded, load
from experiments.spec import Measurement, Outcome, Progress, Untrained

FITS: dict[str, Fit] = {
    "lif": fit_lif,
    "adaptive-lif": fit_adaptive_lif,
    "glm": fit_glm,
    "network": fit_network,
}
"""How each model is fitted."""
SHIFTS = (200.0, 400.0, 600.0, 800.0)
"""By how much spikes are moved within each second, in ms, to see what coincides by chance."""
_ROWS = {AS_FITTED: 0, SHARPENED: SHOWN}
"""Number of the first train that is shown, by read-out."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Fit the model to each recording and judge it.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The model, with the seed of its initial weights and of sampled spikes.
    progress
        Receives the recordings that are done, and their number.

    Returns
    -------
    Outcome
        The measurements; samples are seconds.
    """
    rows: list[Measurement] = []
    n_train = n_held_out = 0
    stimuli = config.stimuli if config.recording is None else (OWN,)
    for number, stimulus in enumerate(stimuli):
        recorded = _loaded(stimulus, config)
        rows += _judged(recorded, stimulus, config, subject)
        n_train += round(recorded.training.sum() * recorded.dt / SECOND)
        n_held_out += round(recorded.held_out.sum() * recorded.dt / SECOND)
        progress(number + 1, len(stimuli))
    return Outcome(n_train, n_held_out, tuple(rows))


def _loaded(stimulus: int, config: Config) -> Recorded:
    if config.recording is None:
        return load(stimulus, config.step)
    return load_own(config.recording, config.signal, config.unit, config.step)


def _judged(recorded: Recorded, stimulus: int, config: Config, subject: Untrained) -> Iterator[Measurement]:
    free, held_out = recorded.free(config.refractory), recorded.held_out
    model = FITS[subject.model](recorded, free, config, subject.seed)
    everywhere = np.ones_like(free)
    for history, logarithm, counted in (
        ("own", model.with_history, free),
        ("none", model.without_history, everywhere),
    ):
        bits = bits_per_spike(logarithm, recorded, counted, held_out)
        yield CLASSIC["bits_per_spike"](bits, stimulus=stimulus, history=history, dt=config.step)
    for name, time in model.times.items():
        yield CLASSIC["time"](time, stimulus=stimulus, of=name)
    yield CLASSIC["recorded_rate"](_rate(recorded.spikes, recorded), stimulus=stimulus)
    factor, shift = sharpened(model.sample, recorded, config.precision, _key(subject.seed, 0))
    yield CLASSIC["sharpness"](factor, stimulus=stimulus)
    half = TRAINS // 2
    factors, shifts = (np.repeat([fitted, found], half) for fitted, found in ((1.0, factor), (0.0, shift)))
    sampled = model.sample(factors, shifts, _key(subject.seed, 1))
    for read_out, spikes in ((AS_FITTED, sampled[:, :half]), (SHARPENED, sampled[:, half:])):
        yield CLASSIC["rate"](_rate(spikes, recorded), stimulus=stimulus, read_out=read_out)
        found = coincidence(spikes, recorded, held_out, config.precision)
        if np.isfinite(found).any():
            yield CLASSIC["coincidence"](np.nanmean(found), stimulus=stimulus, read_out=read_out, dt=config.step)
        if subject.seed == 0:
            for train in range(SHOWN):
                yield from _shown(spikes[:, train], recorded, stimulus, _ROWS[read_out] + train)
    moved = [_moved(sampled[:, half:], recorded.dt, shift) for shift in SHIFTS]
    by_chance = [coincidence(spikes, recorded, held_out, config.precision) for spikes in moved]
    if np.isfinite(by_chance).any():
        yield CLASSIC["by_chance"](np.nanmean(by_chance), stimulus=stimulus)
    if subject.seed == 0:
        yield from _shown(recorded.spikes, recorded, stimulus, RECORDED)
        level = CLASSIC["own_stimulus" if stimulus == OWN else "level"]
        yield from level.curve(recorded.level[_window(recorded.dt)], stimulus=stimulus)


def _key(seed: int, number: int) -> int:
    """Seed of the samples of one purpose."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0] >> 1)


def _rate(spikes: NDArray[np.bool_], recorded: Recorded) -> float:
    """Mean rate in the held-out seconds, in Hz."""
    return float(spikes[recorded.held_out].mean() / recorded.dt * 1e3)


def _moved(spikes: NDArray[np.bool_], dt: float, shift: float) -> NDArray[np.bool_]:
    """Spikes of each second at other times of it, so that the rates of the seconds stay."""
    by_second = spikes.reshape(-1, round(SECOND / dt), spikes.shape[1])
    return np.roll(by_second, round(shift / dt), axis=1).reshape(spikes.shape)


def _window(dt: float) -> slice:
    return slice(*(round(time / dt) for time in WINDOW))


def _shown(
    spikes: FloatArray | NDArray[np.bool_], recorded: Recorded, stimulus: int, train: int
) -> Iterator[Measurement]:
    for step in np.flatnonzero(spikes[_window(recorded.dt)]):
        yield CLASSIC["spike"](1, step=round(step * recorded.dt / RESOLUTION), stimulus=stimulus, train=train)
