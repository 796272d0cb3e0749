"""What figures and report read from a stored run, and how a model is told from another in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bnsim.plotting.style import BLUE, ORANGE, PURPLE, SKY, VERMILLION
from experiments.run.store import Run

_FAMILIES = {"BNS": ("o", (BLUE, SKY)), "ANN": ("s", (VERMILLION, ORANGE, PURPLE))}


@dataclass(frozen=True)
class Look:
    """Colour and marker of one model: blues and discs for a BNS, reds and squares for an ANN."""

    kind: str
    colour: str
    marker: str


def looks(run: Run) -> dict[str, Look]:
    """Classifier -> its look, in the order in which the run names the models."""
    pairs = run.results[["model", "kind"]].drop_duplicates()
    result: dict[str, Look] = {}
    for model, kind in pairs[pairs["model"].isin(list(run.manifest["models"]))].itertuples(index=False):
        marker, colours = _FAMILIES[kind]
        place = sum(look.kind == kind for look in result.values())
        result[str(model)] = Look(kind, colours[place % len(colours)], marker)
    return result


def values(run: Run, study: str, metric: str) -> pd.DataFrame:
    """Rows of one metric of one study without a condition."""
    rows = run.results
    return rows[(rows["study"] == study) & (rows["metric"] == metric) & (rows["condition"] == "")]


def summaries(run: Run, study: str, metric: str) -> list[dict[str, Any]]:
    """Entries of the summary for one metric of whole models: mean and 95 % interval of each model (and step)."""
    return [entry for entry in _entries(run, study, metric) if not entry["condition"]]


def layer_summaries(run: Run, study: str, metric: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(model, layer) -> entries of the summary for one metric of this layer, in the order in which they were stored."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in _entries(run, study, metric):
        if entry["condition"].startswith("layer="):
            found.setdefault((entry["model"], entry["condition"].removeprefix("layer=")), []).append(entry)
    return found


def facts(condition: str) -> dict[str, str]:
    """What a condition says, fact by fact: "scale=0.9,layer=3" as {"scale": "0.9", "layer": "3"}."""
    return dict(fact.split("=", 1) for fact in condition.split(",") if fact)


def along(run: Run, study: str, metric: str, model: str, axis: str) -> list[tuple[float, dict[str, Any]]]:
    """Entries of the summary along an axis that is a fact of their condition: (place, entry), in order of places."""
    placed = [(float(place), entry) for name, place, entry in by_fact(run, study, metric, axis) if name == model]
    return sorted(placed, key=lambda pair: pair[0])


def by_fact(run: Run, study: str, metric: str, name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(model, value of this fact, entry) for each entry of the summary whose condition holds a fact of this name."""
    found = [(entry, facts(entry["condition"])) for entry in _entries(run, study, metric)]
    return [(entry["model"], held[name], entry) for entry, held in found if name in held]


def _entries(run: Run, study: str, metric: str) -> list[dict[str, Any]]:
    return [entry for entry in run.summary["metrics"] if entry["study"] == study and entry["metric"] == metric]


def differences(run: Run, *, primary: bool) -> list[dict[str, Any]]:
    """Differences between twins: those of the primary metrics, or of all others."""
    return [entry for entry in run.summary["differences"] if entry["primary"] == primary]


def class_names(run: Run) -> list[str]:
    """Names of the task's classes, in the order of the output units."""
    return list(run.manifest["task"]["classes"])


def confusion(run: Run) -> Mapping[str, np.ndarray]:
    """For each model the confusion counts (true, predicted), summed over seeds; empty without the study."""
    rows = run.results[run.results["metric"] == "confusion_count"]
    names = class_names(run)
    conditions = [f"true={true},predicted={predicted}" for true in names for predicted in names]
    totals = rows.groupby(["model", "condition"], sort=False)["value"].sum()
    return {
        str(model): np.array([totals[model, condition] for condition in conditions]).reshape(len(names), -1)
        for model in rows["model"].unique()
    }
