"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.table import Table

from experiments.doctor import Finding
from experiments.findings.effects import effects
from experiments.findings.in_short import in_short
from experiments.run_directory import Run
from experiments.shared.stored import Entry
from experiments.shared.unlisted import place
from experiments.shared.unlisted import sentence as sentence_of_unlisted
from experiments.shared.wording import counted, listed
from experiments.terminal import Terminal

if TYPE_CHECKING:
    from bnsim.engine.cache import Entry as CachedNetwork
    from experiments.conversion import Conversion

MOST_NETWORKS = 20
"""Networks of a cache that are listed one by one."""


def print_run(run: Run, *, everything: bool = False) -> None:
    """Print what a run found in short, the verdicts on twins, its references, and the path of its report.

    Without twins, or where everything is wanted, also the means of all metrics of whole models, and the recalls.
    Of a classic experiment, which measures curves rather than numbers, the references alone.

    Parameters
    ----------
    run
        A stored run.
    everything
        Whether the tables of metrics are printed of a run with twins, too.
    """
    console, summary = Terminal(), run.summary
    for sentence in in_short(run, {}):
        console.print("".join(piece if isinstance(piece, str) else piece.title for piece in sentence), soft_wrap=True)
    primary = [entry for entry in summary["differences"] if entry["primary"]]
    for twins in dict.fromkeys((entry["model"], entry["twin"]) for entry in primary):
        of_pair = [entry for entry in primary if (entry["model"], entry["twin"]) == twins]
        console.print(_verdict(summary, of_pair))
    for table in _squares(run):
        console.print(table)
    of_classic = summary["protocol"] == "simulation"
    tables = [] if of_classic or (primary and not everything) else list(_tables(run))
    for table, _ in tables:
        console.print(table)
    if summary["references"]:
        console.print(_references(summary))
    elif of_classic:
        console.print("no reference figure holds under these conditions; the report shows what was measured")
    if primary and not everything:
        count = len({entry["metric"] for entry in summary["metrics"]})
        more = f"all {count} metrics: `bnsim show {run.directory} --all`; one of them at every step: --metric NAME"
    else:
        more = sentence_of_unlisted(run, {place(entry) for _, entries in tables for entry in entries}, run.directory)
    if more:
        console.print(more, soft_wrap=True)
    console.print(f"report: {run.directory / 'report.html'}", soft_wrap=True)


def print_means(run: Run, metric: str) -> None:
    """Print the means of one metric over the seeds, at every place and step.

    Parameters
    ----------
    run
        A stored run.
    metric
        Name of the metric.
    """
    means = run.means(metric)
    facts = [name for name in means.columns if name.startswith("facts.")]
    places = ["study"] * (means["study"].nunique() > 1) + ["model", *facts]
    places += ["step"] * bool(means["step"].notna().any())
    title = (
        f"{metric} of {listed(list(dict.fromkeys(means['study'])))}, mean of {counted(int(means['n'].max()), 'seed')}"
    )
    table = Table(title=title, title_justify="left", min_width=len(title))
    for name in places:
        table.add_column(name.removeprefix("facts."), justify="right" if name == "step" else "left", overflow="fold")
    with_interval = bool((means["ci_low"].notna() & (means["ci_low"] != means["ci_high"])).any())
    table.add_column("mean (95 % interval)" if with_interval else "mean", justify="right")
    for _, row in means.iterrows():
        entry = {**row, "ci_low": None if row["ci_low"] != row["ci_low"] else row["ci_low"]}
        table.add_row(*("" if pd.isna(row[name]) else str(row[name]) for name in places), mean_text(entry))
    Terminal().print(table)


def _tables(run: Run) -> Iterator[tuple[Table, list[Entry]]]:
    """Return the tables of metrics, each with the entries that it lists."""
    entries = _without_curves(run.summary["metrics"])
    trained = [entry for entry in entries if entry["model"] in run.manifest["models"]]
    untrained = [entry for entry in entries if entry["model"] not in run.manifest["models"]]
    seeds = counted(len(run.summary["seeds"]), "seed")
    for title, chosen in ((run.summary["task"], trained), ("units and networks without training", untrained)):
        if chosen:
            yield _metrics(chosen, f"{title}, {seeds}"), chosen
    of_classes = [entry for entry in run.summary["metrics"] if entry["metric"] == "recall"]
    if of_classes:
        yield _recalls(of_classes), of_classes


