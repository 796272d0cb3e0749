"""What figures and report read from a stored run, and how a model is told from another in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from bnsim.errors import InputError
from bnsim.plotting.style import BLUE, ORANGE, PURPLE, SKY, VERMILLION
from experiments.run_directory import Run
from experiments.spec import Fact, Metric

Entry: TypeAlias = dict[str, Any]
"""One of the `metrics` or `differences` of summary.json."""

_FAMILIES = {"BNS": ("o", (BLUE, SKY)), "ANN": ("s", (VERMILLION, ORANGE, PURPLE))}


@dataclass(frozen=True)
class Look:
    """Colour and marker of one model: blues and discs for a BNS, reds and squares for an ANN."""

    kind: str
    colour: str
    marker: str


def looks(run: Run) -> dict[str, Look]:
    """Return the look of each classifier, in the order in which the run names the models."""
    pairs = run.results[["model", "kind"]].drop_duplicates()
    result: dict[str, Look] = {}
    for model, kind in pairs[pairs["model"].isin(list(run.manifest["models"]))].itertuples(index=False):
        marker, colours = _FAMILIES[kind]
        place = sum(look.kind == kind for look in result.values())
        result[str(model)] = Look(kind, colours[place % len(colours)], marker)
    return result


def rows(run: Run, metric: Metric) -> pd.DataFrame:
    """Return all rows of the results that hold this metric.

    Raises
    ------
    InputError
        If the run did not carry out the metric's study.
    """
    _refuse_foreign(run, metric)
    return run.results[(run.results["study"] == metric.study) & (run.results["metric"] == metric.name)]


def values(run: Run, metric: Metric) -> pd.DataFrame:
    """Return the rows of a metric that no fact sets apart. Errors as in `rows`."""
    found = rows(run, metric)
    return found[[not facts for facts in found["facts"]]]


def entries(run: Run, metric: Metric) -> list[Entry]:
    """Return the entries of the summary for one metric: mean and 95 % interval. Errors as in `rows`."""
    _refuse_foreign(run, metric)
    wanted = (metric.study, metric.name)
    return [entry for entry in run.summary["metrics"] if (entry["study"], entry["metric"]) == wanted]


def summaries(run: Run, metric: Metric, **facts: Fact) -> list[Entry]:
    """Return the entries of the summary with these facts and no others: by default those of whole models."""
    return [entry for entry in entries(run, metric) if entry["facts"] == facts]


def model_summaries(run: Run, metric: Metric, **facts: Fact) -> dict[str, list[Entry]]:
    """Return model -> its entries of the summary with these facts and no others, in order of steps."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(summaries(run, metric, **facts), key=lambda entry: entry["step"] or 0):
        found.setdefault(entry["model"], []).append(entry)
    return found


def layer_summaries(run: Run, metric: Metric) -> dict[tuple[str, str], list[Entry]]:
    """Return (model, layer) -> entries of this layer, in the order in which they were stored."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for model, layer, entry in by_fact(run, metric, "layer"):
        found.setdefault((model, layer), []).append(entry)
    return found


def along(run: Run, metric: Metric, model: str, axis: str, **facts: Fact) -> list[tuple[float, Entry]]:
    """Return the entries of a model along an axis that is a fact, of those with these other facts: (place, entry), in
    order of places."""
    found = of_model([entry for _, _, entry in by_fact(run, metric, axis)], model)
    placed = [(float(entry["facts"][axis]), entry) for entry in found if facts.items() <= entry["facts"].items()]
    return sorted(placed, key=lambda pair: pair[0])


def of_model(entries: Iterable[Entry], model: str) -> list[Entry]:
    """Return those of the entries that tell of this model."""
    return [entry for entry in entries if entry["model"] == model]


def by_fact(run: Run, metric: Metric, fact: str) -> list[tuple[str, Any, Entry]]:
    """Return (model, value of this fact, entry) for each entry that has such a fact.

    Raises
    ------
    ValueError
        For a fact that the metric does not declare.
    """
    if fact not in metric.facts:
        raise ValueError(f"metric {metric.study}.{metric.name} declares no fact {fact!r}")
    return [(entry["model"], entry["facts"][fact], entry) for entry in entries(run, metric) if fact in entry["facts"]]


def differences(run: Run, *, primary: bool) -> list[Entry]:
    """Return the differences between twins: those of the primary metrics, or of all others."""
    return [entry for entry in run.summary["differences"] if entry["primary"] == primary]


def class_names(run: Run) -> list[str]:
    """Return the names of the task's classes, in the order of the output units."""
    return list(run.manifest["task"]["classes"])


def pairs_of(run: Run, study: str) -> list[tuple[str, ...]]:
    """Return the twins that share what twins share in this study, then the models on their own."""
    twins: Mapping[tuple[str, str], None] = dict.fromkeys(
        (entry["model"], entry["twin"]) for entry in run.summary["differences"] if entry["study"] == study
    )
    paired = {model for pair in twins for model in pair}
    return [*twins, *((model,) for model in looks(run) if model not in paired)]


def _refuse_foreign(run: Run, metric: Metric) -> None:
    if metric.study not in run.config:
        raise InputError(f"{run.directory}: study {metric.study!r} was not carried out; run it first")
