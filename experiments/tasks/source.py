"""What the name of a task says about its data: a task of this or another package, or a file of the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

TABLES = (".csv", ".tsv")
"""Ends of the names of tables."""
TEXT = ".txt"
"""End of the name of a text."""
_COLUMN = re.compile(rf"(?P<path>.+?(?:{'|'.join(map(re.escape, TABLES))})):(?P<column>.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Source:
    """A file with samples.

    Parameters
    ----------
    path
        Its path.
    column
        Of a table, the name of the column with the classes; None where it was not given, or the file is no table.
    """

    path: Path
    column: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether it is a table of comma- or tab-separated values, as its name tells."""
        return self.path.suffix.lower() in TABLES

    @property
    def is_text(self) -> bool:
        """Whether it is a text, as its name tells."""
        return self.path.suffix.lower() == TEXT

    @property
    def task(self) -> str:
        """How `--task` names it."""
        return str(self.path) if self.column is None else f"{self.path}:{self.column}"

    def resolved(self) -> Source:
        """Return it with an absolute path, since runs may be resumed, and workers started, in another folder."""
        return replace(self, path=self.path.resolve())


def file_of(task: str) -> Source | None:
    """Return the file that a task names.

    Parameters
    ----------
    task
        Such as "digits", "data.npz", "book.txt" or "table.csv:kind".

    Returns
    -------
    Source or None
        None where it is the name of a task, not of a file.
    """
    if named := _COLUMN.fullmatch(task):
        return Source(Path(named["path"]), named["column"])
    is_path = "/" in task or task.lower().endswith((".npz", TEXT, *TABLES))
    return Source(Path(task)) if is_path else None
