"""Figure of the competition of synapses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.synaptic_competition import BINS, CLASSIC, PARTS
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars, plain_numbers
from experiments.shared.stored import Entry, along, entries
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_SHADES = LinearSegmentedColormap.from_list("white_to_blue", ["#FFFFFF", BLUE, "#00263D"])
_SHARES = {"weak": BLUE, "strong": VERMILLION}

PLATES = (
    Plate(
        "synaptic_competition",
        "Synapses compete",
        "Top: distribution of the weights at the end, with the lowest and the highest rate of the inputs. Middle: the "
        "same distributions in time; a column holds all synapses, and the darker a bin, the more of them. Below, left: "
        "firing rate against the rate of the inputs, without plasticity (weights equally distributed) and at the end. "
        "Right: shares of weak (below 0.1 g_max) and strong (above 0.9 g_max) weights in time, with the lowest "
        "(dashed) and the highest (solid) rate of the inputs. Where there are several time steps, last row: rates and "
        "shares at the end with each, with the lowest (open symbols) and the highest (filled) rate of the inputs. Bars "
        "are 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `synaptic_competition`: distributions at the end and in time, rates, shares in time, and time steps.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    extremes = _extremes(run)
    several = len(run.config[CLASSIC.name]["steps"]) > 1
    with style():
        figure = Figure(figsize=(7.6, 10.4 if several else 8.0))
        grid = figure.subplots(3 + several, 2)
        shares = {rate: _distribution(run, rate) for rate in extremes}
        norm = PowerNorm(0.5, vmin=0, vmax=max(share.max() for share in shares.values()))
        for column, rate in enumerate(extremes):
            _histogram(grid[0, column], run, rate)
            image = grid[1, column].pcolormesh(
                _edges(run), np.linspace(0, 1, BINS + 1), shares[rate].T, cmap=_SHADES, norm=norm, rasterized=True
            )
            grid[1, column].set(xlabel="Time (s)", ylabel="" if column else "Weight (g_max)")
        grid[0, 0].set_ylabel("Synapses (%)")
        bar = figure.colorbar(image, ax=grid[1, :], label="Synapses (%)", pad=0.02)
        bar.outline.set_visible(False)
        top = max(grid[0, column].get_ylim()[1] for column in (0, 1))
        for ax in grid[0]:
            ax.set_ylim(0, top)
        _rates(grid[2, 0], run)
        _shares(grid[2, 1], run)
        if several:
            _steps(grid[3, 0], run, {"rate": INK}, 1, "Firing rate (Hz)")
            _steps(grid[3, 1], run, _SHARES, 100, "Synapses (%)")
    return {"synaptic_competition": figure}


def sentences(run: Run) -> list[str]:
    """State rates, shares of weak and strong weights, how far they have settled, and how alike cells are.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    low, high = _extremes(run)
    before, after = ({rate: _entry(run, "rate", rate, time) for rate in (low, high)} for time in (0, _end(run)))
    told = [
        f"As the rate of the inputs rises from {number(low, 'Hz')} to {number(high, 'Hz')}, the neuron's rises from "
        f"{stated(before[low])} to {stated(before[high])} without plasticity, and goes from {stated(after[low])} to "
        f"{stated(after[high])} with it."
    ]
    for rate in (low, high):
        weak, strong = (_entry(run, name, rate, _end(run)) for name in _SHARES)
        told.append(
            f"With inputs of {number(rate, 'Hz')}, {stated(weak)} of the weights are weak at the end, and "
            f"{stated(strong)} are strong; in the last fifth of the time these shares change by "
            f"{_change(run, 'weak', rate)} and {_change(run, 'strong', rate)}."
        )
    alike = [stated(_entry(run, "likeness", rate, _end(run))) for rate in (low, high)]
    told.append(f"The weights of cells with the same inputs correlate with {alike[0]} and {alike[1]} at the end.")
    return told


def _extremes(run: Run) -> tuple[float, float]:
    rates = run.config[CLASSIC.name]["input_rates"]
    return min(rates), max(rates)


def _end(run: Run) -> int:
    return int(run.config[CLASSIC.name]["duration"])


def _step(run: Run) -> float:
    return float(run.config[CLASSIC.name]["steps"][0])


