"""What to say where a folder holds no run: which runs, sweeps and fits there are that may be meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

WRITTEN = ("runs", "sweeps", "fits")
"""Folders into which the commands write if they are told no other."""

MARKS = ("plan.json", "manifest.json")
"""Files by which the directory of a run, sweep or fit is known; the first is there while it is not finished, too."""

_POINTS = "points.jsonl"
"""File by which the directory of a sweep is told from those of runs and fits."""

_MOST = 3
"""Folders that a message names."""


def holds_run(folder: Path) -> bool:
    """Return whether a folder is that of a run, sweep or fit.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    bool
        Whether it has one of the files by which these are known.
    """
    return any((folder / mark).is_file() for mark in MARKS)


def instead(folder: Path, otherwise: str = "give a folder that bnsim wrote, e.g. one below runs/") -> str:
    """Return what to give in place of a folder that holds no run.

    Parameters
    ----------
    folder
        The folder.
    otherwise
        What is said if there is nothing near.

    Returns
    -------
    str
        Such as "did you mean runs/20261127T114709Z-siegert?", or else which command lists what there is.
    """
    try:
        if holds_run(folder):  # what is wrong with it is another thing
            return otherwise
        if folder.name.isdecimal() and (folder.parent / _POINTS).is_file():
            sweep, other = folder.parent, folder.with_name("1" if folder.name == "0" else "0")
            return f"`bnsim show {sweep}` prints the points of that sweep, `bnsim diff {folder} {other}` compares two"
        if holds_run(folder.parent):  # a file of a run, say
            return _asked([folder.parent])
        if folder.is_dir():
            return _asked(sorted(_runs(folder), reverse=True)) or otherwise
        places = {place: list(_runs(place)) for place in (folder.parent, *map(Path, WRITTEN))}
        found = {path: path.name for runs in places.values() for path in runs}
        listed = next((f"`bnsim runs {place}` lists those that there are" for place in places if places[place]), "")
        return _asked(_near(folder.name, found)) or listed or otherwise
    except OSError:  # a path that the system refuses: the message is about the folder
        return otherwise


def folder_instead(folder: Path, otherwise: str) -> str:
    """Return what to give in place of a folder below which there should be runs.

    Parameters
    ----------
    folder
        The folder, which does not exist.
    otherwise
        What is said if there is nothing near.

    Returns
    -------
    str
        Such as "did you mean sweeps?".
    """
    try:
        beside = {path: path.name for path in folder.parent.iterdir() if path.is_dir()}
        near = [path for path in _near(folder.name, beside) if any(_runs(path)) or holds_run(path)]
        return _asked(near or [path for path in map(Path, WRITTEN) if any(_runs(path))]) or otherwise
    except OSError:
        return otherwise


def _runs(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if holds_run(path))


def _near(name: str, found: dict[Path, str]) -> list[Path]:
    """Return the folders whose name holds the one that was given, those of the latest first, or else is like it."""
    if not name:
        return []
    holding = sorted((path for path, known in found.items() if name.lower() in known.lower()), reverse=True)
    like = get_close_matches(name, found.values(), n=_MOST)
    return holding or [path for close in dict.fromkeys(like) for path, known in found.items() if known == close]


def _asked(paths: Sequence[Path]) -> str:
    shown = [str(path) for path in paths[:_MOST]]
    return f"did you mean {' or '.join(shown)}?" if shown else ""
