"""Figures of sweeps: the order of what is varied, and one scale of colours."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from experiments.points.design import text_of
from experiments.points.sweep_directory import Sweep
from experiments.report import sweep_figures


def figure(grid: dict[str, list[Any]], means: dict[str, list[float]]) -> Figure:
    """The figure of means of each model at each point, in the order of the points."""
    plan = {"grid": grid, "random": {}}
    columns = {key: [text_of(value) if isinstance(value, list) else value for value in grid[key]] for key in grid}
    points = list(itertools.product(*columns.values()))
    rows = [
        {**dict(zip(grid, point, strict=True)), "model": model, "mean": mean, "ci_low": mean, "ci_high": mean}
        for model, values in means.items()
        for point, mean in zip(points, values, strict=True)
    ]
    return sweep_figures._figure(Sweep(Path("sweep"), plan, {}, ()), pd.DataFrame(rows), "Accuracy")


def panels(drawn: Figure) -> list[tuple[Axes, QuadMesh]]:
    return [(ax, mesh) for ax in drawn.axes if ax.get_ylabel() != "Accuracy" for mesh in ax.collections][:2]  # type: ignore[misc]


def test_a_heat_map_has_lists_in_the_order_of_the_grid_and_numbers_by_size() -> None:
    drawn = figure({"hidden": [[20], [100], [500]], "passes": [10, 2]}, {"dense": [1, 2, 3, 4, 5, 6]})
    ((ax, mesh),) = panels(drawn)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["[20]", "[100]", "[500]"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "10"]
    assert mesh.get_array().tolist() == [[2, 4, 6], [1, 3, 5]]  # type: ignore[union-attr]
    assert [text.get_text() for text in ax.texts] == ["2", "4", "6", "1", "3", "5"]


def test_the_heat_maps_of_several_models_have_one_scale_of_colours() -> None:
    drawn = figure({"a": [1, 2], "b": [True, False]}, {"dense": [1, 2, 3, 4], "rate": [5, 6, 7, float("nan")]})
    (first, one), (second, other) = panels(drawn)
    assert one.get_clim() == other.get_clim() == (1, 7)
    assert (first.get_title(), second.get_title()) == ("dense", "rate")
    assert len(drawn.axes) == 3  # one bar of colours for both
    assert [text.get_text() for text in second.texts] == ["5", "7", "6", "-"]
    assert [text.get_color() for text in first.texts] == ["white"] * 4


@pytest.mark.parametrize("order", [[[20], [100], [500]], [[500], [20], [100]]])
def test_a_line_along_lists_has_them_in_the_order_of_the_grid(order: list[list[int]]) -> None:
    drawn = figure({"hidden": order}, {"dense": [1, 2, 3]})
    (ax,) = drawn.axes
    assert [label.get_text() for label in ax.get_xticklabels()] == [str(value) for value in order]
    assert ax.lines[0].get_ydata().tolist() == [1, 2, 3]  # type: ignore[union-attr]
