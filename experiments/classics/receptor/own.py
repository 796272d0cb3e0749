"""A recording of one's own, as the models take it: whole seconds of a stimulus, and spikes in time steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from experiments.classics.receptor.courses import Course, stimulus_and_spikes
from experiments.classics.receptor.recorded import SECOND, Recorded

SHORTEST = 6
"""Least seconds of a recording: three for training, three held out, of which the last is shown."""
LEAST = 2
"""Least spikes of each part."""
CONSTANT = 1e-9
"""Standard deviation, relative to the largest value, that rounding leaves of a stimulus that does not vary."""


def load_own(path: str, signal: str | None, unit: str | None, dt: float) -> Recorded:
    """Read a recording of one's own.

    Parameters
    ----------
    path
        An NWB file, or another file that Neo reads.
    signal, unit
        Names of stimulus and neuron; None where there is one.
    dt
        Time step in ms.

    Returns
    -------
    Recorded
        Whole seconds, from the first sample of the stimulus on. The stimulus is its only channel, with mean 0 and
        standard deviation 1, and the level. It keeps each value until the next sample; a step has the mean over its
        time. Spikes before and after it are left out.

    Raises
    ------
    InputError
        As `courses.stimulus_and_spikes`, and if the recording is too short, values are not finite, the stimulus does
        not vary, or spikes are too few or too near each other.
    """
    course, times = stimulus_and_spikes(Path(path), signal, unit)
    if not (np.isfinite(course.values).all() and np.isfinite(times).all()):
        raise InputError(f"receptor.recording: {path} holds NaN or infinite values; give a part without")
    seconds = int(len(course.values) * course.interval / SECOND + 1e-9)
    if seconds < SHORTEST:
        raise InputError(
            f"receptor.recording: the stimulus lasts {len(course.values) * course.interval / SECOND:g} s; "
            f"give at least {SHORTEST}"
        )
    stimulus = _in_steps(course, seconds * round(SECOND / dt), dt)
    stimulus -= stimulus.mean()
    spread = stimulus.std()
    if spread <= CONSTANT * abs(course.values).max():
        raise InputError("receptor.signal: the stimulus does not vary; give another one")
    stimulus /= spread
    spikes = _fired(times - course.start, len(stimulus), dt)
    found = Recorded(stimulus[:, np.newaxis], spikes, dt, stimulus)
    if min(spikes[found.training].sum(), spikes[found.held_out].sum()) < LEAST:
        raise InputError(
            f"receptor.unit: {spikes[found.training].sum()} spikes in the seconds for training and "
            f"{spikes[found.held_out].sum()} in those held out, while the stimulus lasts; give a neuron with more"
        )
    return found


def _in_steps(course: Course, n_steps: int, dt: float) -> Float64Array:
    """Mean over each time step of a course that keeps each value until the next sample."""
    area = np.concatenate([[0.0], np.cumsum(course.values)])
    edges = np.arange(n_steps + 1) * (dt / course.interval)
    return np.diff(np.interp(edges, np.arange(len(area)), area)) * (course.interval / dt)


def _fired(times: Float64Array, n_steps: int, dt: float) -> NDArray[np.bool_]:
    """Whether there is a spike in each step."""
    steps = np.floor(times / dt + 1e-6).astype(np.int64)  # one that lies on an edge but for rounding is in the later
    counts = np.bincount(steps[(steps >= 0) & (steps < n_steps)], minlength=n_steps)
    if counts.max() > 1:
        raise InputError(
            f"receptor.step: {counts.max()} spikes fall into one time step of {dt:g} ms; give a shorter step, or "
            "a unit that is one neuron"
        )
    return counts > 0
