"""Figure of the synfire chain."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, style
from experiments.classics.synfire import CLASSIC
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_points
from experiments.shared.stored import Entry, along, by_fact, entries, rows
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate

(_MODEL,) = CLASSIC.subjects
_FATES: dict[str, dict[str, Any]] = {
    "lives": {"color": BLUE, "linewidth": 1.0, "label": "lives"},
    "dies": {"color": ORANGE, "linewidth": 0.9, "linestyle": (0, (4, 1.5)), "label": "dies"},
}
Start = tuple[int, float]
"""Number of spikes and spread (ms) of a packet at the start."""
_LABELS = (*_FATES, "separatrix", "attractor")

PLATES = (
    Plate(
        "synfire",
        "State space of a synfire chain",
        "Left: each line is the mean path of packets with the same start (open mark), restricted to the fate of the "
        "majority, with a dot for each group; it ends when fewer than 10 spikes are left. Black: separatrix, the "
        "number of spikes at which half of the packets live. Star: attractor. Right: spikes of the widest packet that "
        "lives "
        "and of the narrowest that dies, of the first seed, from the packet that enters (group 0) to the last group. "
        "Below: spread at the attractor with several time steps, and share of the strongest packets that live in "
        "chains with several sizes of groups.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `synfire`: state space, two packets, and what depends on time step and size of the groups.

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
        figure = Figure(figsize=(8.4, 5.6))
        grid = figure.add_gridspec(3, 4, height_ratios=[1, 1, 0.62])
        plane = figure.add_subplot(grid[:2, :2])
        _paths(plane, run)
        for row, fate in enumerate(_FATES):
            _raster(figure.add_subplot(grid[row, 2:]), run, fate)
        _steps(figure.add_subplot(grid[2, :2]), run)
        _sizes(figure.add_subplot(grid[2, 2:]), run)
        named = {str(line.get_label()): line for line in plane.get_lines()}
        shown = [label for label in _LABELS if label in named]
        figure.legend([named[label] for label in shown], shown, loc="outside upper left", ncols=len(shown))
    return {"synfire": figure}


def sentences(run: Run) -> list[str]:
    """Describe where packets settle, how many spikes they need to live, and what the size of the groups changes.

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
    separatrix = along(run, CLASSIC["separatrix"], _MODEL, "spread")
    told_of = separatrix if len(separatrix) < 3 else [separatrix[0], separatrix[-1]]
    halves = [f"{stated(entry)} at a spread of {number(spread, 'ms')}" for spread, entry in told_of]
    told = [
        f"Packets that live settle at {settled[0]} spikes with a spread of {settled[1]}."
        if settled
        else "No packet of the largest kind lived.",
        f"Number of spikes at which half of the packets live: {listed(halves)}."
        if halves
        else "At no spread did the share of packets that live cross one half.",
    ]
    sizes = [f"{number(entry['mean'], 'fraction')} with {size:.0f}" for size, entry in _by_size(run)]
    if len(sizes) > 1:
        told.append(f"Of the strongest packets live, by the number of neurons of a group: {listed(sizes)}.")
    return told


def _main(run: Run) -> dict[str, Any]:
    """Return the facts of the chain whose state space was measured."""
    config = run.config[CLASSIC.name]
    return {"size": config["sizes"][0], "dt": config["steps"][0]}


def _attractor(run: Run) -> list[Entry]:
    """Return the spikes and the spread at the attractor; empty if there is none."""
    facts = _main(run)
    return [
        entry
        for metric in ("attractor_spikes", "attractor_spread")
        for entry in entries(run, CLASSIC[metric])
        if entry["facts"] == facts
    ]


def _by_size(run: Run) -> list[tuple[float, Entry]]:
    return along(run, CLASSIC["strong_survival"], _MODEL, "size", dt=_main(run)["dt"])


def _paths(ax: Axes, run: Run) -> None:
    spikes, spreads = _courses(run, CLASSIC["spikes"]), _courses(run, CLASSIC["spread"])
    common = {
        (_start(entry), "lives" if entry["mean"] >= 0.5 else "dies")
        for _, _, entry in by_fact(run, CLASSIC["survival"], "spread")
    }
    for (start, fate), course in spreads.items():
        if (start, fate) not in common:
            continue
        shape = _FATES[fate]
        x = [entry["mean"] for entry in course]
        y = [entry["mean"] for entry in spikes[start, fate][: len(course)]]
        ax.plot(x, y, marker=".", markersize=3, **shape)
        ax.plot(x[:1], y[:1], "o", markersize=4.5, markerfacecolor="white", markeredgecolor=shape["color"])
    if separatrix := along(run, CLASSIC["separatrix"], _MODEL, "spread"):
        half = [entry["mean"] for _, entry in separatrix]
        ax.plot([spread for spread, _ in separatrix], half, color=INK, linewidth=2.2, label="separatrix")
    if attractor := _attractor(run):
        y, x = (entry["mean"] for entry in attractor)
        ax.plot(x, y, "*", markersize=13, color="white", markeredgecolor=INK, zorder=4, label="attractor")
    ax.set(xlabel="Spread, σ (ms)", ylabel="Spikes in the packet, a", title="State space")
    ax.set_ylim(bottom=0)
    ax.set_xlim(left=0)


def _start(entry: Entry) -> Start:
    return entry["facts"]["spikes"], entry["facts"]["spread"]


def _courses(run: Run, metric: Metric) -> dict[tuple[Start, str], list[Entry]]:
    """Return the entries from group to group, by start and fate."""
    found: dict[tuple[Start, str], list[Entry]] = {}
    for _, fate, entry in by_fact(run, metric, "fate"):
        found.setdefault((_start(entry), fate), []).append(entry)
    return {key: sorted(course, key=lambda entry: entry["step"]) for key, course in found.items()}


def _raster(ax: Axes, run: Run, fate: str) -> None:
    found = rows(run, CLASSIC["spike"], fate=fate)
    size, groups = _main(run)["size"], run.config[CLASSIC.name]["groups"]
    if len(found):
        facts = list(found["facts"])
        place = np.array([fact["neuron"] for fact in facts]) / size
        ax.scatter(0.1 * found["step"].to_numpy(float) - 10, place, s=1.2, color=_FATES[fate]["color"], linewidths=0)
        start = f"a = {facts[0]['spikes']}, σ = {facts[0]['spread']:g} ms"
        ax.set_title(f"{start}: {fate}")
    for group in range(1, groups + 1):
        ax.axhline(group, color=FAINT, linewidth=0.4)
    ax.set(xlim=(-10, groups + 10), ylim=(groups + 1, 0), ylabel="Group", yticks=np.arange(groups + 1) + 0.5)
    ax.set_yticklabels([str(group) if group % 2 == 0 else "" for group in range(groups + 1)])
    ax.tick_params(axis="y", length=0)
    if fate == "dies":
        ax.set_xlabel("Time since the packet entered (ms)")


def _steps(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["attractor_spread"], _MODEL, "dt", size=_main(run)["size"])
    draw_points(ax, found, fmt="o-")
    ax.set(xlabel="Time step (ms)", ylabel="Spread (ms)", ylim=(0, None), xlim=(0, None))
    ax.set_title("Attractor and time step")


def _sizes(ax: Axes, run: Run) -> None:
    draw_points(ax, _by_size(run), fmt="o-", scale=100)
    ax.set(xlabel="Neurons of a group", ylabel="Live (%)", ylim=(-5, 105), title="Strongest packets")
