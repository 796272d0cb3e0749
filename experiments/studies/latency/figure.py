"""Figure of the latency study."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_band
from experiments.shared.plate import Plate
from experiments.shared.stored import Look, by_fact, facts, looks, summaries
from experiments.shared.wording import listed, number, told

STUDY = "latency"
PLATES = (
    Plate(
        "latency",
        "What is known after some time of a trial",
        "Bands and bars: 95 % intervals. Horizontal lines: artificial networks, whose answer has no time. Probes: "
        "logistic regressions on the spike counts of a layer up to that time. Early exit: a trial ends when the best "
        "output unit is so many spikes ahead. Correlation: of spike counts with the activations of the twin's layer.",
    ),
)
_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (4, 1.2, 1, 1.2)))
"""Of a network's layers, from the output back."""


def draw(run: Run) -> dict[str, Figure]:
    """`latency`: accuracy, probes, early exit and likeness to the twin by elapsed time; empty without the study."""
    if STUDY not in run.config:
        return {}
    with style():
        figure = Figure(figsize=(7.2, 5.8))
        (answer, probes), (early, twins) = figure.subplots(2, 2)
        early.margins(x=0.35)  # room for words beside the last point
        for model, look in looks(run).items():
            _answer(answer, run, model, look)
            _layers(probes, run, model, look, "probe_accuracy_after", 100)
            _early(early, run, model, look)
            _layers(twins, run, model, look, "twin_correlation", 1)
        answer.set(title="Decision", xlabel="Time (ms)", ylabel="Accuracy (%)")
        probes.set(title="Linear probes", xlabel="Time (ms)", ylabel="Accuracy (%)")
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
    """When accuracy is nearly what it becomes, and when layers begin to fire."""
    final = {entry["model"]: entry for entry in summaries(run, STUDY, "final_accuracy")}
    near = [
        f"{entry['model']} after {told(entry)} (in the end {number(final[entry['model']]['mean'], 'fraction')})"
        for entry in summaries(run, STUDY, "time_to_90")
    ]
    first = [
        f"{layer} of {model} at {told(entry)}" for model, layer, entry in by_fact(run, STUDY, "first_spike", "layer")
    ]
    if not first:
        return ["No network of this run has spikes, and an answer without spikes has no time.", "There is no latency."]
    reached = f"Accuracy first reached 90\N{NO-BREAK SPACE}% of its final value in {listed(near)}." if near else ""
    waited = f"The first spike of a trial came, on average, in {listed(first)}."
    return [text for text in (reached, waited) if text]


def _answer(ax: Axes, run: Run, model: str, look: Look) -> None:
    entries = [entry for entry in summaries(run, STUDY, "accuracy_after") if entry["model"] == model]
    (final,) = [entry for entry in summaries(run, STUDY, "final_accuracy") if entry["model"] == model]
    label = f"{model} ({look.kind})"
    if entries:
        _curve(ax, entries, look, 100, label=label, marker=look.marker, markersize=4)
    elif look.kind == "ANN":
        ax.axhline(100 * final["mean"], color=look.colour, linewidth=1.2, linestyle=(0, (5, 1)), label=label)


def _layers(ax: Axes, run: Run, model: str, look: Look, metric: str, scale: float) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, layer, entry in by_fact(run, STUDY, metric, "layer"):
        if name == model:
            found.setdefault(layer, []).append(entry)
    for dashes, entries in zip(_DASHES, list(found.values())[::-1], strict=False):
        _curve(ax, entries, look, scale, linestyle=dashes)


def _curve(ax: Axes, entries: list[dict[str, Any]], look: Look, scale: float, **line: Any) -> None:
    limit = 0 if entries[0]["unit"] == "fraction" else scale
    curve = sorted(entries, key=lambda entry: entry["step"])
    steps = [entry["step"] for entry in curve]
    ax.plot(steps, [scale * entry["mean"] for entry in curve], color=look.colour, linewidth=1.6, **line)
    draw_band(ax, steps, curve, look, scale=scale, limits=(-limit, scale))


def _early(ax: Axes, run: Run, model: str, look: Look) -> None:
    times = {facts(entry["condition"])["margin"]: entry["mean"] for entry in _of(run, "early_exit_time", model)}
    accuracies = _of(run, "early_exit_accuracy", model)
    points = [
        (times[facts(e["condition"])["margin"]], 100 * e["mean"], facts(e["condition"])["margin"]) for e in accuracies
    ]
    if not points:
        return
    x, y, margins = zip(*sorted(points), strict=True)
    ax.plot(x, y, color=look.colour, marker=look.marker, markersize=4.5, linewidth=1.2)
    for place in {0, len(margins) - 1}:
        plural = "s" if margins[place] != "1" else ""
        ax.annotate(
            f"{margins[place]} spike{plural}", (x[place], y[place]), (6, -3), textcoords="offset points",
            color=INK, fontsize=8.5,
        )  # fmt: skip


def _of(run: Run, metric: str, model: str) -> list[dict[str, Any]]:
    return [entry for name, _, entry in by_fact(run, STUDY, metric, "margin") if name == model]


def _name_layers(ax: Axes, run: Run) -> None:
    """Which dashes are which layer."""
    depth: dict[str, dict[str, None]] = {}
    for model, layer, _ in by_fact(run, STUDY, "probe_accuracy_after", "layer"):
        depth.setdefault(model, {})[layer] = None
    most = max((len(layers) for layers in depth.values()), default=0)
    names = ("last layer", "the one before", "third from last", "fourth from last")
    lines = list(zip(_DASHES, names, strict=True))[:most]
    handles = [ax.plot([], [], color=INK, linestyle=dashes, label=name)[0] for dashes, name in lines]
    if handles:
        ax.legend(handles=handles, loc="lower right")
