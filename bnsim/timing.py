"""The time grid of a compiled network: trials of whole steps, with the stimulus in the first part of each."""

from __future__ import annotations

from dataclasses import dataclass

from brian2.units import ms, second
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.errors import InputError

MOST_STEPS = 2**31 - 1
"""Steps of a trial: two days and a half in steps of 0.1 ms. Continuous runs have no such limit."""


@dataclass(frozen=True)
class Timing:
    """Time grid of a trial.

    Parameters
    ----------
    dt : float
        Time step in seconds.
    steps : int
        Length of a trial in steps.
    presentation_steps : int
        Length of the presentation in steps: the stimulus is on during the first steps of a trial.
    """

    dt: float
    steps: int
    presentation_steps: int

    @property
    def trial(self) -> float:
        return self.steps * self.dt

    @classmethod
    def of(cls, trial: Quantity, dt: Quantity, presentation: Quantity | None, longest_delay: float) -> Timing:
        """Return the time grid for times given as quantities.

        Parameters
        ----------
        trial : Quantity
            Length of a trial, a whole number of steps.
        dt : Quantity
            Time step.
        presentation : Quantity or None
            Length of the presentation, a whole number of steps. None: the whole trial except for a silence as long as
            the longest delay.
        longest_delay : float
            Longest delay of the network in seconds.

        Returns
        -------
        Timing
            The time grid.

        Raises
        ------
        InputError
            If a time is not a whole number of steps, or has too many, the presentation is longer than the trial, or the
            silence at the end of the trial is shorter than the longest delay.
        """
        step = time_step(dt)
        steps = _whole_steps("trial", trial, dt)
        silence = _steps_up(longest_delay, step)
        if presentation is None:
            presentation_steps = steps - silence
            if presentation_steps < 1:
                raise InputError(
                    f"compile(trial): {checks.describe(trial)} leaves no time for the stimulus before a "
                    f"silence as long as the longest delay, {longest_delay * 1e3:g} ms; give a longer trial"
                )
        else:
            presentation_steps = _whole_steps("presentation", presentation, dt)
            if presentation_steps > steps:
                raise InputError(
                    f"compile(presentation): {checks.describe(presentation)} is longer than the trial of "
                    f"{checks.describe(trial)}; lengthen the trial or shorten the presentation"
                )
            if steps - presentation_steps < silence:
                raise InputError(
                    f"compile(presentation): {checks.describe(presentation)} leaves less than the longest delay, "
                    f"{longest_delay * 1e3:g} ms, of the trial; lengthen the trial or shorten the presentation"
                )
        return cls(step, steps, presentation_steps)


def time_step(dt: Quantity) -> float:
    """Return the time step in seconds.

    Parameters
    ----------
    dt : Quantity
        Time step.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    InputError
        If it is no time above 0.
    """
    checks.quantity("compile(dt)", dt, 0.1 * ms, minimum=0, exclusive=True)
    return float(dt / second)


def _whole_steps(name: str, value: Quantity, dt: Quantity) -> int:
    checks.quantity(f"compile({name})", value, 100 * ms, minimum=0, exclusive=True)
    exact = float(value / dt)
    if exact >= MOST_STEPS:
        raise InputError(
            f"compile({name}): {float(value):g} s are {exact:.2g} steps of {checks.describe(dt)}, and a trial has "
            f"{MOST_STEPS:,} at most; give a shorter one, or compile without trials and use run_for"
        )
    if abs(exact - round(exact)) > 1e-6 or round(exact) < 1:
        raise InputError(
            f"compile({name}): {checks.describe(value)} is no whole number of steps of {checks.describe(dt)}; "
            f"give a multiple of dt"
        )
    return round(exact)


def _steps_up(duration: float, step: float) -> int:
    return int(-(-round(duration / step * 1e6) // 1_000_000))
