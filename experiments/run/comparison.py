"""Carries out studies on a task: the way from options to a finished run directory."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel

from bnsim.errors import InputError
from experiments.names import DEFAULT_MODELS
from experiments import run_directory as results
from experiments.run.configuration import RunConfig, check_names, resolve
from experiments.run.examples import ExampleJob, choose
from experiments.run.execute import Progress, Workers, default_workers
from experiments.run.manifest import describe, manifest
from experiments.run.progress import ProgressDisplay, Silence
from experiments.run_directory import COLUMNS, PREDICTION_COLUMNS, Example, Run, RunContents
from experiments.shared.fitted import place
from experiments.spec import Outcome, Subject, Untrained
from experiments.studies import STUDIES, load, of_classifiers
from experiments.summary import Design, summarise
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset, final_split


def compare(
    task: str = "digits",
    seeds: int = 5,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "runs",
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """Train the models on the same samples in the same order, carry out the studies of the preset, write report and
    run directory.

    task: a name or the path of an .npz with X and y. seeds: how many; each draws its own split (or, with
    a fixed test set, its own order), filters and spikes. models: names of `models.registry`. preset:
    "quick" or "full". data_dir: where the MNIST files lie. out: folder of the runs. settings: as `--set`,
    e.g. {"models.dense.passes": 20, "learning.presentations": 5000, "studies.max_train": 1000}; the last is an option
    of several studies; what twins share is set for both (see `experiments.run.configuration.resolve`).

    Work is done in new processes: in a script, call it below `if __name__ == "__main__":`. Errors:
    InputError for what cannot be done as asked, MachineError where the machine fails; nothing is written.
    """
    studies = tuple(name for name, study in STUDIES.items() if study.brief or preset != "quick")
    return _carry_out("compare", studies, task, seeds, models, preset, data_dir, out, settings or {})


def run_study(
    study: str,
    task: str = "digits",
    seeds: int = 5,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "runs",
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """Carry out one study; options and errors as in `compare`. Studies of untrained units take no models."""
    return _carry_out(study, (study,), task, seeds, models, preset, data_dir, out, settings or {})


@dataclass(frozen=True)
class StudyResult:
    """What a `StudyJob` hands back: the outcome, what the model's class says of itself, wall-clock
    seconds."""

    outcome: Outcome
    description: dict[str, Any]
    seconds: float


@dataclass(frozen=True)
class StudyJob:
    """One study of one model with one seed; `others` are the model's parameters that are others in this study."""

    study: str
    config: BaseModel
    subject: Subject | Untrained
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.study}, {self.subject.model}, seed {self.subject.seed}"

    def __call__(self, progress: Progress) -> StudyResult:
        started = time.perf_counter()
        study, subject = load(self.study), self.subject
        if isinstance(subject, Untrained):
            outcome, description = study.run(self.config, subject, progress), {"kind": subject.kind}
        else:
            changed = replace(subject, parameters={**subject.parameters, **self.others})
            outcome, description = study.run(self.config, changed, progress), describe(subject.create())
        return StudyResult(outcome, description, time.perf_counter() - started)

    @property
    def example(self) -> Path | None:
        """Where the fitted classifier lies that shows the example images, if this job's is the one."""
        if self.study != "accuracy" or self.subject.seed != 0 or not isinstance(self.subject, Subject):
            return None
        return place(self.subject, self.config.max_train)  # type: ignore[attr-defined]


def _carry_out(
    study: str,
    studies: Sequence[str],
    task: str,
    seeds: int,
    models: Sequence[str],
    preset: str,
    data_dir: str | Path | None,
    out: str | Path,
    settings: Mapping[str, Any],
) -> Run:
    started, clock = datetime.now(UTC), time.perf_counter()
    check_names(studies, models, preset)
    if not of_classifiers(studies):
        if tuple(models) != DEFAULT_MODELS:
            raise InputError(f"--models: {study} looks at {', '.join(STUDIES[study].subjects)}; leave it out")
        models = ()
    results.check_output(Path(out))
    dataset = load_task(task, None if data_dir is None else Path(data_dir))
    config = resolve(study, studies, task, dataset, models, seeds, preset, settings)
    with tempfile.TemporaryDirectory(prefix="bnsim-") as shelf:
        jobs = _jobs(config, dataset, Path(shelf))
        with Workers(min(default_workers(), len(jobs))) as workers:
            queue = _queued(jobs)
            with ProgressDisplay([job.name for job in queue]) as display:
                done: dict[str, StudyResult] = dict(
                    zip((job.name for job in queue), workers.run(queue, display), strict=True)
                )
            found = [done[job.name] for job in jobs]
            examples = _record_examples(dataset, jobs, found, workers)
    name = re.sub(r"[^\w.-]+", "-", f"{started:%Y%m%dT%H%M%SZ}-{study}-{dataset.name}")
    timings = {f"{job.name}, seconds": result.seconds for job, result in zip(jobs, found, strict=True)}
    timings["before the report, seconds"] = time.perf_counter() - clock
    descriptions = {job.subject.model: result.description for job, result in zip(jobs, found, strict=True)}
    described = {model: descriptions[model] for model in config.models}
    rows, predictions = _rows(dataset, jobs, found), _predictions(jobs, found)
    parameters = {model: known["parameters"] for model, known in described.items()}
    contents = RunContents(
        config=config.as_toml(parameters, _derived(jobs, found)),
        manifest=manifest(name, config, dataset, described, started, timings, _openings(jobs, found)),
        results=rows,
        predictions=predictions,
        summary=summarise(rows, predictions, _design(config, dataset, jobs, found)),
        examples=examples,
    )
    return results.read_run(results.write_run(Path(out), name, contents, _draw))


