"""Figure of the detection of a repeating pattern."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, SEQUENTIAL, SKY, VERMILLION, style
from experiments.classics.pattern_detection import BINS, CLASSIC
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import Entry, along, entries, first_curve, rows
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_WINDOW, _THRESHOLD, _BEFORE = 50.0, 500.0, 25.0
"""Length of the pattern (ms), threshold (mV), and time shown before the last presentation (ms)."""
_PARTS = {"first": "At first", "found": "When the pattern is found", "last": "At the end"}
_GROUPS = {"pattern": ("in the pattern", VERMILLION), "others": ("others", BLUE)}

PLATES = (
    Plate(
        "pattern_detection",
        "A neuron finds the start of a repeating pattern",
        "Top: membrane potential for half a second (shaded: presentations of the pattern; dotted: threshold) at three "
        "times. Middle: latency of each spike within a presentation of the pattern, 0 outside. Below: spikes of every "
        "fourth afferent about the last presentation, the lighter, the stronger their synapse; afferents below 1000 "
        "take part in the pattern, which lasts from one dashed line to the other; the red line is the mean latency. "
        "All of the first seed. Bottom: weights at the end, mean over seeds; time at which successful runs find the "
        "pattern, and the share of these, against the time step, with 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `pattern_detection`: potentials, latencies, spikes with their weights, weights, and time steps.

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
        figure = Figure(figsize=(9.0, 10.2))
        grid = figure.add_gridspec(4, 6, height_ratios=[1, 1.1, 1.6, 1.1])
        for column, part in enumerate(_PARTS):
            _potential(figure.add_subplot(grid[0, 2 * column : 2 * column + 2]), run, part)
        _latencies(figure.add_subplot(grid[1, :]), run)
        _raster(figure.add_subplot(grid[2, :]), run)
        _weights(figure.add_subplot(grid[3, :2]), run)
        _along_steps(figure.add_subplot(grid[3, 2:4]), run, "found", 1, "Pattern found (s)")
        _along_steps(figure.add_subplot(grid[3, 4:]), run, "success", 100, "Successful runs (%)")
    return {"pattern_detection": figure}


def sentences(run: Run) -> list[str]:
    """State success, hits, latency, when the pattern was found, and what became of the weights.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt = float(run.config[CLASSIC.name]["steps"][0])
    success, hits, alarms = (stated(_with_step(run, name, dt)) for name in ("success", "hits", "false_alarms"))
    told = [
        f"With a time step of {number(dt, 'ms')} the neuron detects the pattern in {success} of the runs: it fires in "
        f"{hits} of its presentations, and outside of them at {alarms}."
    ]
    if _steps(run, "found").get(dt):
        found, discharges, latency = (stated(_with_step(run, name, dt)) for name in ("found", "discharges", "latency"))
        told.append(
            f"Successful runs find the pattern after {found} and {discharges} spikes; the latency at the end is "
            f"{latency}, over all runs."
        )
    strong, weak = (
        {group: stated(_with_step(run, name, dt, afferents=group)) for group in _GROUPS} for name in ("strong", "weak")
    )
    told.append(
        f"Of the afferents that take part in it, {strong['pattern']} have strong synapses at the end and "
        f"{weak['pattern']} weak ones; of the others, {strong['others']} and {weak['others']}."
    )
    return told


def _steps(run: Run, metric: str, **facts: str) -> dict[float, Entry]:
    """Return the entries by time step."""
    return dict(along(run, CLASSIC[metric], _MODEL, "dt", **facts))


def _with_step(run: Run, metric: str, dt: float, **facts: str) -> Entry:
    return _steps(run, metric, **facts)[dt]


def _potential(ax: Axes, run: Run, part: str) -> None:
    ax.set(title=_PARTS[part], xlabel="Time (s)")
    if part == "first":
        ax.set_ylabel("Potential (mV)")
    potential = first_curve(run, CLASSIC["potential"], part=part)
    if not potential.size:
        ax.text(0.5, 0.5, "not found", ha="center", transform=ax.transAxes)
        ax.set(xticks=[], yticks=[])
        return
    (start,) = rows(run, CLASSIC["beginning"], part=part)["value"]
    times = start + 1e-3 * float(run.config[CLASSIC.name]["steps"][0]) * np.arange(len(potential))
    for begin in first_curve(run, CLASSIC["presentation"], part=part):
        ax.axvspan(start + begin / 1e3, start + (begin + _WINDOW) / 1e3, color=FAINT, alpha=0.45, linewidth=0)
    ax.plot(times, potential, color=BLUE, linewidth=0.8)
    ax.axhline(_THRESHOLD, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlim=(times[0], times[-1]), ylim=(-600, 1100))


def _latencies(ax: Axes, run: Run) -> None:
    latencies = first_curve(run, CLASSIC["discharge"])
    ax.plot(np.arange(len(latencies)), latencies, ".", color=BLUE, markersize=2.5)
    ax.set(xlabel="Discharge", ylabel="Latency (ms)", xlim=(0, max(len(latencies), 1)), ylim=(-1, _WINDOW))


def _raster(ax: Axes, run: Run) -> None:
    spikes, dt = rows(run, CLASSIC["spike"]), float(run.config[CLASSIC.name]["steps"][0])
    times = dt * spikes["step"].to_numpy(float) - _BEFORE
    afferents = [facts["afferent"] for facts in spikes["facts"]]
    ax.set_facecolor(INK)
    drawn = ax.scatter(
        times, afferents, s=4, c=spikes["value"].to_numpy(float), cmap=SEQUENTIAL, vmin=0, vmax=1, linewidths=0
    )
    for border in (0, _WINDOW):
        ax.axvline(border, color=SKY, linewidth=1, linestyle="--")
    if latency := _steps(run, "latency").get(dt):
        ax.axvline(latency["mean"], color=VERMILLION, linewidth=1.5)
    ax.set(
        xlabel="Time since the beginning of the pattern (ms)", ylabel="Afferent", xlim=(-_BEFORE, 75), ylim=(0, 2000)
    )
    ax.figure.colorbar(drawn, ax=ax, label="Weight", pad=0.01).outline.set_visible(False)


def _weights(ax: Axes, run: Run) -> None:
    for place, (group, (label, colour)) in enumerate(_GROUPS.items()):
        found = [entry for entry in entries(run, CLASSIC["distribution"]) if entry["facts"] == {"afferents": group}]
        shares = [100 * entry["mean"] for entry in sorted(found, key=lambda entry: entry["step"])]
        left = (np.arange(BINS) + 0.5 * place) / BINS
        ax.bar(left, shares, 0.5 / BINS, align="edge", color=colour, label=label)
    ax.set(xlabel="Weight", ylabel="Afferents (%)", xlim=(0, 1), title="Weights at the end")
    ax.legend(loc="upper center")


def _along_steps(ax: Axes, run: Run, metric: str, scale: float, label: str) -> None:
    found = _steps(run, metric)
    means, bars = means_and_bars(found.values())
    steps = list(found)
    ax.errorbar(steps, scale * means, scale * bars, fmt="o", color=BLUE, capsize=3)
    ax.set(xlabel="Time step (ms)", ylabel=label, xscale="log", ylim=(0, None))
    ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
    ax.xaxis.set_minor_formatter("")
