"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from experiments.doctor import Finding
from experiments.run_directory import Run
from experiments.shared.unlisted import place, sentence
from experiments.terminal import Terminal

if TYPE_CHECKING:
    from bnsim.engine.cache import Entry
    from experiments.conversion import Conversion

MOST_NETWORKS = 20
"""Networks of a cache that are listed one by one."""


def print_run(run: Run) -> None:
    """Print the verdicts on twins, the metrics, recalls and references of a run, and the path of its report.

    Of a classic experiment, which measures curves rather than numbers, the references alone.

    Parameters
    ----------
    run
        A stored run.
    """
    console = Terminal()
    if any(entry["primary"] for entry in run.summary["differences"]):
        console.print(_verdict(run.summary))
    of_classic = run.summary["protocol"] == "simulation"
    entries = [] if of_classic else _without_curves(run.summary["metrics"])
    trained = [entry for entry in entries if entry["model"] in run.manifest["models"]]
    untrained = [entry for entry in entries if entry["model"] not in run.manifest["models"]]
    n_seeds = len(run.summary["seeds"])
    seeds = f"{n_seeds} seed{'' if n_seeds == 1 else 's'}"
    for title, chosen in ((run.summary["task"], trained), ("units and networks without training", untrained)):
        if chosen:
            console.print(_metrics(chosen, f"{title}, {seeds}"))
    of_classes = [entry for entry in run.summary["metrics"] if entry["metric"] == "recall"]
    if of_classes:
        console.print(_recalls(of_classes))
    more = sentence(run, {place(entry) for entry in [*entries, *of_classes]}, run.directory)
    if run.summary["references"]:
        console.print(_references(run.summary))
    elif of_classic:
        console.print("no published figure holds under these conditions; the report shows what was measured")
    if more:
        console.print(more)
    console.print(f"report: {run.directory / 'report.html'}", soft_wrap=True)


def _without_curves(metrics: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
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


def _verdict(summary: Mapping[str, Any]) -> Table:
    """Return the table of the primary metrics of each pair of twins."""
    entries = [entry for entry in summary["differences"] if entry["primary"]]
    tested = any(entry["p_holm"] is not None for entry in entries)
    table = Table(title="BNS against its ANN twin", title_justify="left")
    for heading in ("metric", "BNS", "ANN", "difference (95 % interval)", "verdict", "standardised", "seeds"):
        table.add_column(heading, justify="left" if heading == "metric" else "right")
    if tested:
        table.add_column("p (Holm)", justify="right")
    for entry in entries:
        cells = [
            entry["metric"],
            f"{entry['model']} {_mean(summary, entry, entry['model'])}",
            f"{entry['twin']} {_mean(summary, entry, entry['twin'])}",
            f"{entry['difference']:+,.2f} {_limits(entry, '+,.2f')} {entry['unit'].removeprefix('percentage ')}",
            entry["verdict"],
            "-" if entry["standardised"] is None else f"{entry['standardised']:+.2f}",
            str(entry["n"]),
        ]
        if tested:
            cells.append("-" if entry["p_holm"] is None else f"{entry['p_holm']:.3g}")
        table.add_row(*cells)
    return table


def print_cache(folder: Path, entries: Sequence[Entry]) -> None:
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
    mean, low, high = entry["mean"], entry["ci_low"], entry["ci_high"]
    known = low is not None and (low, high) != (mean, mean)
    if entry["unit"] == "fraction":
        return f"{100 * mean:.2f} %" + (f" ({100 * low:.2f} to {100 * high:.2f})" if known else "")
    if entry["unit"] == "nat":
        return f"{mean:.4f} nat" + (f" ({low:.4f} to {high:.4f})" if known else "")
    return value_text(mean, entry["unit"])


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