def _jobs(config: RunConfig, dataset: Dataset, shelf: Path) -> list[StudyJob]:
    """Brain-like models first."""
    from models import registry

    jobs = [
        StudyJob(study, study_config, Untrained(name, kind, seed))
        for study, study_config in config.studies.items()
        for name, kind in STUDIES[study].subjects.items()
        for seed in range(config.seeds)
    ]
    for model in sorted(config.models, key=lambda name: registry.entry(name).kind != "BNS"):
        for seed in range(config.seeds):
            subject = _subject(config, dataset, model, seed, shelf)
            jobs += [
                StudyJob(study, study_config, subject, config.in_study[study].get(model, {}))
                for study, study_config in config.studies.items()
                if not STUDIES[study].subjects
            ]
    return jobs


def _subject(config: RunConfig, dataset: Dataset, model: str, seed: int, shelf: Path) -> Subject:
    twin = config.twins.get(model)
    return Subject(
        dataset,
        model,
        config.parameters[model],
        seed,
        shelf,
        config.common_batch,
        None if twin is None else _subject(config, dataset, twin, seed, shelf),
    )


def _queued(jobs: Sequence[StudyJob]) -> list[StudyJob]:
    """As workers are to find them, who take the two kinds from the two ends (see `execute`): from either end the
    first job of a model and seed, which trains it for the others, comes first."""
    from models import registry

    kinds = [registry.entry(job.subject.model).kind if isinstance(job.subject, Subject) else "" for job in jobs]
    artificial = [job for job, kind in zip(jobs, kinds, strict=True) if kind == "ANN"]
    return [job for job, kind in zip(jobs, kinds, strict=True) if kind != "ANN"] + artificial[::-1]


def _record_examples(
    dataset: Dataset, jobs: Sequence[StudyJob], found: Sequence[StudyResult], workers: Workers
) -> tuple[Example, ...]:
    """Let every model of the first seed see the two test samples that the first of them, a BNS if there is one,
    decides on."""
    chosen = [(job, result.outcome) for job, result in zip(jobs, found, strict=True) if job.example]
    if not chosen:
        return ()
    first_job, first_outcome = chosen[0]
    assert first_outcome.predictions is not None
    test = final_split(dataset, first_job.subject.seed, first_job.config.max_train).held_out  # type: ignore[attr-defined]
    shown = choose(first_outcome.predictions, test)
    example_jobs = [
        ExampleJob.of(job.subject.model, job.example, shown, dataset) for job, _ in chosen if job.example is not None
    ]
    recorded: list[list[Example]] = workers.run(example_jobs, Silence())
    return tuple(example for examples in recorded for example in examples)


def _rows(dataset: Dataset, jobs: Sequence[StudyJob], found: Sequence[StudyResult]) -> pd.DataFrame:
    """The tidy table of all measurements (see `experiments.run_directory`)."""
    rows = [
        (
            job.study,
            dataset.name,
            job.subject.model,
            result.description["kind"],
            job.subject.seed,
            measurement.condition,
            measurement.step,
            measurement.metric,
            float(measurement.value),
            measurement.unit,
        )
        for job, result in zip(jobs, found, strict=True)
        for measurement in result.outcome.measurements
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})


def _openings(jobs: Sequence[StudyJob], found: Sequence[StudyResult]) -> int:
    """How often the test set was opened: not by a study that found nothing to measure in a model."""
    return sum(
        STUDIES[job.study].opens_test_set and bool(result.outcome.measurements)
        for job, result in zip(jobs, found, strict=True)
    )


def _derived(jobs: Sequence[StudyJob], found: Sequence[StudyResult]) -> dict[str, dict[str, Any]]:
    """study -> what it chose itself; where it chose for each model, all of them together."""
    derived: dict[str, dict[str, Any]] = {job.study: {} for job in jobs}
    for job, result in zip(jobs, found, strict=True):
        settings = derived[job.study]
        for name, value in result.outcome.derived.items():
            settings[name] = {**settings.get(name, {}), **value} if isinstance(value, Mapping) else value
    return derived


def _predictions(jobs: Sequence[StudyJob], found: Sequence[StudyResult]) -> pd.DataFrame:
    """Every final test prediction; empty where `accuracy` was not studied."""
    parts = [
        pd.DataFrame(
            {
                "model": job.subject.model,
                "kind": result.description["kind"],
                "seed": job.subject.seed,
                "sample": range(len(result.outcome.predictions.true)),
                "true": result.outcome.predictions.true,
                "predicted": result.outcome.predictions.predicted,
            }
        )
        for job, result in zip(jobs, found, strict=True)
        if result.outcome.predictions is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(PREDICTION_COLUMNS))


def _design(config: RunConfig, dataset: Dataset, jobs: Sequence[StudyJob], found: Sequence[StudyResult]) -> Design:
    ratios = {
        job.study: result.outcome.n_held_out / result.outcome.n_train for job, result in zip(jobs, found, strict=True)
    }
    return Design(dataset.name, config.preset, config.twins, ratios, dataset.n_train is not None)


def _draw(directory: Path) -> object:
    from experiments.report import write

    return write(directory)
