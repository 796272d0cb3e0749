"""Figure of the states of a sparse network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, INK, SEQUENTIAL, style
from experiments.classics.brunel import CLASSIC, REGIMES, STATES, THRESHOLD
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import along, by_fact, entries, rows
from experiments.shared.wording import number, stated
from experiments.spec import Fact, Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "brunel",
        "States of a sparse network of excitatory and inhibitory neurons",
        "Top: spikes of 50 excitatory neurons. Middle: mean rate of all neurons in bins of 0.5 ms. Both show the last "
        "200 ms of the first seed. Bottom: spectral density of the mean rate up to 400 Hz, averaged over seeds; that "
        "of SR is largest above, at 625 Hz. g: strength of inhibition relative to excitation; η: external rate "
        "relative to that which brings the mean input to the threshold.",
    ),
    Plate(
        "brunel_convergence",
        "Convergence with the time step",
        "Firing rate and coefficient of variation of one regime against the time step, with 95 % intervals over seeds.",
    ),
    Plate(
        "brunel_diagram",
        "Phase diagram",
        "By relative strength of inhibition and relative external rate: firing rate, coefficient of variation of "
        "interspike intervals, synchrony, and frequency of the oscillation; means over seeds, grey where there are too "
        "few spikes. Each field is the neighbourhood of a simulated point. Black lines: borders of the regimes by the "
        "rule in the methods. Circles: the paper's examples. White, mean-field theory: contours of the rate in Hz "
        "(first panel), equal excitation and inhibition (g = 4, dotted), mean input at the threshold (dashed): above "
        "and left of it the mean makes neurons fire, below and right of it the fluctuations.",
    ),
)


_PANELS = (
    ("rate_at", "Firing rate (Hz)", LogNorm(1, 320), (1, 3, 10, 30, 100, 300)),
    ("variation_at", "Coefficient of variation", Normalize(0, 1.2), (0, 0.2, 0.4, 0.6, 0.8, 1, 1.2)),
    ("synchrony_at", "Synchrony", LogNorm(0.03, 0.8), (0.03, 0.1, 0.3, 0.8)),
    ("frequency_at", "Frequency of the oscillation (Hz)", LogNorm(10, 700), (10, 20, 63, 180, 625)),
)
"""Metric, title, colours and ticks of their scale."""
_RATES = (3, 10, 30, 100, 300)
"""Contours of the rate in theory (Hz)."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `brunel`: spikes, activity and spectrum of each regime.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"brunel": _states(run)}
    if len({dt for _, dt, _ in by_fact(run, CLASSIC["rate"], "dt")}) > 1:
        figures["brunel_convergence"] = _convergence(run)
    if rows(run, CLASSIC["rate_at"]).size:
        figures["brunel_diagram"] = _diagram(run)
    return figures


def _states(run: Run) -> Figure:
    regimes = _regimes(run)
    with style():
        figure = Figure(figsize=(1.4 + 2.4 * len(regimes), 5.4))
        axes = figure.subplots(3, len(regimes), squeeze=False, height_ratios=[1.3, 1, 1])
        for column, regime in zip(axes.T, regimes, strict=True):
            _column(column, run, regime)
        for ax, label in zip(axes[:, 0], ("Neuron", "Rate (Hz)", "Density (Hz²/Hz)"), strict=True):
            ax.set_ylabel(label)
    return figure


def _convergence(run: Run) -> Figure:
    with style():
        figure = Figure(figsize=(7.2, 3.2))
        for ax, metric, unit in zip(figure.subplots(1, 2), ("rate", "variation"), (" (Hz)", ""), strict=True):
            found = along(run, CLASSIC[metric], _MODEL, "dt")
            repeated = next(entry["facts"]["regime"] for dt, entry in found if dt != _step(run))
            found = [(dt, entry) for dt, entry in found if entry["facts"]["regime"] == repeated]
            steps = [dt for dt, _ in found]
            means, bars = means_and_bars(entry for _, entry in found)
            ax.errorbar(steps, means, bars, fmt="o", color=BLUE, capsize=3)
            ax.set(xlabel="Time step (ms)", ylabel=f"{CLASSIC[metric].label}{unit}", title=repeated, xscale="log")
            ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
            ax.xaxis.set_minor_formatter("")
    return figure


def _diagram(run: Run) -> Figure:
    with style():
        figure = Figure(figsize=(10, 8))
        axes = figure.subplots(2, 2, sharex=True, sharey=True)
        for ax, (name, title, norm, ticks) in zip(axes.flat, _PANELS, strict=True):
            strengths, externals, found = _grid(run, name)
            ax.set_facecolor(FAINT)
            drawn = ax.pcolormesh(_edges(strengths), _edges(externals), found, norm=norm, cmap=SEQUENTIAL)
            bar = figure.colorbar(drawn, ax=ax)
            bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
            bar.minorticks_off()
            _borders(ax, run)
            _theory(ax, run, rates=name == "rate_at")
            _examples(ax)
            x, y = (np.maximum(_edges(values)[[0, -1]], 0) for values in (strengths, externals))
            ax.set(title=title, xlim=x, ylim=y)
            ax.spines[:].set_visible(False)
        for ax in axes[-1]:
            ax.set_xlabel("Relative strength of inhibition g")
        for ax in axes[:, 0]:
            ax.set_ylabel("Relative external rate η")
    return figure


