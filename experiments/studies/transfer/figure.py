"""Figure of the transfer study."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, ORANGE, PURPLE, SKY, VERMILLION, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_band
from experiments.shared.stored import Look, along, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.transfer import STUDY

_LOOKS = {
    "lif": Look("BNS", BLUE, "o"),
    "noisy-lif": Look("BNS", SKY, "D"),
    "sigmoid": Look("ANN", VERMILLION, "s"),
    "tanh": Look("ANN", ORANGE, "^"),
    "relu": Look("ANN", PURPLE, "v"),
}
_NAMES = {"lif": "LIF", "noisy-lif": "LIF with noise", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}


PLATES = (
    Plate(
        "transfer",
        "Response of single units",
        "Untrained units with constant input. At input 1, the LIF neuron begins to fire. The noisy neuron also "
        "receives excitatory and inhibitory Poisson spikes, which cancel on average.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `transfer`: the response by input, of LIF neurons next to artificial units.

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
        figure = Figure(figsize=(7.2, 3.4))
        spiking, artificial = figure.subplots(1, 2)
        for model, look in _LOOKS.items():
            _draw_response(spiking if look.kind == "BNS" else artificial, run, model)
        spiking.set(xlabel="Input (rheobases)", ylabel="Firing rate (Hz)", title="Brain-like (lines: theory)")
        artificial.set(xlabel="Input", ylabel="Activation", title="Artificial")
        for ax in (spiking, artificial):
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
            ax.legend(loc="upper left")
    return {"transfer": figure}


def sentences(run: Run) -> list[str]:
    """Describe thresholds and gains, and how far the neurons deviate from theory.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    thresholds = {entry["model"]: entry["mean"] for entry in summaries(run, STUDY["threshold"])}
    gains = {entry["model"]: entry["mean"] for entry in summaries(run, STUDY["gain"])}
    units = [
        f"{_NAMES[model]} at {number(place, '')} with a gain of {number(gains[model], '')}"
        for model, place in thresholds.items()
    ]
    errors = [f"{_NAMES[entry['model']]} {stated(entry)}" for entry in summaries(run, STUDY["theory_error"])]
    return [
        f"Input at which units begin to respond, with the gain as the share of their range per unit of input: "
        f"{listed(units)}.",
        f"Largest deviation of a neuron's rate from theory, in per cent of its largest rate: {listed(errors)}.",
    ]


def _draw_response(ax: Axes, run: Run, model: str) -> None:
    """Draw means over seeds with 95 % intervals, and a line for the theory if there is one."""
    look = _LOOKS[model]
    places, entries = zip(*along(run, STUDY["response"], model, "input"), strict=True)
    theory = along(run, STUDY["theory"], model, "input")
    if theory:
        ax.plot([x for x, _ in theory], [entry["mean"] for _, entry in theory], color=look.colour, linewidth=1.2)
    ax.plot(
        places, [entry["mean"] for entry in entries], marker=look.marker, linestyle="none" if theory else "-",
        color=look.colour, markersize=4, label=_NAMES[model],
    )  # fmt: skip
    draw_band(ax, places, entries, look)
