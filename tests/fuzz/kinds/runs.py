"""Directories of runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments.run import carry_out
from experiments.run_directory import read_run
from tests.experiments.here import empty_pictures, run_here
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind, command


def use_run(path: Path) -> None:
    """Show a run, as JSON too, and look at its predictions."""
    run = run_of(path)
    command("show", str(run))
    command("show", str(run), "--json")
    repr(read_run(run).predictions)


def use_example(path: Path) -> None:
    """Draw a raster of a run."""
    command("raster", str(run_of(path)), "--trial", "0")


def use_drawn(path: Path) -> None:
    """Draw a run."""
    with empty_pictures():
        command("draw", str(run_of(path)))


def use_resumed(path: Path) -> None:
    """Resume a run of which all jobs are finished; it is left as it was."""
    copy = copied(run_of(path))
    command("resume", str(copy), patches=lambda patch: patch.setattr(carry_out, "_draw", lambda directory, study: None))


def copied(run: Path) -> Path:
    copy = run.parent / "copy" / run.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(run, copy)
    return copy


def run_of(path: Path) -> Path:
    return next(parent for parent in path.parents if (parent / "plan.json").exists())


SMALL_RUN = {
    "models.receptive-field.n_filters": 12,
    "models.receptive-field.duration": 5.0,
    "models.receptive-field.passes": 1,
    "models.receptive-field.backend": "numpy",
    "models.receptive-dense.passes": 1,
    "models.receptive-dense.n_filters": 12,
    "accuracy.max_train": 100,
}


def finished_run(folder: Path) -> Path:
    """A run of two models, with recordings."""
    models = ("receptive-field", "receptive-dense")
    return run_here("accuracy", models, SMALL_RUN, folder, seeds=2, preset="tiny").directory


def unfinished_run(folder: Path) -> Path:
    """A run of which all jobs are finished, and nothing else."""
    kept = folder / "kept"
    kept.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carry_out.Store, "close", lambda store: None)
        settings = {"models.rate.hidden": (5,), "models.rate.passes": 1, "accuracy.max_train": 100}
        run = run_here("accuracy", ("rate",), settings, folder / "made", seeds=1, preset="tiny").directory
    for name in ("plan.json", "parts", "fitted"):
        shutil.move(run / name, kept / name)
    return kept


def kinds(folder: Path) -> list[Kind]:
    """A finished run, and one of which all jobs are finished."""
    run, kept = finished_run(folder / "finished"), unfinished_run(folder / "unfinished")
    documents = tuple(run / name for name in ("summary.json", "manifest.json"))
    tables = tuple(run / name for name in ("results.parquet", "predictions.parquet"))
    examples = tuple(sorted((run / "recordings").glob("*.npz")))
    parts = tuple(sorted((kept / "parts").glob("*.json")))
    fitted = tuple(sorted((kept / "fitted").glob("*.npz")))
    about = tuple(sorted((kept / "fitted").glob("*.json")))
    return [
        Kind("summary.json, manifest.json", documents, damage.of_json, use_run, 2.5),
        Kind("config.toml", (run / "config.toml",), damage.of_toml, use_run, 0.7),
        Kind("results and predictions", tables, damage.of_parquet, use_run, 1.5),
        Kind("example recording", examples, damage.of_npz, use_example, 1.0),
        Kind("any of these, drawn: JSON", documents, damage.of_json, use_drawn, 0.15),
        Kind("any of these, drawn: TOML", (run / "config.toml",), damage.of_toml, use_drawn, 0.1),
        Kind("any of these, drawn: tables", tables, damage.of_parquet, use_drawn, 0.1),
        Kind("any of these, drawn: examples", examples, damage.of_npz, use_drawn, 0.15),
        Kind("plan and parts of a run", (kept / "plan.json", *parts, *about), damage.of_json, use_resumed, 1),
        Kind("trained model of a run", fitted, damage.of_npz, use_resumed, 0.4),
    ]