def _borders(ax: Axes, run: Run) -> None:
    """Draw lines between points of different regimes, and name the regimes that have no example."""
    strengths, externals, _ = _grid(run, "rate_at")
    shares = np.array([_grid(run, "share_at", regime=regime)[2] for regime in STATES])
    regimes, x, y = np.argmax(shares, axis=0), _edges(strengths), _edges(externals)
    lines = [
        [(x[column + 1], y[row]), (x[column + 1], y[row + 1])]
        for row, column in np.argwhere(regimes[:, 1:] != regimes[:, :-1])
    ] + [
        [(x[column], y[row + 1]), (x[column + 1], y[row + 1])]
        for row, column in np.argwhere(regimes[1:] != regimes[:-1])
    ]
    ax.add_collection(LineCollection(lines, colors="black", linewidths=1.6, capstyle="projecting"))
    for place, regime in enumerate(STATES):
        found = np.argwhere(regimes == place)
        if regime not in REGIMES and found.size:
            row, column = found.T
            _written(ax, float(_centres(x)[column].mean()), float(_centres(y)[row].mean()), regime)


def _theory(ax: Axes, run: Run, *, rates: bool) -> None:
    """Draw the lines of the mean field; contours of its rate as well, if wanted."""
    strengths, externals, mean = _grid(run, "input_at")
    ax.axvline(4, color="white", linestyle=":", linewidth=1.2)
    if min(mean.shape) < 2:
        return  # a contour takes two points each way
    ax.contour(strengths, externals, mean - THRESHOLD, [0], colors="white", linestyles="--", linewidths=1.2)
    if rates:
        lines = ax.contour(*_grid(run, "theory_at"), _RATES, colors="white", linewidths=0.8)
        ax.clabel(lines, fmt="%g", fontsize=7)


def _examples(ax: Axes) -> None:
    for regime, (strength, external) in REGIMES.items():
        ax.plot(strength, external, "o", color="white", markeredgecolor=INK, markersize=6, clip_on=False)
        _written(ax, strength, external, regime, offset=7)


def _written(ax: Axes, x: float, y: float, text: str, offset: float = 0) -> None:
    """Write at a place, or so many points above it."""
    label = ax.annotate(
        text,
        (x, y),
        (0, offset),
        textcoords="offset points",
        ha="center",
        va="bottom" if offset else "center",
        fontsize=8,
        color="white",
    )
    label.set_path_effects([withStroke(linewidth=2, foreground=INK)])


def _centres(edges: FloatArray) -> FloatArray:
    return (edges[1:] + edges[:-1]) / 2


def _edges(values: FloatArray) -> FloatArray:
    """Borders of the neighbourhoods of values on an axis: halfway between them; at the ends as wide on both sides."""
    if len(values) == 1:
        return values + np.array([-0.5, 0.5])
    middle = _centres(values)
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def _grid(run: Run, metric: str, **facts: Fact) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Values of g and of eta in the diagram, and the metric there (eta, g), NaN where there is none."""
    everywhere = [entry["facts"] for entry in entries(run, CLASSIC["rate_at"])]
    strengths, externals = (np.unique([float(held[name]) for held in everywhere]) for name in ("g", "eta"))
    found = np.full((len(externals), len(strengths)), np.nan)
    for entry in entries(run, CLASSIC[metric]):
        held = entry["facts"]
        if facts.items() <= held.items():
            found[np.searchsorted(externals, held["eta"]), np.searchsorted(strengths, held["g"])] = entry["mean"]
    return strengths, externals, found


def _step(run: Run) -> float:
    """The time step of the regimes."""
    return float(run.config[CLASSIC.name]["steps"][0])


def sentences(run: Run) -> list[str]:
    """State rate, variation and frequency of each regime.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    found = {
        metric: {
            regime: entry
            for _, regime, entry in by_fact(run, CLASSIC[metric], "regime")
            if entry["facts"]["dt"] == _step(run)
        }
        for metric in ("rate", "variation", "frequency")
    }
    told = []
    for regime in _regimes(run):
        irregular = found["variation"].get(regime)
        regularity = f", with a coefficient of variation of {stated(irregular)}" if irregular else ""
        peak = number(found["frequency"][regime]["mean"], "Hz")
        told.append(
            f"{regime}: neurons fire at {stated(found['rate'][regime])}{regularity}; the spectrum peaks at {peak}."
        )
    return told


def _regimes(run: Run) -> list[str]:
    measured = {regime for _, regime, _ in by_fact(run, CLASSIC["rate"], "regime")}
    return [regime for regime in REGIMES if regime in measured]


def _column(axes: Sequence[Axes], run: Run, regime: str) -> None:
    raster, activity, spectrum = axes
    strength, external = REGIMES[regime]
    spikes = rows(run, CLASSIC["spike"], regime=regime)
    neurons = [facts["neuron"] for facts in spikes["facts"]]
    raster.scatter(0.1 * spikes["step"].to_numpy(float), neurons, s=2, color=INK, linewidths=0)
    raster.set_title(f"{regime}\ng = {strength:g}, η = {external:g}")
    found = rows(run, CLASSIC["activity"], regime=regime)
    activity.fill_between(0.5 * found["step"].to_numpy(float), found["value"].to_numpy(float), color=INK, linewidth=0)
    activity.set(xlabel="Time (ms)", ylim=(0, None))
    for ax in (raster, activity):
        ax.set_xlim(0, 200)
    densities = [entry for _, name, entry in by_fact(run, CLASSIC["spectrum"], "regime") if name == regime]
    spectrum.plot([entry["step"] for entry in densities], np.array([entry["mean"] for entry in densities]), color=BLUE)
    spectrum.set(xlabel="Frequency (Hz)", xlim=(0, 400), ylim=(0, None))
