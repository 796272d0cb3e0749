"""Figure of the one-pass study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.figures.curves import accuracy_figure
from experiments.results import Run


def draw(run: Run) -> dict[str, Figure]:
    """`one_pass`: validation accuracy by samples seen, each once; empty without the study."""
    figure = accuracy_figure(run, "one-pass", "Training samples seen, each once")
    return {} if figure is None else {"one_pass": figure}
