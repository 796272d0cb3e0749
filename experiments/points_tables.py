"""Tables of sweeps and fits for the terminal."""

from __future__ import annotations

import pandas as pd
from rich.table import Table

from bnsim.printable import one_line
from experiments.points.design import shown
from experiments.points.fit_directory import TRIALS, Fit
from experiments.points.sweep_directory import SUMMARY, Failed, Sweep, study_of
from experiments.shared.wording import counted
from experiments.tables import mean_text
from experiments.terminal import Terminal

MOST_POINTS = 20
"""Points of a sweep, and failures, that are listed one by one."""
MOST_METRICS = 6
"""Columns of metrics."""


def print_sweep(sweep: Sweep) -> None:
    """Print how much of a sweep is finished, what failed, and the means of its first points.

    Parameters
    ----------
    sweep
        A stored sweep.
    """
    console, counts = Terminal(), sweep.counts
    seeds = counted(counts["seeds"], "seed")
    left = counts["jobs"] - counts["finished"] - counts["failed"]
    console.print(
        f"{counts['points']} points, {seeds}: {counts['finished']} of {counts['jobs']} finished"
        + (f", {counts['failed']} failed" if counts["failed"] else "")
        + (f", {left} not done" if left else ""),
        soft_wrap=True,
    )
    _print_means(console, sweep)
    for failure in sweep.failures[:MOST_POINTS]:
        console.print(_failure(failure), soft_wrap=True)
    if len(sweep.failures) > MOST_POINTS:
        console.print(f"... and {len(sweep.failures) - MOST_POINTS} more failures, in failed.jsonl")
    if sweep.failures:
        command = f"bnsim resume {sweep.directory}{study_of(sweep.plan)} --retry-failed"
        console.print(f"try them again with `{command}`", soft_wrap=True)
    console.print(f"tables: {sweep.directory / SUMMARY}", soft_wrap=True)


def print_fit(fit: Fit) -> None:
    """Print what a fit found.

    Parameters
    ----------
    fit
        A stored fit.
    """
    console, result = Terminal(), fit.result
    console.print(
        f"{result['trials']} trials in {result['generations']} generations"
        + (f", {result['failed']} failed" if result["failed"] else "")
        + f": {result['why_it_ended']}",
        soft_wrap=True,
    )
    best = Table()
    best.add_column("parameter")
    best.add_column("best", justify="right")
    for name, value in result["best"].items():
        best.add_row(name, shown(value))
    console.print(best)
    table = Table()
    for heading in ("target", "wanted", "weight", "found", "of each seed"):
        table.add_column(heading, justify="left" if heading == "target" else "right")
    for target in result["targets"]:
        numbers = [f"{target[name]:.6g}" for name in ("wanted", "weight", "found")]
        seeds = ", ".join(f"{value:.4g}" for value in target["by_seed"][:MOST_METRICS])
        more = ", ..." if len(target["by_seed"]) > MOST_METRICS else ""
        table.add_row(target["target"], *numbers, seeds + more)
    console.print(table)
    console.print(f"objective: {result['objective']:.6g}; trials: {fit.directory / TRIALS}", soft_wrap=True)


def _failure(failure: Failed) -> str:
    settings = ", ".join(f"{key}={shown(value)}" for key, value in failure.settings.items())
    return one_line(f"failed: point {failure.point} ({settings}), seed {failure.seed}: {failure.message}")


def _print_means(console: Terminal, sweep: Sweep) -> None:
    """Print the means of metrics that have one value at each of the first points."""
    single = sweep.single_means()
    if single.empty:
        return
    numbers = list(single["point"].unique())
    whole = single[single["point"].isin(numbers[:MOST_POINTS])]
    table, keys = Table(), list(sweep.keys)
    metrics = list(dict.fromkeys(whole["metric"]))
    columns = list(dict.fromkeys(zip(whole["model"], whole["metric"], whole["unit"], strict=True)))
    columns.sort(key=lambda column: metrics.index(column[1]))  # the first metrics of all models
    several = whole["model"].nunique() > 1
    for key in ("point", *keys):
        table.add_column(key, justify="right", overflow="fold")
    for model, metric, _ in columns[:MOST_METRICS]:
        table.add_column(f"{model} {metric}" if several else metric, justify="right", overflow="fold")
    for number, rows in whole.groupby("point"):
        cells = {(row["model"], row["metric"], row["unit"]): _mean(row) for _, row in rows.iterrows()}
        settings = [_setting(rows[key].iloc[0]) for key in keys]
        table.add_row(str(number), *settings, *(cells.get(column, "") for column in columns[:MOST_METRICS]))
    console.print(table)
    if (more := len(numbers) - MOST_POINTS) > 0:
        console.print(f"... and {more} more points")


def _setting(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else shown(value)


def _mean(row: pd.Series) -> str:
    return mean_text({**row, "ci_low": None if pd.isna(row["ci_low"]) else row["ci_low"]})
