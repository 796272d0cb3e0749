"""What notebooks show of an object: small tables and rasters as HTML, without matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from bnsim.arrays import FloatArray, IntArray
from bnsim.printable import printable

WIDTH, HEIGHT, LEFT, BELOW = 560, 160, 90, 16
"""Size of a raster in pixels, with the room for names on the left and for times below."""
COLOURS = ("#2a6f97", "#b5532a", "#4c8c4a", "#7a5195")


class Cell(NamedTuple):
    """Text of a table with a longer one, which a pointer over it shows.

    Parameters
    ----------
    text : str
        The text.
    title : str
        The longer one.
    """

    text: str
    title: str


def _html(text: str) -> str:
    return escape(printable(text))


def heading(text: str) -> str:
    """Return a line above a table.

    Parameters
    ----------
    text : str
        Plain text.

    Returns
    -------
    str
        HTML.
    """
    return f"<div><strong>{_html(text)}</strong></div>"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table.

    Parameters
    ----------
    head : sequence of str
        Names of the columns. One that is empty in all rows is left out.
    rows : sequence of sequence
        Text, numbers, or `Cell`s.

    Returns
    -------
    str
        HTML; nothing where there are no rows.
    """
    if not rows:
        return ""
    shown = [k for k in range(len(head)) if any(_text(row[k]) for row in rows)]
    titles = "".join(f'<th style="text-align: left">{_html(head[k])}</th>' for k in shown)
    body = "".join(f"<tr>{''.join(_cell(row[k]) for k in shown)}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: object) -> str:
    if isinstance(value, Cell):
        return value.text
    return f"{value:,}" if isinstance(value, int) else str(value)


def _cell(value: object) -> str:
    title = f' title="{_html(value.title)}"' if isinstance(value, Cell) else ""
    side = "right" if isinstance(value, (int, float)) else "left"
    return f'<td style="text-align: {side}"{title}>{_html(_text(value))}</td>'


def raster(
    spikes: Mapping[str, tuple[FloatArray, IntArray]], sizes: Mapping[str, int], window: tuple[float, float]
) -> str:
    """Return a picture of spikes, each a mark, the populations from bottom to top.

    Parameters
    ----------
    spikes : mapping of str to (ndarray of float, ndarray of int)
        By population, the time of each spike in seconds and its unit.
    sizes : mapping of str to int
        Sizes of the populations.
    window : (float, float)
        First and last moment.

    Returns
    -------
    str
        HTML.
    """
    start, stop = window
    row, top, parts = HEIGHT / sum(sizes[name] for name in spikes), float(HEIGHT), []
    for index, (name, (times, units)) in enumerate(spikes.items()):
        x = LEFT + (WIDTH - LEFT) * (times - start) / (stop - start)
        y = top - row * (units + 1)
        marks = "".join(f"M{a:.1f} {b:.1f}v{max(row, 1):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
        top -= row * sizes[name]
        middle, colour = top + row * sizes[name] / 2 + 4, COLOURS[index % len(COLOURS)]
        parts.append(f'<text x="{LEFT - 6}" y="{middle:.1f}" text-anchor="end" fill="{colour}">{_html(name)}</text>')
        parts.append(f'<path d="{marks}" stroke="{colour}" fill="none"/>')
    bottom = HEIGHT + BELOW - 3
    for place, anchor, time in ((LEFT, "start", start), (WIDTH, "end", stop)):
        parts.append(f'<text x="{place}" y="{bottom}" text-anchor="{anchor}" fill="gray">{time * 1e3:g} ms</text>')
    size = f'width="{WIDTH}" height="{HEIGHT + BELOW}"'
    return f'<svg {size} font-family="sans-serif" font-size="11">{"".join(parts)}</svg>'
