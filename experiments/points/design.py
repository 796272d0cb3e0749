"""Points of a sweep: which settings are varied, and what they are at each point.

Grids multiply: there is a combination for each value of each key, the last key changing fastest. Random keys are drawn:
draw k takes, for each key, number k of the counter-based generator (`bnsim.random_numbers`) in a stream of that key,
so it depends on neither how many points are drawn nor on the other keys. Both together measure every combination of the
grid at every draw: point = draw * combinations + combination.

A sweep that grows keeps the numbers of its points: those of the earlier, smaller grids come first, then the others.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bnsim.errors import InputError
from bnsim.random_numbers import Numbers, checked_key
from experiments.run.request import untupled
from experiments.run.values import check_value

MOST_POINTS = 1_000_000
"""Largest number of points of a sweep."""

_DIGITS = 12
"""Significant digits of numbers that are drawn on a logarithmic scale: libraries differ in the last ones."""


@dataclass(frozen=True)
class Range:
    """Numbers between two limits.

    Parameters
    ----------
    low, high
        Limits. Two whole numbers mean the whole numbers from `low` to `high`, both included; otherwise all numbers
        between them.
    log
        Whether numbers are uniform on a logarithmic scale.
    listed
        Whether the value is a list of this one number, for options that are lists.
    """

    low: float
    high: float
    log: bool = False
    listed: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise InputError(f"{self}: the lower limit comes first; give low:high with low < high")
        if self.log and self.low <= 0:
            raise InputError(f"{self}: a logarithmic scale has no {self.low:g}; give limits above 0")

    def __str__(self) -> str:
        text = f"{self.low}:{self.high}" + (":log" if self.log else "")
        return f"[{text}]" if self.listed else text

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def at(self, share: float) -> Any:
        """Return a value.

        Parameters
        ----------
        share
            Its place between the limits, from 0 to 1.

        Returns
        -------
        float, int, or tuple of one
            The value, as a setting takes it.
        """
        low, high = self.low, self.high + 1 if self.whole else self.high
        value: float
        if self.log:
            value = min(max(float(f"{low * (high / low) ** share:.{_DIGITS}g}"), low), high)
        else:
            value = low + (high - low) * share
        if self.whole:
            value = min(math.floor(value), int(self.high))
        return (value,) if self.listed else value

    def document(self) -> dict[str, Any]:
        """Return the range as it is stored in plan.json.

        Returns
        -------
        dict of str to object
            Values that JSON can represent.
        """
        return dict(vars(self))


@dataclass(frozen=True)
class Point:
    """One point of a sweep.

    Parameters
    ----------
    number
        Number of the point, from 0.
    settings
        Values of the keys that are varied.
    """

    number: int
    settings: Mapping[str, Any]

    def __str__(self) -> str:
        return f"point {self.number} ({self.varied})"

    @property
    def varied(self) -> str:
        """The settings as they are written on the command line, such as "a.x=1, a.y=[1, 2]"."""
        return ", ".join(f"{key}={shown(value)}" for key, value in self.settings.items())


@dataclass(frozen=True)
class Stage:
    """Combinations of a grid, each at a number of draws.

    Parameters
    ----------
    grid
        Values of each key.
    n
        Number of draws.
    """

    grid: Mapping[str, Sequence[Any]]
    n: int

    @property
    def size(self) -> int:
        """Number of combinations at all draws."""
        return self.n * math.prod(len(values) for values in self.grid.values())

    def combinations(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Iterate over the combinations at each draw.

        Yields
        ------
        tuple of int and mapping
            The next draw, and values of the keys.
        """
        for draw in range(self.n):
            for values in itertools.product(*self.grid.values()):
                yield draw, dict(zip(self.grid, values, strict=True))

    def holds(self, draw: int, settings: Mapping[str, Any]) -> bool:
        """Return whether a combination at a draw is among these.

        Parameters
        ----------
        draw
            The draw.
        settings
            Values of the keys.

        Returns
        -------
        bool
            Whether it is; 1 and 1.0 are two values.
        """
        return draw < self.n and all(repr(value) in self._names[key] for key, value in settings.items())

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        return {key: frozenset(map(repr, values)) for key, values in self.grid.items()}


