"""Forest plot of the differences between twins: what the verdicts of a run rest on, at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.findings.comparisons import Comparison, comparisons, pairs
from experiments.run_directory import Run
from experiments.shared.drawing.curves import signed_numbers
from experiments.shared.wording import interval, number
from experiments.statistics import MIN_SEEDS_FOR_P

FIGURE = "verdicts"
"""File name, without suffix."""

_GREY = "#767676"
_WIDTH, _ROW, _AXIS = 4.2, 0.27, 0.72
"""Inches: width of a panel, height of a row and of the axis below a panel. What stands beside the panels takes the room
that it needs, since a figure is saved with all that is drawn."""
_GAP = 0.4
"""Rows between two studies."""
_WORD = 108
"""Points that the word takes which says the verdict."""
_LONGEST = 40
"""Characters of a name that are shown."""
_LOOKS = {"model": (BLUE, "o", BLUE, "BNS better"), "twin": (VERMILLION, "s", VERMILLION, "ANN twin better")}
"""Colour, mark, its filling and word of each outcome."""
_NOT_TOLD_APART = (INK, "D", "white", "not told apart")
_NO_VERDICT = (_GREY, "D", "white", "")


def draw(run: Run) -> dict[str, Figure]:
    """Draw `verdicts`: the difference of every primary metric with its interval, for each pair of twins.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix; empty without twins.
    """
    found = comparisons(run)
    return {FIGURE: _forest(found)} if found else {}


def caption(found: Sequence[Comparison]) -> str:
    """Return what a reader must know to read the plot.

    Parameters
    ----------
    found
        The comparisons that are drawn.

    Returns
    -------
    str
        The caption.
    """
    said = [
        "Each row is the primary metric of one study: the mean over seeds of the difference BNS minus ANN twin, with "
        "its 95 % interval.",
    ]
    if len(_panels(found)) > 1:
        said.append(
            "Each unit has a scale of its own, so lengths may be compared within a unit only; zero is at the same "
            "place in all panels."
        )
    said.append("Right of zero the BNS is better, left of it its twin.")
    if any(one.better == "less" for one in found):
        said.append("Where less is better, the axis runs backwards.")
    if any(one.decidable for one in found):
        said.append(
            "A blue disc or a red square marks the better network after Holm's correction of all p-values; an open "
            "diamond says that the two are not told apart. The intervals themselves are not corrected."
        )
    if not all(one.decidable for one in found):
        said.append(
            f"Grey: fewer than {MIN_SEEDS_FOR_P} seeds, so a verdict tells what these seeds show, and the intervals "
            "are not corrected for their number."
        )
    return " ".join(said)


def _forest(found: Sequence[Comparison]) -> Figure:
    panels, several = _panels(found), len(pairs(found)) > 1
    rows = [_rows_of(panel, several) for panel in panels]
    inches = sum(_ROW * count + _AXIS for count in rows)
    with style():
        figure = Figure(figsize=(_WIDTH, inches))
        figure.set_layout_engine("none")
        top = inches
        for panel, count in zip(panels, rows, strict=True):
            height = _ROW * count
            ax = figure.add_axes((0, (top - height) / inches, 1, height / inches))
            top -= height + _AXIS
            _draw_panel(ax, panel, several, _reach(found, panel[0].entry["unit"]))
            ax.set_ylim(count - 0.5, -0.5)
        _head(figure.axes[0])
        figure.axes[0].set_title(_title(found), pad=24)
    return figure


def _title(found: Sequence[Comparison]) -> str:
    twins = pairs(found)
    of = "Brain-like networks against their twins" if len(twins) > 1 else " against ".join(map(_short, twins[0]))
    seeds = sorted({one.entry["n"] for one in found})
    counted = " to ".join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))
    return f"{of}, {counted} seed{'' if seeds == [1] else 's'}"


def _panels(found: Sequence[Comparison]) -> list[list[Comparison]]:
    """Return the comparisons that share an axis: those with the same unit, in which the same direction is better."""
    panels: dict[tuple[str, str], list[Comparison]] = {}
    for one in found:
        panels.setdefault((one.entry["unit"], one.better), []).append(one)
    return list(panels.values())


def _by_study(panel: Sequence[Comparison]) -> list[list[Comparison]]:
    studies: dict[str, list[Comparison]] = {}
    for one in panel:
        studies.setdefault(one.study.name, []).append(one)
    return list(studies.values())


def _rows_of(panel: Sequence[Comparison], several: bool) -> float:
    studies = _by_study(panel)
    return len(panel) + (len(studies) + _GAP * (len(studies) - 1) if several else 0)


def _draw_panel(ax: Axes, panel: Sequence[Comparison], several: bool, reach: float) -> None:
    ax.axvline(0, color=INK, linewidth=0.8)
    labels: dict[float, tuple[str, bool]] = {}
    height = 0.0
    for group in _by_study(panel):
        if several:
            labels[height] = (group[0].study.title, True)
            height += 1
        for one in group:
            twins = f"{_short(one.entry['model'])} − {_short(one.entry['twin'])}"
            labels[height] = (twins, False) if several else (one.study.title, False)
            _draw_row(ax, height, one)
            height += 1
        height += _GAP if several else 0
    ax.set_yticks(list(labels), [text for text, _ in labels.values()])
    for tick, (_, heading) in zip(ax.get_yticklabels(), labels.values(), strict=True):
        tick.set(fontweight="bold" if heading else "normal", color=INK)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    _scale(ax, panel, reach)


def _draw_row(ax: Axes, height: float, one: Comparison) -> None:
    entry = one.entry
    shade, marker, filling, word = _look(one)
    if entry["ci_low"] is not None:
        ax.hlines(height, entry["ci_low"], entry["ci_high"], color=shade, linewidth=2, capstyle="butt")
    ax.plot(
        [entry["difference"]], [height], marker=marker, markersize=6.5, markerfacecolor=filling, markeredgecolor=shade,
        markeredgewidth=1.3, linestyle="none",
    )  # fmt: skip
    limits = "" if entry["ci_low"] is None else f"  ({interval(entry, signed=True)})"
    _beside(ax, height, 0, word, shade, weight="bold")
    told = f"{number(entry['difference'], entry['unit'], signed=True)}{limits}"
    _beside(ax, height, _WORD if one.decidable else 0, told, INK)


def _look(one: Comparison) -> tuple[str, str, str, str]:
    if not one.decidable:
        return _NO_VERDICT
    return _NOT_TOLD_APART if one.winner is None else _LOOKS[one.winner]


def _beside(ax: Axes, height: float, points: float, text: str, shade: str, weight: str = "normal") -> None:
    ax.annotate(
        text, (1, height), (10 + points, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
        color=shade, va="center", fontsize=9.5, weight=weight, annotation_clip=False,
    )  # fmt: skip


def _reach(found: Sequence[Comparison], unit: str) -> float:
    """Return how far the axes with this unit reach on either side of zero."""
    drawn = [one.entry for one in found if one.entry["unit"] == unit]
    ends = [entry[end] for entry in drawn for end in ("difference", "ci_low", "ci_high")]
    return 1.08 * max(abs(end) for end in ends if end is not None) or 1.0


def _scale(ax: Axes, panel: Sequence[Comparison], reach: float) -> None:
    """Put zero in the middle, and the better side of the brain-like network on the right."""
    less, unit = panel[0].better == "less", panel[0].entry["unit"]
    ax.set_xlim(*((reach, -reach) if less else (-reach, reach)))
    signed_numbers(ax.xaxis, 6)
    ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.5)
    ax.set_axisbelow(True)
    label = f"BNS − ANN ({_short(unit)})" if unit else "BNS − ANN"
    ax.set_xlabel(f"{label}, reversed: less is better" if less else label)


def _head(ax: Axes) -> None:
    """Say what the sides mean, above the uppermost panel."""
    for place, side, text in ((-8, "right", "◀ ANN twin better"), (8, "left", "BNS better ▶")):
        ax.annotate(
            text, (0, 1), (place, 5), xycoords=("data", "axes fraction"), textcoords="offset points", ha=side,
            color=INK, fontsize=9.5, annotation_clip=False,
        )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
