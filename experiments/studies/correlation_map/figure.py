"""Figure of the correlation-map study."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, INK, VERMILLION, style
from experiments.run_directory import Run
from experiments.shared.drawing.layers import MEASURED, THEORY, draw_by_scale, scale_bar
from experiments.shared.stored import along, by_fact, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.correlation_map import STUDY

PLATES = (
    Plate(
        "correlation_map",
        "Similarity of two inputs from layer to layer",
        "Random networks without training; for each scale of the weights, pairs of inputs with three correlations. "
        "Dashed: mean-field theory. tanh: cosine of Gaussian inputs and of activations. LIF: correlation of input "
        "rates, then of spike counts; with common keys both inputs use the same random numbers, otherwise different "
        "ones. Top right: factor by which the square of a small difference grows in one layer; spike counts have no "
        "such slope.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `correlation_map`: the correlation by layer in both kinds of network, and the slope.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    correlation = STUDY["correlation"]
    scales = [scale for _, scale, _ in by_fact(run, correlation, "scale")]
    norm = LogNorm(min(scales), max(scales))
    with style():
        figure = Figure(figsize=(7.2, 5.4))
        (tanh, slope), (common, independent) = figure.subplots(2, 2)
        for metric, line in ((STUDY["theory"], THEORY), (correlation, MEASURED)):
            found = by_fact(run, metric, "scale")
            draw_by_scale(tanh, [entry for model, _, entry in found if model == "tanh"], norm, line)
        for keys, ax in (("common", common), ("independent", independent)):
            found = by_fact(run, correlation, "keys")
            draw_by_scale(ax, [entry for _, held, entry in found if held == keys], norm, MEASURED)
        for title, ax in (("tanh", tanh), ("LIF, common keys", common), ("LIF, independent keys", independent)):
            ax.set(xlabel=correlation.step, ylabel="Correlation", title=title, ylim=(0, 1.02))
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        _slope(slope, run)
        scale_bar(figure, [common, independent], norm, scales)
    return {"correlation_map": figure}


def sentences(run: Run) -> list[str]:
    """Describe where the network is critical, how far it deviates from theory, and the correlations of spike counts.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    slopes = [
        f"{stated(entry)} at scale {number(scale, '')}" for scale, entry in along(run, STUDY["slope"], "tanh", "scale")
    ]
    errors = [stated(entry) for entry in summaries(run, STUDY["theory_error"])]
    ends = [
        f"{stated(entry)} at scale {number(entry['facts']['scale'], '')}"
        for _, keys, entry in by_fact(run, STUDY["fixed_point"], "keys")
        if keys == "common"
    ]
    return [
        f"In one tanh layer the square of a small difference grows by a factor of {listed(slopes)}; correlations "
        f"deviate from theory by at most {listed(errors)}.",
        f"With common random numbers, the least similar inputs of LIF networks lead to spike counts with a correlation "
        f"of {listed(ends)}."
        if ends
        else "In LIF networks no layer was active at the end.",
    ]


def _slope(ax: Axes, run: Run) -> None:
    theory, measured = (along(run, STUDY[metric], "tanh", "scale") for metric in ("slope_theory", "slope"))
    ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    for place, text in (("bottom", "chaotic"), ("top", "ordered")):
        ax.annotate(
            text, (1, 1), (-2, 3 if place == "bottom" else -3), ha="right", va=place, color=INK, fontsize=9,
            xycoords=("axes fraction", "data"), textcoords="offset points",
        )  # fmt: skip
    ax.plot([scale for scale, _ in theory], [entry["mean"] for _, entry in theory], color=VERMILLION, label="theory")
    ax.plot(
        [scale for scale, _ in measured], [entry["mean"] for _, entry in measured], "s", color=VERMILLION,
        markersize=5, label="measured",
    )  # fmt: skip
    ax.set(xlabel="Scale of the weights", ylabel="Growth of a small difference²", title="tanh, one layer")
    ax.legend(loc="upper left")
