"""Store of an unfinished run: the outcome of each job, written as soon as the job ends.

    <run>/
      plan.json          the request, and the checksums that each job depends on
      parts/*.json       the outcome of each finished job
      fitted/*           the trained classifiers, and the trainings that are not finished, in folders

When the run is complete, the directory has the files of `experiments.run_directory`, and `parts` and `fitted` are
removed.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from bnsim.errors import InputError, refuse_path
from bnsim.files import clear
from experiments.documents import Part, PlanDocument
from experiments.names import study_option
from experiments.near_folders import instead
from experiments.run.job import Identity, StudyJob, StudyResult
from experiments.run_directory import read_json, write_atomically, writing
from experiments.spec import Measurement, Outcome, Predictions

_PLAN, _PARTS, _FITTED = "plan.json", "parts", "fitted"
LOCK = ".lock"
"""File by which a process keeps others from the directory; one that was killed leaves it."""


@dataclass(frozen=True)
class Store:
    """The directory of a run that is not complete yet.

    Parameters
    ----------
    directory
        Directory of the run.
    """

    directory: Path

    @classmethod
    def begin(cls, out: Path, name: str) -> Store:
        """Create the directory of a run; a number is appended if two runs begin in the same second.

        Parameters
        ----------
        out
            Folder in which the directory is created.
        name
            Name of the run.

        Returns
        -------
        Store
            The empty store.

        Raises
        ------
        MachineError
            If the directory cannot be created.
        """
        with writing(out):
            out.mkdir(exist_ok=True)
            for attempt in range(1, 100):
                directory = out / (name if attempt == 1 else f"{name}-{attempt}")
                try:
                    directory.mkdir()
                except FileExistsError:
                    continue
                (directory / _PARTS).mkdir()
                (directory / _FITTED).mkdir()
                return cls(directory)
        raise FileExistsError(f"{out / name} exists")

    @property
    def shelf(self) -> Path:
        """Folder of the fitted classifiers."""
        return self.directory.resolve() / _FITTED

    def write_plan(self, text: str) -> None:
        """Write the plan.

        Parameters
        ----------
        text
            Content of plan.json.
        """
        with writing(self.directory):
            write_atomically(self.directory / _PLAN, text)

    def read_plan(self) -> dict[str, Any]:
        """Read the plan.

        Returns
        -------
        dict of str to object
            Content of plan.json.

        Raises
        ------
        InputError
            If the directory has no plan, or the plan is damaged.
        """
        if not (self.directory / _PLAN).is_file():
            remedy = instead(self.directory, "give a folder that bnsim began")
            raise InputError(f"{self.directory}: no run that could be resumed; {remedy}")
        return read_json(self.directory / _PLAN, PlanDocument)

    def keep(self, job: StudyJob, result: StudyResult) -> None:
        """Write the outcome of a finished job.

        Parameters
        ----------
        job
            The job.
        result
            Its result.
        """
        with writing(self.directory):
            write_atomically(self._part(job), json.dumps(_document(job, result), ensure_ascii=False, allow_nan=False))
        shutil.rmtree(self.shelf / job.file_name, ignore_errors=True)

    def has(self, job: StudyJob) -> bool:
        """Return whether the outcome of a job is stored, without reading it.

        Parameters
        ----------
        job
            The job.

        Returns
        -------
        bool
            Whether the job is finished.
        """
        return self._part(job).is_file()

    def kept(self, job: StudyJob) -> StudyResult | None:
        """Read the outcome of a job.

        Parameters
        ----------
        job
            The job.

        Returns
        -------
        StudyResult or None
            The result; None if the job is not finished.

        Raises
        ------
        InputError
            If its file is damaged.
        """
        path = self._part(job)
        return _result(read_json(path, Part)["outcome"]) if path.is_file() else None

    def identity_of(self, job: StudyJob) -> Identity | None:
        """Read the checksums that the stored outcome of a job depended on.

        Parameters
        ----------
        job
            The job.

        Returns
        -------
        Identity or None
            The checksums; None if the job is not finished.

        Raises
        ------
        InputError
            If its file is damaged.
        """
        path = self._part(job)
        return Identity(**read_json(path, Part)["identity"]) if path.is_file() else None

    def count(self) -> int:
        """Return the number of finished jobs.

        Returns
        -------
        int
            Number of jobs.
        """
        return len(list((self.directory / _PARTS).glob("*.json")))

    @property
    def is_empty(self) -> bool:
        """Whether the directory holds nothing that was worked for."""
        done = self.count() or self.has_trainings or (self.directory / "summary.json").exists()
        return self.directory.exists() and not done

    @property
    def has_trainings(self) -> bool:
        """Whether classifiers or trainings that are not finished are kept."""
        return any(self.shelf.rglob("*.npz"))

    def forget_trainings(self) -> None:
        """Remove the trained classifiers and the trainings that are not finished."""
        shutil.rmtree(self.shelf, ignore_errors=True)
        self.shelf.mkdir(exist_ok=True)

    def close(self) -> None:
        """Remove the files that only an unfinished run needs."""
        for folder in (_PARTS, _FITTED):
            shutil.rmtree(self.directory / folder, ignore_errors=True)

    def discard(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from working on the same run, and remove what one that was killed has left.

        Raises
        ------
        InputError
            If another process works on it, or the directory cannot be written to.
        """
        lock = FileLock(self.directory / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(f"{self.directory}: another process carries out this run; wait until it ends") from None
        except OSError as error:
            refuse_path(error)
            raise
        try:
            clear(self.directory)
            yield
        finally:
            (self.directory / LOCK).unlink(missing_ok=True)
            lock.release()

    def _part(self, job: StudyJob) -> Path:
        return self.directory / _PARTS / f"{job.file_name}.json"


def with_remedy(error: BaseException, directory: Path, kept: str, study: str) -> BaseException:
    """Return an error whose message also says what is kept and how to continue.

    Parameters
    ----------
    error
        The error.
    directory
        Directory of the run, sweep or fit.
    kept
        What is kept, such as "12 of 30 jobs are kept".
    study
        The study that was asked for, by its name or the path of its folder.

    Returns
    -------
    BaseException
        One of the same class, with the same notes, to be raised.
    """
    text = f"{kept}; continue with `bnsim resume {directory}{study_option(study)}`"
    extended = type(error)(f"{error}; {text}" if str(error) else text)
    for note in getattr(error, "__notes__", ()):
        extended.add_note(note)
    return extended


def _document(job: StudyJob, result: StudyResult) -> dict[str, Any]:
    outcome = result.outcome
    predictions = outcome.predictions
    return {
        "job": job.name,
        "identity": vars(job.identity),
        "outcome": {
            "n_train": outcome.n_train,
            "n_held_out": outcome.n_held_out,
            "measurements": [
                {"metric": row.metric, "value": _number(row.value), "facts": dict(row.facts), "step": row.step}
                for row in outcome.measurements
            ],
            "predictions": None
            if predictions is None
            else {"true": predictions.true.tolist(), "predicted": predictions.predicted.tolist()},
            "derived": dict(outcome.derived),
            "description": dict(result.description),
            "seconds": result.seconds,
            "warnings": list(result.warnings),
        },
    }


def _number(value: float) -> float | str:
    """Return the value, or its name if it is NaN or infinite: JSON has neither, but `float` reads their names."""
    return value if math.isfinite(value) else repr(value)


def _result(document: Mapping[str, Any]) -> StudyResult:
    predictions = document["predictions"]
    outcome = Outcome(
        n_train=document["n_train"],
        n_held_out=document["n_held_out"],
        measurements=tuple(
            Measurement(row["metric"], float(row["value"]), row["facts"], row["step"])
            for row in document["measurements"]
        ),
        predictions=None
        if predictions is None
        else Predictions(np.array(predictions["true"], np.int64), np.array(predictions["predicted"], np.int64)),
        derived=document["derived"],
    )
    return StudyResult(outcome, document["description"], document["seconds"], tuple(document["warnings"]))
