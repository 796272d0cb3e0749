"""From a request to the jobs of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bnsim.errors import InputError
from experiments.names import DEFAULT_MODELS
from experiments.run.configuration import RunConfig, check_names, resolve
from experiments.run.job import StudyJob
from experiments.run.request import COMPARE, DEFAULT_TASK, Request
from experiments.run.values import check_value
from experiments.spec import Study, Subject, Untrained
from experiments.studies import KNOWN, STUDIES, find, of_classifiers
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset
from experiments.tasks.reference import TaskReference
from experiments.tasks.source import file_of
from experiments.yardsticks import Classic
from models import registry


@dataclass(frozen=True)
class Plan:
    """A run before it is carried out.

    Parameters
    ----------
    request
        The request of the user.
    config
        The resolved configuration.
    dataset
        Samples of the task; None for a classic experiment.
    studies
        Studies by name, in the order of the report.
    jobs
        Jobs, in the order of the results.
    """

    request: Request
    config: RunConfig
    dataset: Dataset | None
    studies: Mapping[str, Study]
    jobs: tuple[StudyJob, ...]

    @property
    def task(self) -> str:
        """Name of the task; that of a classic experiment is the experiment's."""
        return self.config.task if self.dataset is None else self.dataset.name


@dataclass(frozen=True)
class Resolved:
    """A request whose names and values are checked, with the data of its task.

    Parameters
    ----------
    request
        The request of the user.
    config
        The resolved configuration.
    dataset
        Samples of the task; None for a classic experiment.
    studies
        Studies by name, in the order of the report.
    """

    request: Request
    config: RunConfig
    dataset: Dataset | None
    studies: Mapping[str, Study]

    @property
    def label(self) -> tuple[str, ...]:
        """The names of the study and the task, if any, from which the name of the run's directory is made."""
        study = COMPARE if self.request.study == COMPARE else next(iter(self.studies))
        return (study,) if self.dataset is None else (study, self.dataset.name)

    def plan(self, shelf: Path) -> Plan:
        """Create the jobs of the run.

        Parameters
        ----------
        shelf
            Folder of the run's fitted classifiers.

        Returns
        -------
        Plan
            The run with its jobs.
        """
        jobs = _jobs(self, shelf)
        return Plan(self.request, self.config, self.dataset, self.studies, tuple(jobs))


def check(request: Request) -> Resolved:
    """Check everything that can be checked before any work, and load the data.

    Parameters
    ----------
    request
        The request of the user.

    Returns
    -------
    Resolved
        The checked request.

    Raises
    ------
    InputError
        For invalid names, values or data.
    """
    for key, value in request.settings.items():
        check_value(key, value)
    studies = studies_of(request)
    names = request.models
    check_names(list(studies.values()), names, request.preset)
    if not of_classifiers(studies.values()):
        if names not in ((), DEFAULT_MODELS):  # a stored request of such a study names none
            (study,) = studies.values()
            raise InputError(f"--models: {study.name} looks at {', '.join(study.subjects)}; leave it out")
        names = ()
    task, dataset = _task(request, studies)
    if dataset is not None:
        studies = _of_task(request, studies, dataset)
    request = replace(request, task=task, models=names, study=_resolved_study(request.study))
    config = resolve(request.study, studies, task, dataset, names, request.seeds, request.preset, request.settings)
    return Resolved(request, config, dataset, studies)


def studies_of(request: Request) -> dict[str, Study]:
    """Return the studies that a request names.

    Parameters
    ----------
    request
        The request of the user.

    Returns
    -------
    dict of str to Study
        Studies by name.

    Raises
    ------
    InputError
        If the study does not exist.
    """
    if request.study == COMPARE:
        return {name: study for name, study in STUDIES.items() if study.brief or request.preset != "quick"}
    study = find(request.study)
    return {study.name: study}


_OTHERS = {
    "static": "changes each feature by itself, and so the mask that says where a sequence ends; choose a task without "
    "time",
    "sequences": "looks at sequences; choose a task in time, as evidence is",
    "classes": "forms groups of classes, and a string holds symbols of all; choose a task that is no text",
    "strings": "asks which symbol comes next in a string; choose next-character, or a text (book.txt)",
}
"""Why a study refuses a task, by the samples that it takes."""


