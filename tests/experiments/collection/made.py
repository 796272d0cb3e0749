"""Small runs on disk, made without any measurement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.run_directory import COLUMNS, PREDICTION_COLUMNS, RunContents
from tests.experiments.test_run_directory import contents, write_run

REQUEST = {
    "study": "accuracy",
    "task": "digits",
    "models": ["dense"],
    "seeds": 2,
    "preset": "quick",
    "data_dir": None,
    "settings": {},
}


def row(metric: str, value: float, seed: int = 0, step: int | None = None, **facts: Any) -> tuple[Any, ...]:
    return ("accuracy", "digits", "dense", "ANN", seed, facts, step, metric, value, "fraction")


def mean(metric: str, value: float, model: str = "dense") -> dict[str, Any]:
    entry = {"study": "accuracy", "model": model, "kind": "ANN", "facts": {}, "metric": metric, "unit": "fraction"}
    return {**entry, "step": None, "mean": value, "ci_low": value - 0.01, "ci_high": value + 0.01, "n": 2}


def made(
    out: Path,
    name: str,
    rows: Sequence[tuple[Any, ...]],
    *,
    passes: int = 3,
    started: str = "2026-01-01T00:00:00+00:00",
    versions: Mapping[str, str] | None = None,
    means: Sequence[Mapping[str, Any]] = (),
    request: Mapping[str, Any] | None = None,
    task: Mapping[str, Any] | None = None,
    references: Sequence[Mapping[str, Any]] = (),
    **manifest: Any,
) -> Path:
    """A finished run of this name."""
    given = contents()
    asked = {**REQUEST, **(request or {})}
    whole: RunContents = replace(
        given,
        config={
            "run": {key: asked[key] for key in ("study", "task", "preset", "seeds", "models")},
            "models": {"dense": {"passes": passes}},
        },
        manifest={
            **given.manifest,
            "run": name,
            "started_utc": started,
            "request": asked,
            "versions": dict(versions or {"python": "3.11.7", "numpy": "2.3.5"}),
            "task": {**given.manifest["task"], **(task or {})},
            **manifest,
        },
        results=pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"}),
        predictions=pd.DataFrame([("dense", "ANN", 0, 0, 7, 9)], columns=list(PREDICTION_COLUMNS)),
        summary={**given.summary, "metrics": list(means), "references": list(references)},
        examples=(),
    )
    directory = write_run(out, name, whole)
    plan = {"run": name, "started_utc": started, "request": asked, "jobs": {"one": {}, "two": {}}}
    (directory / "plan.json").write_text(json.dumps(plan))
    return directory


def unfinished(directory: Path, parts: int = 1) -> Path:
    """The run as if it had been interrupted."""
    (directory / "summary.json").unlink()
    (directory / "parts").mkdir()
    for part in range(parts):
        (directory / "parts" / f"{part}.json").touch()
    return directory


def sweep(out: Path, name: str, finished: int | None) -> Path:
    """A sweep of two points, as `bnsim sweep` stores it, of which so many are finished; None: it is under way."""
    directory = out / name
    directory.mkdir(parents=True)
    plan = {
        "sweep": name,
        "started_utc": "2026-05-01T00:00:00+00:00",
        "request": {**REQUEST, "seeds": 1},
        "grid": {"models.dense.passes": [3, 5]},
        "random": {},
        "n": 1,
        "key": 0,
    }
    (directory / "plan.json").write_text(json.dumps(plan))
    if finished is not None:
        (directory / "sweep.json").write_text(json.dumps({"points": 2, "jobs": 2, "finished": finished, "failed": 0}))
        table = pa.table(
            {
                "point": [0, 1],
                "models.dense.passes": [3, 5],
                "study": ["accuracy"] * 2,
                "model": ["dense"] * 2,
                "kind": ["ANN"] * 2,
                "seed": [0, 0],
                "facts": pa.array([None, None], pa.struct([("layer", pa.string())])),
                "step": pa.array([None, None], pa.int64()),
                "metric": ["test_accuracy"] * 2,
                "value": [0.5, 0.75],
                "unit": ["fraction"] * 2,
            }
        )
        pq.write_table(table, directory / "results.parquet")
    return directory
