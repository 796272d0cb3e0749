"""Tables of the report as rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from experiments.run_directory import Run
from experiments.shared.stored import Entry, class_names, differences, entries, looks, summaries
from experiments.shared.unlisted import sentence
from experiments.shared.wording import interval, number
from experiments.spec import Fact, Metric, Study
from experiments.studies import carried_out


@dataclass(frozen=True)
class Cell:
    """A mean, with its interval in small print below.

    Parameters
    ----------
    mean
        The mean.
    interval
        The interval; empty if there is none.
    """

    mean: str
    interval: str


NOTHING = Cell("–", "")


@dataclass(frozen=True)
class TwinRow:
    """One metric of a BNS and of its twin, and the difference between them.

    Parameters
    ----------
    study
        The study.
    metric
        Label of the metric.
    bns
        Name of the BNS.
    ann
        Name of its twin.
    bns_value
        Mean of the BNS.
    ann_value
        Mean of its twin.
    difference
        Difference, BNS minus ANN.
    verdict
        The verdict; empty if there is none.
    standardised
        Standardised difference, or a dash.
    seeds
        Number of seeds.
    p_holm
        Corrected p-value; empty if there is none.
    method
        Method of the interval.
    """

    study: Study
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
    """One metric of one study, with a cell for each model.

    Parameters
    ----------
    study
        The study.
    metric
        Name of the metric.
    label
        Label of the metric, with the class if there is one.
    cells
        Mean of each model; a dash for a model that does not have the metric.
    facts
        Names of the facts that tell the row from others of the metric.
    """

    study: Study
    metric: str
    label: str
    cells: list[Cell]
    facts: tuple[str, ...] = ()


def twin_rows(run: Run, *, primary: bool) -> list[TwinRow]:
    """Return the differences between twins.

    Parameters
    ----------
    run
        A stored run.
    primary
        True for the primary metrics, False for all others.

    Returns
    -------
    list of TwinRow
        In the order of the summary, without those of studies or metrics that are not installed.
    """
    studies = carried_out(run.config)
    return [
        _twin_row(run, studies[entry["study"]], entry)
        for entry in differences(run, primary=primary)
        if entry["study"] in studies and entry["metric"] in studies[entry["study"]]
    ]


def intervals_by(rows: Sequence[TwinRow]) -> str:
    """Return by what methods the intervals of differences were found.

    Parameters
    ----------
    rows
        Rows of one table.

    Returns
    -------
    str
        A sentence: the method, or each of them with its metrics, that of most metrics last; "" without rows.
    """
    methods: dict[str, dict[str, None]] = {}
    for row in rows:
        methods.setdefault(row.method, {})[row.metric] = None
    if not methods:
        return ""
    *rarer, (most, _) = sorted(methods.items(), key=lambda item: len(item[1]))
    told = [f"{method} ({', '.join(metrics)})" for method, metrics in rarer]
    return f"Intervals of differences: {'; '.join([*told, f'{most} (all others)' if told else most])}."


def _twin_row(run: Run, study: Study, entry: dict[str, Any]) -> TwinRow:
    metric = study[entry["metric"]]
    means = {mean["model"]: mean_cell(mean) for mean in summaries(run, metric)}
    standardised = entry["standardised"]
    return TwinRow(
        study=study,
        metric=metric.label,
        bns=entry["model"],
        ann=entry["twin"],
        bns_value=means.get(entry["model"], NOTHING),
        ann_value=means.get(entry["twin"], NOTHING),
        difference=difference_cell(entry),
        verdict=entry["verdict"] or "",
        standardised="–" if standardised is None else f"{standardised:+.2f}".replace("-", "−"),
        seeds=entry["n"],
        p_holm="" if entry["p_holm"] is None else f"{entry['p_holm']:.3g}",
        method=entry["method"],
    )


def metric_rows(run: Run) -> list[MetricRow]:
    """Return all metrics without a curve, for all classifiers of the run, in the order of the studies.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of MetricRow
        A row for each metric; for a metric of classes, also a row for each class. Of a study without a metric of whole
        models, a row for each layer, severity and the like.
    """
    return [row for study in carried_out(run.config).values() for row in _of_study(run, study)]


def _of_study(run: Run, study: Study) -> list[MetricRow]:
    rows = []
    for metric in study.metrics:
        rows += _rows(run, study, metric, metric.label)
        if "class" in metric.facts:
            for name in class_names(run):
                rows += _rows(run, study, metric, f"{metric.label}, class {name}", **{"class": name})
    if rows:
        return rows
    for metric in study.metrics:
        places = dict.fromkeys(tuple(entry["facts"].items()) for entry in entries(run, metric))
        for place in places:
            label = f"{metric.label}, {', '.join(str(fact) for _, fact in place)}"
            rows += _rows(run, study, metric, label, **dict(place))
    return rows


def _rows(run: Run, study: Study, metric: Metric, label: str, **facts: Fact) -> list[MetricRow]:
    """Return one row, or none if no classifier has the metric with these facts."""
    entries = {entry["model"]: entry for entry in summaries(run, metric, **facts) if entry["step"] is None}
    classifiers = looks(run) if entries else {}
    if not entries.keys() & classifiers.keys():
        return []
    cells = [mean_cell(entries[model]) if model in entries else NOTHING for model in classifiers]
    return [MetricRow(study, metric.name, label, cells, tuple(facts))]


def more_metrics(run: Run, rows: Sequence[MetricRow]) -> str:
    """Say which metrics the table of metrics does not list, and how to have them.

    Parameters
    ----------
    run
        A stored run.
    rows
        Rows of the table.

    Returns
    -------
    str
        A sentence; empty if it lists all.
    """
    listed = {(row.study.name, row.metric, row.facts, False) for row in rows}
    return sentence(run, listed, run.directory.name)


def measured_cell(reference: dict[str, Any]) -> Cell:
    """Return what was measured of a reference figure.

    Parameters
    ----------
    reference
        An entry of the summary's references.

    Returns
    -------
    Cell
        The mean, with its interval.
    """
    return mean_cell({**reference, "mean": reference["measured"]})


def mean_cell(entry: Entry) -> Cell:
    """Return a mean with its interval.

    Parameters
    ----------
    entry
        Of the metrics in the summary.

    Returns
    -------
    Cell
        Without an interval where all seeds agree.
    """
    constant = entry["ci_low"] == entry["ci_high"] == entry["mean"]
    return Cell(number(entry["mean"], entry["unit"]), "" if constant else interval(entry))


def difference_cell(entry: Entry) -> Cell:
    """Return a difference between twins with its interval.

    Parameters
    ----------
    entry
        Of the differences in the summary.

    Returns
    -------
    Cell
        Both with their signs.
    """
    return Cell(number(entry["difference"], entry["unit"], signed=True), interval(entry, signed=True))
