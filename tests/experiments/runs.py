"""Stored runs as tests need them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from experiments.run_directory import Run
from experiments.spec import Fact, Measurement, Metric, Outcome
from experiments.studies import STUDIES


def without(run: Run, *metrics: Metric) -> Run:
    """The run as it would be if these metrics had never been measured, as in a network that falls silent."""
    absent = {(metric.study, metric.name) for metric in metrics}
    kept = [entry for entry in run.summary["metrics"] if (entry["study"], entry["metric"]) not in absent]
    measured = [pair not in absent for pair in zip(run.results["study"], run.results["metric"], strict=True)]
    return dataclasses.replace(run, results=run.results[measured], summary={**run.summary, "metrics": kept})


def measured(run: Run, study: str, model: str) -> Outcome:
    """What a study of a run of one seed measured of a model, as the study returned it."""

    def measurement(metric: str, value: float, facts: Mapping[str, Fact], step: int | None) -> Measurement:
        kinds = STUDIES[study][metric].facts  # text in the file where another study has text of that name
        return Measurement(
            metric,
            value,
            {name: kinds[name](fact) for name, fact in facts.items()},
            step,
        )

    rows = run.results[(run.results["study"] == study) & (run.results["model"] == model)]
    steps = [None if pd.isna(step) else int(step) for step in rows["step"]]
    return Outcome(0, 0, tuple(map(measurement, rows["metric"], rows["value"], rows["facts"], steps)))
