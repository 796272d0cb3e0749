"""Repeat a run from its manifest.json alone, and say what came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bnsim.errors import InputError
from experiments.collection import difference
from experiments.collection.difference import Circumstances, Numbers
from experiments.collection.numbers import checksums
from experiments.documents import RepeatableManifest
from experiments.run.carry_out import carry_out
from experiments.run.executor import MakeExecutor
from experiments.run.plan import check
from experiments.run.request import Request
from experiments.run_directory import Run, read_json, read_run
from experiments.studies import find
from experiments.tasks.source import Source, file_of

_OTHERS = ("config.toml", "results.parquet", "predictions.parquet", "summary.json")
"""Files of a finished run besides its manifest."""


@dataclass(frozen=True)
class Repetition:
    """A run that was carried out again.

    Parameters
    ----------
    run
        The repetition.
    circumstances
        What else differed: versions, code, data, machine.
    numbers
        How its numbers compare with those of the first run; None if the first run no longer holds its numbers.
    studies
        Studies whose numbers differ by their checksums in the two manifests.
    """

    run: Run
    circumstances: Circumstances
    numbers: Numbers | None
    studies: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether both runs have the same numbers."""
        return not self.studies if self.numbers is None else self.numbers.equal

    def document(self) -> dict[str, Any]:
        """Return what differs as JSON takes it.

        Returns
        -------
        dict
            The directory of the repetition, and what differs.
        """
        return {
            "repetition": str(self.run.directory),
            "equal": self.equal,
            **self.circumstances.document(),
            "studies": list(self.studies),
            "numbers": None if self.numbers is None else self.numbers.document(),
        }


def repeat(
    directory: str | Path,
    task: str | None = None,
    data_dir: str | Path | None = None,
    study: str | None = None,
    out: str | Path = "runs",
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
) -> Repetition:
    """Carry out a finished run again, in a new directory.

    Its manifest.json suffices; with the other files of the run, the numbers are compared one by one.

    Parameters
    ----------
    directory
        Directory of the run.
    task
        Where the task's file is now, if it was moved.
    data_dir
        Where the folder of the task's files is now, if it was moved.
    study
        Folder of the run's study, where that is the user's own: its code is run.
    out, workers, make_executor
        As in `experiments.run.carry_out.carry_out`.

    Returns
    -------
    Repetition
        The new run, and where it differs from the first.

    Raises
    ------
    InputError
        If the run is not finished, its manifest is damaged, its data are gone or have changed, or its study is a
        folder that is not named.
    MachineError
        If the machine fails.
    """
    directory = Path(directory)
    manifest = _manifest(directory)
    request = _with_data(directory, _request(directory, manifest, study), task, data_dir)
    _check_data(directory, manifest, request)
    kept = read_run(directory) if all((directory / name).is_file() for name in _OTHERS) else None
    run = carry_out(request, Path(out), workers, make_executor)
    before, after = manifest["numbers"], checksums(run.results)
    return Repetition(
        run,
        difference.of_manifests(manifest, run.manifest),
        None if kept is None else difference.numbers(kept.results, run.results),
        tuple(sorted(study for study in {**before, **after} if before.get(study) != after.get(study))),
    )


def _manifest(directory: Path) -> dict[str, Any]:
    path = directory / "manifest.json"
    if not path.is_file():
        read_run(directory)  # says what is wrong
    try:
        return read_json(path, RepeatableManifest)
    except InputError as error:
        said = str(error).removesuffix("; repeat the run")
        raise InputError(f"{said}; give the options of the run to `bnsim run`") from None


def _request(directory: Path, manifest: Mapping[str, Any], study: str | None) -> Request:
    """Return what was asked for; the code of a user's own study is run only if the user names its folder now."""
    asked = manifest["request"]
    if study is not None:
        if "/" not in asked["study"]:
            raise InputError(f"--study: {directory} is of {asked['study']!r}, which is no folder; leave --study out")
        find(study)
        asked = {**asked, "study": str(Path(study).resolve())}
    return Request.of(asked)


def _with_data(directory: Path, request: Request, task: str | None, data_dir: str | Path | None) -> Request:
    """Return the request with the places where its data are now."""
    file = file_of(request.task)
    if task is not None:
        if file is None:
            raise InputError(f"--task: {directory} was made with {request.task!r}, which is no file; leave --task out")
        now = file_of(task) or Source(Path(task))
        file = Source(now.path.resolve(), now.column or file.column)
        request = replace(request, task=file.task)
    if data_dir is not None:
        request = replace(request, data_dir=Path(data_dir).resolve())
    if file is not None and not file.path.is_file():
        raise InputError(f"{file.path}: no such file, but {directory} was made with it; give its place by --task PATH")
    if request.data_dir is not None and not request.data_dir.is_dir():
        raise InputError(
            f"{request.data_dir}: no such folder, but {directory} was made with its files; give its place by "
            "--data-dir DIR"
        )
    return request


def _check_data(directory: Path, manifest: Mapping[str, Any], request: Request) -> None:
    """Refuse files that are not those of the run; what a package brings along is compared afterwards."""
    dataset = check(request).dataset
    known = manifest["task"].get("sha256")
    if dataset is None or dataset.checksum == known:
        return
    if file_of(request.task) is not None:
        raise InputError(f"{request.task}: other data than those of {directory}; give the right file by --task PATH")
    if request.data_dir is not None:
        raise InputError(
            f"{request.data_dir}: other data than those of {directory}; give the right folder by --data-dir DIR"
        )
