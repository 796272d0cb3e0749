"""What carries over from one run to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bnsim import archive
from bnsim.errors import InputError

__all__ = ["State"]


class State(Mapping[str, np.ndarray]):
    """Every array that carries over, by name, in SI units; immutable, so that a run cannot change what it was given.

    Names: `<projection>.source`, `.target`, `.delay`, `.w`; `<population>.<variable>` for adaptive thresholds and the
    like. The state of a continuous run holds all variables besides, `<population>.lastspike` (relative to the start
    of the next trial), the traces of synapses and, in `<projection>.in_flight_...`, the spikes on their way.
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
        """A copy with some arrays replaced. Errors: a name or shape that this state does not have."""
        for name, array in arrays.items():
            if np.shape(array) != self[name].shape:
                raise InputError(f"State.replace: {name!r} has shape {np.shape(array)}; give {self[name].shape}")
        new = {name: np.asarray(array, dtype=self[name].dtype) for name, array in arrays.items()}
        return State({**self._arrays, **new})

    def save(self, path: str | Path) -> None:
        """Write an .npz of plain arrays. Errors: MachineError where that cannot be done."""
        archive.write("State", path, self._arrays)

    @classmethod
    def load(cls, path: str | Path) -> State:
        """Read what `save` wrote; nothing is unpickled. Errors: a file that is no such archive."""
        return cls(archive.read("State", path))
