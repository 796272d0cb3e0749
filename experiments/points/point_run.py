"""A point of a sweep as a run, to be compared with another one; it has no directory of its own.

It is called by the directory of the sweep and its number, such as sweeps/siegert-4a294b9f/0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bnsim.errors import InputError
from experiments.collection.difference import RUNS, Called
from experiments.near_folders import instead
from experiments.points.design import Design, Point
from experiments.points.store import PointStore
from experiments.points.sweep_directory import KIND, Sweep, kind_of, read_sweep
from experiments.run.request import untupled
from experiments.run_directory import COLUMNS, Run, read_run


def read_two(first: Path, second: Path) -> tuple[Run, Run, Called]:
    """Read two runs, or two points of sweeps, that are to be compared.

    Parameters
    ----------
    first, second
        Directories of runs; or those of sweeps, each with the number of a point.

    Returns
    -------
    tuple of Run, Run and Called
        Both, and what they are called. Of points, the settings are those that were asked for, and circumstances their
        checksums alone.

    Raises
    ------
    InputError
        If one is no run and no point that is finished, or if only one is a point.
    """
    are_points = [_is_point(path) for path in (first, second)]
    if all(are_points):
        (one, point), (other, another) = _read_point(first), _read_point(second)
        together = first.parent.resolve() == second.parent.resolve()
        headings = (f"point {point.number}", f"point {another.number}") if together else (str(first), str(second))
        return one, other, Called("point", *headings, (point.varied, another.varied))
    if any(are_points):
        raise InputError(
            f"{first} and {second}: one is a point of a sweep, the other a run; give two points, or two runs (`bnsim "
            "run` with the settings of the point as --set makes it one)"
        )
    return read_run(first), read_run(second), RUNS


def _read_point(path: Path) -> tuple[Run, Point]:
    """Return a point of a sweep as a run, whose directory does not exist, and the point."""
    sweep, number = read_sweep(path.parent), int(path.name)
    design = Design.of(sweep.plan)
    point = next((point for point in design.points() if point.number == number), None)
    if point is None:
        last = max(point.number for point in design.points())
        raise InputError(f"{path}: no such point; give a number from 0 to {last}")
    results, means = (table[table["point"] == number] for table in (sweep.results, sweep.summary))
    if results.empty:
        why = next((each.message for each in sweep.failures if each.point == number), "not measured yet")
        raise InputError(f"{path}: the point has no results ({why}); `bnsim show {path.parent}` lists those that have")
    request, study = sweep.plan["request"], results["study"].iloc[0]
    asked = {name: request[name] for name in ("task", "preset", "seeds", "models")}
    run = Run(
        path,
        config={"run": {"study": study, **asked}, **_settings(study, {**request["settings"], **point.settings})},
        manifest=_manifest(path, sweep, point),
        results=results.assign(task=request["task"])[list(COLUMNS)].reset_index(drop=True),
        summary={
            "task": request["task"],
            "protocol": "",
            "seeds": sorted(map(int, results["seed"].unique())),
            "metrics": _means(means),
            "differences": [],
            "references": [],
        },
    )
    return run, point


def _is_point(path: Path) -> bool:
    """Return whether a path is a point of a sweep; a sweep as such is refused, and a point of one that is not there."""
    if kind_of(path) == KIND:
        raise InputError(
            f"{path}: a sweep, not a run; compare two of its points, such as `bnsim diff {path / '0'} {path / '1'}`"
        )
    if not path.name.isdecimal() or path.is_dir():
        return False
    if kind_of(path.parent) != KIND:
        raise InputError(f"{path}: no point of a sweep; {instead(path.parent)}")
    return True


def _settings(study: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as nested tables, like those of config.toml."""
    tables: dict[str, Any] = {study: {}}
    for key, value in settings.items():
        *sections, name = key.split(".")
        table = tables
        for section in sections:
            table = table.setdefault(section, {})
        table[name] = untupled(value)
    return tables


def _manifest(path: Path, sweep: Sweep, point: Point) -> dict[str, Any]:
    """Return what is known of how the point came about."""
    identity: Mapping[str, Any] = {}
    for _, entry in PointStore(sweep.directory).ledger.entries():
        if {key: untupled(value) for key, value in entry.get("settings", {}).items()} == point.settings:
            identity = entry.get("identity", {})
    return {
        "run": f"{sweep.directory.name}/{path.name}",
        "started_utc": sweep.plan["started_utc"],
        "task": {"sha256": identity.get("data")},
        "models": dict.fromkeys(sweep.plan["request"]["models"]),
        "versions": {},
        "code": identity.get("code"),
    }


def _means(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of summary.parquet as the entries of summary.json."""
    names = ["study", "model", "kind", "facts", "step", "metric", "unit", "mean", "ci_low", "ci_high", "n"]
    rows = zip(*(table[name] for name in names), strict=True)
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    for entry in entries:
        missing = [name for name in ("step", "ci_low", "ci_high") if pd.isna(entry[name])]
        entry.update(dict.fromkeys(missing), n=int(entry["n"]))
    return entries
