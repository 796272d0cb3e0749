"""Stored runs as tests need them."""

from __future__ import annotations

import dataclasses

from experiments.run_directory import Run
from experiments.spec import Metric


def without(run: Run, *metrics: Metric) -> Run:
    """The run as it would be if these metrics had never been measured, as in a network that falls silent."""
    absent = {(metric.study, metric.name) for metric in metrics}
    kept = [entry for entry in run.summary["metrics"] if (entry["study"], entry["metric"]) not in absent]
    measured = [pair not in absent for pair in zip(run.results["study"], run.results["metric"], strict=True)]
    return dataclasses.replace(run, results=run.results[measured], summary={**run.summary, "metrics": kept})
