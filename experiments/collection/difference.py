"""Where two runs differ: settings, versions, code, data, machine, and numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from experiments.collection.numbers import Key, keyed, same
from experiments.run_directory import Run


@dataclass(frozen=True)
class Change:
    """Something that is one thing in the first run and another in the second.

    Parameters
    ----------
    name
        What it is.
    first, second
        Its values; None where a run does not say.
    """

    name: str
    first: Any
    second: Any


@dataclass(frozen=True)
class Number:
    """A number that is in both runs and differs.

    Parameters
    ----------
    key
        Which it is.
    unit
        Its unit.
    first, second
        Its values.
    """

    key: Key
    unit: str
    first: float
    second: float

    @property
    def difference(self) -> float:
        """The second value minus the first."""
        return self.second - self.first

    @property
    def values(self) -> tuple[str, str]:
        """Both values as text, with all digits where six do not tell them apart."""
        first, second = f"{self.first:.6g}", f"{self.second:.6g}"
        return (first, second) if first != second else (repr(self.first), repr(self.second))

    @property
    def words(self) -> str:
        """Which number it is, with its unit."""
        return f"{self.key.words} ({self.unit})" if self.unit else self.key.words

    @property
    def relative(self) -> float:
        """The size of the difference, as a share of the larger value; infinite if one of them is not finite."""
        if not (math.isfinite(self.first) and math.isfinite(self.second)):
            return math.inf
        return abs(self.difference) / max(abs(self.first), abs(self.second))


@dataclass(frozen=True)
class Called:
    """What two runs, or points of sweeps, that are compared are called.

    Parameters
    ----------
    noun
        What they are: "run" or "point".
    first, second
        Headings of their columns.
    settings
        Of points, what is varied at each of them, as text; empty of runs.
    """

    noun: str = "run"
    first: str = "first run"
    second: str = "second run"
    settings: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, str]:
        """What they are called within a sentence."""
        article = "" if self.settings else "the "
        return f"{article}{self.first}", f"{article}{self.second}"


RUNS = Called()
"""Of two runs."""


@dataclass(frozen=True)
class Numbers:
    """Where the numbers of two runs differ.

    Parameters
    ----------
    common
        How many numbers both have.
    differing
        Those of them that differ: whole metrics, then those of a class, a layer and the like, then places of curves;
        in each of these by the largest relative difference among the seeds, which stand together in their order.
    only_first, only_second
        Numbers that only one run has.
    """

    common: int
    differing: tuple[Number, ...]
    only_first: tuple[Key, ...]
    only_second: tuple[Key, ...]

    @property
    def equal(self) -> bool:
        """Whether both runs have the same numbers, and any."""
        return bool(self.common) and not (self.differing or self.only_first or self.only_second)

    @property
    def largest(self) -> Number:
        """The number that differs most in relation to the larger value; of several, the first in the order."""
        return max(self.differing, key=lambda number: number.relative)

    def document(self) -> dict[str, Any]:
        """Return the numbers as JSON takes them.

        Returns
        -------
        dict
            Counts, and each number that differs.
        """
        return {
            "equal": self.equal,
            "common": self.common,
            "differing": [_described(number) for number in self.differing],
            "only_first": [_named(key) for key in self.only_first],
            "only_second": [_named(key) for key in self.only_second],
        }


@dataclass(frozen=True)
class Circumstances:
    """Where the circumstances of two runs differ.

    Parameters
    ----------
    settings, versions, code, data, machine
        What differs of each.
    """

    settings: tuple[Change, ...]
    versions: tuple[Change, ...]
    code: tuple[Change, ...]
    data: tuple[Change, ...]
    machine: tuple[Change, ...]

    def document(self) -> dict[str, Any]:
        """Return the circumstances as JSON takes them.

        Returns
        -------
        dict
            What differs of each.
        """
        return {name: list(differing) for name, differing in asdict(self).items()}


def numbers(first: pd.DataFrame, second: pd.DataFrame, settings: Iterable[Change] = ()) -> Numbers:
    """Compare the numbers of two runs.

    Parameters
    ----------
    first, second
        Their tidy rows (`experiments.run_directory`).
    settings
        How their settings differ. A fact that only repeats such a setting, like the mean of a noise that one run has at
        10 and the other at 15, does not make their numbers others.

    Returns
    -------
    Numbers
        Where they differ.
    """
    repeated = [change.name.rpartition(".")[2] for change in settings if _is_repeated(change, first, second)]
    a, b = (keyed(_without(table, repeated)) for table in (first, second))
    units = {name: unit for table in (second, first) for name, unit in zip(table["metric"], table["unit"], strict=True)}
    common = [key for key in a if key in b]
    differing = [Number(key, units[key.metric], a[key], b[key]) for key in common if not same(a[key], b[key])]
    return Numbers(
        len(common),
        _ordered(differing),
        tuple(key for key in a if key not in b),
        tuple(key for key in b if key not in a),
    )


def _is_repeated(change: Change, first: pd.DataFrame, second: pd.DataFrame) -> bool:
    """Return whether all facts of the setting's name have its value, in both runs."""
    name = change.name.rpartition(".")[2]
    found = [{facts[name] for facts in table["facts"] if name in facts} for table in (first, second)]
    return isinstance(change.first, int | float | str) and found == [{change.first}, {change.second}]


