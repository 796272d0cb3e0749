"""A sweep on disk: one directory, readable with pandas and a text editor.

<study>[-<task>]-<checksum of what is varied>/
  plan.json          the request, and what is varied
  points.jsonl       the settings of each point
  finished.jsonl     each finished or failed point and seed, appended as it ends (`experiments.points.store`)
  results.parquet    a row for each number (`experiments.points.sweep_tables`)
  summary.parquet    mean and 95 % interval over the seeds of each point
  failed.jsonl       points and seeds that failed, each with its error
  sweep.json         how many points and seeds there are, and how many have finished and failed; written last
  figures/*          drawn from the files above
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from bnsim.documents import checked, of_json
from bnsim.errors import InputError
from experiments.names import study_option
from experiments.near_folders import instead
from experiments.points.documents import Counts, FailedDocument, FitPlanDocument, SweepPlanDocument
from experiments.run_directory import read_json
from experiments.stored_table import RESULTS as RUN_RESULTS
from experiments.stored_table import Column, read, undamaged

PLAN, POINTS, FAILED, COUNTS = "plan.json", "points.jsonl", "failed.jsonl", "sweep.json"
RESULTS, SUMMARY = "results.parquet", "summary.parquet"
KIND = "sweep"
"""Entry of plan.json by which a sweep is known, with the name of its directory."""


@dataclass(frozen=True)
class Failed:
    """A point that failed with one seed.

    Parameters
    ----------
    point
        Number of the point.
    seed
        The seed.
    settings
        Values of what is varied.
    message
        The error.
    """

    point: int
    seed: int
    settings: dict[str, Any]
    message: str


@dataclass(frozen=True)
class Sweep:
    """A stored sweep.

    Parameters
    ----------
    directory
        Its directory.
    plan
        Content of plan.json.
    counts
        Content of sweep.json: numbers of points, seeds, jobs (each point with each seed), finished and failed jobs.
    failures
        What failed.
    """

    directory: Path
    plan: dict[str, Any]
    counts: dict[str, int]
    failures: tuple[Failed, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are varied, which are columns of both tables."""
        return (*self.plan["grid"], *self.plan["random"])

    @property
    def results(self) -> pd.DataFrame:
        """A row for each number (`experiments.points.sweep_tables`).

        Raises
        ------
        InputError
            If the file is missing or damaged.
        """
        return _table(self, RESULTS)

    @property
    def summary(self) -> pd.DataFrame:
        """Mean and 95 % interval over the seeds of each point (`experiments.points.sweep_tables`).

        Raises
        ------
        InputError
            If the file is missing or damaged.
        """
        return _table(self, SUMMARY)

    def single_means(self) -> pd.DataFrame:
        """Return the means of metrics that have one value of a whole model at each point, or one value at all.

        Returns
        -------
        DataFrame
            Rows of `summary`.

        Raises
        ------
        InputError
            If the file is missing or damaged.
        """
        means = self.summary
        means = means[means["step"].isna()]
        bare = means["facts"].map(lambda facts: not facts)
        whole = bare.groupby([means["model"], means["metric"]]).transform("any")
        means = means[bare | ~whole]  # a layer's value is not the network's
        sizes = means.groupby(["model", "metric", "point"])["mean"].size()
        single = {pair for pair, found in sizes.groupby(["model", "metric"]) if (found == 1).all()}
        # An array, for of an empty list pandas takes no columns.
        kept = np.array([pair in single for pair in zip(means["model"], means["metric"], strict=True)], dtype=bool)
        return means[kept]


def kind_of(directory: Path) -> str:
    """Return what a directory holds.

    Parameters
    ----------
    directory
        The directory.

    Returns
    -------
    str
        "sweep", "fit", or "" for anything else.
    """
    try:
        plan = read_json(directory / PLAN, dict)
    except InputError:
        return ""
    return next((kind for kind in _PLANS if kind in plan), "")


_PLANS: Mapping[str, Any] = {KIND: SweepPlanDocument, "fit": FitPlanDocument}


def read_plan(directory: Path, kind: str) -> dict[str, Any]:
    """Read plan.json.

    Parameters
    ----------
    directory
        The directory.
    kind
        "sweep" or "fit".

    Returns
    -------
    dict of str to object
        Its content.

    Raises
    ------
    InputError
        If the directory holds no such plan, or the plan is damaged.
    """
    if kind_of(directory) != kind:
        raise InputError(f"{directory}: no {kind}; {instead(directory, f'give a folder that `bnsim {kind}` wrote')}")
    return read_json(directory / PLAN, _PLANS[kind])


def read_sweep(directory: str | Path) -> Sweep:
    """Read a sweep.

    Parameters
    ----------
    directory
        Directory of the sweep.

    Returns
    -------
    Sweep
        The stored sweep.

    Raises
    ------
    InputError
        If the directory holds no sweep with tables of all that was asked for.
    """
    folder = Path(directory)
    plan = read_plan(folder, KIND)
    counts = read_json(folder / COUNTS, Counts) if (folder / COUNTS).is_file() else None
    asked = plan["n"] * math.prod(map(len, plan["grid"].values())), plan["request"]["seeds"]
    if counts is None or (counts["points"], counts["seeds"]) != asked:  # those of before more was asked for
        raise InputError(
            f"{folder}: this sweep is not finished; continue with `bnsim resume {folder}{study_of(plan)}`, or make "
            f"tables of what there is with `bnsim draw {folder}{study_of(plan)}`"
        )
    return Sweep(folder, plan, counts, _failures(folder, plan))


def study_of(plan: Mapping[str, Any]) -> str:
    """Return the option by which a command that goes on with a sweep or a fit is told where its study is.

    Parameters
    ----------
    plan
        Content of plan.json.

    Returns
    -------
    str
        Empty for a study that every process knows by its name.
    """
    return study_option(plan["request"]["study"])


def _failures(folder: Path, plan: Mapping[str, Any]) -> tuple[Failed, ...]:
    path = folder / FAILED
    with undamaged(path, _remedy(folder, plan)):
        found = [checked(FailedDocument, of_json(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(Failed(entry["point"], entry["seed"], entry["settings"], entry["failed"]) for entry in found)


def _table(sweep: Sweep, name: str) -> pd.DataFrame:
    columns = {"point": _WHOLE, **dict.fromkeys(sweep.keys, _ANYTHING), **_COLUMNS[name]}
    return read(sweep.directory / name, columns, _remedy(sweep.directory, sweep.plan))


_ANYTHING = Column(lambda kind: not pa.types.is_nested(kind), "values of a setting")
_FACTS = Column(pa.types.is_struct, "facts by name", missing=True)
_PLACE = {
    **{name: RUN_RESULTS[name] for name in ("study", "model", "kind")},
    "facts": _FACTS,
    **{name: RUN_RESULTS[name] for name in ("step", "metric", "unit")},
}
_WHOLE, _NUMBER = RUN_RESULTS["seed"], RUN_RESULTS["value"]
_COLUMNS = {
    RESULTS: {**_PLACE, "seed": _WHOLE, "value": _NUMBER},
    SUMMARY: {**_PLACE, "mean": _NUMBER, "ci_low": _NUMBER, "ci_high": _NUMBER, "n": _WHOLE},
}
"""Columns of the tables, in their order, after the point and what is varied."""


def _remedy(folder: Path, plan: Mapping[str, Any]) -> str:
    return f"make it anew with `bnsim draw {folder}{study_of(plan)}`"
