"""Texts from files and users, made fit to be shown: a terminal obeys some characters instead of showing them."""

from __future__ import annotations

import unicodedata

_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode: control characters, formats (which turn the direction of writing, or have no width), halves of
characters, separators of lines and of paragraphs."""


def printable(text: str, keep: str = "") -> str:
    r"""Return a text in which characters that are obeyed rather than shown are written as escapes, such as \x1b.

    Parameters
    ----------
    text : str
        Any text.
    keep : str
        Characters that stay as they are.

    Returns
    -------
    str
        The text.
    """
    if text.isprintable():
        return text
    return "".join(character if _shown(character, keep) else _escape(character) for character in text)


def _shown(character: str, keep: str) -> bool:
    return character in keep or unicodedata.category(character) not in _OBEYED


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def one_line(text: str, limit: int = 2000) -> str:
    """Return a text as one printable line; of a long one the middle is left out, since a message ends in the remedy.

    Parameters
    ----------
    text : str
        Any text.
    limit : int
        Largest number of characters.

    Returns
    -------
    str
        The line.
    """
    line = printable(" ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit // 2]} ... {line[-limit // 2 + 5 :]}"
