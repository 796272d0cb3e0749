"""From the outcomes of all jobs to what is stored of a run: table, predictions, summary, manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

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
    """Return all that is stored of a run.

    Parameters
    ----------
    plan
        The run, with its jobs.
    results
        Of each job, in their order.
    examples
        Test samples as the networks saw them.
    name
        Of the run.
    started
        When it began.
    seconds
        Wall-clock time since then, or since it was resumed.
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
            name, plan.config, plan.dataset, plan.studies.values(), described, started, timings, _openings(found)
        ),
        results=rows,
        predictions=predictions,
        summary=summarise(rows, predictions, _design(plan, found, parameters)),
        examples=examples,
    )


Found = Sequence[tuple[StudyJob, StudyResult]]


def _rows(plan: Plan, found: Found) -> pd.DataFrame:
    """The tidy table of all measurements (see `experiments.run_directory`)."""
    rows = []
    for job, result in found:
        study, kind = find(job.study), result.description["kind"]
        for row in result.outcome.measurements:
            unit = study[row.metric].unit_of(kind)
            subject = (study.name, plan.dataset.name, job.subject.model, kind, job.subject.seed)
            rows.append((*subject, dict(row.facts), row.step, row.metric, row.value, unit))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})


def _openings(found: Found) -> int:
    """How often the test set was opened: not by a study that found nothing to measure in a model."""
    return sum(find(job.study).opens_test_set and bool(result.outcome.measurements) for job, result in found)


def _derived(found: Found) -> dict[str, dict[str, Any]]:
    """study -> what it chose itself; where it chose for each model, all of them together."""
    derived: dict[str, dict[str, Any]] = {find(job.study).name: {} for job, _ in found}
    for job, result in found:
        settings = derived[find(job.study).name]
        for name, value in result.outcome.derived.items():
            settings[name] = {**settings.get(name, {}), **value} if isinstance(value, Mapping) else value
    return derived


def _predictions(found: Found) -> pd.DataFrame:
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
        for job, result in found
        if result.outcome.predictions is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(PREDICTION_COLUMNS))


def _design(plan: Plan, found: Found, parameters: Mapping[str, Mapping[str, Any]]) -> Design:
    ratios = {find(job.study).name: result.outcome.n_held_out / result.outcome.n_train for job, result in found}
    config, dataset = plan.config, plan.dataset
    is_fixed = dataset.n_train is not None
    return Design(dataset.name, config.preset, config.twins, ratios, is_fixed, plan.studies, parameters)