def _without(results: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    facts = [{name: fact for name, fact in row.items() if name not in names} for row in results["facts"]]
    return results.assign(facts=pd.Series(facts, index=results.index, dtype=object)) if names else results


def circumstances(first: Run, second: Run) -> Circumstances:
    """Compare how two runs came about.

    Parameters
    ----------
    first, second
        The runs.

    Returns
    -------
    Circumstances
        Where they differ.
    """
    return of_manifests(first.manifest, second.manifest, changes(first.config, second.config))


def of_manifests(
    first: Mapping[str, Any], second: Mapping[str, Any], settings: tuple[Change, ...] = ()
) -> Circumstances:
    """Compare what the manifests of two runs say of their circumstances.

    Parameters
    ----------
    first, second
        The manifests.
    settings
        How their settings differ.

    Returns
    -------
    Circumstances
        Where they differ.
    """

    def compared(*names: str) -> tuple[Change, ...]:
        return changes(*({name: manifest.get(name) for name in names} for manifest in (first, second)))

    data = changes(*({"sha256": manifest["task"].get("sha256")} for manifest in (first, second)))
    return Circumstances(
        settings,
        changes(first["versions"], second["versions"]),
        compared("commit", "code"),
        data,
        compared("machine"),
    )


def changes(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Change, ...]:
    """Compare two trees of settings.

    Parameters
    ----------
    first, second
        The trees.

    Returns
    -------
    tuple of Change
        The leaves that differ, by their paths, such as "models.dense.passes".
    """
    a, b = dict(_leaves(first)), dict(_leaves(second))
    return tuple(Change(name, a.get(name), b.get(name)) for name in {**a, **b} if a.get(name) != b.get(name))


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _named(key: Key) -> dict[str, Any]:
    return {**key._asdict(), "facts": dict(key.facts)}


def _described(number: Number) -> dict[str, Any]:
    values = {name: getattr(number, name) for name in ("first", "second", "difference", "relative")}
    # JSON has neither NaN nor infinity
    shown = {name: value if math.isfinite(value) else repr(value) for name, value in values.items()}
    return {**_named(number.key), "unit": number.unit, **shown}


def _ordered(differing: Sequence[Number]) -> tuple[Number, ...]:
    """Return the numbers that differ in the order in which they are listed (`Numbers`)."""
    of_seeds: dict[Key, list[Number]] = {}
    for number in differing:
        of_seeds.setdefault(number.key._replace(seed=0), []).append(number)

    def place(key: Key) -> tuple[bool, bool, float, float]:
        largest = max((number.relative, abs(number.difference)) for number in of_seeds[key])
        return key.step is not None, bool(key.facts), -largest[0], -largest[1]

    blocks = (sorted(of_seeds[key], key=lambda number: number.key.seed) for key in sorted(of_seeds, key=place))
    return tuple(itertools.chain.from_iterable(blocks))
