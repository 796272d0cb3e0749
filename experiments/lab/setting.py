"""An experiment with its values, and how the same is done without the lab."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bnsim.errors import InputError
from bnsim.random_numbers import checked_key
from experiments.lab.runs import Run
from experiments.lab.spec import LONGEST, Experiment, Values
from experiments.tasks.drawn import Drawing


@dataclass(frozen=True)
class Setting:
    """What one run of the lab depends on.

    Parameters
    ----------
    experiment
        The experiment.
    values
        Values of its knobs in their units.
    seconds
        Simulated time; None where the experiment has no such length.
    key
        Key of all random numbers.
    drawing
        The digit that was drawn, None without one.
    """

    experiment: Experiment
    values: Mapping[str, float]
    seconds: float | None
    key: int
    drawing: Drawing | None = None

    @classmethod
    def of(
        cls, experiment: Experiment, values: Mapping[str, Any], seconds: Any = None, key: Any = 1, drawing: Any = None
    ) -> Setting:
        """Return a setting, with the values at the beginning where none are given.

        Parameters
        ----------
        experiment
            The experiment.
        values
            Values of some of its knobs in their units.
        seconds
            Simulated time.
        key
            Key of all random numbers.
        drawing
            A digit as `experiments.tasks.drawn` writes it; None or empty without one.

        Returns
        -------
        Setting
            The setting.

        Raises
        ------
        InputError
            If a value is none that the experiment takes.
        """
        if drawing and not experiment.takes_drawing:
            raise InputError(f"drawing: {experiment.name} takes none; leave it out")
        drawn = Drawing.of(drawing) if drawing else None
        length = _seconds(experiment, seconds)
        return cls(experiment, experiment.values(values), length, checked_key("seed", key), drawn)

    def quantities(self) -> Values:
        """Return the values of the knobs with their units.

        Returns
        -------
        mapping of str to Quantity or float
            By name.
        """
        return self.experiment.with_units(self.values)

    def run(self) -> Run:
        """Return a run of this setting that has not begun.

        Returns
        -------
        Run
            The run.
        """
        return self.experiment.run(self)

    def script(self) -> str:
        """Return the Python script that does the same, without the lab.

        Returns
        -------
        str
            The script.
        """
        return self.experiment.script(self)

    def command(self) -> str:
        """Return the command line that does the same and keeps it.

        Returns
        -------
        str
            With `--to`, a folder.
        """
        knobs = {knob.name: knob for knob in self.experiment.knobs}
        changed = {name: value for name, value in self.values.items() if value != knobs[name].start}
        words = ["bnsim", "lab", self.experiment.name]
        words += [word for name, value in changed.items() for word in ("--set", f"{name}={value:.12g}")]
        words += [] if self.seconds is None else ["--seconds", f"{self.seconds:.12g}"]
        words += ["--seed", str(self.key)]
        words += [] if self.drawing is None else ["--drawing", self.drawing.text()]
        return shlex.join([*words, "--to", self.experiment.name])


def _seconds(experiment: Experiment, given: Any) -> float | None:
    if experiment.seconds is None:
        if given is not None:
            raise InputError(f"duration: {experiment.name} has none; leave it out")
        return None
    length = experiment.seconds if given is None else given
    usable = isinstance(length, (int, float)) and 0 < length <= LONGEST
    pieces = round(1e3 * length / experiment.piece) if usable else 0
    if pieces < 1:
        raise InputError(f"duration: {length!r}; give a number of seconds above 0 and up to {LONGEST:g}")
    return pieces * experiment.piece / 1e3
