"""A long continuous run on disk: each piece of it is added to a folder, and the folder tells how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bnsim.errors import InputError, MachineError
from bnsim.growing import GrowingArrays, is_begun
from bnsim.recording import Recording, SampledTrace
from bnsim.recording.consecutive import check_consecutive
from bnsim.state import CLOCK, KEY, State


@dataclass(frozen=True)
class Call:
    """Which run is written.

    Parameters
    ----------
    identity : str
        Checksum of all that the run depends on.
    first_step : int
        Step at which it begins.
    """

    identity: str
    first_step: int

    def notes(self) -> dict[str, str]:
        """Return what the folder says of it.

        Returns
        -------
        dict of str to str
            Texts by name.
        """
        return {"run": self.identity, "run_first_step": str(self.first_step)}


class Stream:
    """Writer of a continuous run, piece by piece.

    Parameters
    ----------
    culprit : str
        What the folder was given as, for the message of an error.
    path : str or pathlib.Path
        A folder that does not exist or is empty; one that holds a run which ends with this state, to be continued; or
        one that holds the beginning of the same run.
    state : State
        Where the run begins.
    start : Recording
        Recording of no time step at all, which says what will be recorded.
    call : Call
        Which run it is.

    Raises
    ------
    InputError
        If the folder holds something else.
    MachineError
        If it cannot be written.

    Notes
    -----
    The folder holds plain .npy files: `counts/<population>`, one row a piece; `spikes/<population>/time`, `unit`, and
    `units`, those recorded; `traces/<population>/<variable>/values`, one row a sample, `times`, `units` and `unit`, and
    the same below
    `weights/<projection>`; and in `state/` the state at the end. `contents.json` says how much of them counts, and is
    replaced after each piece.

    Attributes
    ----------
    path : pathlib.Path
        The folder.
    state : State
        Where the run is to be gone on with.
    done : int
        Steps of the run that lie behind it.
    """

    def __init__(self, culprit: str, path: str | Path, state: State, start: Recording, call: Call) -> None:
        self.path, self.state, self.done = Path(path), state, 0
        self._culprit, self._call = culprit, call
        self._first_step = start.first_step
        self._written: dict[str, np.ndarray] = {}
        continued = is_begun(self.path)
        if not continued and self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise InputError(f"{culprit}: {self.path} exists and holds no run; give a new folder")
        try:
            self._arrays = GrowingArrays(self.path)
            for name, array in ({} if continued else _fixed(start)).items():
                self._arrays.put(name, array, start.first_step)
        except OSError as error:
            raise self._unwritten(error) from error
        except ValueError as error:
            raise InputError(f"{culprit}: {self.path} is damaged ({error}); give a new folder") from None
        if not continued:
            self.append(start, state)
        elif self._arrays.notes == call.notes():
            self._go_on()
        else:
            self._continue(state, start)

    def _go_on(self) -> None:
        """The folder holds the beginning of the same run."""
        self._first_step = Recording.load(self.path).first_step
        self.state = State.load(self.path)
        self.done = int(self.state[CLOCK][0]) - self._call.first_step
        self._written = dict(self.state)

    def _continue(self, state: State, start: Recording) -> None:
        before, reached = Recording.load(self.path), State.load(self.path)
        end = before.first_step + before.n_steps
        if start.first_step != end:
            raise InputError(
                f"{self._culprit}: {self.path} holds a run from {before.start:g} to {end * before.dt:g} s, the state "
                f"is at {start.start:g} s, and the run is another; give a new folder, or go on from "
                f"State.load({str(self.path)!r})"
            )
        check_consecutive(f"{self._culprit}: {self.path}", [before, start])
        if state[KEY].tolist() != reached[KEY].tolist():
            raise InputError(
                f"{self._culprit}: {self.path} holds a run with the key {reached[KEY][0]}, the state has "
                f"{state[KEY][0]}; give a new folder, or go on from State.load({str(self.path)!r})"
            )
        self._first_step = before.first_step
        self._written = {name: array for name, array in state.items() if np.array_equal(array, reached[name])}

    def append(self, recording: Recording, state: State) -> None:
        """Add the next piece.

        Parameters
        ----------
        recording : Recording
            What was recorded in it.
        state : State
            The state at its end.

        Raises
        ------
        MachineError
            If the disk fails. The folder holds what it held before, then.
        """
        try:
            for name, rows in _rows(recording).items():
                self._arrays.append(name, rows)
            clock = int(state[CLOCK][0])
            for name, array in state.items():
                if array is not self._written.get(name):  # connectivity passes from state to state
                    self._arrays.put(f"state/{name}", array, clock)
            facts = {"dt": recording.dt, "first_step": self._first_step, "steps": clock - self._first_step}
            self._arrays.commit(facts, self._call.notes())
        except OSError as error:
            raise self._unwritten(error) from error
        self._written = dict(state)

    def recording(self) -> Recording:
        """Return what the folder holds, mapped into memory.

        Returns
        -------
        Recording
            From the beginning of the folder's run.
        """
        return Recording.load(self.path)

    def note(self) -> str:
        """Return what is to be said when the run is interrupted.

        Returns
        -------
        str
            Up to which moment the folder holds the run, and how to go on.
        """
        found, path = self.recording(), str(self.path)
        return (
            f"{path} holds the run up to {found.start + found.duration:g} s: Recording.load({path!r}) reads it, "
            "the same call goes on"
        )

    def _unwritten(self, error: OSError) -> MachineError:
        return MachineError(
            f"{self._culprit}: cannot write {self.path} ({error.strerror}); give a folder that has room"
        )


def _rows(recording: Recording) -> dict[str, np.ndarray]:
    """The arrays that grow with the run."""
    rows: dict[str, np.ndarray] = {}
    for name, counts in recording.counts.items():
        rows[f"counts/{name}"] = counts.astype(np.int64)
    for name, spikes in recording.spikes.items():
        rows[f"spikes/{name}/unit"] = spikes.unit.astype(np.int32)
        rows[f"spikes/{name}/time"] = spikes.time
    for name, trace in _traces(recording).items():
        rows |= {f"{name}/values": trace.values[0], f"{name}/times": trace.times}
    return rows


def _fixed(recording: Recording) -> dict[str, np.ndarray]:
    """The arrays that do not."""
    fixed: dict[str, np.ndarray] = {f"spikes/{name}/units": found.units for name, found in recording.spikes.items()}
    for name, trace in _traces(recording).items():
        fixed |= {f"{name}/units": trace.units, f"{name}/unit": np.array(trace.unit)}
    return fixed


def _traces(recording: Recording) -> dict[str, SampledTrace]:
    traces = {f"traces/{name}/{v}": trace for name, found in recording.traces.items() for v, trace in found.items()}
    return traces | {f"weights/{name}": trace for name, trace in recording.weights.items()}
