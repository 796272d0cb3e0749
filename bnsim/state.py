"""State of a network: the arrays that carry over from one run to the next."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from bnsim import archive, notebook
from bnsim.arrays import frozen, is_frozen
from bnsim.errors import InputError, advice
from bnsim.expected import NUMBER, REAL, TEXT, WHOLE, Expected, check
from bnsim.memory import check_fits
from bnsim.printable import printable
from bnsim.random_numbers import checked_key
from bnsim.recipe import RECIPE, RECIPE_VALUES, Recipe

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
    Where a projection has very many synapses, which nothing changes, the state holds `<projection>.recipe` and
    `.recipe_values` in the place of `.source`, `.target`, `.w` and `.delay`: how they are drawn (see `recipe`). These
    are drawn when they are asked for, which takes time and memory, and are not among the names then.

    The names are `<projection>.source`, `.target`, `.delay`, `.w`, `.shape` and `.unit` (see `weights`);
    `<population>.positions` (see `positions`); `<population>.<variable>`, among them `<population>.lastspike`, in
    seconds since the state's beginning; `<projection>.<variable>` for traces of synapses;
    `<projection>.in_flight_unit` and `.in_flight_age` for the spikes in flight: who sent each, and for how many steps
    it has been in flight; `clock`, the number of time steps since the state's beginning; and `key`, that of the random
    numbers of continuous runs.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        kept = {}
        for name, array in _held(arrays).items():
            # What no one can change need not be copied; connectivity is large, and passes from state to state.
            kept[name] = array if is_frozen(array) else frozen(np.array(array))
        self._arrays = MappingProxyType(kept)
        # What was drawn is kept as long as somebody uses it.
        self._drawn: WeakValueDictionary[str, np.ndarray] = WeakValueDictionary()

    def __getitem__(self, name: str) -> np.ndarray:
        if name in self._arrays:
            return self._arrays[name]
        if name not in self:
            raise InputError(f"State: no array {name!r}; it holds {', '.join(self._arrays) or 'none'}")
        kept = self._drawn.get(name)
        return self._draw(name.rpartition(".")[0])[name] if kept is None else kept

    def __contains__(self, name: object) -> bool:
        if name in self._arrays:
            return True
        projection, _, part = name.rpartition(".") if isinstance(name, str) else ("", "", "")
        recipe = self.recipe(projection)
        return recipe is not None and part in recipe.parts

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

    def recipe(self, projection: str) -> Recipe | None:
        """Return how the synapses of a projection are drawn.

        Parameters
        ----------
        projection : str
            Name of the projection.

        Returns
        -------
        Recipe or None
            Rules, sizes and keys; None where the state holds the synapses themselves.
        """
        numbers = [self._arrays.get(f"{projection}{part}") for part in (RECIPE, RECIPE_VALUES)]
        return None if numbers[0] is None or numbers[1] is None else Recipe.of(numbers[0], numbers[1])

    def with_synapses(self, projection: str) -> State:
        """Return a copy that holds the synapses of a projection, not how they are drawn.

        Parameters
        ----------
        projection : str
            Name of the projection.

        Returns
        -------
        State
            The new state; this one, if it holds them already.

        Raises
        ------
        InputError
            If they do not fit into memory.
        """
        return self if self.recipe(projection) is None else State({**self._arrays, **self._draw(projection)})

    def _draw(self, projection: str) -> dict[str, np.ndarray]:
        """The synapses of a projection that has a recipe."""
        recipe = self.recipe(projection)
        assert recipe is not None
        drawn = {f"{projection}.{part}": array for part, array in recipe.arrays().items()}
        for name, array in drawn.items():
            array.setflags(write=False)
            self._drawn[name] = array
        return drawn

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
        whole = self
        for name in arrays:
            if name not in whole._arrays and name in whole:
                whole = whole.with_synapses(name.rpartition(".")[0])
        for name, array in arrays.items():
            if np.shape(array) != whole[name].shape:
                raise InputError(f"State.replace: {name!r} has shape {np.shape(array)}; give {whole[name].shape}")
        new = {name: np.asarray(array, dtype=whole[name].dtype) for name, array in arrays.items()}
        return State({**whole._arrays, **new})

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

    def edges(self, projection: str) -> tuple[np.ndarray, np.ndarray]:
        """Return which units the synapses of a projection connect.

        Parameters
        ----------
        projection : str
            Name of the projection.

        Returns
        -------
        source, target : ndarray of int32, shape (n_synapses,)
            Units of both populations, by source, then target, where a rule of connectivity has drawn them.

        Raises
        ------
        InputError
            If there is no such projection, or its synapses, which are drawn now, do not fit into memory.
        """
        _one_of("State.edges(projection)", projection, [n.removesuffix(UNIT) for n in self if n.endswith(UNIT)])
        return self[f"{projection}.source"], self[f"{projection}.target"]

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


def _held(arrays: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """What a state holds: where some of a projection's synapses are given, all of them, and no recipe."""
    if isinstance(arrays, State):
        return arrays
    held = dict(arrays)
    for projection in [name.removesuffix(RECIPE) for name in arrays if name.endswith(RECIPE)]:
        names = f"{projection}{RECIPE}", f"{projection}{RECIPE_VALUES}"
        recipe = Recipe.of(held[names[0]], held[names[1]])
        given = [f"{projection}.{part}" in arrays for part in recipe.parts]
        if any(given):
            if not all(given):
                held = {f"{projection}.{part}": array for part, array in recipe.arrays().items()} | held
            for name in names:
                del held[name]
    return held


_OF_EDGES = ("source", "target", UNIT[1:], SHAPE[1:], RECIPE[1:])
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
        expected |= _of_recipe(projection) if f"{projection}{RECIPE}" in arrays else _of_edges(projection)
    for name, owner in owners.items():
        expected.setdefault(name, _of_one(name, owner))
    check(arrays, expected, sizes)
    for projection in projections:
        if f"{projection}{RECIPE}" in arrays:
            recipe = Recipe.of(arrays[f"{projection}{RECIPE}"], arrays[f"{projection}{RECIPE_VALUES}"])
            if [recipe.n_source, recipe.n_target] != arrays[f"{projection}{SHAPE}"].tolist():
                raise ValueError(f"{projection + RECIPE!r} is of other populations than {projection + SHAPE!r}")


def _of_recipe(projection: str) -> dict[str, Expected]:
    return {
        f"{projection}{RECIPE}": Expected(WHOLE, (f"numbers of {projection}",)),
        f"{projection}{RECIPE_VALUES}": Expected(NUMBER, (f"values of {projection}",), finite=False),
        f"{projection}{UNIT}": Expected(TEXT, (), among=("V", "A", "S", "")),
    }


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
    if part.startswith("in_flight_"):
        below = f"sources of {owner}" if part == "in_flight_unit" else ""
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
