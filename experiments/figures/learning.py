"""Figure of the learning study: validation accuracy against samples seen."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bnsim.plotting.style import FAINT, style
from experiments.figures.stored import looks, summaries
from experiments.results import Run


def draw(run: Run) -> dict[str, Figure]:
    """`learning`: mean over seeds with its 95 % interval as a band; empty without the learning study."""
    entries = [entry for entry in summaries(run, "learning", "validation_accuracy") if entry["step"] is not None]
    if not entries:
        return {}
    with style():
        figure = Figure(figsize=(7.2, 4.0))
        ax = figure.subplots()
        for model, look in looks(run).items():
            curve = sorted((entry for entry in entries if entry["model"] == model), key=lambda entry: entry["step"])
            if not curve:
                continue
            steps = [entry["step"] for entry in curve]
            mean = np.array([entry["mean"] for entry in curve]) * 100
            if all(entry["ci_low"] is not None for entry in curve):
                low = np.array([entry["ci_low"] for entry in curve]) * 100
                high = np.array([entry["ci_high"] for entry in curve]) * 100
                ax.fill_between(steps, np.maximum(low, 0), np.minimum(high, 100), color=look.colour, alpha=0.18, lw=0)
            ax.plot(
                steps, mean, color=look.colour, marker=look.marker, markersize=5, markeredgecolor="white",
                markeredgewidth=0.6, linewidth=1.8, label=f"{model} ({look.kind})",
            )  # fmt: skip
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5), numticks=20))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        ax.set_ylim(max(0, ax.get_ylim()[0]), 100)
        ax.set_xlabel("Training samples seen")
        ax.set_ylabel("Validation accuracy (%)")
        ax.set_title(f"Mean and 95 % interval over {_seeds(run)}")
        ax.legend(loc="lower right")
    return {"learning": figure}


def _seeds(run: Run) -> str:
    count = len(run.summary["seeds"])
    return f"{count} seed" if count == 1 else f"{count} seeds"
