"""Figures of the models of a receptor: spikes beside the recorded ones, and what the models are worth."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, VERMILLION, style
from experiments.classics.receptor import (
    AS_FITTED,
    CLASSIC,
    OWN,
    RECORDED,
    RESOLUTION,
    SHARPENED,
    SHOWN,
    WINDOW,
)
from experiments.run_directory import Run
from experiments.shared.stored import Entry, model_summaries, rows
from experiments.shared.wording import listed, stated
from experiments.spec import Fact, Plate

_COLOURS = dict(zip(CLASSIC.subjects, (BLUE, VERMILLION, INK, ORANGE), strict=True))
_FASTEST = {1: 200, 2: 800}
_NAMES = {OWN: "own recording", 1: "stimulus 1", 2: "stimulus 2"}

PLATES = (
    Plate(
        "receptor_spikes",
        "Spikes of the cell, and of its models",
        "A part of a held-out second, for each stimulus: level of the sound, or the stimulus of one's own recording, "
        "recorded spikes (top row, tall), and spikes that each model samples: six trains by the read-out as it was "
        "fitted (pale) and six by the sharpened one, of the first seed.",
    ),
    Plate(
        "receptor",
        "What the models are worth",
        "Held-out seconds. Bits per spike, with recorded spikes as history and with the stimulus alone (pale); "
        "coincidence factor of sampled spikes, by the sharpened read-out and by the one that was fitted (pale). Bars: "
        "means over seeds, with 95 % intervals.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `receptor_spikes` and `receptor`: rasters, and bars of what the models are worth.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    stimuli = _stimuli(run)
    with style():
        spikes = Figure(figsize=(8.4, 4.2))
        cells = spikes.subplots(2, len(stimuli), squeeze=False, sharex=True, height_ratios=[1, 3.2])
        for place, stimulus in enumerate(stimuli):
            _level(cells[0, place], run, stimulus)
            _raster(cells[1, place], run, stimulus)
        for ax in cells[:, 1:].flat:
            ax.set_ylabel("")
        worth = Figure(figsize=(7.6, 3.4))
        bits, coincidence = worth.subplots(1, 2)
        _bars(bits, run, stimuli, "bits_per_spike", "history", ("own", "none"))
        bits.set(ylabel="Bits per spike", title="Held-out spikes explained")
        _bars(coincidence, run, stimuli, "coincidence", "read_out", (SHARPENED, AS_FITTED))
        coincidence.set(ylabel="Coincidence factor", title="Held-out spikes predicted", ylim=(0, 1))
        handles, labels = bits.get_legend_handles_labels()
        worth.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return {"receptor_spikes": spikes, "receptor": worth}


def sentences(run: Run) -> list[str]:
    """Say how many bits and coincidences each model reaches.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    told = []
    for stimulus in _stimuli(run):
        for metric, facts, words in (
            ("bits_per_spike", {"history": "own"}, "Bits per spike"),
            ("coincidence", {"read_out": SHARPENED}, "Coincidence factors"),
        ):
            found = _of_models(run, metric, stimulus=stimulus, **facts)
            parts = [f"{stated(entry[0])} ({model})" for model, entry in found.items()]
            if parts:
                told.append(f"{words}, {_NAMES[stimulus]}: {listed(parts)}.")
    return told


def _stimuli(run: Run) -> list[int]:
    config = run.config[CLASSIC.name]
    return list(config["stimuli"]) if config.get("recording") is None else [OWN]


def _of_models(run: Run, metric: str, **facts: Fact) -> dict[str, list[Entry]]:
    """Entries of the summary with these facts and the run's time step, by model."""
    return model_summaries(run, CLASSIC[metric], **facts, dt=run.config[CLASSIC.name]["step"])


def _level(ax: Axes, run: Run, stimulus: int) -> None:
    own = stimulus == OWN
    found = rows(run, CLASSIC["own_stimulus" if own else "level"], stimulus=stimulus)
    of_one = found[found["model"] == found["model"].iloc[0]]  # each model has been given the same stimulus
    level = of_one.sort_values("step")["value"].to_numpy(float)
    times = run.config[CLASSIC.name]["step"] * np.arange(len(level))
    ax.plot(times, level, color=INK, linewidth=0.8)
    if own:
        ax.set(ylabel="Stimulus (SD)", title="Own recording")
    else:
        ax.set(ylabel="Level (dB)", title=f"Stimulus {stimulus}: modulated up to {_FASTEST[stimulus]} Hz")


def _raster(ax: Axes, run: Run, stimulus: int) -> None:
    spikes = rows(run, CLASSIC["spike"], stimulus=stimulus)
    trains = np.array([facts["train"] for facts in spikes["facts"]], int)
    times = spikes["step"].to_numpy(float) * RESOLUTION
    models = spikes["model"].to_numpy()
    shown = [model for model in _COLOURS if (models == model).any()]
    recorded = (trains == RECORDED) & np.isin(models, shown[:1])  # each model has been held against the same spikes
    for time in times[recorded]:
        ax.axvline(time, color=FAINT, linewidth=0.5, zorder=0)
    ax.vlines(times[recorded], -2.6, -0.4, color=INK, linewidth=1.2)
    ticks, names = [-1.5], ["recorded"]
    for place, model in enumerate(shown):
        top = place * (2 * SHOWN + 1.5)
        for sharp in (False, True):
            chosen = (models == model) & ((trains >= SHOWN) if sharp else (trains >= 0) & (trains < SHOWN))
            heights = top + trains[chosen]
            colour = _COLOURS[model]
            ax.vlines(times[chosen], heights, heights + 0.8, color=colour, alpha=1 if sharp else 0.45, linewidth=1)
        ticks.append(top + SHOWN)
        names.append(model)
    ax.set(xlabel=f"Time since {WINDOW[0] / 1e3:g} s (ms)", xlim=(0, WINDOW[1] - WINDOW[0]))
    ax.set_ylim(len(shown) * (2 * SHOWN + 1.5), -3)
    ax.set_yticks(ticks, names)
    ax.tick_params(axis="y", length=0)


def _bars(ax: Axes, run: Run, stimuli: list[int], metric: str, fact: str, values: tuple[str, str]) -> None:
    """Bars of each model side by side for each stimulus; the second value is drawn pale, in front of the first."""
    width = 0.8 / len(_COLOURS)
    for pale, value in enumerate(values):
        for place, stimulus in enumerate(stimuli):
            found = _of_models(run, metric, stimulus=stimulus, **{fact: value})
            for number, (model, colour) in enumerate(_COLOURS.items()):
                if model not in found:
                    continue
                entry = found[model][0]
                at = place + (number - (len(_COLOURS) - 1) / 2) * width
                label = model if not pale and not place else None
                face = _paler(colour) if pale else colour
                ax.bar(at, entry["mean"], 0.9 * width, color=face, label=label)
                if entry["ci_low"] is not None:
                    ax.vlines(at, entry["ci_low"], entry["ci_high"], color=INK, linewidth=0.8)
    ax.set_xticks(range(len(stimuli)), [_NAMES[stimulus] for stimulus in stimuli])
    ax.tick_params(axis="x", length=0)


def _paler(colour: str) -> tuple[float, ...]:
    return tuple(0.45 * part + 0.55 for part in to_rgb(colour))
