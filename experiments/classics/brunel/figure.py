"""Figure of the states of a sparse network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, INK, SEQUENTIAL, style
from experiments.classics.brunel import CLASSIC, REGIMES
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import along, by_fact, rows
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "brunel",
        "States of a sparse network of excitatory and inhibitory neurons",
        "Top: spikes of 50 excitatory neurons. Middle: mean rate of all neurons in bins of 0.5 ms. Both show the last "
        "200 ms of the first seed. Bottom: spectral density of the mean rate, averaged over seeds. g: strength of "
        "inhibition relative to excitation; η: external rate relative to that which brings the mean input to the "
        "threshold.",
    ),
    Plate(
        "brunel_convergence",
        "Convergence with the time step",
        "Firing rate and coefficient of variation of one regime against the time step, with 95 % intervals over seeds.",
    ),
    Plate(
        "brunel_diagram",
        "Phase diagram of a smaller network",
        "By relative strength of inhibition and relative external rate: firing rate, coefficient of variation of "
        "interspike intervals, and synchrony, the standard deviation of the rate of all neurons in bins of 1 ms "
        "relative to its mean. Names: regimes of the first figure, at the nearest pair.",
    ),
)


_MAPS = ("rate_at", "variation_at", "synchrony_at")
_TITLES = ("Firing rate (Hz)", "Coefficient of variation", "Synchrony")
_TICKS = ((0.1, 1.0, 10.0, 100.0), (), ())


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
        figure = Figure(figsize=(11, 3.8))
        axes = figure.subplots(1, 3, sharey=True)
        for ax, name, title, ticks in zip(axes, _MAPS, _TITLES, _TICKS, strict=True):
            (strengths, externals), found = _grid(run, name)
            norm = LogNorm(0.1, 500) if name == "rate_at" else None
            drawn = ax.pcolormesh(np.maximum(found, 0.1) if norm else found, norm=norm, cmap=SEQUENTIAL)
            bar = figure.colorbar(drawn, ax=ax)
            if ticks:
                bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
                bar.minorticks_off()
            ax.set_xticks(np.arange(len(strengths)) + 0.5, [f"{strength:g}" for strength in strengths])
            ax.set_yticks(np.arange(len(externals)) + 0.5, [f"{external:g}" for external in externals])
            ax.set(xlabel="Relative strength of inhibition g", title=title)
            ax.spines[:].set_visible(False)
            ax.tick_params(length=0)
            for regime, (strength, external) in REGIMES.items():
                column, row = (_nearest(strengths, strength), _nearest(externals, external))
                label = ax.text(column + 0.5, row + 0.5, regime, ha="center", va="center", fontsize=8, color="white")
                label.set_path_effects([withStroke(linewidth=2, foreground=INK)])
        axes[0].set_ylabel("Relative external rate η")
    return figure


def _nearest(values: list[float], value: float) -> int:
    return int(np.argmin(np.abs(np.array(values) - value)))


def _grid(run: Run, metric: str) -> tuple[tuple[list[float], list[float]], FloatArray]:
    """Values of g and eta in the diagram, and the metric there (eta, g), NaN where there is none."""
    everywhere = [entry["facts"] for _, _, entry in by_fact(run, CLASSIC["rate_at"], "g")]
    strengths, externals = (sorted({float(facts[name]) for facts in everywhere}) for name in ("g", "eta"))
    found = np.full((len(externals), len(strengths)), np.nan)
    for _, _, entry in by_fact(run, CLASSIC[metric], "g"):
        place = externals.index(entry["facts"]["eta"]), strengths.index(entry["facts"]["g"])
        found[place] = entry["mean"]
    return (strengths, externals), found


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
    entries = [entry for _, name, entry in by_fact(run, CLASSIC["spectrum"], "regime") if name == regime]
    spectrum.plot([entry["step"] for entry in entries], np.array([entry["mean"] for entry in entries]), color=BLUE)
    spectrum.set(xlabel="Frequency (Hz)", xlim=(0, 400), ylim=(0, None))
