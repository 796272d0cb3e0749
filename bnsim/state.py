"""State of a network: the arrays that carry over from one run to the next."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from bnsim import archive, notebook
from bnsim.arrays import frozen, is_frozen
from bnsim.errors import InputError, advice
from bnsim.expected import NUMBER, REAL, TEXT, WHOLE, Expected, check
from bnsim.memory import check_fits
from bnsim.printable import printable
from bnsim.random_numbers import checked_key

__all__ = ["State"]

CLOCK, KEY = "clock", "key"
"""Names of the arrays that hold the number of time steps so far, and the key of the random numbers."""
POSITIONS = ".positions"
"""What follows a population's name in that of the array that holds where its units lie."""
UNIT, SHAPE = ".unit", ".shape"
"""What follows a projection's name in those of the arrays that hold the SI unit and the shape of its weights."""


class State(Mapping[str, np.ndarray]):
    """Arrays that carry over from run to run, by name, in SI units; immutable, so that a run cannot change its input.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The arrays, which are copied.

    Notes
    -----
    The names are `<projection>.source`, `.target`, `.delay`, `.w`, `.shape` and `.unit` (see `weights`);
    `<population>.positions` (see `positions`); `<population>.<variable>`, among them `<population>.lastspike`, in
    seconds since the state's beginning; `<projection>.<variable>` for traces of synapses;
    `<projection>.pre.in_flight_...` for the spikes in flight; `clock`, the number of time steps since the state's
    beginning; and `key`, that of the random numbers of continuous runs.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        kept = {}
        for name, array in arrays.items():
            # What no one can change need not be copied; connectivity is large, and passes from state to state.
            kept[name] = array if is_frozen(array) else frozen(np.array(array))
        self._arrays = MappingProxyType(kept)

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

    def __eq__(self, other: object) -> bool:
        """Return whether another state holds the same arrays; NaN equals NaN."""
        return archive.equal(self, other) if isinstance(other, State) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __repr__(self) -> str:
        facts = [f"{name} {int(self[name][0]):,}" for name in (CLOCK, KEY) if name in self]
        arrays = ", ".join(
            f"{printable(name)} {array.shape}" for name, array in self.items() if name not in (CLOCK, KEY)
        )
        return f"<State: {', '.join([*facts, arrays or 'no array'])}>"

    def _repr_html_(self) -> str:
        """Return what notebooks show."""
        facts = [f"{name} {int(self[name][0]):,}" for name in (CLOCK, KEY) if name in self]
        rows = [
            (name, " x ".join(map(str, array.shape)), str(array.dtype))
            for name, array in self.items()
            if name not in (CLOCK, KEY)
        ]
        return notebook.heading(", ".join(["State", *facts])) + notebook.table(["array", "shape", "type"], rows)

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

    def with_key(self, key: int) -> State:
        """Return a copy from which continuous runs go on with other random numbers.

        Parameters
        ----------
        key : int
            From 0 to 2**64 - 1. Connectivity and weights stay as they are.

        Returns
        -------
        State
            The new state; this one is unchanged.

        Raises
        ------
        InputError
            If it is no such number.
        """
        return self.replace({KEY: np.array([checked_key("State.with_key(key)", key)], np.uint64)})

    def weights(self, projection: str, unit: Any = None, *, matrix: bool = False) -> Any:
        """Return the weights of a projection.

        Parameters
        ----------
        projection : str
            Name of the projection, such as "input_to_cells".
        unit : Quantity, optional
            Unit in which plain numbers are returned, such as mV; of weights without unit, 1.
        matrix : bool
            Whether a matrix is returned instead of one weight a synapse.

        Returns
        -------
        Quantity or ndarray of float64, shape (n_synapses,) or (n_source, n_target)
            The weights with their unit, or as plain numbers where `unit` is given. The synapses are in the order of
            `<projection>.source` and `.target`. In a matrix, pairs without a synapse have NaN, and the weights of
            several synapses of a pair are added.

        Raises
        ------
        InputError
            If there is no such projection, or the weights have another unit.
        """
        from brian2.units import amp, siemens, volt
        from brian2.units.fundamentalunits import Quantity

        names = [name.removesuffix(UNIT) for name in self if name.endswith(UNIT)]
        _one_of("State.weights(projection)", projection, names)
        own = {"V": volt, "A": amp, "S": siemens, "": Quantity(1.0)}[str(self[f"{projection}{UNIT}"])]
        values = self[f"{projection}.w"]
        if matrix:
            source, target = self[f"{projection}.source"], self[f"{projection}.target"]
            shape = tuple(self[f"{projection}{SHAPE}"].tolist())
            check_fits("State.weights(matrix)", 8.0 * math.prod(shape), "take one weight a synapse")
            of_pairs = np.full(shape, np.nan)
            of_pairs[source, target] = 0.0
            np.add.at(of_pairs, (source, target), values)
            values = of_pairs
        wrong = f"State.weights(unit): the weights of {projection!r} are in {own}; give a unit of that kind"
        return _in_unit(values, own, unit, wrong)

    def positions(self, population: str, unit: Any = None) -> Any:
        """Return where the units of a population lie.

        Parameters
        ----------
        population : str
            Name of the population.
        unit : Quantity, optional
            Unit of length in which plain numbers are returned, such as um.

        Returns
        -------
        Quantity or ndarray of float64, shape (n_units, n_dimensions)
            The positions with their unit, or as plain numbers where `unit` is given.

        Raises
        ------
        InputError
            If there is no such population, it has no positions, or the unit is none of length.
        """
        from brian2.units import metre

        _one_of(
            "State.positions(population)",
            population,
            [n.removesuffix(POSITIONS) for n in self if n.endswith(POSITIONS)],
        )
        wrong = "State.positions(unit): no unit of length; give one such as um"
        return _in_unit(self[f"{population}{POSITIONS}"], metre, unit, wrong)

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
        """Read a state that `save` or a run wrote; nothing is unpickled.

        Parameters
        ----------
        path : str or Path
            The file of `save`; or the folder that a run was told to write `to`, of which this is the state at the end
            of what it holds.

        Returns
        -------
        State
            Equal to the state that was saved.

        Raises
        ------
        InputError
            If the file or folder is no such archive, or a recording's.
        """
        arrays = archive.read("State", path)
        if Path(path).is_dir():
            own = [name for name in arrays if name.startswith("state/")]
            arrays = {name.removeprefix("state/"): np.array(arrays[name]) for name in own}
            if not arrays:
                raise archive.foreign("State", path, ValueError("no array of a state"))
        try:
            _check(arrays)
        except ValueError as error:
            raise archive.foreign("State", path, error) from None
        return cls(arrays)


_OF_EDGES = ("source", "target", UNIT[1:], SHAPE[1:])
"""Last parts of names by which a projection is known; a variable of a population may be called w as well."""


def _check(arrays: Mapping[str, np.ndarray]) -> None:
    """Hold the arrays of a state against each other; whether they fit a network is checked before it is run."""
    owners = {name: name.rpartition(".")[0] for name in arrays}
    projections = sorted({owner for name, owner in owners.items() if name.rpartition(".")[2] in _OF_EDGES})
    shapes = {f"{projection}{SHAPE}": Expected(WHOLE, (2,), low=0) for projection in projections}
    check(arrays, shapes)
    sizes: dict[str, int] = {}
    expected = dict(shapes)
    for projection in projections:
        n_source, n_target = arrays[f"{projection}{SHAPE}"].tolist()
        sizes |= {f"sources of {projection}": n_source, f"targets of {projection}": n_target}
        expected |= _of_edges(projection)
    for name, owner in owners.items():
        expected.setdefault(name, _of_one(name, owner))
    check(arrays, expected, sizes)


def _of_edges(projection: str) -> dict[str, Expected]:
    synapses = (f"synapses of {projection}",)
    return {
        f"{projection}.source": Expected(WHOLE, synapses, below=f"sources of {projection}"),
        f"{projection}.target": Expected(WHOLE, synapses, below=f"targets of {projection}"),
        f"{projection}.w": Expected(REAL, synapses, finite=False),
        f"{projection}{UNIT}": Expected(TEXT, (), among=("V", "A", "S", "")),
    }


def _of_one(name: str, owner: str) -> Expected:
    part = name.removeprefix(f"{owner}.")
    if name in (CLOCK, KEY):
        return Expected(WHOLE, (1,), low=0)
    if not owner or "/" in name:  # of older files, which do not say what they are
        raise ValueError(f"no state has an array {name!r}")
    if name.endswith(POSITIONS):
        return Expected(REAL, (f"units of {owner}", f"dimensions of {owner}"))
    if part.startswith("in_flight_"):  # of one of a projection's pathways
        synapses = f"synapses of {owner.rpartition('.')[0]}"
        below = synapses if part == "in_flight_synapse" else ""
        return Expected(WHOLE, (f"spikes in flight of {owner}",), low=0, below=below)
    if part == "delay":
        return Expected(REAL, (f"values of {name}",), low=0)
    return Expected(NUMBER, (f"values of {name}",), finite=False)


def _in_unit(values: np.ndarray, own: Any, unit: Any, wrong: str) -> Any:
    """Values with their own unit, or as plain numbers in another; `wrong` says that it is of another dimension."""
    from brian2.units.fundamentalunits import have_same_dimensions

    if unit is None:
        return values * own
    if not have_same_dimensions(unit, own):
        raise InputError(wrong)
    return values / float(np.asarray(unit))


def _one_of(culprit: str, name: object, known: list[str]) -> None:
    if name not in known:
        raise InputError(f"{culprit}: unknown {name!r}; {advice(name, known)}")
