"""The method of a study, which is written to be read as it stands, as reStructuredText."""

from __future__ import annotations

import re

from extension.text import code_kept, initials_kept

_ROW = re.compile(r"(?P<term>\S(?:.*?\S)?) {2,}(?P<about>\S.*)")


def method(text: str) -> str:
    """Return a method as reStructuredText: tables of two columns become lists, references a list at the end."""
    body, _, references = text.partition("References\n----------\n")
    paragraphs = [_paragraph(part) for part in body.strip().split("\n\n")]
    if references:
        paragraphs += [".. rubric:: References", _listed(references.strip())]
    return "\n\n".join(paragraphs)


def _paragraph(text: str) -> str:
    return (
        _definitions(text)
        if _ROW.fullmatch(text.partition("\n")[0])
        else _safe("\n".join(map(initials_kept, text.split("\n"))))
    )


def _definitions(text: str) -> str:
    """Terms in the first column, and what they mean in the second, over as many lines as it takes."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        row = _ROW.fullmatch(line)
        if row:
            found.append((row["term"], [row["about"]]))
        else:
            found[-1][1].append(line.strip())
    return "\n".join(f"``{term}``\n    {_safe(' '.join(about))}" for term, about in found)


def _listed(references: str) -> str:
    """A reference begins after a line that ends with a full stop."""
    joined = re.sub(r"(?<=\.)\n(?=\S)", "\n\n", references)
    return "\n".join("- " + initials_kept(" ".join(part.split("\n"))) for part in _safe(joined).split("\n\n"))


def _safe(text: str) -> str:
    """Bars and underscores at the end of a word are mathematics here."""
    return re.sub(r"(?<=\w)_(?!\w)", r"\\_", code_kept(text).replace("|", r"\|"))
