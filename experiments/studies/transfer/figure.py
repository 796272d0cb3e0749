"""Figure of the transfer study."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, ORANGE, PURPLE, SKY, VERMILLION, style
from experiments.run_directory import Run
from experiments.shared.plate import Plate
from experiments.shared.stored import along, summaries
from experiments.shared.wording import listed, number, told

_LOOKS = {
    "lif": (BLUE, "o", "LIF"),
    "noisy-lif": (SKY, "D", "LIF with noise"),
    "sigmoid": (VERMILLION, "s", "sigmoid"),
    "tanh": (ORANGE, "^", "tanh"),
    "relu": (PURPLE, "v", "ReLU"),
}


PLATES = (
    Plate(
        "transfer",
        "Response of single units",
        "Untrained units under constant input. Input 1 is where the LIF neuron begins to fire. The noisy neuron "
        "gets excitatory and inhibitory Poisson spikes besides, which cancel on average.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """`transfer`: response by input, LIF neurons beside artificial units; empty without the study."""
    if "transfer" not in run.config:
        return {}
    with style():
        figure = Figure(figsize=(7.2, 3.4))
        spiking, artificial = figure.subplots(1, 2)
        for model, ax in (("lif", spiking), ("noisy-lif", spiking), *((name, artificial) for name in list(_LOOKS)[2:])):
            _curve(ax, run, model)
        spiking.set(xlabel="Input (rheobases)", ylabel="Firing rate (Hz)", title="Brain-like (lines: theory)")
        artificial.set(xlabel="Input", ylabel="Activation", title="Artificial")
        for ax in (spiking, artificial):
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
            ax.legend(loc="upper left")
    return {"transfer": figure}


def sentences(run: Run) -> list[str]:
    """Thresholds and gains, and how far neurons are from theory."""
    thresholds = {entry["model"]: entry["mean"] for entry in summaries(run, "transfer", "threshold")}
    gains = {entry["model"]: entry["mean"] for entry in summaries(run, "transfer", "gain")}
    units = [
        f"{_LOOKS[model][2]} at {number(place, '')} with a gain of {number(gains[model], '')}"
        for model, place in thresholds.items()
    ]
    errors = [f"{_LOOKS[e['model']][2]} {told(e)}" for e in summaries(run, "transfer", "theory_error")]
    return [
        f"Units begin to respond at these inputs, and rise by these shares of their range per unit of input: "
        f"{listed(units)}.",
        f"The largest distance between a neuron's rate and theory, in per cent of its largest rate: {listed(errors)}.",
    ]


def _curve(ax: Axes, run: Run, model: str) -> None:
    """Means over seeds, and 95 % intervals where the seeds differ; where there is a theory, its line."""
    colour, marker, label = _LOOKS[model]
    entries = along(run, "transfer", "response", model, "input")
    theory = along(run, "transfer", "theory", model, "input")
    shape: dict[str, Any] = {"color": colour, "markersize": 4, "label": label}
    if theory:
        ax.plot([x for x, _ in theory], [entry["mean"] for _, entry in theory], color=colour, linewidth=1.2)
    ax.plot(
        [x for x, _ in entries], [entry["mean"] for _, entry in entries], marker=marker,
        linestyle="none" if theory else "-", **shape,
    )  # fmt: skip
    if all(entry["ci_low"] is not None for _, entry in entries):
        ax.fill_between(
            [x for x, _ in entries], [entry["ci_low"] for _, entry in entries],
            [entry["ci_high"] for _, entry in entries], color=colour, alpha=0.18, linewidth=0,
        )  # fmt: skip