def _entry(run: Run, metric: str, input_rate: float, time: int) -> Entry:
    """Return the entry with the first time step."""
    facts = {"input_rate": input_rate, "dt": _step(run), "time": time}
    (found,) = [entry for entry in entries(run, CLASSIC[metric]) if entry["facts"] == facts]
    return found


def _change(run: Run, metric: str, input_rate: float) -> str:
    """Say how a share changes in the last fifth of the time, in percentage points."""
    first, last = (_entry(run, metric, input_rate, time)["mean"] for time in (4 * _end(run) // 5, _end(run)))
    return number(100 * (last - first), "percentage points", signed=True)


def _distribution(run: Run, input_rate: float) -> FloatArray:
    """Return the distributions (time, bin) in per cent."""
    found = along(run, CLASSIC["distribution"], _MODEL, "time", input_rate=input_rate)
    found.sort(key=lambda pair: (pair[0], pair[1]["step"]))
    return 100 * np.array([entry["mean"] for _, entry in found]).reshape(-1, BINS)


def _edges(run: Run) -> FloatArray:
    """Return the borders of the columns: each lies around the time of its weights."""
    times = np.linspace(0, _end(run), PARTS + 1)
    return np.concatenate([times[:1], (times[1:] + times[:-1]) / 2, times[-1:]])


def _histogram(ax: Axes, run: Run, input_rate: float) -> None:
    found = along(run, CLASSIC["distribution"], _MODEL, "time", input_rate=input_rate, time=_end(run))
    last = sorted((entry for _, entry in found), key=lambda entry: entry["step"])
    means, bars = means_and_bars(last)
    places = (np.arange(BINS) + 0.5) / BINS
    ax.bar(places, 100 * means, 1 / BINS, color=BLUE, edgecolor="white", linewidth=0.4)
    ax.errorbar(places, 100 * means, 100 * bars, fmt="none", color=INK, linewidth=0.9)
    ax.set(xlim=(0, 1), xlabel="Weight (g_max)", title=f"Inputs of {input_rate:g} Hz")


def _rates(ax: Axes, run: Run) -> None:
    for time, label, colour in ((0, "without plasticity", FAINT), (_end(run), "with plasticity", VERMILLION)):
        found = along(run, CLASSIC["rate"], _MODEL, "input_rate", dt=_step(run), time=time)
        means, bars = means_and_bars(entry for _, entry in found)
        ax.errorbar([rate for rate, _ in found], means, bars, fmt="o-", color=colour, capsize=3, label=label)
    ax.set(xlabel="Rate of the inputs (Hz)", ylabel="Firing rate (Hz)", xlim=(0, None), yscale="log")
    plain_numbers(ax.yaxis)
    ax.legend(loc="upper left")


def _shares(ax: Axes, run: Run) -> None:
    for rate, dashes in zip(_extremes(run), ("--", "-"), strict=True):
        for metric, colour in _SHARES.items():
            found = along(run, CLASSIC[metric], _MODEL, "time", input_rate=rate, dt=_step(run))
            means, bars = means_and_bars(entry for _, entry in found)
            times = [time for time, _ in found]
            ax.plot(times, 100 * means, dashes, color=colour, label=f"{metric}, {rate:g} Hz")
            ax.fill_between(times, *(100 * (means + [[-1], [1]] * bars)), color=colour, alpha=0.18, linewidth=0)
    ax.set(xlabel="Time (s)", ylabel="Synapses (%)", xlim=(0, _end(run)), ylim=(0, 100))
    ax.legend(ncols=2, fontsize=8.5, loc="upper right")


def _steps(ax: Axes, run: Run, metrics: Mapping[str, str], scale: float, label: str) -> None:
    for rate, face in zip(_extremes(run), ("white", None), strict=True):
        for metric, colour in metrics.items():
            found = along(run, CLASSIC[metric], _MODEL, "dt", input_rate=rate, time=_end(run))
            means, bars = means_and_bars(entry for _, entry in found)
            steps = [dt for dt, _ in found]
            ax.errorbar(
                steps, scale * means, scale * bars, fmt="o-", color=colour, markerfacecolor=face or colour, capsize=3,
                label=f"{metric}, {rate:g} Hz",
            )  # fmt: skip
    ax.set(xlabel="Time step (ms)", ylabel=label, xlim=(0, None), ylim=(0, 1.35 * ax.get_ylim()[1]))
    ax.legend(ncols=2, fontsize=8.5, loc="upper center")
