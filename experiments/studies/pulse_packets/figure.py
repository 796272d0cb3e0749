"""Figure of the pulse-packets study."""

from __future__ import annotations

from typing import Any, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, SEQUENTIAL, style
from experiments.run_directory import Run
from experiments.shared.stored import Entry, along, by_fact, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate
from experiments.studies.pulse_packets import STUDY

(_MODEL,) = STUDY.subjects
_FATES: dict[str, dict[str, Any]] = {
    "lives": {"color": BLUE, "linewidth": 1.0, "label": "lives"},
    "dies": {"color": ORANGE, "linewidth": 0.9, "linestyle": (0, (4, 1.5)), "label": "dies"},
}
Start: TypeAlias = tuple[int, float]
"""Number of spikes and spread (ms) of a packet at the start."""
_LABELS = (*_FATES, "half live", "attractor")


PLATES = (
    Plate(
        "pulse_packets",
        "Packets of spikes along a synfire chain",
        "Left: each line is the mean path of packets with the same start (open mark), restricted to the fate of the "
        "majority, with a dot for each group; it ends when fewer than 10 spikes are left. Black: number of spikes at "
        "which half of the packets live. Star: end point of packets that live. Right: share of packets that live, by "
        "the number of spikes at the start.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `pulse_packets`: paths of packets in the plane of spread and spikes, and survival.

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
        figure = Figure(figsize=(7.2, 4.2))
        plane, survival = figure.subplots(1, 2, width_ratios=[1.35, 1])
        _paths(plane, run)
        _survival(survival, run)
        named = {str(line.get_label()): line for line in plane.get_lines()}
        shown = [label for label in _LABELS if label in named]
        figure.legend([named[label] for label in shown], shown, loc="outside lower left", ncols=len(shown))
        for ax in (plane, survival):
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
    return {"pulse_packets": figure}


def sentences(run: Run) -> list[str]:
    """Describe where packets settle, and how many spikes they need to live.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    settled = [stated(entry) for entry in _attractor(run)]
    separatrix = along(run, STUDY["separatrix"], _MODEL, "spread")
    told_of = separatrix if len(separatrix) < 3 else [separatrix[0], separatrix[-1]]
    halves = [f"{stated(entry)} at a spread of {number(spread, 'ms')}" for spread, entry in told_of]
    return [
        f"Packets that live settle at {settled[0]} spikes of 100 neurons with a spread of {settled[1]}."
        if settled
        else "No packet lived.",
        f"Number of spikes at which half of the packets live: {listed(halves)}."
        if halves
        else "At no spread did the share of packets that live cross one half.",
    ]


def _attractor(run: Run) -> list[Entry]:
    """Return the spikes and the spread of packets that live; empty if none does."""
    return [entry for metric in ("attractor_spikes", "attractor_spread") for entry in summaries(run, STUDY[metric])]


def _paths(ax: Axes, run: Run) -> None:
    spikes, spreads = _courses(run, STUDY["spikes"]), _courses(run, STUDY["spread"])
    common = {
        (start, "lives" if entry["mean"] >= 0.5 else "dies")
        for start, entry in ((_start(entry), entry) for _, _, entry in by_fact(run, STUDY["survival"], "spread"))
    }
    for (start, fate), course in spreads.items():
        if (start, fate) not in common:
            continue
        shape = _FATES[fate]
        x = [entry["mean"] for entry in course]
        y = [entry["mean"] for entry in spikes[start, fate][: len(course)]]
        ax.plot(x, y, marker=".", markersize=3, **shape)
        ax.plot(x[:1], y[:1], "o", markersize=4.5, markerfacecolor="white", markeredgecolor=shape["color"])
    if separatrix := along(run, STUDY["separatrix"], _MODEL, "spread"):
        half = [entry["mean"] for _, entry in separatrix]
        ax.plot([spread for spread, _ in separatrix], half, color=INK, linewidth=2.2, label="half live")
    if attractor := _attractor(run):
        y, x = (entry["mean"] for entry in attractor)
        ax.plot(x, y, "*", markersize=13, color="white", markeredgecolor=INK, zorder=4, label="attractor")
    ax.set(xlabel="Spread, σ (ms)", ylabel="Spikes in the packet, a", title="From group to group")
    ax.set_ylim(bottom=0)


def _start(entry: Entry) -> Start:
    return entry["facts"]["spikes"], entry["facts"]["spread"]


def _courses(run: Run, metric: Metric) -> dict[tuple[Start, str], list[Entry]]:
    """Return the entries from group to group, by start and fate."""
    found: dict[tuple[Start, str], list[Entry]] = {}
    for _, fate, entry in by_fact(run, metric, "fate"):
        found.setdefault((_start(entry), fate), []).append(entry)
    return {key: sorted(course, key=lambda entry: entry["step"]) for key, course in found.items()}


def _survival(ax: Axes, run: Run) -> None:
    found: dict[float, list[tuple[float, float]]] = {}
    for _, spread, entry in by_fact(run, STUDY["survival"], "spread"):
        found.setdefault(spread, []).append((entry["facts"]["spikes"], 100 * entry["mean"]))
    norm = Normalize(min(found), max(max(found), min(found) + 1))
    for spread, points in sorted(found.items()):
        x, y = zip(*sorted(points), strict=True)
        ax.plot(x, y, marker="o", markersize=4, color=mpl.colormaps[SEQUENTIAL](norm(spread)), label=f"{spread:g}")
    ax.axhline(50, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Spikes that enter", ylabel="Packets that live (%)", title="Survival")
    ax.legend(title="Spread (ms)", loc="center left", bbox_to_anchor=(1.0, 0.5))
