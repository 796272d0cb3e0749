"""One point of a sweep with one seed: the unit of work, and what is kept of it."""

from __future__ import annotations

import hashlib
import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from bnsim.errors import InputError, MachineError
from experiments.points.design import Point
from experiments.run.configuration import resolve
from experiments.run.job import Identity, StudyJob, StudyResult, code_of
from experiments.run.parameter_check import ParameterCheck, parameter_checks
from experiments.run.plan import Resolved, check
from experiments.run.request import COMPARE, Request
from experiments.run.values import check_value
from experiments.spec import Measurement, Progress, Subject
from experiments.studies import find

FITTED = "fitted"
"""Folder of the classifiers and the trainings of points that are not finished."""

_SHELF = Path(FITTED)
"""Stands for the folder of fitted classifiers until a worker makes one."""


@dataclass(frozen=True)
class PointJob:
    """A study at one point with one seed: of each of its models, or units, in turn.

    Parameters
    ----------
    point
        The point.
    seed
        The seed.
    jobs
        The study of each model with this seed.
    code
        Checksum of the code where the job was planned, which a worker must have too.
    folder
        Folder in which results are kept. Where the worker's machine has it, classifiers and the states of trainings are
        kept in it until the job ends, so that it goes on with them if its process dies. None keeps none.
    """

    point: Point
    seed: int
    jobs: tuple[StudyJob, ...]
    code: str
    folder: Path | None = None

    @property
    def name(self) -> str:
        """Name for messages."""
        return f"{self.point}, seed {self.seed}"

    @property
    def identity(self) -> Identity:
        """The checksums of everything that the results depend on."""
        parts = [job.identity for job in self.jobs]
        return Identity(*(_digest([getattr(part, field.name) for part in parts]) for field in fields(Identity)))

    def __call__(self, progress: Progress) -> dict[str, Any]:
        """Carry out the jobs, and return what is kept: values that JSON can represent."""
        if code_of(find(self.jobs[0].study).folder) != self.code:
            raise MachineError("this worker has another version of bnsim or of the study; install the same on all")
        with self._shelf() as shelf:
            results = [replace(job, subject=_shelved(job.subject, shelf))(progress) for job in self.jobs]
        return {
            "seconds": sum(result.seconds for result in results),
            "outcomes": [_outcome(job, result) for job, result in zip(self.jobs, results, strict=True)],
        }

    @contextmanager
    def _shelf(self) -> Iterator[Path]:
        """Provide the folder of the classifiers."""
        if not any(isinstance(job.subject, Subject) for job in self.jobs):
            yield _SHELF
        elif self.folder is None or not self.folder.is_dir():
            with tempfile.TemporaryDirectory(prefix="fitted-") as temporary:
                yield Path(temporary)
        else:
            shelf = self.folder / FITTED / _digest(list(astuple(self.identity)))
            shelf.mkdir(parents=True, exist_ok=True)
            yield shelf
            shutil.rmtree(shelf, ignore_errors=True)


@dataclass(frozen=True)
class PointCheck:
    """Job that checks the parameters of the classifiers of a point.

    Parameters
    ----------
    point
        The point.
    checks
        A check for each classifier whose parameters are not those of the preset.
    """

    point: Point
    checks: tuple[ParameterCheck, ...]

    @property
    def name(self) -> str:
        """Name for messages."""
        return str(self.point)

    def __call__(self, progress: Progress) -> None:
        for each in self.checks:
            each(progress)


@dataclass(frozen=True)
class Varied:
    """What is measured at each point: a checked request, whose other settings a point completes.

    Parameters
    ----------
    base
        The request, with the settings that are the same at all points, and its data.
    """

    base: Resolved

    @classmethod
    def of(cls, request: Request, point: Point) -> Varied:
        """Check a request, with the settings of one point.

        Parameters
        ----------
        request
            The request, with the settings that are the same at all points.
        point
            A point.

        Returns
        -------
        Varied
            What is measured at each point.

        Raises
        ------
        InputError
            If the request is invalid.
        """
        if request.study == COMPARE:
            raise InputError("compare is no study; give one study or classic experiment")
        for name in point.settings:
            if name in request.settings:
                raise InputError(f"--set {name}: it is varied; leave it out")
        base = check(replace(request, settings={**request.settings, **point.settings}))
        return cls(replace(base, request=replace(base.request, settings=request.settings)))

    def at(self, point: Point) -> Resolved:
        """Return the request at a point.

        Parameters
        ----------
        point
            The point.

        Returns
        -------
        Resolved
            The checked request.

        Raises
        ------
        InputError
            If a value is refused; the message names the point.
        """
        request = replace(self.base.request, settings={**self.base.request.settings, **point.settings})
        try:
            for key, value in point.settings.items():
                check_value(key, value)
            config = resolve(
                request.study,
                self.base.studies,
                request.task,
                self.base.dataset,
                request.models,
                request.seeds,
                request.preset,
                request.settings,
            )
        except InputError as error:
            raise InputError(f"{point}: {error}") from None
        return replace(self.base, request=request, config=config)

    def jobs(self, point: Point) -> list[PointJob]:
        """Return the jobs of a point, one for each seed.

        Parameters
        ----------
        point
            The point.

        Returns
        -------
        list of PointJob
            The jobs, in the order of the seeds.
        """
        of_seed: dict[int, list[StudyJob]] = {seed: [] for seed in range(self.base.request.seeds)}
        for job in self.at(point).plan(_SHELF).jobs:
            of_seed[job.subject.seed].append(job)
        (study,) = self.base.studies.values()
        return [PointJob(point, seed, tuple(jobs), code_of(study.folder)) for seed, jobs in of_seed.items()]

    def check(self, point: Point) -> PointCheck | None:
        """Return the check of a point that needs a worker: of the parameters of its classifiers.

        Parameters
        ----------
        point
            The point.

        Returns
        -------
        PointCheck or None
            None if there are none that differ from those of the preset.
        """
        found = parameter_checks(self.at(point).plan(_SHELF))
        return PointCheck(point, tuple(found)) if found else None


def measurements(outcome: Mapping[str, Any]) -> Iterator[Measurement]:
    """Iterate over the measurements of a kept outcome.

    Parameters
    ----------
    outcome
        One of the "outcomes" that a `PointJob` returned.

    Yields
    ------
    Measurement
        The next one.
    """
    for metric, value, facts, step in outcome["measurements"]:
        yield Measurement(str(metric), float(value), facts, step)


def _shelved(subject: Any, shelf: Path) -> Any:
    """Return a subject whose classifiers, and its twin's, are kept in a folder."""
    if not isinstance(subject, Subject):
        return subject
    return replace(subject, shelf=shelf, twin=None if subject.twin is None else _shelved(subject.twin, shelf))


def _outcome(job: StudyJob, result: StudyResult) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "model": job.subject.model,
        "kind": result.description["kind"],
        "n_train": outcome.n_train,
        "n_held_out": outcome.n_held_out,
        "measurements": [
            [row.metric, row.value if math.isfinite(row.value) else repr(row.value), dict(row.facts), row.step]
            for row in outcome.measurements
        ],
        "warnings": list(result.warnings),
    }


def _digest(parts: Sequence[str]) -> str:
    return parts[0] if len(set(parts)) == 1 else hashlib.sha256("\n".join(parts).encode()).hexdigest()
