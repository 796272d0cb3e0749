"""Figures of the language study: bits per character beside those of n-grams, and what the networks write."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.stored import Entry, class_names, looks, model_summaries, rows, summaries, values
from experiments.shared.wording import by_model, listed
from experiments.spec import Plate
from experiments.studies.language import NETWORK, STUDY, TEXT
from experiments.tasks.text import BLANK

_GREY = "#666666"
"""Of what the network was given."""
_ROW, _SIZE, _HEIGHT = 96, 8.5, 0.19
"""Characters of a row of text, their size in points, and the height of a row in inches."""
_ADVANCE = 0.602 / 72
"""Width of a character of DejaVu Sans Mono, of a size of one point, in inches."""
_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
"""Behind numbers, so that lines end before them."""
_FAMILY = "monospace"
"""Of texts."""
_QUOTED = 60
"""Characters of what was written that are quoted in a sentence, and of what came before."""

PLATES = (
    Plate(
        "language_bits",
        "Bits per character, of networks and of n-grams",
        "Left: n-grams, counted on the windows that the networks learn from. Right: each seed, mean and 95 % interval. "
        "Less is better. Dotted: all symbols equally probable.",
    ),
    Plate(
        "language_text",
        "What the networks write",
        "Grey: windows of the test set. Black: how each network goes on, a character at a time, each drawn by the "
        "probabilities that it gives; first seed.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `language_bits`, and `language_text` if a network writes signs that the font of the figures has.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    texts = {f"{model} ({look.kind})": found for model, look in looks(run).items() if (found := written(run, model))}
    drawn = texts and drawable(class_names(run))
    return {"language_bits": _bits(run)} | ({"language_text": _texts(texts)} if drawn else {})


def sentences(run: Run) -> list[str]:
    """Say how many bits the networks and the n-grams need, and quote the network that needs fewest.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    measured, n_grams = summaries(run, STUDY["bits_per_character"]), _n_grams(run)
    levels = listed([f"{entry['mean']:.2f}" for entry in n_grams])
    counted = f"N-grams of order 1 to {len(n_grams)}, counted on the same windows, need {levels} bit."
    if not measured:
        answers = by_model(run, STUDY["right"])
        return [f"No network of this run gives probabilities; characters predicted correctly: {answers}.", counted]
    best = min(measured, key=lambda entry: entry["mean"])["model"]
    before, after = written(run, best)[0]
    return [
        f"Bits per character: {by_model(run, STUDY['bits_per_character'])}.",
        counted,
        f"After “{before[-_QUOTED:].strip()}”, {best} writes “{after[:_QUOTED].strip()}”.",
        *([] if drawable(class_names(run)) else ["What the networks write is not drawn: the font has no such signs."]),
    ]


def drawable(signs: Iterable[str]) -> bool:
    """Return whether the font in which texts are drawn has all signs of some texts.

    Parameters
    ----------
    signs
        The texts.

    Returns
    -------
    bool
        False for Chinese, say, of which Matplotlib's own font has no signs.
    """
    known = FT2Font(findfont(FontProperties(family=_FAMILY))).get_charmap()
    return all(ord(sign) in known for text in signs for sign in text)


def written(run: Run, model: str) -> list[tuple[str, str]]:
    """Return what a network writes.

    Parameters
    ----------
    run
        A stored run.
    model
        Name of the model.

    Returns
    -------
    list of (str, str)
        A test window, and what the network writes after it with the first seed, line by line.
    """
    signs = [" " if name == BLANK else name for name in class_names(run)]
    between = "" if all(len(sign) == 1 for sign in signs) else " "
    found = rows(run, STUDY["symbol"])
    found = found[(found["model"] == model) & (found["seed"] == found["seed"].min())].sort_values("step")
    texts: dict[tuple[int, str], list[str]] = {}
    for facts, place in found[["facts", "value"]].itertuples(index=False):
        texts.setdefault((facts["line"], facts["by"]), []).append(signs[int(place)])
    lines = sorted({line for line, _ in texts})
    return [(between.join(texts[line, TEXT]), between.join(texts[line, NETWORK])) for line in lines]


def _n_grams(run: Run) -> list[Entry]:
    """Entries by order; all models have been held against the same n-grams."""
    return next(iter(model_summaries(run, STUDY["n_gram_bits"]).values()))


