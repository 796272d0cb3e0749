"""What the site adds to Sphinx: pages made from the package itself, and commands that are carried out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from extension import commands, lists, names, questions
from extension.text import code_kept, initials_kept


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the pages that are written before Sphinx looks for pages."""
    app.connect("config-inited", _write_pages)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-docstring", _keep_text, priority=900)  # after numpydoc, which reads sections
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _keep_text(app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    """Keep an author's initial at the beginning of a line from numbering a list, and code as it is written."""
    lines[:] = [initials_kept(line) for line in code_kept("\n".join(lines)).split("\n")]


def _skip(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Leave out what scikit-learn adds to every estimator, whose docstrings refer to its own pages."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def _write_pages(app: Sphinx, config: Config) -> None:
    folder = Path(app.srcdir) / "reference" / "generated"
    pages = {**names.pages(), **commands.pages(), **lists.pages(), **questions.pages()}
    for path, text in pages.items():
        _write(folder / f"{path}.rst", text)
    # A page of what is no more would be built, and belong to no table of contents.
    own = {folder / f"{path}.rst" for path in pages}
    for stale in {*folder.glob("*.rst"), *folder.glob("studies/*.rst"), *folder.glob("classics/*.rst")} - own:
        stale.unlink()


def _write(path: Path, text: str) -> None:
    """Write a page, but leave one alone that is the same: Sphinx reads again what is newer."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
