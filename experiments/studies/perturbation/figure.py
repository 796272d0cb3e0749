"""Figure of the perturbation study."""

from __future__ import annotations

from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import plain_numbers
from experiments.shared.drawing.layers import MEASURED, draw_by_scale, scale_bar
from experiments.shared.stored import by_fact
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.perturbation import STUDY

_DASHED = {**MEASURED, "linestyle": (0, (4, 1.5))}
_LINES = {"epsilon": MEASURED, "removed": MEASURED, "moved": _DASHED}


PLATES = (
    Plate(
        "perturbation",
        "Growth of a small perturbation",
        "Random networks without training. tanh: one input is changed by 1e-6; the difference grows or shrinks by a "
        "factor in each layer. LIF: one input spike is removed (solid) or moved by 1 ms (dashed); the count is of "
        "spikes that occur in only one of the two trials, by layer and, in the last layer, by time since the change.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `perturbation`: differences by layer in both kinds of network, and over time.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    difference, spreading = STUDY["difference"], STUDY["spreading"]
    scales = [scale for _, scale, _ in by_fact(run, difference, "scale")]
    norm = LogNorm(min(scales), max(scales))
    with style():
        figure = Figure(figsize=(7.2, 3.8))
        tanh, lif, time = axes = figure.subplots(1, 3)
        for metric, panels in ((difference, {"tanh": tanh, "lif": lif}), (spreading, {"lif": time})):
            for change, line in _LINES.items():
                found = by_fact(run, metric, "change")
                for model, ax in panels.items():
                    chosen = [entry for name, held, entry in found if (name, held) == (model, change)]
                    draw_by_scale(ax, chosen, norm, line)
        tanh.set(title="tanh", xlabel=difference.step, ylabel="Difference (of the input's)")
        lif.set(title="LIF", xlabel=difference.step, ylabel="Spikes that differ")
        time.set(title="LIF, last layer", xlabel=spreading.step, ylabel="Spikes that differ (1/ms)")
        for ax in (tanh, lif):
            ax.set_yscale("log")
            plain_numbers(ax.yaxis)
        for ax in axes:
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        scale_bar(figure, axes, norm, scales)
    return {"perturbation": figure}


def sentences(run: Run) -> list[str]:
    """Describe the growth of a change from layer to layer.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report; empty if no growth was measured.
    """
    grown: dict[str, list[str]] = {}
    for model, change, entry in by_fact(run, STUDY["growth"], "change"):
        scale = number(entry["facts"]["scale"], "")
        if (model, change) in (("tanh", "epsilon"), ("lif", "removed")):
            grown.setdefault(model, []).append(f"{stated(entry)} at scale {scale}")
    return [
        f"{opening} grows from one layer to the next by a factor of {listed(grown[model])}."
        for model, opening in (
            ("tanh", "In tanh networks a change of one input"),
            ("lif", "In LIF networks the effect of a lost spike"),
        )
        if model in grown
    ]
