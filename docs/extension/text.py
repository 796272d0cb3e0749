"""Pieces of reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def heading(text: str, line: str = "=") -> str:
    """Return a heading, with an empty line after it."""
    return f"{text}\n{line * len(text)}\n\n"


def literal(text: str) -> str:
    """Return text as code."""
    return f"``{text}``"


def escaped(text: str) -> str:
    """Return text of which nothing is markup."""
    for sign in "\\`*|_":
        text = text.replace(sign, f"\\{sign}")
    return text


_CODE = re.compile(r"``.*?``|(:[\w:-]+:)?`((?:(?!\n\s*\n)[^`])+)`(_*)", re.DOTALL)
"""Code and references. With neither a role before it nor an underscore after it, it is code in single backticks."""


def code_kept(text: str) -> str:
    """Return text whose code is literal where Sphinx would cut it: `name_<part>` to "name_", `.npz` to "npz"."""

    def kept(found: re.Match[str]) -> str:
        role, code, link = found.groups()
        cut = code and ("<" in code or code[0] in ".~!")
        return literal(code) if cut and not role and not link else found[0]

    return _CODE.sub(kept, text)


def initials_kept(line: str) -> str:
    """Return a line in which an initial at its beginning, or a year, does not number a list."""
    return re.sub(r"^(\s*)([A-Z]|\d{4})\.(?=\s)", r"\1\2\.", line)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], widths: str = "auto") -> str:
    """Return a table of cells that are reStructuredText."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in [header, *rows]:
        for place, cell in enumerate(row):
            first, *others = cell.split("\n") or [""]
            lines.append(f"   {'*' if place == 0 else ' '} - {first}".rstrip())
            lines += [f"       {other}".rstrip() for other in others]
    return "\n".join([*lines, "", ""])


def toctree(pages: Iterable[str], hidden: bool = False, depth: int = 1) -> str:
    """Return a table of contents."""
    options = [f"   :maxdepth: {depth}", *(["   :hidden:"] if hidden else [])]
    return "\n".join([".. toctree::", *options, "", *(f"   {page}" for page in pages), "", ""])