def _without_curves(metrics: Sequence[Entry]) -> list[Entry]:
    """Return the entries of whole models; of a study that has none, those of its layers, severities and the like."""
    found = [entry for entry in metrics if entry["step"] is None]
    whole = [entry for entry in found if not entry["facts"]]
    studies = {entry["study"] for entry in whole}
    return [*whole, *(entry for entry in found if entry["facts"] and entry["study"] not in studies)]


def print_catalogue(lines: Mapping[str, str]) -> None:
    """Print names and descriptions in two columns; in a file or a pipe, each on one line.

    Parameters
    ----------
    lines
        One line about each name.
    """
    table = Table.grid(padding=(0, 2))
    for name, line in lines.items():
        table.add_row(name, line)
    console = Terminal()
    if not console.is_terminal:
        console.width = console.measure(table, options=console.options.update(width=10_000)).maximum
    console.print(table)


def print_findings(findings: Sequence[Finding]) -> None:
    """Print the results of `bnsim doctor`, with the command that fixes what does not work.

    Parameters
    ----------
    findings
        Results, in the order in which they are printed.
    """
    table = Table(box=None)
    for heading in ("", "what", "found", "remedy"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark = "ok" if finding.works else "FAILS" if finding.needed else "absent"
        table.add_row(mark, finding.name, finding.detail, "" if finding.works else finding.remedy)
    Terminal().print(table)


def _verdict(summary: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of the primary metrics of one pair of twins."""
    model, twin = entries[0]["model"], entries[0]["twin"]
    tested = any(entry["p_holm"] is not None for entry in entries)
    title = f"{model} (BNS) against its twin {twin} (ANN), {counted(max(entry['n'] for entry in entries), 'seed')}"
    table = Table(title=title, title_justify="left", min_width=len(title))
    for heading in ("metric", "BNS", "ANN", "BNS - ANN (95 % interval)", "verdict"):
        table.add_column(heading, justify="left" if heading in ("metric", "verdict") else "right", overflow="fold")
    if tested:
        table.add_column("p (Holm)", justify="right")
    for entry in entries:
        unit = entry["unit"].removeprefix("percentage ")
        cells = [
            entry["metric"],
            _mean(summary, entry, model),
            _mean(summary, entry, twin),
            f"{entry['difference']:+,.2f} {_limits(entry, '+,.2f')} {unit}",
            entry["verdict"],
        ]
        if tested:
            cells.append("-" if entry["p_holm"] is None else f"{entry['p_holm']:.3g}")
        table.add_row(*cells)
    return table


def _squares(run: Run) -> Iterator[Table]:
    """Yield the table of each square: what spikes and local learning are worth in the primary metrics."""
    found = effects(run)
    for square in {one.square.corners: one.square for one in found}.values():
        seeds = counted(max(one.spikes["n"] for one in found), "seed")
        title = f"{square.spikes_local} against {square.rates_backpropagation}: what is due to what, {seeds}"
        table = Table(title=title, title_justify="left", min_width=len(title))
        for heading in ("metric", "effect", "value (95 % interval)", "verdict"):
            table.add_column(heading, justify="right" if heading.startswith("value") else "left", overflow="fold")
        for one in found:
            for entry in one.all if one.square == square else ():
                value = (
                    f"{entry['difference']:+,.2f} {_limits(entry, '+,.2f')} {entry['unit'].removeprefix('percentage ')}"
                )
                table.add_row(entry["metric"], entry["effect"], value, entry["verdict"])
        yield table


def print_cache(folder: Path, entries: Sequence[CachedNetwork]) -> None:
    """Print what a cache of compiled networks holds.

    Parameters
    ----------
    folder
        The cache folder.
    entries
        Its networks, last used first.
    """
    total = sum(entry.n_bytes for entry in entries) / 1e6
    console, table = Terminal(), Table()
    console.print(f"{folder}: {len(entries)} networks, {total:.1f} MB", soft_wrap=True)
    for heading in ("last used", "MB", "populations (units)"):
        table.add_column(heading, justify="right" if heading == "MB" else "left")
    for entry in entries[:MOST_NETWORKS]:
        used = datetime.fromtimestamp(entry.used).strftime("%Y-%m-%d %H:%M")
        table.add_row(used, f"{entry.n_bytes / 1e6:.1f}", entry.network)
    if len(entries) > MOST_NETWORKS:
        table.add_row("...", "", f"{len(entries) - MOST_NETWORKS} more")
    if entries:
        console.print(table)


def print_conversion(conversion: Conversion, folder: Path) -> None:
    """Print the accuracy of a converted network by time step, what is lost, and where it was written.

    Parameters
    ----------
    conversion
        The conversion.
    folder
        Where it was written.
    """
    from experiments.conversion.result import CLOSE

    console = Terminal()
    table = Table(title=f"{conversion.task}, {conversion.n_test} test samples", title_justify="left")
    for heading in ("time steps", "accuracy (%)", "points lost"):
        table.add_column(heading, justify="right")
    table.add_row("source (Keras)", f"{100 * conversion.source_accuracy:.2f}", "")
    for step, accuracy, lost in conversion.rows():
        table.add_row(str(step), f"{accuracy:.2f}", f"{lost:+.2f}")
    console.print(table)
    close = conversion.steps_until()
    reached = (
        f"from step {close} on" if close else f"not reached in {len(conversion.accuracy)} steps; give more --steps"
    )
    console.print(f"at most {CLOSE} points lost: {reached}", soft_wrap=True)
    console.print(f"the same answer as the source to {100 * conversion.agreement:.2f} % of the samples")
    console.print(f"{1e3 * conversion.seconds:.1f} ms a sample, {conversion.classifier.network_.n_units} neurons")
    console.print(f"written: {folder}", soft_wrap=True)


def _metrics(entries: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Return the table of means over seeds, with a row for each metric and a column for each model.

    Learning curves appear only with their mean.
    """
    models = list(dict.fromkeys(entry["model"] for entry in entries))
    table = Table(title=title, title_justify="left", min_width=len(title))
    table.add_column("metric")
    for model in models:
        table.add_column(model, justify="right")
    cells = {(_row(entry), entry["model"]): mean_text(entry) for entry in entries}
    for row in dict.fromkeys(map(_row, entries)):
        table.add_row(row, *(cells.get((row, model), "") for model in models))
    return table


def _row(entry: Mapping[str, Any]) -> str:
    """Name of an entry's row: its metric, and the values of its facts."""
    return ", ".join([entry["metric"], *map(str, entry["facts"].values())])


def _recalls(entries: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of recalls, with a row for each class and a column for each model."""
    rows = [{**entry, "metric": entry["facts"]["class"], "facts": {}} for entry in entries]
    table = _metrics(rows, "recall of each class")
    table.columns[0].header = "class"
    return table


def _references(summary: Mapping[str, Any]) -> Table:
    table = Table(title="Published figures", title_justify="left")
    for heading in ("figure", "metric", "published", "measured (95 % interval)", "tolerance", ""):
        table.add_column(heading)
    for entry in summary["references"]:
        published, tolerance = (value_text(entry[key], entry["unit"]) for key in ("published", "tolerance"))
        measured = value_text(entry["measured"], entry["unit"])
        if entry["ci_low"] is not None and entry["ci_low"] != entry["ci_high"]:
            low, high = (value_text(entry[key], entry["unit"]) for key in ("ci_low", "ci_high"))
            measured += f" ({low} to {high})"
        passed = "passed" if entry["passed"] else "MISSED"
        table.add_row(entry["name"], entry["metric"], published, measured, tolerance, passed)
    return table


def _mean(summary: Mapping[str, Any], difference: Mapping[str, Any], model: str) -> str:
    keys = ("study", "metric")
    for entry in summary["metrics"]:
        if entry["model"] == model and all(entry[key] == difference[key] for key in keys):
            return mean_text(entry)
    return "-"


def mean_text(entry: Mapping[str, Any]) -> str:
    """Word a mean and its interval.

    Parameters
    ----------
    entry
        One of the metrics of summary.json.

    Returns
    -------
    str
        Such as "97.30 % (96.10 to 98.20)".
    """
    mean, low, high, unit = entry["mean"], entry["ci_low"], entry["ci_high"], entry["unit"]
    known = low is not None and (low, high) != (mean, mean)
    if unit in ("fraction", "nat"):
        scale, form, name = (100, ".2f", "%") if unit == "fraction" else (1, ".4f", unit)
        limits = f" ({scale * low:{form}} to {scale * high:{form}})" if known else ""
        return f"{scale * mean:{form}} {name}{limits}"
    return value_text(mean, unit) + (f" ({value_text(low, '')} to {value_text(high, '')})" if known else "")


def value_text(value: float, unit: str) -> str:
    """Word a value.

    Parameters
    ----------
    value
        The value.
    unit
        Its unit.

    Returns
    -------
    str
        Such as "97.30 %" of a fraction, "3.2 ms" of a time.
    """
    if unit == "fraction":
        return f"{100 * value:.2f} %"
    text = f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text if unit in ("count", "") else f"{text} {unit}"


def _limits(entry: Mapping[str, Any], form: str) -> str:
    if entry["ci_low"] is None:
        return ""
    return f"({entry['ci_low']:{form}} to {entry['ci_high']:{form}})"
