"""Directories of sweeps and fits."""

from __future__ import annotations

from pathlib import Path

from experiments.points import folder as points_folder
from experiments.points.fit import fit
from experiments.points.sweep import sweep
from experiments.points.target import Target
from tests.experiments.here import empty_pictures
from tests.experiments.parabola import Streams, parabola, streams
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind, command
from tests.fuzz.kinds.runs import copied, run_of


def use_points(path: Path) -> None:
    """Show a sweep or a fit, and draw what it has found."""
    place = copied(run_of(path))
    command("show", str(place))
    command("runs", str(place.parent))
    with empty_pictures():
        command("draw", str(place), "--study", str(place.parents[2] / "parabola"))


def use_resumed_points(path: Path) -> None:
    """Go on with a sweep or a fit of which all is finished."""
    copy = copied(run_of(path))
    study, executor = str(copy.parents[2] / "parabola"), (points_folder, "Workers", Streams)
    command("resume", str(copy), "--study", study, patches=lambda patch: patch.setattr(*executor), may_fail=True)


def swept_and_fitted(place: Path) -> tuple[Path, Path]:
    """The folders of a sweep and a fit of a study that takes no time."""
    study = parabola(place)
    make = streams()[0]
    grid = {"parabola.x": (-1.0, 1.0, 2.0)}
    found = sweep(study, grid, {"parabola.y": (0.1, 0.9)}, n=2, seeds=2, out=place / "points", make_executor=make)
    fitted = fit(
        study,
        {"parabola.x": (1.0, 5.0)},
        [Target.parse("height=0.0±1.0")],
        seeds=2,
        generations=2,
        out=place / "points",
        make_executor=make,
    )
    return found.directory, fitted.directory


def _in(folders: tuple[Path, ...], pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(path for folder in folders for path in folder.glob(pattern)))


def kinds(folder: Path) -> list[Kind]:
    """A sweep and a fit."""
    swept = swept_and_fitted(folder)
    return [
        Kind("sweep and fit: JSON", _in(swept, "*.json"), damage.of_json, use_points, 0.5),
        Kind("sweep and fit: lines", _in(swept, "*.jsonl"), damage.of_json_lines, use_points, 0.3),
        Kind("sweep and fit: tables", _in(swept, "*.parquet"), damage.of_parquet, use_points, 0.4),
        Kind("sweep and fit, resumed: JSON", _in(swept, "plan.json"), damage.of_json, use_resumed_points, 0.3),
        Kind("sweep and fit, resumed: lines", _in(swept, "*.jsonl"), damage.of_json_lines, use_resumed_points, 0.4),
    ]
