"""What an earlier sweep or fit of the same name was asked for and a new one is not: its tables would be replaced.

A sweep grows: more values of the keys of its grids, more draws and more seeds add to what there is. A fit goes on with
more generations, more seeds, or until another objective is reached.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bnsim.errors import InputError
from experiments.points.design import Design, shown
from experiments.points.search import Search
from experiments.run.request import Request, untupled


def refuse_replacing(folder: Path, kind: str, asked: Iterable[str], grows: str) -> None:
    """Refuse to put a sweep or fit in the place of another one.

    Parameters
    ----------
    folder
        The folder.
    kind
        "sweep" or "fit".
    asked
        What the one in the folder was asked for and the new one is not, as options.
    grows
        What may be another.

    Raises
    ------
    InputError
        If there is any such thing.
    """
    found = list(asked)
    if found:
        others = "1 other thing that differs" if len(found) == 2 else f"{len(found) - 1} other things that differ"
        more = f" (and {others})" if len(found) > 1 else ""
        raise InputError(
            f"{folder}: holds a {kind} with {found[0]}{more}, which this one would replace; choose another --name (one "
            f"of the same name may have {grows})"
        )


def of_request(old: Mapping[str, Any], new: Request) -> list[str]:
    """Compare a stored request with a new one, but for the seeds, and the place of the data.

    Parameters
    ----------
    old
        The request in plan.json.
    new
        The new one.

    Returns
    -------
    list of str
        What was asked for and is not any more.
    """
    found = [] if old["study"] == new.study else [f"study {old['study']}"]
    for name in ("task", "preset"):
        if old[name] != getattr(new, name):
            found.append(f"--{name} {old[name]}")
    if tuple(old["models"]) != tuple(new.models):
        found.append(f"--models {','.join(old['models'])}")
    return found + _of_options("--set", {key: untupled(value) for key, value in old["settings"].items()}, new.settings)


def of_design(old: Mapping[str, Any], new: Design) -> list[str]:
    """Compare a stored design with a new one, which may have more values of the same keys.

    Parameters
    ----------
    old
        The design in plan.json.
    new
        The new one.

    Returns
    -------
    list of str
        What was asked for and is not any more.
    """
    before, grids = Design.of(old), []
    for name in dict.fromkeys([*before.grid, *new.grid]):
        if name not in before.grid:
            grids.append(f"no --grid {name}")
        elif not set(before.grid[name]) <= set(new.grid.get(name, ())):
            grids.append(f"--grid {name}={','.join(map(shown, before.grid[name]))}")
    key = [f"--key {before.key}"] if before.random and before.key != new.key else []
    return grids + _of_options("--random", before.random, new.random) + key


def of_search(old: Mapping[str, Any], new: Search) -> list[str]:
    """Compare a stored search with a new one, which may end later.

    Parameters
    ----------
    old
        The search in plan.json.
    new
        The new one.

    Returns
    -------
    list of str
        What was asked for and is not any more.
    """
    before = Search.of(old)
    found = _of_options("--parameter", before.parameters, new.parameters)
    targets = {str(target): target for target in before.targets}, {str(target): target for target in new.targets}
    for name in dict.fromkeys([*targets[0], *targets[1]]):
        was, now = (held.get(name) for held in targets)
        if was != now:
            found.append(f"no --target {name}" if was is None else f"--target {name}={was.value:g}±{was.scale:g}")
    for name in ("population", "key"):
        if getattr(before, name) != getattr(new, name):
            found.append(f"--{name} {getattr(before, name)}")
    return found


def warn_of_fewer(folder: Path, asked: Mapping[str, tuple[int, int]]) -> None:
    """Warn of tables that show less than an earlier sweep has measured.

    Parameters
    ----------
    folder
        The folder.
    asked
        What the earlier and the new sweep were asked for, by option.
    """
    for option, (before, now) in asked.items():
        if now < before:
            warnings.warn(
                f"{folder}: was measured with {option} {before}; its tables show {now}, and all again with {option} "
                f"{before}",
                stacklevel=2,
            )


def _of_options(option: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    found = []
    for name in dict.fromkeys([*old, *new]):
        if name not in old:
            found.append(f"no {option} {name}")
        elif name not in new or old[name] != new[name]:
            found.append(f"{option} {name}={shown(old[name])}")
    return found
