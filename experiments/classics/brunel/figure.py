"""Figure of the states of a sparse network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, style
from experiments.classics.brunel import CLASSIC, REGIMES
from experiments.run_directory import Run
from experiments.shared.stored import by_fact, rows
from experiments.shared.wording import number, stated
from experiments.spec import Metric, Plate

PLATES = (
    Plate(
        "brunel",
        "States of a sparse network of excitatory and inhibitory neurons",
        "Top: spikes of 50 excitatory neurons. Middle: mean rate of all neurons in bins of 0.5 ms. Both show the last "
        "200 ms of the first seed. Bottom: spectral density of the mean rate, averaged over seeds. g: strength of "
        "inhibition relative to excitation; η: external rate relative to that which brings the mean input to the "
        "threshold.",
    ),
)


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
    regimes = _regimes(run)
    with style():
        figure = Figure(figsize=(1.4 + 2.4 * len(regimes), 5.4))
        axes = figure.subplots(3, len(regimes), squeeze=False, height_ratios=[1.3, 1, 1])
        for column, regime in zip(axes.T, regimes, strict=True):
            _column(column, run, regime)
        for ax, label in zip(axes[:, 0], ("Neuron", "Rate (Hz)", "Density (Hz²/Hz)"), strict=True):
            ax.set_ylabel(label)
    return {"brunel": figure}


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
        metric: {regime: entry for _, regime, entry in by_fact(run, CLASSIC[metric], "regime")}
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
    spikes = _of(run, CLASSIC["spike"], regime)
    neurons = [facts["neuron"] for facts in spikes["facts"]]
    raster.scatter(0.1 * spikes["step"].to_numpy(float), neurons, s=2, color=INK, linewidths=0)
    raster.set_title(f"{regime}\ng = {strength:g}, η = {external:g}")
    found = _of(run, CLASSIC["activity"], regime)
    activity.fill_between(0.5 * found["step"].to_numpy(float), found["value"].to_numpy(float), color=INK, linewidth=0)
    activity.set(xlabel="Time (ms)", ylim=(0, None))
    for ax in (raster, activity):
        ax.set_xlim(0, 200)
    entries = [entry for _, name, entry in by_fact(run, CLASSIC["spectrum"], "regime") if name == regime]
    spectrum.plot([entry["step"] for entry in entries], np.array([entry["mean"] for entry in entries]), color=BLUE)
    spectrum.set(xlabel="Frequency (Hz)", xlim=(0, 400), ylim=(0, None))


def _of(run: Run, metric: Metric, regime: str) -> pd.DataFrame:
    found = rows(run, metric)
    return found[[facts["regime"] == regime for facts in found["facts"]]]
