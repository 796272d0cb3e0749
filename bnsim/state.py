"""State of a network: the arrays that carry over from one run to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bnsim import archive
from bnsim.errors import InputError

__all__ = ["State"]

CLOCK, KEY = "clock", "key"
"""Names of the arrays that hold the number of time steps so far, and the key of the random numbers."""


class State(Mapping[str, np.ndarray]):
    """Arrays that carry over from run to run, by name, in SI units; immutable, so that a run cannot change its input.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The arrays, which are copied.

    Notes
    -----
    The names are `<projection>.source`, `.target`, `.delay` and `.w`; `<population>.<variable>`, among them
    `<population>.lastspike` (in seconds since the state's beginning); `<projection>.<variable>` for traces of synapses;
    `<projection>.pre.in_flight_...` for the spikes in flight; `clock`, the number of time steps since the state's
    beginning; and `key`, that of the random numbers of continuous runs.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        frozen = {}
        for name, array in arrays.items():
            frozen[name] = np.array(array)
            frozen[name].setflags(write=False)
        self._arrays = MappingProxyType(frozen)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._arrays[name]
        except KeyError:
            raise InputError(f"State: no array {name!r}; it holds {', '.join(self._arrays) or 'none'}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return "State(" + ", ".join(f"{name}: {array.shape}" for name, array in self.items()) + ")"

    def replace(self, arrays: Mapping[str, np.ndarray]) -> State:
        """Return a copy with some arrays replaced.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            The new arrays by name, each of the shape of the one that it replaces.

        Returns
        -------
        State
            The new state; this one is unchanged.

        Raises
        ------
        InputError
            If this state has no array of that name, or one of another shape.
        """
        for name, array in arrays.items():
            if np.shape(array) != self[name].shape:
                raise InputError(f"State.replace: {name!r} has shape {np.shape(array)}; give {self[name].shape}")
        new = {name: np.asarray(array, dtype=self[name].dtype) for name, array in arrays.items()}
        return State({**self._arrays, **new})

    def save(self, path: str | Path) -> None:
        """Write the arrays to an .npz file.

        Parameters
        ----------
        path : str or Path
            The file to write.

        Raises
        ------
        MachineError
            If the file cannot be written.
        """
        archive.write("State", path, self._arrays)

    @classmethod
    def load(cls, path: str | Path) -> State:
        """Read a file that `save` wrote; nothing is unpickled.

        Parameters
        ----------
        path : str or Path
            The file to read.

        Returns
        -------
        State
            Equal to the state that was saved.

        Raises
        ------
        InputError
            If the file is not such an archive.
        """
        return cls(archive.read("State", path))
