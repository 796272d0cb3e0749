"""Metrics of a run that its tables do not list: those measured layer by layer, at several severities, along a curve."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from experiments.run_directory import Run
from experiments.shared.stored import Entry
from experiments.shared.wording import listed

MOST_NAMES = 4
"""Names that are given of the metrics of one kind."""

Place: TypeAlias = tuple[str, str, tuple[str, ...], bool]
"""Study, metric, names of the facts that distinguish its values, and whether it has steps."""


def place(entry: Entry) -> Place:
    """Return what tells one kind of values of a metric from another.

    Parameters
    ----------
    entry
        An entry of the summary's metrics.

    Returns
    -------
    Place
        Equal for entries that one part of a table lists.
    """
    return entry["study"], entry["metric"], tuple(entry["facts"]), entry["step"] is not None


def unlisted(run: Run, tables: Collection[Place]) -> Mapping[str, list[str]]:
    """Return the metrics that tables do not list, by what distinguishes their values.

    Parameters
    ----------
    run
        A stored run.
    tables
        What the tables list.

    Returns
    -------
    mapping of str to list of str
        Names of metrics by "layer", "layer and step" and the like, in the order of the summary.
    """
    found: dict[str, dict[str, None]] = {}
    for entry in dict.fromkeys(map(place, run.summary["metrics"])):
        _, metric, facts, has_steps = entry
        if entry not in tables:
            told = [name.replace("_", " ") for name in facts] + ["step"] * has_steps
            found.setdefault(listed(told) if told else "network", {})[metric] = None
    return {condition: list(names) for condition, names in found.items()}


def sentence(run: Run, tables: Collection[Place], folder: object) -> str:
    """Say which metrics tables do not list, and how to have them.

    Parameters
    ----------
    run
        A stored run.
    tables
        What the tables list.
    folder
        Path by which the reader has the run.

    Returns
    -------
    str
        Such as "More metrics, by layer: silent_share. See the report's figures, ..."; empty if the tables list all.
    """
    by_condition = unlisted(run, tables)
    if not by_condition:
        return ""
    parts = [f"by {condition}: {_names(metrics)}" for condition, metrics in by_condition.items()]
    first = next(iter(by_condition.values()))[0]
    python = f'experiments.read_run("{folder}").means("{first}")'
    ways = f"the report's figures, `bnsim show {folder} --metric {first}` or, in Python, {python}"
    return f"More metrics, {'; '.join(parts)}. See {ways}, and the like."


def _names(metrics: list[str]) -> str:
    more = len(metrics) - MOST_NAMES
    return ", ".join(metrics[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
