"""An experiment with its values: its network, and how the same is done without the lab."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brian2.units import ms, second

from bnsim.errors import InputError
from bnsim.network import Network
from bnsim.random_numbers import checked_key
from experiments.lab import script
from experiments.lab.spec import LONGEST, Experiment


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
        Length of the simulation.
    key
        Key of all random numbers.
    """

    experiment: Experiment
    values: Mapping[str, float]
    seconds: float
    key: int

    @classmethod
    def of(cls, experiment: Experiment, values: Mapping[str, Any], seconds: Any = None, key: Any = 1) -> Setting:
        """Return a setting, with the values at the beginning where none are given.

        Parameters
        ----------
        experiment
            The experiment.
        values
            Values of some of its knobs in their units.
        seconds
            Length of the simulation.
        key
            Key of all random numbers.

        Returns
        -------
        Setting
            The setting.

        Raises
        ------
        InputError
            If a value is none that the experiment takes.
        """
        length = experiment.seconds if seconds is None else seconds
        usable = isinstance(length, (int, float)) and 0 < length <= LONGEST
        pieces = round(1e3 * length / experiment.piece) if usable else 0
        if pieces < 1:
            raise InputError(f"duration: {length!r}; give a number of seconds above 0 and up to {LONGEST:g}")
        return cls(experiment, experiment.values(values), pieces * experiment.piece / 1e3, checked_key("seed", key))

    def network(self) -> Network:
        """Return the network.

        Returns
        -------
        Network
            With the values of the knobs.
        """
        return self.experiment.network(self.experiment.with_units(self.values))

    def script(self) -> str:
        """Return the Python script that simulates the same, without the lab.

        Returns
        -------
        str
            It ends with the state `state` and the recording `recording`, and draws a raster.
        """
        experiment = self.experiment
        stimulus = "".join(f", {script.expression(dict(given))}" for given in [experiment.stimulus] if given)
        requests = ", ".join(map(script.request, experiment.record))
        dt, duration = script.expression(experiment.dt * ms), script.expression(self.seconds * second)
        body = [
            script.network(self.network()),
            f"simulator = network.compile(dt={dt})",
            f"state = simulator.initial_state(key={self.key})",
            f"record = [{requests}]",
            f"state, recording = simulator.run_for(state, {duration}{stimulus}, record=record)",
            'bnsim.plotting.raster(recording).figure.savefig("raster.png")',
        ]
        text = "\n".join(body)
        units = ", ".join(script.units_in(text))
        head = ["import numpy as np"] if "np." in text else []
        return "\n".join([*head, f"from brian2 import {units}", "import bnsim", "", text, ""])

    def command(self) -> str:
        """Return the command line that simulates the same and keeps it.

        Returns
        -------
        str
            With `--to`, a folder.
        """
        knobs = {knob.name: knob for knob in self.experiment.knobs}
        changed = {name: value for name, value in self.values.items() if value != knobs[name].start}
        words = ["bnsim", "lab", self.experiment.name]
        words += [word for name, value in changed.items() for word in ("--set", f"{name}={value:.12g}")]
        words += ["--seconds", f"{self.seconds:.12g}", "--seed", str(self.key), "--to", self.experiment.name]
        return shlex.join(words)
