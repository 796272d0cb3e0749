"""Assemble what is stored of a run from the results of all jobs: table, predictions, summary and manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from experiments.collection.numbers import checksums
from experiments.run.job import StudyJob, StudyResult
from experiments.run.manifest import manifest
from experiments.run.plan import Plan
from experiments.run_directory import COLUMNS, PREDICTION_COLUMNS, Example, RunContents
from experiments.studies import find
from experiments.summary import Design, summarise


def assemble(
    plan: Plan,
    results: Sequence[StudyResult],
    examples: tuple[Example, ...],
    name: str,
    started: datetime,
    seconds: float,
) -> RunContents:
    """Return everything that is stored of a run.

    Parameters
    ----------
    plan
        The run, with its jobs.
    results
        Results of the jobs, in the order of the jobs.
    examples
        Responses of the networks to test samples.
    name
        Name of the run.
    started
        Start of the run.
    seconds
        Wall-clock time in s since the start, or since the run was resumed.

    Returns
    -------
    RunContents
        Content of the run's files.
    """
    found = list(zip(plan.jobs, results, strict=True))
    rows, predictions = _rows(plan, found), _predictions(found)
    descriptions = {job.subject.model: result.description for job, result in found}
    described = {model: descriptions[model] for model in plan.config.models}
    parameters = {model: known["parameters"] for model, known in described.items()}
    timings = {f"{job.name}, seconds": result.seconds for job, result in found}
    timings["before the report, seconds"] = seconds
    return RunContents(
        config=plan.config.as_toml(parameters, _derived(found)),
        manifest=manifest(
            name,
            plan.request,
            plan.config,
            plan.dataset,
            plan.studies.values(),
            described,
            {find(job.study).name: job.identity.code for job in plan.jobs},
            checksums(rows),
            started,
            timings,
            _openings(found),
        )
        | {"warnings": _warnings(found)},
        results=rows,
        predictions=predictions,
        summary=summarise(rows, predictions, _design(plan, found, parameters)),
        examples=examples,
    )


Found = Sequence[tuple[StudyJob, StudyResult]]


def _rows(plan: Plan, found: Found) -> pd.DataFrame:
    """Return the tidy table of all measurements (see `experiments.run_directory`)."""
    rows = []
    for job, result in found:
        study, kind = find(job.study), result.description["kind"]
        for row in result.outcome.measurements:
            unit = study[row.metric].unit_of(kind)
            subject = (study.name, plan.task, job.subject.model, kind, job.subject.seed)
            rows.append((*subject, dict(row.facts), row.step, row.metric, row.value, unit))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})


def _openings(found: Found) -> int:
    """Count how often the test set was opened, without the jobs in which a study found nothing to measure."""
    return sum(find(job.study).opens_test_set and bool(result.outcome.measurements) for job, result in found)


def _warnings(found: Found) -> dict[str, list[str]]:
    """Return for each model what was found to be wrong with its trained networks."""
    warned: dict[str, dict[str, None]] = {}
    for job, result in found:
        for message in result.warnings:
            warned.setdefault(job.subject.model, {})[message] = None
    return {model: list(messages) for model, messages in warned.items()}


def _derived(found: Found) -> dict[str, dict[str, Any]]:
    """Return the settings that each study chose itself; settings chosen per model are merged over the models."""
    derived: dict[str, dict[str, Any]] = {find(job.study).name: {} for job, _ in found}
    for job, result in found:
        settings = derived[find(job.study).name]
        for name, value in result.outcome.derived.items():
            settings[name] = {**settings.get(name, {}), **value} if isinstance(value, Mapping) else value
    return derived


def _predictions(found: Found) -> pd.DataFrame:
    """Return every final test prediction; empty without the study `accuracy`."""
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
        for job, result in found
        if result.outcome.predictions is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(PREDICTION_COLUMNS))


def _design(plan: Plan, found: Found, parameters: Mapping[str, Mapping[str, Any]]) -> Design:
    ratios = {find(job.study).name: result.outcome.n_held_out / result.outcome.n_train for job, result in found}
    config, protocol = plan.config, "simulation" if plan.dataset is None else plan.dataset.protocol
    return Design(
        plan.task, config.preset, config.twins, ratios, protocol, plan.studies, parameters, squares=config.squares
    )
