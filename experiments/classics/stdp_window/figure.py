"""Figure of the STDP window."""

from __future__ import annotations

from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, VERMILLION, style
from experiments.classics.stdp_window import CLASSIC
from experiments.run_directory import Run
from experiments.shared.stored import along, summaries
from experiments.shared.wording import listed, number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "stdp_window",
        "Window of spike-timing-dependent plasticity",
        "Change of the weight by one pair of spikes, against the time from the presynaptic to the postsynaptic spike.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `stdp_window`: change against lag.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    changes = along(run, CLASSIC["change"], _MODEL, "lag")
    with style():
        figure = Figure(figsize=(5.4, 3.6))
        ax = figure.subplots()
        ax.axhline(0, color=FAINT, linewidth=0.8)
        ax.axvline(0, color=FAINT, linewidth=0.8)
        for color, side in ((BLUE, 1), (VERMILLION, -1)):
            points = [(lag, 100 * entry["mean"]) for lag, entry in changes if side * lag > 0]
            ax.plot(*zip(*points, strict=True), "o-", color=color, markersize=3)
        ax.set(xlabel="Postsynaptic minus presynaptic spike (ms)", ylabel="Change (% of the largest weight)")
    return {"stdp_window": figure}


def sentences(run: Run) -> list[str]:
    """State the fitted time constants.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    fitted = [
        f"{number(entry['mean'], 'ms')} for {what}"
        for what in ("potentiation", "depression")
        for entry in summaries(run, CLASSIC["tau_plus" if what == "potentiation" else "tau_minus"])
    ]
    return [f"Time constants fitted to the simulated window: {listed(fitted)}."] if fitted else []
