"""Figure of the sample-efficiency study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.figures.curves import accuracy_figure
from experiments.results import Run


def draw(run: Run) -> dict[str, Figure]:
    """`sample_efficiency`: validation accuracy by training samples of each class; empty without the study."""
    figure = accuracy_figure(run, "sample-efficiency", "Training samples of each class")
    return {} if figure is None else {"sample_efficiency": figure}
