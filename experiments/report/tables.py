"""The tables of the report as rows of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.run_directory import Run
from experiments.shared.stored import differences, looks, summaries
from experiments.shared.wording import interval, metric_name, number


@dataclass(frozen=True)
class Cell:
    """A mean, and below it in small print its interval."""

    mean: str
    interval: str


@dataclass(frozen=True)
class TwinRow:
    """One metric of a BNS and of its twin, and the difference between them."""

    metric: str
    bns: str
    ann: str
    bns_value: Cell
    ann_value: Cell
    difference: Cell
    verdict: str
    standardised: str
    seeds: int
    p_holm: str
    method: str


@dataclass(frozen=True)
class MetricRow:
    """One metric of one study, a cell a model; empty text where a model does not have it."""

    study: str
    metric: str
    cells: list[Cell]


def twin_rows(run: Run, *, primary: bool) -> list[TwinRow]:
    """Differences between twins, of the primary metrics or of the others."""
    return [_twin_row(run, entry) for entry in differences(run, primary=primary)]


def _twin_row(run: Run, entry: dict[str, Any]) -> TwinRow:
    means = {mean["model"]: mean for mean in summaries(run, entry["study"], entry["metric"])}
    standardised = entry["standardised"]
    return TwinRow(
        metric=metric_name(entry["metric"]),
        bns=entry["model"],
        ann=entry["twin"],
        bns_value=_cell(means[entry["model"]]),
        ann_value=_cell(means[entry["twin"]]),
        difference=Cell(number(entry["difference"], entry["unit"], signed=True), interval(entry, signed=True)),
        verdict=entry["verdict"] or "",
        standardised="–" if standardised is None else f"{standardised:+.2f}".replace("-", "−"),
        seeds=entry["n"],
        p_holm="" if entry["p_holm"] is None else f"{entry['p_holm']:.3g}",
        method=entry["method"],
    )


def metric_rows(run: Run) -> list[MetricRow]:
    """Every metric without a time course, for all classifiers of the run."""
    classifiers = looks(run)
    entries = [
        entry
        for entry in run.summary["metrics"]
        if entry["step"] is None and not entry["condition"] and entry["model"] in classifiers
    ]
    keys = dict.fromkeys((entry["study"], entry["metric"]) for entry in entries)
    rows = []
    for study, metric in sorted(keys, key=lambda key: key[0]):
        cells = {entry["model"]: _cell(entry) for entry in summaries(run, study, metric)}
        rows.append(MetricRow(study, metric, [cells.get(model, Cell("–", "")) for model in classifiers]))
    return rows


def _cell(entry: dict[str, Any]) -> Cell:
    constant = entry["ci_low"] == entry["ci_high"] == entry["mean"]
    return Cell(number(entry["mean"], entry["unit"]), "" if constant else interval(entry))
