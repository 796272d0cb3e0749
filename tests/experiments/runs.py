"""Stored runs as tests need them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from experiments.run_directory import Run
from experiments.spec import Measurement, Metric, Outcome


def without(run: Run, *metrics: Metric) -> Run:
    """The run as it would be if these metrics had never been measured, as in a network that falls silent."""
    absent = {(metric.study, metric.name) for metric in metrics}
    kept = [entry for entry in run.summary["metrics"] if (entry["study"], entry["metric"]) not in absent]
    measured = [pair not in absent for pair in zip(run.results["study"], run.results["metric"], strict=True)]
    return dataclasses.replace(run, results=run.results[measured], summary={**run.summary, "metrics": kept})


def _number(fact: Any) -> Any:
    """A fact as its study gave it: a number is kept as text where the fact of another study with this name is text."""
    return int(fact) if isinstance(fact, str) and fact.isdigit() else fact


def measured(run: Run, study: str, model: str) -> Outcome:
    """What a study of a run of one seed measured of a model, as the study returned it."""
    rows = run.results[(run.results["study"] == study) & (run.results["model"] == model)]
    steps = [None if pd.isna(step) else int(step) for step in rows["step"]]
    facts = [{name: _number(fact) for name, fact in row.items()} for row in rows["facts"]]
    found = zip(rows["metric"], rows["value"], facts, steps, strict=True)
    return Outcome(0, 0, tuple(Measurement(*row) for row in found))
