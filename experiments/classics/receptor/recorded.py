"""What was recorded: stimulus and spikes of a grasshopper's auditory receptor, and which seconds are held out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.errors import InputError, first_line
from bnsim.packages import with_extra

SAMPLE = 0.05
"""Time between samples of the stimulus, in ms."""
SECOND = 1000.0
"""Length of the pieces that are for training and held out in turn, in ms."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """A stimulus and the spikes that it evoked, in time steps; the first second is for training, every other one after.

    Parameters
    ----------
    channels
        The stimulus (step, channel).
    spikes
        Whether there is a spike in each step.
    dt
        Time step in ms.
    level
        Level of the sound in each step, in dB relative to its mean.
    """

    channels: FloatArray
    spikes: NDArray[np.bool_]
    dt: float
    level: FloatArray

    @cached_property
    def training(self) -> NDArray[np.bool_]:
        """Whether each step belongs to a second for training."""
        return (np.arange(len(self.spikes)) // round(SECOND / self.dt)) % 2 == 0

    @cached_property
    def held_out(self) -> NDArray[np.bool_]:
        """Whether each step belongs to a held-out second."""
        return ~self.training

    @cached_property
    def rate(self) -> float:
        """Rate of the spikes in the seconds for training, in spikes per ms."""
        return float(self.spikes[self.training].mean() / self.dt)

    def free(self, refractory: float) -> NDArray[np.bool_]:
        """Return the steps in which a cell could fire that has fired when the recorded one did.

        Parameters
        ----------
        refractory
            Absolute refractory period in ms, a whole number of steps.

        Returns
        -------
        ndarray of bool, shape (step,)
            False in the steps after a spike.

        Raises
        ------
        InputError
            If it is no whole number of steps, or a spike was recorded within it.
        """
        steps = round(refractory / self.dt)
        if steps < 1 or abs(steps * self.dt - refractory) > 1e-6:
            raise InputError(
                f"receptor.refractory: {refractory:g} ms is no whole number of steps of {self.dt:g} ms; "
                f"give {max(steps, 1) * self.dt:g}"
            )
        places = np.flatnonzero(self.spikes)
        shortest = int(np.diff(places).min(initial=len(self.spikes)))
        if shortest < steps:
            raise InputError(
                f"receptor.refractory: {refractory:g} ms, but spikes were recorded {shortest * self.dt:g} ms apart; "
                "give a shorter period"
            )
        resting = np.zeros(len(self.spikes) + steps, bool)
        for later in range(1, steps):
            resting[places + later] = True
        return ~resting[: len(self.spikes)]


def load(stimulus: int, dt: float) -> Recorded:
    """Read one of the two recordings that come with nitime.

    Parameters
    ----------
    stimulus
        1 or 2: the amplitude of the sound varies up to 200 or to 800 Hz.
    dt
        Time step in ms, a multiple of 0.05.

    Returns
    -------
    Recorded
        Its channels are the level of the sound in dB and its amplitude, each with mean 0 and standard deviation 1.

    Raises
    ------
    InputError
        If nitime is not installed, or does not hold the recording in the form that is known.
    """
    nitime = with_extra("receptor", "nitime", "nitime", "neurons")
    folder = Path(nitime.__file__).parent / "data"
    try:
        moments, amplitude = np.loadtxt(folder / f"grasshopper_stimulus{stimulus}.txt").T
        times = np.loadtxt(folder / f"grasshopper_spike_times{stimulus}.txt") / 1e3
    except (OSError, ValueError) as error:
        raise InputError(
            f"receptor: cannot read the recordings of nitime in {folder} ({first_line(error)}); "
            "pip install --force-reinstall 'bnsim[neurons]'"
        ) from None
    per_step = round(dt / SAMPLE)
    n_steps = len(moments) // per_step
    channels = np.stack([20 * np.log10(amplitude), amplitude], axis=1)
    channels -= channels.mean(axis=0)
    binned = channels[: n_steps * per_step].reshape(n_steps, per_step, 2).mean(axis=1)
    spikes = np.zeros(n_steps, bool)
    spikes[np.minimum((times / dt + 1e-6).astype(int), n_steps - 1)] = True
    return Recorded(binned / channels.std(axis=0), spikes, dt, binned[:, 0])
