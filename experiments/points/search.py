"""What a fit searches for, and how."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bnsim.errors import InputError
from bnsim.random_numbers import checked_key
from experiments.points.design import Point, Range
from experiments.points.job import Varied
from experiments.points.target import Target
from experiments.run.request import Request
from experiments.run.values import check_value

MOST_GENERATIONS, MOST_POPULATION = 100_000, 10_000


@dataclass(frozen=True)
class Search:
    """What is searched for, and how.

    Parameters
    ----------
    parameters
        Range of each key.
    targets
        What the study should measure.
    generations
        Largest number of generations after the first trials.
    population
        Trials of a generation, for each parameter.
    until
        Objective at which the search ends.
    key
        Key of the search.
    """

    parameters: Mapping[str, Range]
    targets: tuple[Target, ...]
    generations: int
    population: int
    until: float
    key: int

    def __post_init__(self) -> None:
        checked_key("--key", self.key)
        if not self.parameters:
            raise InputError("fit: no parameter is fitted; give --parameter KEY=LOW:HIGH")
        if not self.targets:
            raise InputError("fit: there is nothing to aim at; give --target METRIC=VALUE")
        named = [str(target) for target in self.targets]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"--target {twice}: given twice; keep one")
        for name, limits in self.parameters.items():
            check_value(name, limits.low)
            check_value(name, limits.high)
        for option, value, most in (
            ("--generations", self.generations, MOST_GENERATIONS),
            ("--population", self.population, MOST_POPULATION),
        ):
            if not 1 <= value <= most:
                raise InputError(f"{option}: got {value}; give 1 to {most}")
        if not (math.isfinite(self.until) and self.until >= 0):
            raise InputError(f"--until: got {self.until}; give a finite number of at least 0")

    def point(self, number: int, shares: Iterable[float]) -> Point:
        """Return a trial.

        Parameters
        ----------
        number
            Number of the trial.
        shares
            Place of each parameter in its range, from 0 to 1.

        Returns
        -------
        Point
            The point.
        """
        named = zip(self.parameters.items(), shares, strict=True)
        return Point(number, {name: limits.at(float(share)) for (name, limits), share in named})

    def limits(self) -> Iterator[Point]:
        """Iterate over the points at which one parameter is at a limit and all others are in the middle.

        Yields
        ------
        Point
            The next point.
        """
        middle = [0.5] * len(self.parameters)
        for place in range(len(middle)):
            for share in (0.0, 1.0):
                yield self.point(0, [*middle[:place], share, *middle[place + 1 :]])

    def checked(self, request: Request) -> tuple[Varied, Search]:
        """Check the request, the targets, and the limits of all parameters, before any work.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        tuple of Varied and Search
            What is measured, and the search with typed targets.

        Raises
        ------
        InputError
            If something is invalid.
        """
        varied = Varied.of(request, self.point(0, [0.5] * len(self.parameters)))
        for point in self.limits():
            varied.at(point)
        (study,) = varied.base.studies.values()
        targets = tuple(target.checked(study) for target in self.targets)
        return varied, Search(self.parameters, targets, self.generations, self.population, self.until, self.key)

    def document(self) -> dict[str, Any]:
        """Return the search as it is stored in plan.json.

        Returns
        -------
        dict of str to object
            Values that JSON can represent.
        """
        parameters = {name: limits.document() for name, limits in self.parameters.items()}
        return {**vars(self), "parameters": parameters, "targets": [target.document() for target in self.targets]}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Search:
        """Restore a search from the result of `document`.

        Parameters
        ----------
        document
            The search as it is stored in plan.json.

        Returns
        -------
        Search
            The search.
        """
        return cls(
            {name: Range(**limits) for name, limits in document["parameters"].items()},
            tuple(Target(**target) for target in document["targets"]),
            *(document[name] for name in ("generations", "population", "until", "key")),
        )
