"""Figure of short-term plasticity."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, SKY, VERMILLION, style
from experiments.classics.short_term_plasticity import CLASSIC
from experiments.run_directory import Run
from experiments.shared.stored import along, model_summaries, rows, summaries
from experiments.shared.wording import number, stated
from experiments.spec import Metric, Plate

(_MODEL,) = CLASSIC.subjects
_DOTTED = (0, (1, 2))
_DECADES = (1e-16, 1e-14, 1e-12, 1e-10)

PLATES = (
    Plate(
        "short_term_plasticity",
        "Short-term plasticity",
        "Top left: depolarization of a membrane by a train of 20 Hz through a depressing and a facilitating synapse. "
        "Top middle: release of the depressing synapse a second, by the rate of Poisson trains (dots), and theory "
        "(line); dotted: limiting frequency, and the most that the synapse can release. Top right: release of the "
        "facilitating synapse per spike, in regular (dots) and Poisson trains (squares), with closed form and "
        "mean-field theory (lines); dotted: optimal rates as measured. Bottom left: release of the depressing synapse "
        "after a step of the rate from 5 to 40 Hz, simulated (dots) and in theory (line). Bottom right: largest "
        "relative error in regular trains by time step; all of it is rounding and what is left of the beginning.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `short_term_plasticity`: responses, stationary release, a transient, and errors.

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
        figure = Figure(figsize=(9.6, 6.2))
        grid = figure.add_gridspec(2, 6)
        left = grid[0, :2].subgridspec(2, 1)
        upper = figure.add_subplot(left[0])
        _response(upper, run, "depressing", BLUE)
        upper.tick_params(labelbottom=False)
        upper.set_title("Response to 20 Hz")
        lower = figure.add_subplot(left[1])
        _response(lower, run, "facilitating", VERMILLION)
        lower.set_xlabel("Time (ms)")
        _transmitted(figure.add_subplot(grid[0, 2:4]), run)
        _optimum(figure.add_subplot(grid[0, 4:]), run)
        _transient(figure.add_subplot(grid[1, :4]), run)
        _errors(figure.add_subplot(grid[1, 4:]), run)
    return {"short_term_plasticity": figure}


def sentences(run: Run) -> list[str]:
    """State limiting frequency and optimal rates.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    said = []
    for entry in summaries(run, CLASSIC["limiting_frequency"]):
        said.append(f"The limiting frequency of the depressing synapse is {stated(entry)}.")
    optima = {train: summaries(run, CLASSIC["optimum"], train=train) for train in ("regular", "Poisson")}
    told = [f"{stated(found[0])} in {train} trains" for train, found in optima.items() if found]
    said.append(f"The facilitating synapse releases most of a spike at {' and '.join(told)}.")
    worst = max(entry["mean"] for _, entry in along(run, CLASSIC["error"], _MODEL, "dt"))
    said.append(f"In regular trains, no release differs from the closed form by more than {number(worst, '')} of it.")
    return said


def _curve(run: Run, metric: Metric, **facts: str) -> tuple[list[float], list[float]]:
    """Rates and means of a metric."""
    found = along(run, metric, _MODEL, "rate", **facts)
    return [at for at, _ in found], [entry["mean"] for _, entry in found]


def _response(ax: Axes, run: Run, synapse: str, colour: str) -> None:
    values = rows(run, CLASSIC["response"], synapse=synapse).sort_values("step")
    ax.plot(values["step"], values["value"], color=colour, linewidth=1)
    ax.set(ylabel="mV", ylim=(0, None))
    # Each name where its curve is low.
    x, side = (0.98, "right") if synapse == "depressing" else (0.06, "left")
    ax.text(x, 0.95, synapse, color=colour, transform=ax.transAxes, ha=side, va="top")


def _transmitted(ax: Axes, run: Run) -> None:
    rates, means = _curve(run, CLASSIC["mean_field"], synapse="depressing")
    ax.plot(rates, [rate * mean for rate, mean in zip(rates, means, strict=True)], color=INK)
    ax.plot(*_curve(run, CLASSIC["transmitted"]), "o", color=BLUE, markersize=5)
    ax.axhline(1 / 0.8, color=INK, linewidth=0.8, linestyle=_DOTTED)
    ax.axvline(2.5, color=INK, linewidth=0.8, linestyle=_DOTTED)
    ax.set(xlabel="Rate (Hz)", ylabel="Release (weights per s)", ylim=(0, None), title="Depressing", xscale="log")
    _plain_rates(ax)


def _optimum(ax: Axes, run: Run) -> None:
    trains = (("closed", "settled", "o", VERMILLION, "regular"), ("mean_field", "release", "s", SKY, "Poisson"))
    for theory, measured, marker, colour, label in trains:
        ax.plot(*_curve(run, CLASSIC[theory], synapse="facilitating"), color=colour)
        for entry in summaries(run, CLASSIC["optimum"], train=label):
            ax.axvline(entry["mean"], color=colour, linewidth=0.8, linestyle=_DOTTED)
        ax.plot(
            *_curve(run, CLASSIC[measured], synapse="facilitating"),
            marker,
            color=colour,
            markersize=5,
            label=label,
        )
    ax.set(xlabel="Rate (Hz)", ylabel="Release (weights per spike)", title="Facilitating", xscale="log")
    _plain_rates(ax)
    ax.legend(loc="lower center")


def _transient(ax: Axes, run: Run) -> None:
    for metric, look, colour in (("transient", "o", BLUE), ("transient_theory", "-", INK)):
        found = model_summaries(run, CLASSIC[metric]).get(_MODEL, [])
        ax.plot(
            [5 * entry["step"] + 2.5 for entry in found],
            [entry["mean"] for entry in found],
            look,
            color=colour,
            markersize=4,
        )
    ax.set(
        xlabel="Time after the step (ms)",
        ylabel="Release (weights per s)",
        ylim=(0, None),
        title="Depressing, rate from 5 to 40 Hz",
    )


def _errors(ax: Axes, run: Run) -> None:
    errors = along(run, CLASSIC["error"], _MODEL, "dt")
    steps = [dt for dt, _ in errors]
    ax.plot(steps, [entry["mean"] for _, entry in errors], "o", color=BLUE)
    ax.set(xlabel="Time step (ms)", ylabel="Largest relative error", title="Convergence", xscale="log", yscale="log")
    ax.set_ylim(min(_DECADES), max(_DECADES))
    ax.yaxis.set_ticks(_DECADES, [f"{decade:g}" for decade in _DECADES])
    ax.xaxis.set_ticks(steps, [f"{dt:g}" for dt in steps])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_formatter("")


def _plain_rates(ax: Axes) -> None:
    """Write the rates of a logarithmic axis as plain numbers."""
    ax.xaxis.set_ticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.xaxis.set_minor_formatter("")
