"""Figure of a sparse network with conductances."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.classics.coba import CLASSIC
from experiments.classics.cuba.figure import CAPTION, drawn, told
from experiments.run_directory import Run
from experiments.shared.stored import by_fact
from experiments.shared.wording import stated
from experiments.spec import Plate

PLATES = (
    Plate(
        "coba",
        "A sparse network of neurons with synaptic conductances",
        f"{CAPTION} All from drawn values at the start.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `coba`: spikes, a potential, rates of the neurons, and convergence.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"coba": drawn(run, CLASSIC, start="drawn")}


def sentences(run: Run) -> list[str]:
    """State rate, variation and synchrony, and what a kick does.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    kicked = {
        name: entry
        for name in ("rate", "lasting")
        for _, start, entry in by_fact(run, CLASSIC[name], "start")
        if start == "kick"
    }
    return [
        told(run, CLASSIC, start="drawn"),
        f"After a kick of a network at rest, neurons fire at {stated(kicked['rate'])}, and the last spike comes after "
        f"{stated(kicked['lasting'])}.",
    ]
