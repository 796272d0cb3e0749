"""Runs of the lab: piece by piece, so that they are seen while they go on, take turns, and can be stopped."""

from __future__ import annotations

import json
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from brian2.units import ms

from bnsim.engine.simulator import Simulator
from bnsim.errors import InputError, MachineError
from bnsim.files import making
from bnsim.recording import Recording
from bnsim.state import State
from experiments.lab.data import as_data
from experiments.lab.setting import Setting

FIRST, LONGEST = 50, 1000
"""Length of the first piece and of the longest, in simulated milliseconds."""
MOST = 20
"""About how many pieces a run has at most: each is drawn, which would take all the time of a machine that is busy."""
PIECE = 0.3
"""Real time in seconds that a piece should take: spikes appear so often, and a run that is stopped ends within it."""


class Run:
    """A run of a setting.

    Parameters
    ----------
    setting
        The setting.

    Attributes
    ----------
    setting
        The setting.
    recordings
        What was recorded, piece by piece.
    backend
        Back end of all runs.
    """

    backend: ClassVar[str] = "auto"

    _brian2: ClassVar[threading.Lock] = threading.Lock()
    """Compiling, and running without a compiler, use Brian2's objects, which are those of the process."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.recordings: list[Recording] = []
        self._length, self._done = max(FIRST, setting.experiment.piece), 0
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
    def _total(self) -> int:
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
        network = as_data(self.setting.network())
        with self._brian2:
            self._simulator = network.compile(dt=self.setting.experiment.dt * ms, backend=self.backend)
        self._state = self._simulator.initial_state(key=self.setting.key)

    def advance(self) -> Recording:
        """Simulate the next piece.

        Returns
        -------
        Recording
            What was recorded in it.

        Raises
        ------
        MachineError
            If the simulation fails.
        """
        assert self._simulator is not None
        assert self._state is not None
        experiment, length = self.setting.experiment, min(self._length, self._total - self._done)
        alone: AbstractContextManager[object] = nullcontext() if self._simulator.backend == "cpp" else self._brian2
        begun = time.monotonic()
        with alone:
            self._state, recording = self._simulator.run_for(
                self._state, length * ms, dict(experiment.stimulus) or None, record=experiment.record
            )
        self._length = _next(length, time.monotonic() - begun, experiment.piece, self._total / MOST)
        self._done += length
        self.recordings.append(recording)
        return recording

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
        if not self.recordings:
            raise InputError("run: nothing was recorded yet; run it first")
        return Recording.joined(self.recordings)

    def save(self, out: Path) -> Path:
        """Write what was recorded so far, the setting and the script into a new folder.

        Parameters
        ----------
        out
            Folder in which the new one is made.

        Returns
        -------
        Path
            The new folder, with recording.npz, setting.json and script.py.

        Raises
        ------
        InputError
            If nothing was recorded.
        MachineError
            If it cannot be written; nothing is left then.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        return self.write(out / f"{stamp}-lab-{self.setting.experiment.name}")

    def write(self, folder: Path) -> Path:
        """Write as `save` does, into a folder of this name.

        Parameters
        ----------
        folder
            A folder that does not exist.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        InputError
            If it exists, or nothing was recorded.
        MachineError
            If it cannot be written; nothing is left then.
        """
        if folder.exists():
            raise InputError(f"{folder}: exists already; give a new folder")
        recording, setting = self.recording(), self.setting
        facts = {"experiment": setting.experiment.name, "values": dict(setting.values), "seed": setting.key}
        try:
            with making(folder) as partial:
                recording.save(partial / "recording.npz")
                facts["seconds"] = recording.duration
                (partial / "setting.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
                (partial / "script.py").write_text(setting.script(), encoding="utf-8")
        except OSError as error:
            raise MachineError(f"{folder}: cannot be written ({error.strerror}); give a folder with room") from error
        return folder


def _next(length: int, seconds: float, step: int, least: float) -> int:
    """Length of the next piece, after one that took so long; at most four times as long, for one wait may mislead."""
    wanted = max(min(length * PIECE / max(seconds, 1e-3), 4.0 * length, LONGEST), least)
    return max(step, int(wanted) // step * step)
