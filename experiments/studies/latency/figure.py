"""Figure of the latency study."""

from __future__ import annotations

from collections import Counter
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_band
from experiments.shared.stored import Entry, Look, along, by_fact, layer_summaries, looks, of_model, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate
from experiments.studies.latency import STUDY

PLATES = (
    Plate(
        "latency",
        "Decision and layers over the time of a trial",
        "Bands and bars: 95 % intervals. Horizontal lines: artificial networks, whose answers do not depend on time. "
        "Probes: logistic regressions on the spike counts of a layer up to that time. Early exit: a trial ends when "
        "the best output unit leads by the given number of spikes. Correlation: between spike counts and the "
        "activations of the twin's layer.",
    ),
)
_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (4, 1.2, 1, 1.2)))
"""Line styles of a network's layers, from the output back."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `latency`: accuracy, probes, early exit and similarity to the twin by elapsed time.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    with style():
        figure = Figure(figsize=(7.2, 5.8))
        (answer, probes), (early, twins) = figure.subplots(2, 2)
        early.margins(x=0.35)  # room for the labels next to the last points
        for model, look in looks(run).items():
            _answer(answer, run, model, look)
            _layers(probes, run, model, look, STUDY["probe_accuracy_after"], 100)
            _early(early, run, model, look)
            _layers(twins, run, model, look, STUDY["twin_correlation"], 1)
        answer.set(title="Decision", xlabel="Time (ms)", ylabel="Accuracy (%)")
        probes.set(title="Linear probes", xlabel="Time (ms)", ylabel="Accuracy (%)")
        if not early.lines:
            early.text(0.5, 0.5, "no output that spikes", transform=early.transAxes, ha="center", color=INK, fontsize=9)
        early.set(title="Early exit", xlabel="Mean time of the decision (ms)", ylabel="Accuracy (%)")
        twins.set(title="Likeness to the twin", xlabel="Time (ms)", ylabel="Correlation with activations")
        answer.legend(loc="lower right")
        _name_layers(probes, run)
        for ax in (answer, probes, early, twins):
            ax.set_xlim(left=0)
        for ax in (answer, probes):
            ax.set_ylim(0, 102)
        for ax in figure.axes:
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
    return {"latency": figure}


def sentences(run: Run) -> list[str]:
    """Describe when the accuracy approaches its final value, and when layers begin to fire.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    final = {entry["model"]: entry for entry in summaries(run, STUDY["final_accuracy"])}
    near = [
        f"{entry['model']} after {stated(entry)} (in the end {number(final[entry['model']]['mean'], 'fraction')})"
        for entry in summaries(run, STUDY["time_to_90"])
    ]
    first = [
        f"{layer} of {model} at {stated(entry)}" for model, layer, entry in by_fact(run, STUDY["first_spike"], "layer")
    ]
    if not first:
        return ["No network of this run fired a spike, and answers without spikes do not depend on time."]
    reached = f"Accuracy first reached 90\N{NO-BREAK SPACE}% of its final value in {listed(near)}." if near else ""
    waited = f"The first spike of a trial occurred, on average, in {listed(first)}."
    return [text for text in (reached, waited) if text]


def _answer(ax: Axes, run: Run, model: str, look: Look) -> None:
    entries = of_model(summaries(run, STUDY["accuracy_after"]), model)
    (final,) = of_model(summaries(run, STUDY["final_accuracy"]), model)
    label = f"{model} ({look.kind})"
    if entries:
        _curve(ax, entries, look, 100, label=label, marker=look.marker, markersize=4)
    elif look.kind == "ANN":
        ax.axhline(100 * final["mean"], color=look.colour, linewidth=1.2, linestyle=(0, (5, 1)), label=label)


def _layers(ax: Axes, run: Run, model: str, look: Look, metric: Metric, scale: float) -> None:
    layers = [entries for (name, _), entries in layer_summaries(run, metric).items() if name == model]
    for dashes, entries in zip(_DASHES, reversed(layers), strict=False):
        _curve(ax, entries, look, scale, linestyle=dashes)


def _curve(ax: Axes, entries: list[Entry], look: Look, scale: float, **line: Any) -> None:
    curve = sorted(entries, key=lambda entry: entry["step"])
    steps = [entry["step"] for entry in curve]
    ax.plot(steps, [scale * entry["mean"] for entry in curve], color=look.colour, linewidth=1.6, **line)
    draw_band(ax, steps, curve, look, scale=scale)


def _early(ax: Axes, run: Run, model: str, look: Look) -> None:
    times = {margin: entry["mean"] for margin, entry in along(run, STUDY["early_exit_time"], model, "margin")}
    accuracies = along(run, STUDY["early_exit_accuracy"], model, "margin")
    points = sorted((times[margin], 100 * entry["mean"], int(margin)) for margin, entry in accuracies)
    if not points:
        return
    x, y, margins = zip(*points, strict=True)
    ax.plot(x, y, color=look.colour, marker=look.marker, markersize=4.5, linewidth=1.2)
    for place in {0, len(margins) - 1}:
        plural = "s" if margins[place] != 1 else ""
        ax.annotate(
            f"{margins[place]} spike{plural}", (x[place], y[place]), (6, -3), textcoords="offset points",
            color=INK, fontsize=8.5,
        )  # fmt: skip


def _name_layers(ax: Axes, run: Run) -> None:
    """Add a legend of the line styles of the layers."""
    depth = Counter(model for model, _ in layer_summaries(run, STUDY["probe_accuracy_after"]))
    names = ("last layer", "the one before", "third from last", "fourth from last")
    lines = list(zip(_DASHES, names, strict=True))[: max(depth.values(), default=0)]
    handles = [ax.plot([], [], color=INK, linestyle=dashes, label=name)[0] for dashes, name in lines]
    if handles:
        ax.legend(handles=handles, loc="lower right")
