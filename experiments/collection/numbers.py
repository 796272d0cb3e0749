"""The numbers of a run that are the same whenever it is repeated, and which number of one run is which of another.

A number is known by its study, task, model, seed, facts, step and metric. Times and memory that the machine took are
left out. Facts that are numbers are compared as numbers, since a fact is stored as text where another study of the run
has text there.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

MEASURED = ("_seconds", "_per_second", "_memory")
"""How the names of times and of memory that the machine took end."""


class Key(NamedTuple):
    """What tells the numbers of a run apart.

    Parameters
    ----------
    study, task, model, seed
        As in `experiments.run_directory`.
    facts
        Names and values, in the order of the names.
    step
        Place on a curve; None for values that are not on one.
    metric
        Its name.
    place
        Of rows that agree in all of this, which one.
    """

    study: str
    task: str
    model: str
    seed: int
    facts: tuple[tuple[str, float | str], ...]
    step: int | None
    metric: str
    place: int = 0

    @property
    def words(self) -> str:
        """Which number it is, such as "accuracy, dense, seed 0: recall, class 3"."""
        facts = "".join(f", {name} {f'{fact:.6g}' if isinstance(fact, float) else fact}" for name, fact in self.facts)
        step = "" if self.step is None else f", step {self.step}"
        return f"{self.study}, {self.model}, seed {self.seed}: {self.metric}{facts}{step}"


def is_reproducible(metric: str) -> bool:
    """Return whether a metric gives the same value whenever it is measured.

    Parameters
    ----------
    metric
        Name of the metric.

    Returns
    -------
    bool
        False for times and memory that the machine took.
    """
    return not metric.endswith(MEASURED)


def keyed(results: pd.DataFrame) -> dict[Key, float]:
    """Return the reproducible numbers of a run.

    Parameters
    ----------
    results
        Tidy rows (`experiments.run_directory`).

    Returns
    -------
    dict of Key to float
        Value of each.
    """
    names = ["study", "task", "model", "seed", "facts", "step", "metric", "value"]
    found: dict[Key, float] = {}
    for study, task, model, seed, facts, step, metric, value in zip(*(results[name] for name in names), strict=True):
        if is_reproducible(metric):
            key = Key(study, task, model, int(seed), _facts(facts), None if pd.isna(step) else int(step), metric)
            while key in found:
                key = key._replace(place=key.place + 1)
            found[key] = float(value)
    return found


def same(first: float, second: float) -> bool:
    """Return whether two values are equal to the last bit; two that are not a number are.

    Parameters
    ----------
    first, second
        The values.

    Returns
    -------
    bool
        Whether they are equal.
    """
    return first == second or (math.isnan(first) and math.isnan(second))


def checksums(results: pd.DataFrame) -> dict[str, str]:
    """Return a checksum of the reproducible numbers of each study.

    Parameters
    ----------
    results
        Tidy rows (`experiments.run_directory`).

    Returns
    -------
    dict of str to str
        Study -> SHA-256 of its numbers; it does not depend on the order of the rows.
    """
    lines: dict[str, list[str]] = {}
    for key, value in keyed(results).items():
        # zero has two signs, which are equal
        lines.setdefault(key.study, []).append(f"{tuple(key)!r} {(value + 0.0).hex()}\n")
    return {study: hashlib.sha256("".join(sorted(held)).encode()).hexdigest() for study, held in lines.items()}


def _facts(facts: Mapping[str, Any]) -> tuple[tuple[str, float | str], ...]:
    return tuple(sorted((name, _fact(value)) for name, value in facts.items()))


def _fact(value: Any) -> float | str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return str(value) if math.isnan(number) else number
