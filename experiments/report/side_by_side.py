"""One image in a spiking network and in an artificial one: the raster beside the activations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bnsim import plotting
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.run_directory import Example, Run
from experiments.shared.stored import class_names, looks

DRAWN = ("correct", "wrong")
"""Cases with a figure of their own; those of other images are in the report alone."""


@dataclass(frozen=True)
class Pair:
    """The same image as a BNS with spikes and as an ANN saw it; `ann` is the twin where the run has it."""

    case: str
    bns: Example
    ann: Example | None


def pairs(run: Run) -> list[Pair]:
    """One pair a BNS with spikes and case. Without its twin in the run, it stands beside the run's first ANN.

    A BNS without spikes has no raster to be shown; by its kind it is no ANN either.
    """
    examples, models = run.examples(), looks(run)
    twins = {entry["model"]: entry["twin"] for entry in run.summary["differences"]}
    result = []
    for bns in (example for example in examples if example.recording is not None):
        others = [other for other in examples if models[other.model].kind == "ANN" and other.case == bns.case]
        others.sort(key=lambda other: other.model != twins.get(bns.model))
        result.append(Pair(bns.case, bns, others[0] if others else None))
    return result


def draw(run: Run) -> dict[str, Figure]:
    """`side_by_side-<bns>-<case>` for every BNS with spikes, and the images of the cases in `DRAWN`."""
    return {figure_name(pair): _draw_pair(run, pair) for pair in pairs(run) if pair.case in DRAWN}


def figure_name(pair: Pair) -> str:
    """The name of its figure, of the cases in `DRAWN`."""
    return f"side_by_side-{pair.bns.model}-{pair.case}"


def output_scores(example: Example) -> NDArray[np.floating]:
    """What the decision is read from: output spike counts (BNS), or the activations of the last layer (ANN).

    A single sigmoid output p stands for two classes and becomes (1 - p, p).
    """
    if not example.activations and example.recording is not None:
        return list(example.recording.counts.values())[-1][0].astype(float)
    last = np.ravel(list(example.activations.values())[-1])
    return np.array([1 - last[0], last[0]]) if len(last) == 1 else last


def output_label(example: Example) -> str:
    """What these scores are, as the label of their axis."""
    if example.recording is None:
        return "Output activation"
    return "Votes of cells" if example.activations else "Output spikes"


def hidden_layers(example: Example) -> dict[str, NDArray[np.floating]]:
    """Activations of an ANN between its input and its output, by layer."""
    layers = {name: np.ravel(values) for name, values in example.activations.items() if name != "input"}
    return dict(list(layers.items())[:-1])


def _draw_pair(run: Run, pair: Pair) -> Figure:
    with style():
        figure = Figure(figsize=(10.4, 6.8 if pair.ann else 4.2))
        rows = 3 if pair.ann else 2
        grid = figure.add_gridspec(rows, 3, width_ratios=[1.05, 3.4, 1.25], height_ratios=[3.2, 1, 2.5][:rows])
        _draw_image(figure.add_subplot(grid[:2, 0]), pair.bns)
        spikes = figure.add_subplot(grid[0, 1])
        rate = figure.add_subplot(grid[1, 1], sharex=spikes)
        spikes.tick_params(labelbottom=False)
        assert pair.bns.recording is not None
        plotting.raster(pair.bns.recording, trial=0, ax=spikes, rate_ax=rate)
        spikes.set_title(f"{pair.bns.model} (BNS): spikes")
        counts = figure.add_subplot(grid[:2, 2])
        _draw_output(counts, run, pair.bns, BLUE)
        if pair.ann is not None:
            _draw_hidden(figure.add_subplot(grid[2, 1]), pair.ann)
            _draw_output(figure.add_subplot(grid[2, 2]), run, pair.ann, VERMILLION)
    return figure


def _draw_image(ax: Axes, example: Example) -> None:
    if example.image.ndim == 2:
        ax.imshow(example.image, cmap="gray_r")
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set(visible=True, color=FAINT)
    else:
        ax.barh(np.arange(len(example.image)), example.image, color=INK)
        ax.invert_yaxis()
        ax.set_ylabel("Feature")
        ax.set_xlabel("Scaled value")
    ax.set_title(f"Input: {example.true_class}")


def _draw_hidden(ax: Axes, example: Example) -> None:
    """Activations of each hidden layer from the strongest unit to the weakest."""
    layers = hidden_layers(example)
    for shade, (name, values) in zip(np.linspace(0.85, 0.3, len(layers)), layers.items(), strict=True):
        share = np.linspace(0, 100, len(values), endpoint=False)
        ax.fill_between(share, np.sort(values)[::-1], step="post", color=VERMILLION, alpha=shade, lw=0, label=name)
    ax.set_xlim(0, 100)
    ax.set_xlabel("Hidden units, strongest first (%)")
    ax.set_ylabel("Activation")
    ax.set_title(f"{example.model} (ANN): activations")
    if len(layers) > 1:
        ax.legend()


def _draw_output(ax: Axes, run: Run, example: Example, shade: str) -> None:
    scores = output_scores(example)
    names = class_names(run)
    chosen = [name == example.predicted_class for name in names]
    ax.barh(range(len(scores)), scores, color=[shade if is_chosen else FAINT for is_chosen in chosen], height=0.75)
    ax.set_yticks(range(len(scores)), names)
    for tick, is_chosen in zip(ax.get_yticklabels(), chosen, strict=True):
        tick.set_fontweight("bold" if is_chosen else "normal")
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.invert_yaxis()
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=example.recording is not None))
    ax.set_xlim(left=min(0.0, float(np.min(scores))))  # votes may be logarithms
    ax.set_xlabel(output_label(example))
    verdict = "" if example.predicted_class == example.true_class else " (wrong)"
    ax.set_title(f"→ {example.predicted_class}{verdict}")