def _of_task(request: Request, studies: dict[str, Study], dataset: Dataset) -> dict[str, Study]:
    """Return the studies that take the task's samples; refuse a single one that does not."""
    taken = {name: study for name, study in studies.items() if study.samples in dataset.sorts}
    if request.study != COMPARE and taken != studies:
        (study,) = studies.values()
        raise InputError(f"--task {dataset.name}: {study.name} {_OTHERS[study.samples]}")
    return taken


def queued(jobs: Sequence[StudyJob]) -> list[StudyJob]:
    """Return the jobs in the order of the queue, with the two kinds of model at its two ends (see `execute`).

    Seen from either end, the first job of a model and seed comes first; it trains the model for the other jobs.

    Parameters
    ----------
    jobs
        Jobs in the order of the results.

    Returns
    -------
    list of StudyJob
        Jobs in the order of the queue.
    """
    kinds = [registry.entry(job.subject.model).kind if isinstance(job.subject, Subject) else "" for job in jobs]
    artificial = [job for job, kind in zip(jobs, kinds, strict=True) if kind == "ANN"]
    return [job for job, kind in zip(jobs, kinds, strict=True) if kind != "ANN"] + artificial[::-1]


def _task(request: Request, studies: Mapping[str, Study]) -> tuple[str, Dataset | None]:
    """Return the name of the task and its samples. The task of a classic experiment is the experiment itself."""
    classic = next((name for name, study in studies.items() if isinstance(study, Classic)), None)
    if classic is None:
        task = _absolute(request.task)
        return task, load_task(task, request.data_dir)
    if request.task not in (DEFAULT_TASK, classic):
        raise InputError(f"--task: {classic} is a classic experiment, without a task; leave it out")
    if request.data_dir is not None:
        raise InputError(f"--data-dir: {classic} is a classic experiment, without data; leave it out")
    return classic, None


def _absolute(task: str) -> str:
    """Make the path of a task file absolute, since runs may be resumed, and workers started, in another folder."""
    file = file_of(task)
    return task if file is None else file.resolved().task


def _resolved_study(reference: str) -> str:
    """Make the path of a study absolute, since a run may be resumed from another folder."""
    known = reference == COMPARE or reference in KNOWN
    return reference if known else str(Path(reference).resolve())


def _jobs(run: Resolved, shelf: Path) -> list[StudyJob]:
    """Return the jobs, those of brain-like models first."""
    config = run.config
    references = {name: name if name in KNOWN else run.request.study for name in run.studies}
    jobs = [
        StudyJob(references[name], config.studies[name].model_dump(), Untrained(unit, kind, seed))
        for name, study in run.studies.items()
        for unit, kind in study.subjects.items()
        for seed in range(config.seeds)
    ]
    return jobs + _of_classifiers(run, references, shelf)


def _of_classifiers(run: Resolved, references: Mapping[str, str], shelf: Path) -> list[StudyJob]:
    if run.dataset is None:
        return []
    config, jobs = run.config, []
    reference = TaskReference(run.request.task, run.request.data_dir, run.dataset.checksum)
    for model in sorted(config.models, key=lambda name: registry.entry(name).kind != "BNS"):
        for seed in range(config.seeds):
            subject = _subject(config, reference, model, seed, shelf)
            jobs += [
                StudyJob(
                    references[name], config.studies[name].model_dump(), subject, config.in_study[name].get(model, {})
                )
                for name, study in run.studies.items()
                if not study.subjects
            ]
    return jobs


def _subject(config: RunConfig, source: TaskReference, model: str, seed: int, shelf: Path) -> Subject:
    twin = config.twins.get(model)
    return Subject(
        source,
        model,
        config.parameters[model],
        seed,
        shelf,
        config.common_batch,
        None if twin is None else _subject(config, source, twin, seed, shelf),
    )


def identities(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the checksums that each job depends on.

    Parameters
    ----------
    plan
        The run with its jobs.

    Returns
    -------
    dict of str to dict
        Checksums by the name of the job.
    """
    return {job.name: vars(job.identity) for job in plan.jobs}


def plan_document(plan: Plan, name: str, started: datetime) -> str:
    """Return the content of plan.json.

    Parameters
    ----------
    plan
        The run with its jobs.
    name
        Name of the run.
    started
        Start of the run.

    Returns
    -------
    str
        Name, start and request of the run, and the checksums that each job depends on, as JSON.
    """
    document = {
        "run": name,
        "started_utc": started.isoformat(timespec="seconds"),
        "request": plan.request.document(),
        "jobs": identities(plan),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
