"""Figure of the rate in response to white noise."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, style
from experiments.classics.siegert import CLASSIC
from experiments.run_directory import Run
from experiments.shared.stored import along
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "siegert",
        "Convergence of the rate with the time step",
        "Firing rate against the square root of the time step, simulated (dots, with 95 % intervals over seeds) and in "
        "theory, with the threshold raised for the grid (line). Dotted: theory in continuous time.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `siegert`: rate against time step.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    measured = along(run, CLASSIC["rate"], _MODEL, "dt")
    theory = along(run, CLASSIC["theory"], _MODEL, "dt")
    with style():
        figure = Figure(figsize=(5.4, 3.6))
        ax = figure.subplots()
        ax.plot(np.sqrt([dt for dt, _ in theory]), [entry["mean"] for _, entry in theory], color=INK, label="theory")
        ax.axhline(theory[0][1]["mean"], color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
        means = np.array([entry["mean"] for _, entry in measured])
        limits = np.array([[entry["ci_low"], entry["ci_high"]] for _, entry in measured], float)
        bars = np.nan_to_num(np.abs(limits - means[:, None]).T)
        ax.errorbar(np.sqrt([dt for dt, _ in measured]), means, bars, fmt="o", color=BLUE, capsize=3, label="simulated")
        ax.set_xticks(np.sqrt([dt for dt, _ in theory]), [f"{dt:g}" for dt, _ in theory])
        ax.set(xlabel="Time step (ms), square-root scale", ylabel="Firing rate (Hz)")
        ax.legend(loc="lower left")
    return {"siegert": figure}


def sentences(run: Run) -> list[str]:
    """State the rate with the smallest time step, and theory.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt, measured = along(run, CLASSIC["rate"], _MODEL, "dt")[0]
    theory = dict(along(run, CLASSIC["theory"], _MODEL, "dt"))
    return [
        f"With a time step of {number(dt, 'ms')} the neurons fire at {stated(measured)}; theory for this step says "
        f"{number(theory[dt]['mean'], 'Hz')}, and {number(theory[0.0]['mean'], 'Hz')} in continuous time."
    ]
