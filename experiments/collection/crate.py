"""Describe a run as an RO-Crate, so that archives and other tools know what its files are and how they came about.

`ro-crate-metadata.json` follows RO-Crate 1.1 and its profile Process Run Crate 0.5: the run is a `CreateAction` whose
instrument is bnsim, whose objects are data and settings and whose results are the files. It names no person, machine or
path, so that it can be published; manifest.json and plan.json name the files that the run was given by their paths.

It is written on request, not with every run: files are described by size and checksum, and `bnsim draw` writes some of
them anew.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from bnsim.errors import InputError
from experiments.collection.listing import Listed, entry_of
from experiments.run_directory import Run, read_run, write_atomically

if TYPE_CHECKING:
    from rocrate.model.data_entity import DataEntity
    from rocrate.model.entity import Entity
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Context of the terms that the profile adds, such as `sha256`."""

_DESCRIPTIONS = {
    "config.toml": "The complete resolved configuration",
    "manifest.json": "Request, versions, code, data and machine: what repeats the run",
    "plan.json": "The request, and checksums of everything that each number depends on",
    "predictions.parquet": "Every final test prediction",
    "report.html": "The report",
    "results.parquet": "Every number, as tidy rows",
    "summary.json": "Means with intervals, differences between twins, reference figures",
}
_FOLDERS = {"figures": "Figure of the report", "recordings": "Response of a network to an example"}
_FORMATS = {
    ".html": "text/html",
    ".json": "application/json",
    ".npz": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
}


def write(directory: Path, license: str | None = None) -> Path:
    """Write ro-crate-metadata.json into the directory of a finished run.

    Parameters
    ----------
    directory
        The directory.
    license
        Address of the licence of the run; None to leave it open.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the directory is no finished run, the licence is no address, or rocrate is not installed.
    """
    try:
        from rocrate.rocrate import ROCrate
    except ModuleNotFoundError:
        raise InputError(
            "bnsim crate: rocrate is not installed; install it with `pip install 'bnsim[crate]'`"
        ) from None
    if license is not None and not license.startswith(("https://", "http://")):
        raise InputError(f"--license {license}: no address; give one such as https://spdx.org/licenses/CC-BY-4.0")
    run, asked = read_run(directory), entry_of(directory)
    crate = ROCrate(version=VERSION)
    crate.metadata.extra_contexts.append(TERMS)
    results = list(_files(crate, directory))
    action = _action(crate, run, asked, results)
    root = crate.root_dataset
    root["name"] = f"bnsim run {run.manifest['run']}"
    root["description"] = f"{_command(run, asked)}: numbers, figures and report"
    root["datePublished"] = run.manifest["started_utc"]
    root["conformsTo"] = _added(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    root["mentions"] = action
    if license is not None:
        root["license"] = _added(crate, license, "CreativeWork", name=license.rstrip("/").rpartition("/")[2])
    path = directory / METADATA
    write_atomically(path, json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False) + "\n")
    return path


def _added(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))


def _files(crate: ROCrate, directory: Path) -> Iterator[DataEntity]:
    """Add the files of a run to the crate."""
    for path in sorted(directory.rglob("*")):
        place = path.relative_to(directory)
        if path.is_symlink() or not path.is_file() or place.name.startswith(".") or place == Path(METADATA):
            continue
        folder = place.parts[0] if len(place.parts) > 1 else ""
        with path.open("rb") as content:
            checksum = hashlib.file_digest(content, "sha256").hexdigest()
        properties = {
            "name": place.as_posix(),
            "contentSize": str(path.stat().st_size),
            "sha256": checksum,
        }
        if description := _FOLDERS.get(folder) or _DESCRIPTIONS.get(place.as_posix()):
            properties["description"] = description
        if path.suffix in _FORMATS:
            properties["encodingFormat"] = _FORMATS[path.suffix]
        yield crate.add_file(path, place.as_posix(), properties=properties)


def _action(crate: ROCrate, run: Run, asked: Listed, results: list[DataEntity]) -> Entity:
    """Add what was done: with which software, on which data, with which settings."""
    versions = run.manifest["versions"]
    needed = [
        _added(
            crate,
            "https://www.python.org/" if name == "python" else f"https://pypi.org/project/{name}/{version}/",
            "SoftwareApplication",
            name=name,
            softwareVersion=version,
        )
        for name, version in versions.items()
        if name != "bnsim" and version != "not installed"
    ]
    software = _added(
        crate,
        "#bnsim",
        "SoftwareApplication",
        name="bnsim",
        description="A bench on which spiking and artificial networks take the same test",
        softwareVersion=versions.get("bnsim", ""),
        softwareRequirements=[{"@id": entity.id} for entity in needed],
    )
    task, settings = run.manifest["task"], _settings(run)
    objects = [
        _added(crate, f"#setting-{name}", "PropertyValue", name=name, value=value) for name, value in settings.items()
    ]
    if "sha256" in task:
        description = f"{task.get('n_samples', '?')} samples of {len(task['classes'])} classes"
        objects.append(
            _added(crate, "#data", "CreativeWork", name=task["name"], description=description, sha256=task["sha256"])
        )
    times = {"startTime": run.manifest["started_utc"]}
    if "finished_utc" in run.manifest:
        times["endTime"] = run.manifest["finished_utc"]
    properties = {
        "name": f"{asked.study} on {task['name']}",
        "description": _command(run, asked),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        **times,
    }
    return crate.add_action(software, "#run", object=objects, result=results, properties=properties)


def _settings(run: Run) -> dict[str, Any]:
    """Return what the user set, without the places of files."""
    asked = run.manifest.get("request", {})
    settings = asked.get("settings", {}) if isinstance(asked, Mapping) else {}
    return {name: _nameless(value) for name, value in settings.items()} if isinstance(settings, Mapping) else {}


def _nameless(value: Any) -> Any:
    """Return a value without the folders of a path."""
    if isinstance(value, str):
        return PurePosixPath(value).name if value.startswith(("/", "~")) else value
    return [_nameless(held) for held in value] if isinstance(value, list) else value


def _command(run: Run, asked: Listed) -> str:
    """Return the command that asks for the same, with files by their names alone."""
    study = _nameless(asked.study)
    words = ["bnsim", *(["compare"] if study == "compare" else ["run", study])]
    if run.summary["protocol"] != "simulation":
        words += ["--task", _nameless(asked.task)]
    if asked.models:
        words += ["--models", ",".join(asked.models)]
    words += ["--seeds", str(asked.seeds), "--preset", asked.preset]
    for name, value in _settings(run).items():
        words += ["--set", f"{name}={value if isinstance(value, str) else json.dumps(value)}"]
    return shlex.join(words)
