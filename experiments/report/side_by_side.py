"""One image in a spiking and in an artificial network: the raster next to the activations."""

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
"""Cases with figures in files; all other cases appear only in the report."""
BIN_WIDTH = 0.005
"""Of the rates below the spikes, in s, or else a time step: a trial of tens of ms has few spikes a millisecond."""
WIDEST = 3
"""Largest ratio of sides of a picture with square pixels: a long sequence of few channels is drawn as wide as this."""


@dataclass(frozen=True)
class Pair:
    """Responses of a spiking BNS and of an ANN to the same image.

    Parameters
    ----------
    case
        Case of the image, see `Example`.
    bns
        Response of the BNS.
    ann
        Response of its twin if the run contains it, otherwise of the run's first ANN; None if there is none.
    """

    case: str
    bns: Example
    ann: Example | None


def pairs(run: Run) -> list[Pair]:
    """Return a pair for every BNS with spikes and every case.

    A BNS without spikes has no raster to show and, because of its kind, cannot serve as the ANN either.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of Pair
        The pairs.
    """
    examples = run.examples()
    artificial = {name for name, look in looks(run).items() if look.kind == "ANN"}
    twins = {entry["model"]: entry["twin"] for entry in run.summary["differences"]}
    result = []
    for bns in (example for example in examples if example.recording is not None):
        others = [other for other in examples if other.case == bns.case and other.model in artificial]
        others.sort(key=lambda other: other.model != twins.get(bns.model))
        result.append(Pair(bns.case, bns, others[0] if others else None))
    return result


def draw(run: Run) -> dict[str, Figure]:
    """Draw `side_by_side-<bns>-<case>` for every BNS with spikes and every case in `DRAWN`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {figure_name(pair): _draw_pair(run, pair) for pair in pairs(run) if pair.case in DRAWN}


def figure_name(pair: Pair) -> str:
    """Return the file name of a pair's figure, for cases in `DRAWN`.

    Parameters
    ----------
    pair
        The pair.

    Returns
    -------
    str
        File name without suffix.
    """
    return f"side_by_side-{pair.bns.model}-{pair.case}"


def output_scores(example: Example) -> NDArray[np.floating]:
    """Return the values that determine the decision.

    A single sigmoid output p of a network for two classes becomes (1 - p, p).

    Parameters
    ----------
    example
        Response of one network.

    Returns
    -------
    array (class,)
        Output spike counts or votes (BNS), or activations of the last layer (ANN, or a readout that never fires).
    """
    if not example.activations and example.recording is not None:
        return list(example.recording.counts.values())[-1][0].astype(float)
    last = np.ravel(list(example.activations.values())[-1])
    return np.array([1 - last[0], last[0]]) if len(last) == 1 else last


def output_label(example: Example) -> str:
    """Return the axis label of the output scores.

    Parameters
    ----------
    example
        Response of one network.

    Returns
    -------
    str
        The label.
    """
    if example.recording is None:
        return "Output activation"
    if not example.activations:
        return "Output spikes"
    name, recording = list(example.activations)[-1], example.recording
    never_fires = name in recording.populations and name not in recording.spikes
    return "Output activation" if never_fires else "Votes of cells"


def hidden_layers(example: Example) -> dict[str, NDArray[np.floating]]:
    """Return the activations of an ANN between its input and its output.

    Parameters
    ----------
    example
        Response of the ANN.

    Returns
    -------
    dict of str to array (unit,)
        Activations by layer.
    """
    layers = {name: np.ravel(values) for name, values in example.activations.items() if name != "input"}
    return dict(list(layers.items())[:-1])


def _draw_pair(run: Run, pair: Pair) -> Figure:
    with style():
        figure = Figure(figsize=(10.4, 6.8 if pair.ann else 4.2))
        rows = 3 if pair.ann else 2
        grid = figure.add_gridspec(rows, 3, width_ratios=[1.05, 3.4, 1.25], height_ratios=[3.2, 1, 2.5][:rows])
        _draw_image(figure.add_subplot(grid[:2, 0]), pair.bns, bool(run.manifest["task"].get("sequence_shape")))
        spikes = figure.add_subplot(grid[0, 1])
        rate = figure.add_subplot(grid[1, 1], sharex=spikes)
        spikes.tick_params(labelbottom=False)
        assert pair.bns.recording is not None
        recording = pair.bns.recording
        width = recording.dt * max(1, round(BIN_WIDTH / recording.dt))
        plotting.raster(recording, trial=0, bin_width=width, ax=spikes, rate_ax=rate)
        spikes.set_title(f"{pair.bns.model} (BNS): spikes")
        counts = figure.add_subplot(grid[:2, 2])
        _draw_output(counts, run, pair.bns, BLUE)
        if pair.ann is not None:
            _draw_hidden(figure.add_subplot(grid[2, 1]), pair.ann)
            _draw_output(figure.add_subplot(grid[2, 2]), run, pair.ann, VERMILLION)
    return figure


def _draw_image(ax: Axes, example: Example, is_sequence: bool) -> None:
    if example.image.ndim == 2:
        height, width = example.image.shape
        ax.imshow(example.image, cmap="gray_r", aspect="auto" if width > WIDEST * height else "equal")
        ax.set_xticks([])
        ax.set_yticks([])
        if is_sequence:
            ax.set_xlabel("Step")
            ax.set_ylabel("Channel")
        for spine in ax.spines.values():
            spine.set(visible=True, color=FAINT)
    else:
        ax.barh(np.arange(len(example.image)), example.image, color=INK)
        ax.invert_yaxis()
        ax.set_ylabel("Feature")
        ax.set_xlabel("Scaled value")
    ax.set_title(f"Input: {example.true_class}")


def _draw_hidden(ax: Axes, example: Example) -> None:
    """Draw the activations of each hidden layer, from the strongest unit to the weakest."""
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
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=output_label(example) == "Output spikes"))
    ax.set_xlim(left=min(0.0, float(np.min(scores))))  # votes may be logarithms
    ax.set_xlabel(output_label(example))
    verdict = "" if example.predicted_class == example.true_class else " (wrong)"
    ax.set_title(f"→ {example.predicted_class}{verdict}")
