"""Points of a sweep: which settings are varied, and what they are at each point.

Grids multiply: there is a combination for each value of each key, the last key changing fastest. Random keys are drawn:
draw k takes, for each key, number k of the counter-based generator (`bnsim.random_numbers`) in a stream of that key,
so it depends on neither how many points are drawn nor on the other keys. Both together measure every combination of the
grid at every draw: point = draw * combinations + combination.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    """

    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    random: Mapping[str, Range] = field(default_factory=dict)
    n: int = 1
    key: int = 0

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
        if len(self) > MOST_POINTS:
            raise InputError(f"sweep: {len(self):,} points; give at most {MOST_POINTS:,}")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are varied, those of the grid first."""
        return (*self.grid, *self.random)

    def __len__(self) -> int:
        return self.n * math.prod(len(values) for values in self.grid.values())

    def points(self) -> Iterator[Point]:
        """Iterate over the points.

        Yields
        ------
        Point
            The next point.
        """
        combinations, number = list(itertools.product(*self.grid.values())), 0
        for draw in range(self.n):
            drawn = {name: limits.at(self._share(name, draw)) for name, limits in self.random.items()}
            for values in combinations:
                yield Point(number, {**dict(zip(self.grid, values, strict=True)), **drawn})
                number += 1

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
            {name: tuple(map(untupled, values)) for name, values in document["grid"].items()},
            {name: Range(**limits) for name, limits in document["random"].items()},
            document["n"],
            document["key"],
        )


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
