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
from experiments.run.request import COMPARE, Request
from experiments.spec import Study, Subject, Untrained
from experiments.studies import STUDIES, find, of_classifiers
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset
from experiments.tasks.reference import TaskReference
from models import registry


@dataclass(frozen=True)
class Plan:
    """A run before it is carried out.

    Parameters
    ----------
    request
        What was asked for.
    config
        What came of it.
    dataset
        The task's samples.
    studies
        By name, in the order of the report.
    jobs
        In the order of the results.
    """

    request: Request
    config: RunConfig
    dataset: Dataset
    studies: Mapping[str, Study]
    jobs: tuple[StudyJob, ...]


@dataclass(frozen=True)
class Resolved:
    """A request whose names and values were checked, with the data of its task."""

    request: Request
    config: RunConfig
    dataset: Dataset
    studies: Mapping[str, Study]

    @property
    def label(self) -> tuple[str, str]:
        """Study and task, as the run's directory is named after them."""
        study = COMPARE if self.request.study == COMPARE else next(iter(self.studies))
        return study, self.dataset.name

    def plan(self, shelf: Path) -> Plan:
        """Return the jobs of the run; `shelf` is the folder of its fitted classifiers."""
        jobs = _jobs(self, shelf)
        return Plan(self.request, self.config, self.dataset, self.studies, tuple(jobs))


def check(request: Request) -> Resolved:
    """Check all that can be checked before any work, and load the data.

    Raises
    ------
    InputError
        For names, values or data that cannot be used.
    """
    studies = studies_of(request)
    names = request.models
    check_names(list(studies.values()), names, request.preset)
    if not of_classifiers(studies.values()):
        if names != DEFAULT_MODELS:
            (study,) = studies.values()
            raise InputError(f"--models: {study.name} looks at {', '.join(study.subjects)}; leave it out")
        names = ()
    task = _absolute(request.task)
    request = replace(request, task=task, models=names, study=_resolved_study(request.study))
    dataset = load_task(task, request.data_dir)
    config = resolve(
        request.study, studies, task, dataset, names, request.seeds, request.preset, request.settings
    )  # fmt: skip
    return Resolved(request, config, dataset, studies)


def studies_of(request: Request) -> dict[str, Study]:
    """Return the studies that a request names.

    Raises
    ------
    InputError
        For one that does not exist.
    """
    if request.study == COMPARE:
        return {name: study for name, study in STUDIES.items() if study.brief or request.preset != "quick"}
    study = find(request.study)
    return {study.name: study}


def queued(jobs: Sequence[StudyJob]) -> list[StudyJob]:
    """Return the jobs as workers are to find them, who take the two kinds from the two ends (see `execute`).

    From either end the first job of a model and seed, which trains it for the others, comes first.
    """
    kinds = [registry.entry(job.subject.model).kind if isinstance(job.subject, Subject) else "" for job in jobs]
    artificial = [job for job, kind in zip(jobs, kinds, strict=True) if kind == "ANN"]
    return [job for job, kind in zip(jobs, kinds, strict=True) if kind != "ANN"] + artificial[::-1]


def _absolute(task: str) -> str:
    """A task with an absolute path, where it is a file: a run may be resumed, and a worker started, elsewhere."""
    is_path = task.endswith(".npz") or "/" in task
    return str(Path(task).resolve()) if is_path else task


def _resolved_study(reference: str) -> str:
    """The reference with an absolute path, since a run may be resumed from another folder."""
    known = reference == COMPARE or reference in STUDIES
    return reference if known else str(Path(reference).resolve())


def _jobs(run: Resolved, shelf: Path) -> list[StudyJob]:
    """Brain-like models first."""
    config = run.config
    references = {name: name if name in STUDIES else run.request.study for name in run.studies}
    jobs = [
        StudyJob(references[name], config.studies[name].model_dump(), Untrained(unit, kind, seed))
        for name, study in run.studies.items()
        for unit, kind in study.subjects.items()
        for seed in range(config.seeds)
    ]
    source = TaskReference(run.request.task, run.request.data_dir, run.dataset.checksum)
    for model in sorted(config.models, key=lambda name: registry.entry(name).kind != "BNS"):
        for seed in range(config.seeds):
            subject = _subject(config, source, model, seed, shelf)
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


def plan_document(plan: Plan, name: str, started: datetime) -> str:
    """Return what plan.json holds: name and time of the run, what was asked for, what each job depends on."""
    document = {
        "run": name,
        "started_utc": started.isoformat(timespec="seconds"),
        "request": plan.request.document(),
        "jobs": {job.name: vars(job.identity) for job in plan.jobs},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
