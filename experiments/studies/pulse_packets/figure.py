"""Figure of the pulse-packets study."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, SEQUENTIAL, style
from experiments.run_directory import Run
from experiments.shared.plate import Plate
from experiments.shared.stored import along, by_fact, facts, summaries
from experiments.shared.wording import listed, number, told

STUDY, MODEL = "pulse-packets", "synfire-chain"
_FATES: dict[str, dict[str, Any]] = {
    "lives": {"color": BLUE, "linewidth": 1.0, "label": "lives"},
    "dies": {"color": ORANGE, "linewidth": 0.9, "linestyle": (0, (4, 1.5)), "label": "dies"},
}
_LABELS = (*_FATES, "half live", "attractor")


PLATES = (
    Plate(
        "pulse_packets",
        "Packets of spikes along a synfire chain",
        "Left: each line is the mean way of packets that start alike (open mark) and share the fate of most of them, "
        "a dot a group; it ends where fewer than 10 spikes are left. Black: from this many spikes on, half of the "
        "packets live. Star: where packets that live end. Right: share of the packets that live, by the spikes with "
        "which they enter.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """`pulse_packets`: ways of packets in the plane of spread and spikes, and survival; empty without the study."""
    if STUDY not in run.config:
        return {}
    with style():
        figure = Figure(figsize=(7.2, 4.2))
        plane, survival = figure.subplots(1, 2, width_ratios=[1.35, 1])
        _ways(plane, run)
        _survival(survival, run)
        named = {str(line.get_label()): line for line in plane.get_lines()}
        shown = [label for label in _LABELS if label in named]
        figure.legend([named[label] for label in shown], shown, loc="outside lower left", ncols=len(shown))
        for ax in (plane, survival):
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
    return {"pulse_packets": figure}


def sentences(run: Run) -> list[str]:
    """Where packets settle, and from where on they live."""
    found = {metric: summaries(run, STUDY, metric) for metric in ("attractor_spikes", "attractor_spread")}
    settled = [told(entries[0]) for entries in found.values() if entries]
    separatrix = along(run, STUDY, "separatrix", MODEL, "spread")
    told_of = separatrix if len(separatrix) < 3 else [separatrix[0], separatrix[-1]]
    halves = [f"{told(entry)} at a spread of {number(spread, 'ms')}" for spread, entry in told_of]
    return [
        f"Packets that live settle at {settled[0]} spikes of 100 neurons with a spread of {settled[1]}."
        if settled
        else "No packet lived.",
        f"Half of the packets live from this many spikes on: {listed(halves)}."
        if halves
        else "At no spread did the share of packets that live cross one half.",
    ]


def _ways(ax: Axes, run: Run) -> None:
    spikes, spreads = (_courses(run, metric) for metric in ("spikes", "spread"))
    survival = [entry for _, _, entry in by_fact(run, STUDY, "survival", "spread")]
    common = [facts(entry["condition"]) | {"fate": "lives" if entry["mean"] >= 0.5 else "dies"} for entry in survival]
    for condition, course in spreads.items():
        if facts(condition) not in common:
            continue
        shape = _FATES[facts(condition)["fate"]]
        x = [entry["mean"] for entry in course]
        y = [entry["mean"] for entry in spikes[condition][: len(course)]]
        ax.plot(x, y, marker=".", markersize=3, **shape)
        ax.plot(x[:1], y[:1], "o", markersize=4.5, markerfacecolor="white", markeredgecolor=shape["color"])
    separatrix = along(run, STUDY, "separatrix", MODEL, "spread")
    ax.plot(
        [spread for spread, _ in separatrix], [entry["mean"] for _, entry in separatrix], color=INK, linewidth=2.2,
        label="half live",
    )  # fmt: skip
    settled = [summaries(run, STUDY, metric) for metric in ("attractor_spread", "attractor_spikes")]
    if all(settled):
        x, y = (entries[0]["mean"] for entries in settled)
        ax.plot(x, y, "*", markersize=13, color="white", markeredgecolor=INK, zorder=4, label="attractor")
    ax.set(xlabel="Spread, σ (ms)", ylabel="Spikes in the packet, a", title="From group to group")
    ax.set_ylim(bottom=0)


def _courses(run: Run, metric: str) -> dict[str, list[dict[str, Any]]]:
    """Condition -> entries from group to group."""
    found: dict[str, list[dict[str, Any]]] = {}
    for _, _, entry in by_fact(run, STUDY, metric, "fate"):
        found.setdefault(entry["condition"], []).append(entry)
    return {condition: sorted(course, key=lambda entry: entry["step"]) for condition, course in found.items()}


def _survival(ax: Axes, run: Run) -> None:
    found: dict[float, list[tuple[float, float]]] = {}
    for _, _, entry in by_fact(run, STUDY, "survival", "spread"):
        held = facts(entry["condition"])
        found.setdefault(float(held["spread"]), []).append((float(held["spikes"]), 100 * entry["mean"]))
    norm = Normalize(min(found), max(max(found), min(found) + 1))
    for spread, points in sorted(found.items()):
        x, y = zip(*sorted(points), strict=True)
        ax.plot(x, y, marker="o", markersize=4, color=mpl.colormaps[SEQUENTIAL](norm(spread)), label=f"{spread:g}")
    ax.axhline(50, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Spikes that enter", ylabel="Packets that live (%)", title="Survival")
    ax.legend(title="Spread (ms)", loc="center left", bbox_to_anchor=(1.0, 0.5))
