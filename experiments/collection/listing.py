"""The runs below a folder: what was asked for, how far each is, and its main numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NotRequired

from typing_extensions import TypedDict

from bnsim.documents import STRICT
from bnsim.errors import InputError, unknown_name
from experiments.documents import Mean, Summary
from experiments.near_folders import MARKS, folder_instead, holds_run, instead
from experiments.run_directory import read_json

_ELSEWHERE = "give a folder that bnsim wrote runs into"


class _Asked(TypedDict):
    """What was asked for, of a run or a sweep."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    study: str
    task: str
    models: list[str]
    seeds: int
    preset: str


class _Begun(TypedDict):
    """plan.json or manifest.json."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    started_utc: str
    request: _Asked
    jobs: NotRequired[dict[str, Any]]


class _Counts(TypedDict):
    """sweep.json: how many points with a seed there are, and how many of them are finished."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    jobs: int
    finished: int


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
        raise InputError(f"{folder}: no such folder; {folder_instead(folder, _ELSEWHERE)}")
    for place, below, files in os.walk(folder):
        below.sort()
        if not set(MARKS).isdisjoint(files):
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
        raise InputError(f"{folder}: no runs below it; {_ELSEWHERE}")
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
    if not holds_run(directory):
        raise InputError(f"{directory}: no such run; {instead(directory)}")
    entry, means = _listed(directory, directory.name)
    return replace(entry, numbers=_main(means, None))


def _listed(directory: Path, name: str) -> tuple[Listed, list[Mean]]:
    """Return the entry of a run and the means of its whole models; a damaged run is listed as such."""
    means: list[Mean] = []
    entry = Listed(name, "", "", "", (), 0, "", "finished", ())
    try:
        mark = next(mark for mark in MARKS if (directory / mark).is_file())
        begun = read_json(directory / mark, _Begun)
        asked = {**begun["request"], "models": tuple(begun["request"]["models"])}
        known = {field: asked[field] for field in ("study", "task", "models", "seeds", "preset")}
        entry = replace(entry, started=begun["started_utc"], **known)
        if (directory / "summary.json").is_file():
            means = _means(directory / "summary.json")
        else:
            entry = replace(entry, state=_progress(directory, begun))
    except InputError as error:
        entry = replace(entry, state=str(error))
    return entry, means


def _progress(directory: Path, begun: Mapping[str, Any]) -> str:
    """Return how far a run is that has no summary; a sweep never has."""
    kind = next((kind for kind in ("sweep", "fit") if kind in begun), None)
    if kind is not None and (directory / f"{kind}.json").is_file():
        counts = read_json(directory / f"{kind}.json", _Counts)
        return f"{kind}, {counts['finished']} of {counts['jobs']} jobs"
    if kind is not None:
        return f"{kind}, not finished"
    if "jobs" in begun:
        return f"{len(list((directory / 'parts').glob('*.json')))} of {len(begun['jobs'])} jobs"
    return "without results"


def _means(path: Path) -> list[Mean]:
    metrics = read_json(path, Summary)["metrics"]
    return [mean for mean in metrics if mean["step"] is None and not mean["facts"]]


def _main(means: Sequence[Mean], metric: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the means of a metric, or of the first that the run has."""
    chosen = metric or next((mean["metric"] for mean in means), None)
    return tuple(mean for mean in means if mean["metric"] == chosen)