@dataclass(frozen=True)
class Design:
    """What a sweep varies.

    Parameters
    ----------
    grid
        Values of each key whose combinations are measured.
    random
        Range of each key that is drawn.
    n
        Number of draws; 1 without random keys.
    key
        Key of the draws.
    earlier
        Parts of the grid that were measured before it was as large as it is, whose points come first.
    """

    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    random: Mapping[str, Range] = field(default_factory=dict)
    n: int = 1
    key: int = 0
    earlier: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        checked_key("--key", self.key)
        if not self.grid and not self.random:
            raise InputError("sweep: nothing is varied; give --grid KEY=A,B,C or --random KEY=LOW:HIGH")
        for name in self.random:
            if name in self.grid:
                raise InputError(f"--random {name}: --grid has it too; keep one")
        for name, values in self.grid.items():
            _check_grid(name, values)
        for name, limits in self.random.items():
            check_value(name, limits.low)
            check_value(name, limits.high)
        if self.n < 1:
            raise InputError(f"--n: got {self.n}; give at least 1")
        if self._whole.size > MOST_POINTS:
            raise InputError(f"sweep: {self._whole.size:,} points; give at most {MOST_POINTS:,}")
        for stage in self.earlier:
            if not self._grew_from(stage):
                raise InputError("sweep: its earlier grid is no part of its grid; begin anew with another --name")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are varied, those of the grid first."""
        return (*self.grid, *self.random)

    def __len__(self) -> int:
        return self._whole.size

    @property
    def _whole(self) -> Stage:
        return Stage(self.grid, self.n)

    def _grew_from(self, stage: Stage) -> bool:
        whole = Stage(self.grid, stage.n)
        small = 1 <= stage.size <= MOST_POINTS and stage.grid.keys() == self.grid.keys()
        return small and all(whole.holds(0, {key: value}) for key in stage.grid for value in stage.grid[key])

    def points(self) -> Iterator[Point]:
        """Iterate over the points.

        Yields
        ------
        Point
            The next point, in the order of the numbers. One that was measured with more draws than there are now keeps
            its number to itself.
        """
        stages, numbers, drawn = (*self.earlier, self._whole), itertools.count(), dict[int, dict[str, Any]]()
        for place, stage in enumerate(stages):
            for draw, settings in stage.combinations():
                if any(before.holds(draw, settings) for before in stages[:place]):
                    continue
                number = next(numbers)
                if draw < self.n:
                    if draw not in drawn:
                        drawn = {draw: {key: limits.at(self._share(key, draw)) for key, limits in self.random.items()}}
                    yield Point(number, {**{key: settings[key] for key in self.grid}, **drawn[draw]})

    def after(self, earlier: Design) -> Design:
        """Return the design with the numbers of an earlier one that it goes on with.

        Parameters
        ----------
        earlier
            The design of a sweep of the same name, each of whose values it has.

        Returns
        -------
        Design
            The design, in which 1 is 1.0 where the earlier one has that; with the order of the earlier one, if it has
            no other values.
        """
        grid = {key: tuple(_kept(value, earlier.grid[key]) for value in values) for key, values in self.grid.items()}
        if all(set(map(repr, values)) == set(map(repr, earlier.grid[key])) for key, values in grid.items()):
            return replace(self, grid=earlier.grid, earlier=earlier.earlier)
        return replace(self, grid=grid, earlier=(*earlier.earlier, Stage(earlier.grid, earlier.n)))

    def _share(self, name: str, draw: int) -> float:
        return float(Numbers(self.key, f"sweep:{name}").at(0, draw))

    def document(self) -> dict[str, Any]:
        """Return the design as it is stored in plan.json.

        Returns
        -------
        dict of str to object
            Values that JSON can represent.
        """
        return {
            "grid": {name: list(values) for name, values in self.grid.items()},
            "random": {name: limits.document() for name, limits in self.random.items()},
            "n": self.n,
            "key": self.key,
            **({"earlier": [_stored(stage) for stage in self.earlier]} if self.earlier else {}),
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Design:
        """Restore a design from the result of `document`.

        Parameters
        ----------
        document
            The design as it is stored in plan.json.

        Returns
        -------
        Design
            The design.
        """
        return cls(
            _grid_of(document),
            {name: Range(**limits) for name, limits in document["random"].items()},
            document["n"],
            document["key"],
            tuple(Stage(_grid_of(stage), stage["n"]) for stage in document.get("earlier", ())),
        )


def _stored(stage: Stage) -> dict[str, Any]:
    return {"grid": {name: list(values) for name, values in stage.grid.items()}, "n": stage.n}


def _grid_of(document: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(map(untupled, values)) for name, values in document["grid"].items()}


def _kept(value: Any, earlier: Sequence[Any]) -> Any:
    """Return a value as an earlier grid has it, so that 1 and 1.0 are one point."""
    if any(type(other) is type(value) and other == value for other in earlier):
        return value
    alike = (other for other in earlier if other == value and bool not in (type(other), type(value)))
    return next(alike, value)


def _check_grid(name: str, values: Sequence[Any]) -> None:
    if not values:
        raise InputError(f"--grid {name}: no values; give at least one")
    for place, value in enumerate(values):
        check_value(name, value)
        if any(type(other) is type(value) and other == value for other in values[:place]):
            raise InputError(f"--grid {name}: {shown(value)} is given twice; keep one")


def shown(value: Any) -> str:
    """Return the value of a setting as it is written on the command line.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    str
        Such as 0.5, true or [1, 2].
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, value))}]"
    return str(value)


def text_of(value: Any) -> str:
    """Return the value of a setting as a column of texts has it: lists and mixtures become JSON.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    str
        Such as "[100, 20]".
    """
    return value if isinstance(value, str) else json.dumps(value)
