"""Figures of a sweep: each metric against what was varied.

One key of a grid gives a line with its 95 % interval, two keys a heat map, for each model; points that were drawn, or
more keys, give a panel of dots for each key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import SEQUENTIAL, colour, save, style
from experiments.points.design import shown, text_of
from experiments.points.sweep_directory import Sweep
from experiments.run_directory import writing
from experiments.studies import find

MOST_FIGURES = 6
"""Metrics that are drawn, where no metric of the study is primary."""
MOST_TICKS = 7
"""Values of a key each of which is named on its axis."""
MOST_CELLS = 100
"""Cells of a heat map whose numbers are written into them."""


def write(sweep: Sweep) -> list[Path]:
    """Draw the figures of a sweep into its folder `figures`.

    Parameters
    ----------
    sweep
        A stored sweep.

    Returns
    -------
    list of Path
        The pictures; empty if no metric has one value at each point.

    Raises
    ------
    MachineError
        If they cannot be written.
    """
    folder, paths = sweep.directory / "figures", []
    with writing(folder):
        for name, figure in draw(sweep):
            folder.mkdir(exist_ok=True)
            stem = re.sub(r"[^\w.-]+", "-", name)
            paths += [folder / f"{stem}.png", folder / f"{stem}.svg"]
            save(figure, *paths[-2:])
    return paths


def draw(sweep: Sweep) -> Iterator[tuple[str, Figure]]:
    """Draw the primary metric of the study, or the first metrics that have one value at each point.

    Parameters
    ----------
    sweep
        A stored sweep.

    Yields
    ------
    tuple of str and Figure
        Name of a metric, and its figure.
    """
    single, study = sweep.single_means(), find(sweep.plan["request"]["study"])
    names = list(dict.fromkeys(single["metric"]))
    if study.primary is not None and study.primary.name in names:
        names = [study.primary.name]
    for name in names[:MOST_FIGURES]:
        metric, rows = study[name], single[single["metric"] == name]
        unit = rows["unit"].iloc[0]
        label = f"{metric.label} ({unit})" if unit else metric.label
        with style():
            yield name, _figure(sweep, rows, label)


def _figure(sweep: Sweep, rows: pd.DataFrame, label: str) -> Figure:
    keys, models = list(sweep.keys), list(dict.fromkeys(rows["model"]))
    drawn = bool(sweep.plan["random"])
    if len(keys) == 2 and not drawn:
        return _maps(sweep, rows, models, label)
    figure = Figure(figsize=(max(5.2, 3.6 * len(keys)), 3.8))
    panels = np.atleast_1d(figure.subplots(1, len(keys), sharey=True))
    for ax, key in zip(panels, keys, strict=True):
        for number, model in enumerate(models):
            of_model, line = rows[rows["model"] == model], len(keys) == 1 and not drawn
            _along(ax, of_model, key, _values(sweep, rows, key), colour(number), model, line)
        ax.set_xlabel(key)
    panels[0].set_ylabel(label)
    if len(models) > 1:
        panels[-1].legend()
    return figure


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def _values(sweep: Sweep, rows: pd.DataFrame, key: str) -> list[Any]:
    """Return the values of a key as its column has them: numbers by size, others in the order of the grid."""
    grid = sweep.plan["grid"].get(key)
    if grid is None or _is_number(rows[key]):
        return sorted(set(rows[key] if grid is None else grid))
    return list(grid if pd.api.types.is_bool_dtype(rows[key]) else map(text_of, grid))


def _along(ax: Axes, rows: pd.DataFrame, key: str, names: Sequence[Any], shade: str, model: str, line: bool) -> None:
    """Draw a metric along one key: a line with a band, or dots with bars."""
    if _is_number(rows[key]):
        rows = rows.sort_values(key)
        places = rows[key].to_numpy(float)
        if len(values := np.unique(places)) <= MOST_TICKS:
            ax.set_xticks(values, [f"{value:g}" for value in values])
    else:
        rows = rows.sort_values(key, key=lambda column: column.map(names.index))
        places = np.array([names.index(value) for value in rows[key]], float)
        ax.set_xticks(range(len(names)), [shown(name) for name in names])
    mean, low, high = (rows[name].to_numpy(float) for name in ("mean", "ci_low", "ci_high"))
    if line:
        ax.plot(places, mean, "o-", color=shade, label=model, markersize=5, markeredgecolor="white")
        ax.fill_between(places, low, high, color=shade, alpha=0.18, lw=0)
    else:
        bars = np.nan_to_num(np.clip([mean - low, high - mean], 0, None))
        ax.errorbar(places, mean, bars, fmt="o", color=shade, label=model, markersize=4, elinewidth=0.7, alpha=0.8)
    if places.min() > 0 and places.max() / places.min() > 100:
        ax.set_xscale("log")


def _named(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _maps(sweep: Sweep, rows: pd.DataFrame, models: Sequence[str], label: str) -> Figure:
    """Draw a metric over a grid of two keys, for all models in the same colours."""
    figure = Figure(figsize=(4.8 * len(models), 4.0))
    panels = np.atleast_1d(figure.subplots(1, len(models)))
    finite = rows["mean"][np.isfinite(rows["mean"])]
    scale = Normalize(finite.min(), finite.max()) if len(finite) else Normalize(0, 1)
    across, up = ((key, _values(sweep, rows, key)) for key in sweep.keys)
    for ax, model in zip(panels, models, strict=True):
        _map(ax, rows[rows["model"] == model], across, up, scale)
        if len(models) > 1:
            ax.set_title(model)
    figure.colorbar(ScalarMappable(scale, SEQUENTIAL), ax=list(panels), label=label)
    return figure


def _map(
    ax: Axes, rows: pd.DataFrame, across: tuple[str, list[Any]], up: tuple[str, list[Any]], scale: Normalize
) -> None:
    """Draw the panel of one model; a point that has failed is a dash."""
    table = rows.pivot(index=up[0], columns=across[0], values="mean").reindex(index=up[1], columns=across[1])
    ax.pcolormesh(table.to_numpy(float), cmap=SEQUENTIAL, norm=scale)
    ax.set_xticks(np.arange(len(table.columns)) + 0.5, [_named(value) for value in table.columns])
    ax.set_yticks(np.arange(len(table.index)) + 0.5, [_named(value) for value in table.index])
    ax.set(xlabel=across[0], ylabel=up[0])
    ax.spines[:].set_visible(False)
    if table.size <= MOST_CELLS:
        cells = table.to_numpy(float)
        for (row, column), value in np.ndenumerate(cells):
            ink = "black" if not np.isfinite(value) or scale(value) > 0.5 else "white"
            text = f"{value:.3g}" if np.isfinite(value) else "-"
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink, fontsize=9)
