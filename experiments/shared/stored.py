"""What figures and report read from a stored run, and how models are distinguished in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from bnsim.plotting.style import BLUE, ORANGE, PURPLE, SKY, VERMILLION
from experiments.run_directory import Run
from experiments.spec import Fact, Metric

Entry: TypeAlias = dict[str, Any]
"""One of the `metrics` or `differences` of summary.json."""

_FAMILIES = {"BNS": ("o", (BLUE, SKY)), "ANN": ("s", (VERMILLION, ORANGE, PURPLE))}


@dataclass(frozen=True)
class Look:
    """How one model is drawn: blue shades and discs for a BNS, red shades and squares for an ANN.

    Parameters
    ----------
    kind
        "BNS" or "ANN".
    colour
        Colour in matplotlib's notation.
    marker
        Marker in matplotlib's notation.
    """

    kind: str
    colour: str
    marker: str


def looks(run: Run) -> dict[str, Look]:
    """Return the look of each classifier.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Look
        By name of the model, in the order of the run.
    """
    pairs = run.results[["model", "kind"]].drop_duplicates()
    result: dict[str, Look] = {}
    for model, kind in pairs[pairs["model"].isin(list(run.manifest["models"]))].itertuples(index=False):
        marker, colours = _FAMILIES[kind]
        place = sum(look.kind == kind for look in result.values())
        result[str(model)] = Look(kind, colours[place % len(colours)], marker)
    return result


def rows(run: Run, metric: Metric, **facts: Fact) -> pd.DataFrame:
    """Return all rows of the results that hold a metric with these facts, and perhaps others.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    **facts
        Name -> value.

    Returns
    -------
    DataFrame
        With the columns of `experiments.run_directory.COLUMNS`.

    Raises
    ------
    InputError
        If the run did not carry out the metric's study.
    """
    _refuse_foreign(run, metric)
    found = run.results[(run.results["study"] == metric.study) & (run.results["metric"] == metric.name)]
    if not facts:
        return found
    return found[np.array([facts.items() <= held.items() for held in found["facts"]], bool)]


def values(run: Run, metric: Metric) -> pd.DataFrame:
    """Return the rows of a metric that have no facts.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.

    Returns
    -------
    DataFrame
        With the columns of `experiments.run_directory.COLUMNS`.

    Raises
    ------
    InputError
        If the run did not carry out the metric's study.
    """
    found = rows(run, metric)
    return found[found["facts"].map(len).eq(0)]


def entries(run: Run, metric: Metric) -> list[Entry]:
    """Return the entries of the summary for a metric: means over seeds and 95 % intervals.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.

    Returns
    -------
    list of Entry
        In the order in which they are stored.

    Raises
    ------
    InputError
        If the run did not carry out the metric's study.
    """
    _refuse_foreign(run, metric)
    wanted = (metric.study, metric.name)
    return [entry for entry in run.summary["metrics"] if (entry["study"], entry["metric"]) == wanted]


def summaries(run: Run, metric: Metric, **facts: Fact) -> list[Entry]:
    """Return the entries of the summary for a metric with these facts and no others.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    **facts
        Name -> value; without any, the entries of whole models.

    Returns
    -------
    list of Entry
        In the order in which they are stored.
    """
    return [entry for entry in entries(run, metric) if entry["facts"] == facts]


def model_summaries(run: Run, metric: Metric, **facts: Fact) -> dict[str, list[Entry]]:
    """Return the entries of the summary for a metric with these facts and no others, by model.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    **facts
        Name -> value; without any, the entries of whole models.

    Returns
    -------
    dict of str to list of Entry
        Name of the model -> entries in ascending order of their steps.
    """
    found: dict[str, list[Entry]] = {}
    for entry in sorted(summaries(run, metric, **facts), key=lambda entry: entry["step"] or 0):
        found.setdefault(entry["model"], []).append(entry)
    return found


def layer_summaries(run: Run, metric: Metric) -> dict[tuple[str, str], list[Entry]]:
    """Return the entries of the summary for a metric of layers.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric with the fact "layer".

    Returns
    -------
    dict of (str, str) to list of Entry
        (model, layer) -> entries, in the order in which they are stored.
    """
    found: dict[tuple[str, str], list[Entry]] = {}
    for model, layer, entry in by_fact(run, metric, "layer"):
        found.setdefault((model, layer), []).append(entry)
    return found


def along(run: Run, metric: Metric, model: str, axis: str, **facts: Fact) -> list[tuple[float, Entry]]:
    """Return the entries of the summary for one model along an axis that is a fact.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    model
        Name of the model.
    axis
        Name of the fact, a number.
    **facts
        Further facts that the entries must have: name -> value.

    Returns
    -------
    list of (float, Entry)
        (value of the fact, entry), in ascending order.
    """
    found = of_model([entry for _, _, entry in by_fact(run, metric, axis)], model)
    placed = [(float(entry["facts"][axis]), entry) for entry in found if facts.items() <= entry["facts"].items()]
    return sorted(placed, key=lambda pair: pair[0])


def of_model(entries: Iterable[Entry], model: str) -> list[Entry]:
    """Return the entries of one model.

    Parameters
    ----------
    entries
        Entries of the summary.
    model
        Name of the model.

    Returns
    -------
    list of Entry
        In the same order.
    """
    return [entry for entry in entries if entry["model"] == model]


def by_fact(run: Run, metric: Metric, fact: str) -> list[tuple[str, Any, Entry]]:
    """Return the entries of the summary for a metric that have a fact.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    fact
        Name of the fact.

    Returns
    -------
    list of (str, value, Entry)
        (model, value of the fact, entry), in the order in which they are stored.

    Raises
    ------
    ValueError
        If the metric does not declare the fact.
    """
    if fact not in metric.facts:
        raise ValueError(f"metric {metric.study}.{metric.name} declares no fact {fact!r}")
    return [(entry["model"], entry["facts"][fact], entry) for entry in entries(run, metric) if fact in entry["facts"]]


def differences(run: Run, *, primary: bool) -> list[Entry]:
    """Return the differences between twins.

    Parameters
    ----------
    run
        A stored run.
    primary
        Whether those of the primary metrics, or of all others.

    Returns
    -------
    list of Entry
        In the order in which they are stored.
    """
    return [entry for entry in run.summary["differences"] if entry["primary"] == primary]


def class_names(run: Run) -> list[str]:
    """Return the names of the task's classes.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        In the order of the output units.
    """
    return list(run.manifest["task"]["classes"])


def pairs_of(run: Run, study: str) -> list[tuple[str, ...]]:
    """Return the twins that a study compares, and the models without one.

    Parameters
    ----------
    run
        A stored run.
    study
        Name of the study.

    Returns
    -------
    list of tuple of str
        (BNS, its twin) for each pair of twins, then (model,) for each other model.
    """
    twins: Mapping[tuple[str, str], None] = dict.fromkeys(
        (entry["model"], entry["twin"]) for entry in run.summary["differences"] if entry["study"] == study
    )
    paired = {model for pair in twins for model in pair}
    return [*twins, *((model,) for model in looks(run) if model not in paired)]


def _refuse_foreign(run: Run, metric: Metric) -> None:
    if metric.study not in run.config:
        raise InputError(f"{run.directory}: study {metric.study!r} was not carried out; run it first")


def first_curve(run: Run, metric: Metric, **facts: Fact) -> FloatArray:
    """Return the values of a metric along its steps, from the first seed: what is not summarised.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.
    **facts
        Name -> value.

    Returns
    -------
    array of float
        In the order of the steps.
    """
    found = rows(run, metric)
    of_facts = [held == facts for held in found["facts"]]
    chosen = found[of_facts & (found["seed"] == found["seed"].min()).to_numpy()]
    return chosen.sort_values("step")["value"].to_numpy(float)
