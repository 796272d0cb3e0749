"""Tables of sweeps and fits for the terminal."""

from __future__ import annotations

import pandas as pd
from rich.table import Table

from bnsim.printable import one_line
from experiments.run.design import shown
from experiments.run.sweep_directory import Failed, Sweep
from experiments.run.sweep_tables import SUMMARY
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
    seeds = f"{counts['seeds']} seed{'' if counts['seeds'] == 1 else 's'}"
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
        console.print(f"try them again with `bnsim resume {sweep.directory} --retry-failed`", soft_wrap=True)
    console.print(f"tables: {sweep.directory / SUMMARY}", soft_wrap=True)


def _failure(failure: Failed) -> str:
    settings = ", ".join(f"{key}={shown(value)}" for key, value in failure.settings.items())
    return one_line(f"failed: point {failure.point} ({settings}), seed {failure.seed}: {failure.message}")


def _print_means(console: Terminal, sweep: Sweep) -> None:
    """Print the means of metrics that have one value at each of the first points."""
    summary = sweep.summary
    first = summary[summary["step"].isna() & summary["point"].isin(summary["point"].unique()[:MOST_POINTS])]
    sizes = first.groupby(["model", "metric", "point"])["mean"].size()
    single = {pair for pair, found in sizes.groupby(["model", "metric"]) if (found == 1).all()}
    whole = first[[pair in single for pair in zip(first["model"], first["metric"], strict=True)]]
    if whole.empty:
        return
    table, keys = Table(), list(sweep.keys)
    columns = list(dict.fromkeys(zip(whole["model"], whole["metric"], whole["unit"], strict=True)))
    several = whole["model"].nunique() > 1
    for key in ("point", *keys):
        table.add_column(key, justify="right")
    for model, metric, unit in columns[:MOST_METRICS]:
        name = f"{model} {metric}" if several else metric
        table.add_column(f"{name} ({unit})" if unit else name, justify="right")
    for number, rows in whole.groupby("point"):
        cells = {(row["model"], row["metric"], row["unit"]): _mean(row) for _, row in rows.iterrows()}
        settings = [shown(rows[key].iloc[0]) for key in keys]
        table.add_row(str(number), *settings, *(cells.get(column, "") for column in columns[:MOST_METRICS]))
    console.print(table)
    if (more := summary["point"].nunique() - MOST_POINTS) > 0:
        console.print(f"... and {more} more points")


def _mean(row: pd.Series) -> str:
    known = pd.notna(row["ci_low"]) and row["ci_low"] != row["ci_high"]
    limits = f" ({row['ci_low']:.4g} to {row['ci_high']:.4g})" if known else ""
    return f"{row['mean']:.4g}{limits}"