def _bits(run: Run) -> Figure:
    n_grams, measured = _n_grams(run), summaries(run, STUDY["bits_per_character"])
    most = float(np.log2(len(class_names(run))))
    with style():
        figure = Figure(figsize=(4.6 + 0.8 * max(len(measured), 1), 4.2))
        ladder, networks = figure.subplots(1, 2, sharey=True, width_ratios=[3.4, 0.6 + 0.8 * max(len(measured), 1)])
        _draw_ladder(ladder, n_grams)
        _draw_networks(networks, run, measured)
        for ax in (ladder, networks):
            for entry in n_grams:
                ax.axhline(entry["mean"], color=FAINT, linewidth=0.8, zorder=0)
            ax.axhline(most, color=INK, linewidth=1.0, linestyle=(0, (1, 2)), zorder=0)
        lowest = min([entry["mean"] for entry in n_grams] + [entry["mean"] for entry in measured])
        ladder.set_ylim(max(0, lowest - 0.3), max(ladder.get_ylim()[1], most + 0.15))
    return figure


def _draw_ladder(ax: Axes, n_grams: list[Entry]) -> None:
    orders, levels = [entry["step"] for entry in n_grams], [entry["mean"] for entry in n_grams]
    ax.plot(
        orders, levels, color=FAINT, linewidth=1.2, marker="D", markersize=5, markerfacecolor=INK, markeredgewidth=0
    )
    for order, level in zip(orders, levels, strict=True):
        ax.annotate(
            f"{level:.2f}", (order, level), (0, 8), textcoords="offset points", ha="center", fontsize=8.5,
            bbox=_PLATE,
        )  # fmt: skip
    ax.set(xlabel=STUDY["n_gram_bits"].step, ylabel=STUDY["bits_per_character"].label, title="N-grams")
    ax.set_xticks(orders)
    ax.set_xlim(orders[0] - 0.5, orders[-1] + 0.5)


def _draw_networks(ax: Axes, run: Run, measured: list[Entry]) -> None:
    seeds, models = values(run, STUDY["bits_per_character"]), looks(run)
    for place, entry in enumerate(measured):
        look = models[entry["model"]]
        found = seeds.loc[seeds["model"] == entry["model"], "value"].to_numpy(dtype=float)
        around = place + np.linspace(-0.16, 0.16, len(found)) if len(found) > 1 else [place]
        ax.scatter(around, found, s=26, marker=look.marker, color=look.colour, alpha=0.4, linewidths=0)
        if entry["ci_low"] is not None:
            ax.vlines(place, entry["ci_low"], entry["ci_high"], color=look.colour, linewidth=2.4)
        ax.scatter(
            place, entry["mean"], s=70, marker=look.marker, color=look.colour, edgecolors="white", linewidths=1.2,
            zorder=3,
        )  # fmt: skip
        ax.annotate(
            f"{entry['mean']:.2f}", (place, entry["mean"]), (17, 0), textcoords="offset points", va="center",
            fontsize=9.5, fontweight="bold", bbox=_PLATE,
        )  # fmt: skip
    names = [f"{entry['model']} ({models[entry['model']].kind})" for entry in measured]
    ax.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_xlim(-0.5, max(len(names), 1) - 0.2)
    ax.tick_params(axis="both", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_title("Networks")


def _texts(texts: dict[str, list[tuple[str, str]]]) -> Figure:
    cut = {heading: [_cut(before, after) for before, after in lines] for heading, lines in texts.items()}
    n_rows = sum(2 + sum(len(found) + 0.6 for found in lines) for lines in cut.values())
    width = _ROW * _SIZE * _ADVANCE
    with style():
        figure = Figure(figsize=(width + 0.4, n_rows * _HEIGHT + 0.2))
        figure.set_layout_engine("none")
        ax = figure.add_axes((0.2 / (width + 0.4), 0, width / (width + 0.4), 1))
        ax.set(xlim=(0, _ROW), ylim=(n_rows + 0.5, -0.5))
        ax.axis("off")
        top = 0.8
        for heading, lines in cut.items():
            ax.text(0, top, heading, fontsize=10, fontweight="bold", va="center")
            top += 1.2
            for found in lines:
                for row in found:
                    for column, text, colour in row:
                        ax.text(column, top, text, color=colour, fontsize=_SIZE, family=_FAMILY, va="center")
                    top += 1
                top += 0.6
            top += 0.8
    return figure


def _cut(before: str, after: str) -> list[list[tuple[int, str, str]]]:
    """Rows of a text, each of pieces with their column and colour."""
    text, found = before + after, []
    for start in range(0, len(text), _ROW):
        end, turn = start + _ROW, max(start, len(before))
        pieces = [(0, text[start : min(end, len(before))], _GREY), (turn - start, text[turn:end], INK)]
        found.append([piece for piece in pieces if piece[1]])
    return found
