"""Content of manifest.json: everything needed to repeat a run (`experiments.run.repeat`) and to judge its results."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bnsim.engine.compiler import compiler_identity, find_compiler
from bnsim.errors import MachineError
from experiments.run.configuration import RunConfig, own_name, settings_tried, task_kind
from experiments.run.execute import available_cores
from experiments.run.request import Request
from experiments.spec import Study
from experiments.tasks.dataset import Dataset

if TYPE_CHECKING:
    from models.classifier import Classifier

PACKAGES = (
    *("bnsim", "brian2", "numpy", "scipy", "scikit-learn", "tensorflow", "keras"),
    *("elephant", "neo", "quantities", "pandas", "cython", "sympy"),
)
"""Packages on which numbers may depend."""


def manifest(
    name: str,
    request: Request,
    config: RunConfig,
    dataset: Dataset | None,
    studies: Iterable[Study],
    models: Mapping[str, Mapping[str, Any]],
    code: Mapping[str, str],
    numbers: Mapping[str, str],
    started: datetime,
    timings: dict[str, float],
    test_set_openings: int,
) -> dict[str, Any]:
    """Return the manifest of a finished run.

    Parameters
    ----------
    name
        Name of the run.
    request
        What the user asked for.
    config
        The resolved run.
    dataset
        Samples of the task; None for a classic experiment.
    studies
        Studies of the run.
    models
        Result of `describe` for each model.
    code
        Study -> checksum of the code that measured it (`experiments.run.job.code_of`).
    numbers
        Study -> checksum of its numbers (`experiments.collection.numbers.checksums`).
    started
        Start of the run.
    timings
        Wall-clock times in s.
    test_set_openings
        Number of times that a study measured a classifier on its test set.

    Returns
    -------
    dict of str to object
        Content of manifest.json.
    """
    return {
        "run": name,
        "started_utc": started.isoformat(timespec="seconds"),
        "finished_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "request": request.document(),
        "task": _task(config, dataset),
        "models": models,
        "keys": {
            "seeds": list(range(config.seeds)),
            "use": "a seed is the random_state of split, filters, order of samples and spikes",
        },
        "settings_tried_on_validation": {}
        if dataset is None
        else settings_tried(task_kind(dataset), studies, config.models, own_name(dataset)),
        "test_set_openings": test_set_openings,
        "versions": {"python": platform.python_version(), **_versions()},
        "commit": _commit(),
        "code": dict(code),
        "numbers": dict(numbers),
        "machine": {
            "system": platform.platform(),
            "processor": _processor(),
            "cores": available_cores(),
            "compiler": _compiler(),
        },
        "timings": timings,
    }


def _task(config: RunConfig, dataset: Dataset | None) -> dict[str, Any]:
    if dataset is None:
        return {"name": config.task, "protocol": "simulation", "classes": []}
    return {
        "name": dataset.name,
        "protocol": dataset.protocol,
        "n_samples": len(dataset.y),
        "n_features": dataset.X.shape[1],
        "image_shape": dataset.image_shape,
        "sequence_shape": dataset.sequence_shape,
        "answer_steps": dataset.answer_steps,
        "predict_next": dataset.predict_next,
        "classes": list(dataset.classes),
        "notes": list(dataset.notes),
        "sha256": dataset.checksum,
    }


def describe(model: Classifier) -> dict[str, Any]:
    """Describe a classifier: kind, twin, publication, deviations and all parameters except `random_state`.

    Parameters
    ----------
    model
        The classifier.

    Returns
    -------
    dict of str to object
        The description, as it appears in the manifest.
    """
    parameters = {name: value for name, value in model.get_params(deep=False).items() if name != "random_state"}
    return {
        "kind": model.kind,
        "twin": model.twin,
        "reference": model.REFERENCE,
        "deviations": list(model.DEVIATIONS),
        "parameters": {
            name: value if isinstance(value, str | int | float | tuple | None) else repr(value)
            for name, value in parameters.items()
        },
    }


def _versions() -> dict[str, str]:
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _commit() -> str | None:
    """Return the commit of the source tree, with "+changes" if files were edited; None outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None

    def git(*arguments: str) -> str:
        command = ["git", "-C", os.fspath(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _compiler() -> str | None:
    """Return the version of the C++ compiler; None if there is none that works."""
    try:
        command = find_compiler()
        return None if command is None else compiler_identity(command).partition(" | ")[0]
    except MachineError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
