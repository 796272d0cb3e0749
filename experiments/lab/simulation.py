"""Experiments that simulate a network without a break: what one is, and its run in pieces."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np
from bokeh.models import Range1d
from brian2.units import ms, second

import bnsim
from bnsim.binning import NANOSECOND, steps_of
from bnsim.engine.simulator import Simulator
from bnsim.errors import InputError
from bnsim.record import Request
from bnsim.recording import Recording
from bnsim.state import State
from experiments.lab import script
from experiments.lab.data import as_data
from experiments.lab.runs import Run
from experiments.lab.setting import Setting
from experiments.lab.spec import Experiment, Values
from experiments.lab.views import Drawn, Shown, View, arranged

Stimulus: TypeAlias = Mapping[str, Any]
"""By population: values (unit,) that hold for the whole run, or its spikes as a tuple of times and units."""

FIRST, LONGEST = 50, 1000
"""Length of the first piece and of the longest, in simulated milliseconds."""
MOST = 20
"""About how many pieces a run has at most: each is drawn, which would take all the time of a machine that is busy."""
PIECE = 0.3
"""Real time in seconds that a piece should take: spikes appear so often, and a run that is stopped ends within it."""


@dataclass(frozen=True, kw_only=True)
class Simulation(Experiment):
    """A network with knobs, and what is looked at.

    Parameters
    ----------
    name, title, group, about, knobs, piece
        As of all experiments (`Experiment`).
    seconds
        Duration at the beginning.
    network
        Makes the network of the knobs' values. What it makes of them must be a parameter of cells or drives, a weight,
        a delay or connectivity: those are data, so that no value needs a compiler.
    dt
        Time step in ms.
    record
        What is recorded.
    views
        What is drawn of it, from top to bottom.
    stimulus
        Makes what encoders are given of the knobs' values; None for a network without any.
    """

    seconds: float
    network: Callable[[Values], bnsim.Network]
    dt: float
    record: tuple[Request, ...]
    views: tuple[View, ...]
    stimulus: Callable[[Values], Stimulus] | None = None

    def given(self, values: Values) -> Stimulus:
        """Return what encoders are given.

        Parameters
        ----------
        values
            Values of the knobs.

        Returns
        -------
        mapping of str to object
            By population.
        """
        return {} if self.stimulus is None else self.stimulus(values)

    def plots(self) -> Drawn:
        """Return the plots, without data."""
        network = self.network(Setting.of(self, {}).quantities())
        time = Range1d(0, 1e3 * self.seconds, bounds=(0, 1e3 * self.seconds))
        return arranged([(view.draw(network, time), view.timed) for view in self.views], time)

    def script(self, setting: Setting) -> str:
        """Return the Python script that simulates the same, without the lab.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        str
            It ends with the state `state` and the recording `recording`, and draws a raster.
        """
        assert setting.seconds is not None
        given = self.given(setting.quantities())
        requests = ", ".join(map(script.request, self.record))
        dt, duration = script.expression(self.dt * ms), script.expression(setting.seconds * second)
        body = [
            script.network(self.network(setting.quantities())),
            *([f"stimulus = {script.stimulus(given)}"] if given else []),
            f"simulator = network.compile(dt={dt})",
            f"state = simulator.initial_state(key={setting.key})",
            f"record = [{requests}]",
            f"state, recording = simulator.run_for(state, {duration}{', stimulus' if given else ''}, record=record)",
            'bnsim.plotting.raster(recording).figure.savefig("raster.png")',
        ]
        text = "\n".join(body)
        head = ["import numpy as np"] if "np." in text else []
        return "\n".join(
            [*head, f"from brian2 import {', '.join(script.units_in(text))}", "import bnsim", "", text, ""]
        )

    def run(self, setting: Setting) -> SimulationRun:
        """Return a run that has not begun.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        SimulationRun
            The run.
        """
        return SimulationRun(setting, self)


class SimulationRun(Run):
    """A run of a simulation.

    Parameters
    ----------
    setting
        The setting.
    experiment
        Its experiment.

    Attributes
    ----------
    network
        The network.
    recordings
        What was recorded, piece by piece.
    backend
        Back end of all runs.
    """

    backend: ClassVar[str] = "auto"
    result = "recording.npz"

    def __init__(self, setting: Setting, experiment: Simulation) -> None:
        super().__init__(setting)
        self._experiment = experiment
        self.network = experiment.network(setting.quantities())
        self.recordings: list[Recording] = []
        self._stimulus = experiment.given(setting.quantities())
        self._length, self._done = max(FIRST, experiment.piece), 0
        self._simulator: Simulator | None = None
        self._state: State | None = None

    @property
    def done(self) -> float:
        """Which share of the run is done, from 0 to 1."""
        return self._done / self._total

    @property
    def finished(self) -> bool:
        """Whether the run has reached its end."""
        return self._done >= self._total

    @property
    def said(self) -> str:
        """How far it is, in words."""
        return f"Simulated {self._total} ms" if self.finished else f"{self._done} of {self._total} ms simulated"

    @property
    def axis(self) -> float:
        """Where the time axis of the plots ends, in ms."""
        return float(self._total)

    @property
    def _total(self) -> int:
        assert self.setting.seconds is not None
        return round(1e3 * self.setting.seconds)

    def prepare(self) -> None:
        """Compile the network, or find it compiled, and draw its first state.

        Raises
        ------
        InputError
            If the values do not fit each other.
        MachineError
            If the compiler or the disk fails.
        """
        self._simulator = as_data(self.network).compile(dt=self._experiment.dt * ms, backend=self.backend)
        self._state = self._simulator.initial_state(key=self.setting.key)

    def advance(self) -> list[Shown | None]:
        """Simulate the next piece.

        Returns
        -------
        list of Shown or None
            What each view shows from now on.

        Raises
        ------
        MachineError
            If the simulation fails.
        """
        assert self._simulator is not None
        assert self._state is not None
        experiment, length = self._experiment, min(self._length, self._total - self._done)
        begun = time.monotonic()
        self._state, recording = self._simulator.run_for(
            self._state, length * ms, _part(self._stimulus, self._done, length) or None, record=experiment.record
        )
        self._length = _next(length, time.monotonic() - begun, experiment.piece, self._total / MOST)
        self._done += length
        self.recordings.append(recording)
        whole = recording if all(view.grows for view in experiment.views) else self.recording()
        return [
            Shown(view.columns(recording if view.grows else whole, self.network), view.grows)
            for view in experiment.views
        ]

    def recording(self) -> Recording:
        """Return what was recorded so far.

        Returns
        -------
        Recording
            As of one run, to the last bit.

        Raises
        ------
        InputError
            If nothing was.
        """
        self._check_worth_keeping()
        return Recording.joined(self.recordings)

    def _check_worth_keeping(self) -> None:
        if not self.recordings:
            raise InputError("run: nothing was recorded yet; run it first")

    def _write(self, folder: Path) -> dict[str, Any]:
        recording = self.recording()
        recording.save(folder / self.result)
        return {"seconds": recording.duration}


def _part(stimulus: Stimulus, start: int, length: int) -> dict[str, Any]:
    """The stimulus of a piece, with the times of spikes from its start."""
    found = dict(stimulus)
    for name, given in stimulus.items():
        if isinstance(given, tuple):
            times, units = given
            exact = steps_of(np.asarray(times, np.float64), NANOSECOND)
            first, end = (steps_of(np.array([each / 1e3]), NANOSECOND)[0] for each in (start, start + length))
            inside = (exact >= first) & (exact < end)
            found[name] = (np.asarray(times, np.float64)[inside] - start / 1e3, units[inside])
    return found


def _next(length: int, seconds: float, step: int, least: float) -> int:
    """Length of the next piece, after one that took so long; at most four times as long, for one wait may mislead."""
    wanted = max(min(length * PIECE / max(seconds, 1e-3), 4.0 * length, LONGEST), least)
    return max(step, int(wanted) // step * step)
