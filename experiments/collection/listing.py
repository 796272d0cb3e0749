"""The runs below a folder: what was asked for, how far each is, and its main numbers."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NotRequired

from typing_extensions import TypedDict

from bnsim.documents import STRICT
from bnsim.errors import InputError, unknown_name
from experiments.documents import Mean, Summary
from experiments.near_folders import MARKS, folder_instead, holds_run, instead
from experiments.run_directory import read_json
from experiments.studies import KNOWN

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
    failed: int


class _Fitted(TypedDict):
    """fit.json: how many trials there were."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    trials: int
    failed: int


class _Varied(TypedDict):
    """plan.json of a sweep: what is varied."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    grid: dict[str, list[Any]]
    n: int


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
    kind
        "run", "sweep" or "fit".
    state
        "finished", how many jobs are, or what is damaged.
    numbers
        Mean of the main metric, or of the one that was asked for, of each model: entries of summary.json. The main
        metric is the primary one of the study, if it has one.
    published
        How many reference figures the run holds itself against, and how many of them it reaches; empty without any.
    """

    run: str
    started: str
    study: str
    task: str
    models: tuple[str, ...]
    seeds: int
    preset: str
    kind: str
    state: str
    numbers: tuple[Mapping[str, Any], ...]
    published: Mapping[str, int]

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
    """Return the entry of a run and the means of its metrics; a damaged run is listed as such."""
    means: list[Mean] = []
    entry = Listed(name, "", "", "", (), 0, "", "run", "finished", (), {})
    try:
        mark = next(mark for mark in MARKS if (directory / mark).is_file())
        begun = read_json(directory / mark, _Begun)
        asked = {**begun["request"], "models": tuple(begun["request"]["models"])}
        known = {field: asked[field] for field in ("study", "task", "models", "seeds", "preset")}
        kind = next((kind for kind in _STATES if kind in begun), "run")
        entry = replace(entry, started=begun["started_utc"], kind=kind, **known)
        if kind != "run":
            entry = replace(entry, state=_STATES[kind](directory, begun))
        elif (directory / "summary.json").is_file():
            summary = read_json(directory / "summary.json", Summary)
            means, figures = summary["metrics"], summary["references"]
            passed = {"passed": sum(figure["passed"] for figure in figures), "of": len(figures)} if figures else {}
            entry = replace(entry, published=passed)
        else:
            entry = replace(entry, state=_progress(directory, begun))
    except InputError as error:
        entry = replace(entry, state=str(error))
    return entry, [mean for mean in means if mean["step"] is None]


def _progress(directory: Path, begun: Mapping[str, Any]) -> str:
    """Return how far a run is that has no summary."""
    if "jobs" in begun:
        return f"{len(list((directory / 'parts').glob('*.json')))} of {len(begun['jobs'])} jobs"
    return "without results"


def _of_sweep(directory: Path, begun: Mapping[str, Any]) -> str:
    """Return how far a sweep is: by its counts, which are written at its end, or by what it has finished so far."""
    varied = read_json(directory / MARKS[0], _Varied)
    points = varied["n"] * math.prod(map(len, varied["grid"].values()))
    jobs = points * begun["request"]["seeds"]
    counts = read_json(directory / "sweep.json", _Counts) if (directory / "sweep.json").is_file() else None
    if counts is not None and counts["jobs"] == jobs:  # else it was gone on with, with more points or seeds
        done, failed = counts["finished"], counts["failed"]
    else:
        done, failed = _ended(directory)
    return f"sweep of {points} points: {min(done, jobs)} of {jobs} jobs{_failed(failed)}"


def _of_fit(directory: Path, begun: Mapping[str, Any]) -> str:
    if (directory / "fit.json").is_file():
        found = read_json(directory / "fit.json", _Fitted)
        return f"fit: {found['trials']} trials{_failed(found['failed'])}"
    done, failed = _ended(directory)
    return f"fit, not finished: {done + failed} jobs so far{_failed(failed)}"


_STATES: Mapping[str, Callable[[Path, Mapping[str, Any]], str]] = {"sweep": _of_sweep, "fit": _of_fit}
"""How far what is known by an entry of plan.json is."""


def _failed(count: int) -> str:
    return f", {count} failed" if count else ""


def _ended(directory: Path) -> tuple[int, int]:
    """Count the configurations of finished.jsonl that are finished and those that failed; the last line of each counts.

    Lines that are damaged, or being written, are left out.
    """
    failed: dict[str, bool] = {}
    path = directory / "finished.jsonl"
    with path.open("rb") if path.is_file() else io.BytesIO() as lines:
        for line in lines:
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                entry = json.loads(line)
                failed[entry["identity"]["settings"]] = "failed" in entry
    return len(failed) - sum(failed.values()), sum(failed.values())


def _main(means: Sequence[Mean], metric: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the means of a metric, or of the main one that the run has: of whole models, if there are any."""
    means = sorted(means, key=lambda mean: bool(mean["facts"]))
    if metric is None and means:
        measured = {(mean["study"], mean["metric"]) for mean in means}
        main = [study.primary for study in KNOWN.values() if study.primary is not None]
        found = [(primary.study, primary.name) for primary in main if (primary.study, primary.name) in measured]
        name, metric = found[0] if found else (means[0]["study"], means[0]["metric"])
        means = [mean for mean in means if mean["study"] == name]
    asked = [mean for mean in means if mean["metric"] == metric]
    return tuple(mean for mean in asked if mean["facts"] == asked[0]["facts"])
