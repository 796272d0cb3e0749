"""Figure of plasticity by the frequency of pairs."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, VERMILLION, style
from experiments.classics.pairing_frequency import CLASSIC, DATA, FREQUENCIES, LAGS, STANDARD_ERRORS
from experiments.run_directory import Run
from experiments.shared.stored import along, entries
from experiments.shared.wording import number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_DECADES = (1e-16, 1e-14, 1e-12, 1e-10, 1e-8)
_COLOURS = dict(zip(LAGS, (BLUE, VERMILLION), strict=True))

PLATES = (
    Plate(
        "pairing_frequency",
        "Plasticity by the frequency of pairs",
        "Relative change of a synapse against the frequency at which pairs of spikes are repeated, pre-before-post "
        "(blue) and post-before-pre (red). Dots with bars: means and standard errors in slices of visual cortex. "
        "Crosses: simulated. Lines: closed solution. Left: triplet rule; middle: pair rule with the least error. "
        "Right: largest difference between simulation and closed solution, by time step; all of it is rounding.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `pairing_frequency`: change against frequency for both rules, and error against time step.

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
        figure = Figure(figsize=(9.0, 3.5))
        triplet, pair, errors = figure.subplots(1, 3, width_ratios=[1.5, 1.5, 1])
        for ax, rule in ((triplet, "triplet"), (pair, "pair")):
            _changes(ax, run, rule)
        pair.sharey(triplet)
        pair.tick_params(labelleft=False)
        pair.set_ylabel("")
        triplet.legend(loc="upper left")
        _errors(errors, run)
    return {"pairing_frequency": figure}


def sentences(run: Run) -> list[str]:
    """State the error of both rules, and how exact the simulation is.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    fits = {entry["facts"]["rule"]: entry["mean"] for entry in entries(run, CLASSIC["fit_error"])}
    worst = max(entry["mean"] for _, entry in along(run, CLASSIC["error"], _MODEL, "dt"))
    said = [f"No relative change differs from the closed solution by more than {worst:.1g}, with any time step."]
    if fits:
        said.insert(
            0,
            f"The triplet rule differs from the data by {number(fits['triplet'], '')} squared standard errors on "
            f"average, the best pair rule by {number(fits['pair'], '')}.",
        )
    return said


def _changes(ax: Axes, run: Run, rule: str) -> None:
    ax.axhline(0, color=FAINT, linewidth=0.8)
    for lag, colour in _COLOURS.items():
        closed = along(run, CLASSIC["closed"], _MODEL, "frequency", rule=rule, lag=lag)
        measured = along(run, CLASSIC["change"], _MODEL, "frequency", rule=rule, lag=lag)
        ax.plot([at for at, _ in closed], [100 * entry["mean"] for _, entry in closed], color=colour)
        ax.plot([at for at, _ in measured], [100 * entry["mean"] for _, entry in measured], "x", color=colour)
        means, bars = ([100 * value for value in values[lag]] for values in (DATA, STANDARD_ERRORS))
        label = "pre before post" if lag > 0 else "post before pre"
        ax.errorbar(FREQUENCIES, means, bars, fmt="o", color=colour, markersize=4, capsize=2, linewidth=1, label=label)
    ax.set(xlabel="Frequency of pairs (Hz)", ylabel="Change of the weight (%)", title=f"{rule.capitalize()} rule")


def _errors(ax: Axes, run: Run) -> None:
    errors = along(run, CLASSIC["error"], _MODEL, "dt")
    steps = [dt for dt, _ in errors]
    ax.plot(steps, [entry["mean"] for _, entry in errors], "o", color=BLUE)
    ax.set(xlabel="Time step (ms)", ylabel="Largest error", title="Convergence", xscale="log", yscale="log")
    ax.set_ylim(1e-16, 1e-8)
    ax.yaxis.set_ticks(_DECADES, [f"{decade:g}" for decade in _DECADES])
    ax.yaxis.set_minor_formatter("")
    ax.xaxis.set_ticks(steps, [f"{dt:g}" for dt in steps])
    ax.xaxis.set_minor_formatter("")
