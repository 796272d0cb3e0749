"""Content of the section "One sample, two networks": interactive plots, and still pictures for pages without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from experiments.report import interactive
from experiments.report.picture import Picture, address
from experiments.report.plots import library
from experiments.report.side_by_side import DRAWN, Pair, figure_name, pairs
from experiments.report.spikes import MARKS
from experiments.run_directory import Example, Run
from experiments.shared.stored import class_names, looks
from experiments.shared.wording import listed


@dataclass(frozen=True)
class Block:
    """One spiking network with the ANN next to it.

    Parameters
    ----------
    title
        Names of the networks.
    alternative
        Description for readers who cannot see the plots.
    plots
        The plots (see `interactive`).
    sentences
        A sentence about each image.
    """

    title: str
    alternative: str
    plots: list[Markup]
    sentences: list[str]


@dataclass(frozen=True)
class Viewer:
    """Content of the section.

    Parameters
    ----------
    images
        Names of the images in the menu.
    blocks
        A block for each spiking network.
    stills
        Still pictures.
    library
        Scripts that draw the plots.
    marks
        Largest number of spikes of a population that are drawn as single marks.
    """

    images: list[str]
    blocks: list[Block]
    stills: list[Picture]
    library: list[Markup]
    marks: int


def viewer(run: Run, figures: Path) -> Viewer | None:
    """Return the content of the section.

    Parameters
    ----------
    run
        A stored run.
    figures
        Folder of the still pictures.

    Returns
    -------
    Viewer or None
        None if the run contains no spikes.
    """
    found = pairs(run)
    if not found:
        return None
    networks: dict[str, list[Pair]] = {}
    for model in looks(run):
        seen = [pair for pair in found if pair.bns.model == model]
        if seen:
            networks[model] = sorted(
                seen, key=lambda pair: DRAWN.index(pair.case) if pair.case in DRAWN else len(DRAWN)
            )
    return Viewer(
        [_image(list(seen)) for seen in zip(*networks.values(), strict=True)],
        [_block(of_network, class_names(run)) for of_network in networks.values()],
        [_still(pair, figures) for of_network in networks.values() for pair in of_network if pair.case in DRAWN],
        library(),
        MARKS,
    )


def _block(of_network: Sequence[Pair], classes: list[str]) -> Block:
    bns, ann = of_network[0].bns, of_network[0].ann
    plots = interactive.network(of_network, classes)
    beside = f", next to the activations of {ann.model} (ANN)" if ann else ""
    return Block(
        f"{bns.model} (BNS)" + (f" and {ann.model} (ANN)" if ann else ""),
        f"Spikes, rates and potentials of {bns.model} (BNS) over time for the selected sample{beside}.",
        [plots.spiking] + ([plots.artificial] if plots.artificial else []),
        [_sentence(pair) for pair in of_network],
    )


def _image(seen: list[Pair]) -> str:
    """Return the name of an image: its class, its index in the test set, and the networks that misclassified it."""
    networks = [example for pair in seen for example in (pair.bns, pair.ann) if example]
    wrong = list(dict.fromkeys(example.model for example in networks if not _is_right(example)))
    outcome = f"wrong in {listed(wrong)}" if wrong else "right in all"
    return f"{seen[0].bns.true_class}, test sample {seen[0].bns.index}: {outcome}"


def _sentence(pair: Pair) -> str:
    # The example may have been chosen by the prediction of another BNS, which may differ from this one.
    verb = "Correctly" if _is_right(pair.bns) else "Wrongly"
    text = f"{verb} classified by {pair.bns.model}: {pair.bns.true_class} as {pair.bns.predicted_class}."
    return f"{text} The answer of {pair.ann.model} is {pair.ann.predicted_class}." if pair.ann else text


def _is_right(example: Example) -> bool:
    return example.predicted_class == example.true_class


def _still(pair: Pair, figures: Path) -> Picture:
    beside = f", next to the activations of {pair.ann.model}" if pair.ann else ""
    alternative = f"Raster of the spikes of {pair.bns.model} for this input{beside}. {_sentence(pair)}"
    return Picture("", address(figures / f"{figure_name(pair)}.png"), alternative, _sentence(pair))
