"""The runs below a folder: what was asked for, how far each is, and its main numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from bnsim.errors import InputError, unknown_name
from experiments.run_directory import read_json

_MARKS = ("plan.json", "manifest.json")
"""Files by which a run directory is known; the first holds what was asked for even while the run is not finished."""


class _Asked(TypedDict):
    study: str
    task: str
    models: list[str]
    seeds: int
    preset: str


class _Mean(TypedDict):
    study: str
    model: str
    metric: str
    facts: dict[str, Any]
    unit: str
    step: int | None
    mean: float
    ci_low: float | None
    ci_high: float | None
    n: int


_ASKED, _MEANS = TypeAdapter(_Asked), TypeAdapter(list[_Mean])


@dataclass(frozen=True)
class Listed:
    """A run of a list.

    Parameters
    ----------
    run
        Its directory, below the folder.
    started
        When it began, UTC.
    study, task, models, seeds, preset
        What was asked for.
    state
        "finished", how many jobs are, or what is damaged.
    numbers
        Mean of the main metric, or of the one that was asked for, of each model: entries of summary.json.
    """

    run: str
    started: str
    study: str
    task: str
    models: tuple[str, ...]
    seeds: int
    preset: str
    state: str
    numbers: tuple[Mapping[str, Any], ...]

    def document(self) -> dict[str, Any]:
        """Return the entry as JSON takes it.

        Returns
        -------
        dict
            Its fields.
        """
        return asdict(self)


def directories(folder: Path) -> Iterator[Path]:
    """Find the run directories below a folder, the folder itself included.

    Parameters
    ----------
    folder
        The folder.

    Yields
    ------
    Path
        Each directory, in the order of the names; links to folders are not followed.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give a folder that bnsim wrote runs into")
    for place, below, files in os.walk(folder):
        below.sort()
        if not set(_MARKS).isdisjoint(files):
            below.clear()
            yield Path(place)


def listed(folder: Path, metric: str | None = None) -> list[Listed]:
    """List the runs below a folder.

    Parameters
    ----------
    folder
        The folder.
    metric
        The metric whose numbers are wanted; None for the main one of each run.

    Returns
    -------
    list of Listed
        The runs, in the order of their starts.

    Raises
    ------
    InputError
        If there is no run, or no run has the metric.
    """
    found, metrics = [], dict[str, None]()
    for directory in directories(folder):
        entry, means = _listed(directory, directory.relative_to(folder).as_posix())
        metrics |= dict.fromkeys(mean["metric"] for mean in means)
        found.append((entry, means))
    if not found:
        raise InputError(f"{folder}: no runs below it; give a folder that bnsim wrote runs into")
    if metric is not None and metric not in metrics:
        raise unknown_name("--metric", metric, metrics)
    entries = [replace(entry, numbers=_main(means, metric)) for entry, means in found]
    return sorted(entries, key=lambda entry: (entry.started, entry.run))


def entry_of(directory: Path) -> Listed:
    """Return the entry of one run.

    Parameters
    ----------
    directory
        Directory of the run.

    Returns
    -------
    Listed
        The entry, with the main numbers.

    Raises
    ------
    InputError
        If the directory is no run.
    """
    if not any((directory / mark).is_file() for mark in _MARKS):
        raise InputError(f"{directory}: no such run; give a folder that bnsim wrote, e.g. one below runs/")
    entry, means = _listed(directory, directory.name)
    return replace(entry, numbers=_main(means, None))


def _listed(directory: Path, name: str) -> tuple[Listed, list[_Mean]]:
    """Return the entry of a run and the means of its whole models; a damaged run is listed as such."""
    means: list[_Mean] = []
    asked = _Asked(study="", task="", models=[], seeds=0, preset="")
    started, state = "", "finished"
    try:
        document = _document(directory)
        started = str(document["started_utc"])
        asked = _ASKED.validate_python(document["request"])
        if (directory / "summary.json").is_file():
            means = _means(directory / "summary.json")
        else:
            state = _progress(directory, document.get("jobs"))
    except InputError as error:
        state = f"damaged: {error}"
    except ValidationError as error:
        first = error.errors()[0]
        state = f"damaged: {directory}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    entry = Listed(
        name, started, asked["study"], asked["task"], tuple(asked["models"]), asked["seeds"], asked["preset"], state, ()
    )
    return entry, means


def _document(directory: Path) -> dict[str, Any]:
    mark = next(mark for mark in _MARKS if (directory / mark).is_file())
    return read_json(directory / mark, ("started_utc", "request"))


def _progress(directory: Path, jobs: Any) -> str:
    if not isinstance(jobs, dict):
        return "without results"
    done = len(list((directory / "parts").glob("*.json")))
    return f"{done} of {len(jobs)} jobs"


def _means(path: Path) -> list[_Mean]:
    means = _MEANS.validate_python(read_json(path, ("metrics",))["metrics"])
    return [mean for mean in means if mean["step"] is None and not mean["facts"]]


def _main(means: Sequence[_Mean], metric: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the means of a metric, or of the first that the run has."""
    chosen = metric or next((mean["metric"] for mean in means), None)
    return tuple(mean for mean in means if mean["metric"] == chosen)
