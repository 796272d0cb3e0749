"""What the commands about several runs print."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice, zip_longest
from json import dumps
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.collection.difference import RUNS, Called, Change, Circumstances, Number, Numbers
from experiments.output import say
from experiments.shared.wording import counted
from experiments.tables import mean_text
from experiments.terminal import Terminal

if TYPE_CHECKING:
    from experiments.collection.listing import Listed
    from experiments.collection.query import Answer
    from experiments.run.repeat import Repetition

MOST_ROWS = 200
"""Rows of an answer that the terminal shows."""


def print_runs(entries: Sequence[Listed]) -> None:
    """Print a list of runs.

    Parameters
    ----------
    entries
        The runs.
    """
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for heading in ("run, state", "mean (95 % interval)"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        for lines in zip_longest(_about(entry), _main(entry), fillvalue=""):
            table.add_row(*lines)
    console = Terminal()
    console.print(table)
    counts = {kind: sum(entry.kind == kind for entry in entries) for kind in ("run", "sweep", "fit")}
    console.print(
        ", ".join(counted(count, kind) for kind, count in counts.items() if count)
        + "; "
        + "; ".join(line for kind, line in _NEXT.items() if counts[kind])
    )


_NEXT = {
    "run": "`bnsim diff RUN_A RUN_B` compares two runs",
    "sweep": "`bnsim show SWEEP` prints the points of a sweep, `bnsim diff SWEEP/0 SWEEP/1` compares two of them",
    "fit": "`bnsim show FIT` prints a fit",
}
"""What can be done next with each kind."""


def _about(entry: Listed) -> list[str]:
    """Return the name of a run, and below it how far it is, and what its name does not say."""
    started = entry.started[:16].replace("T", " ")
    named = re.sub(r"[- :]", "", started) in entry.run.replace("T", "")
    said = [word for word in dict.fromkeys((entry.study, entry.task)) if word and word not in entry.run]
    seeds = [counted(entry.seeds, "seed")] if entry.study else []
    asked = ", ".join(filter(None, [*said, entry.preset, *seeds, "" if named else started]))
    below = [entry.state, asked] if entry.kind != "run" else [", ".join(filter(None, [entry.state, asked]))]
    return [entry.run, *(f"  {line}" for line in below)]


def _main(entry: Listed) -> list[str]:
    """Word the main numbers of a run: a line for each model, and one for its reference figures."""
    lines = []
    if entry.numbers:
        first = entry.numbers[0]
        facts = ", ".join(f"{name} {_cell(value)}" for name, value in first["facts"].items())
        lines.append(first["metric"] + (f" ({facts})" if facts else ""))
    lines += [f"  {number['model']} {mean_text(number)}" for number in entry.numbers]
    if entry.published:
        lines.append(f"{entry.published['passed']} of {entry.published['of']} reference figures")
    return lines


def print_settings(called: Called) -> None:
    """Print what is varied at each of two points; of runs, nothing.

    Parameters
    ----------
    called
        What they are called.
    """
    if called.settings:
        for heading, settings in zip((called.first, called.second), called.settings, strict=True):
            Terminal().print(f"{heading}: {settings}", soft_wrap=True)


def print_circumstances(circumstances: Circumstances, called: Called = RUNS) -> None:
    """Print what differs between two runs besides their numbers.

    Parameters
    ----------
    circumstances
        What differs.
    called
        What they are called.
    """
    for name, changes in vars(circumstances).items():
        if changes:
            Terminal().print(_changes(name, changes, called))


def print_numbers(numbers: Numbers, most: int, called: Called = RUNS) -> None:
    """Print which numbers of two runs differ.

    Parameters
    ----------
    numbers
        What differs.
    most
        How many are shown.
    called
        What the runs are called.
    """
    console = Terminal()
    if numbers.differing and most:
        console.print(_numbers(numbers.differing[:most], called))
    for which, keys in zip(called.words, (numbers.only_first, numbers.only_second), strict=True):
        if keys:
            console.print(f"only in {which}: {len(keys)}, such as {keys[0].words}", soft_wrap=True)
    if not numbers.common:
        console.print(f"the {called.noun}s have no number in common")
    elif numbers.equal:
        console.print(f"all {numbers.common} numbers are equal")
    else:
        left = max(len(numbers.differing) - most, 0)
        shown = f" ({left} not shown; --most N shows more)" if left else ""
        console.print(f"{len(numbers.differing)} of {numbers.common} common numbers differ{shown}")


def print_repetition(repetition: Repetition, most: int) -> None:
    """Print what differs between a run and its repetition.

    Parameters
    ----------
    repetition
        The repetition.
    most
        How many numbers are shown.
    """
    console = Terminal()
    print_circumstances(repetition.circumstances)
    if repetition.numbers is not None:
        print_numbers(repetition.numbers, most)
    elif repetition.equal:
        console.print("all numbers are equal, by their checksums")
    else:
        studies = ", ".join(repetition.studies)
        console.print(f"numbers of {studies} differ; the first run holds only their checksums", soft_wrap=True)
    console.print(f"repetition: {repetition.run.directory}", soft_wrap=True)


def print_answer(answer: Answer) -> None:
    """Print the first rows that a query found as a table.

    Parameters
    ----------
    answer
        What it found.
    """
    table = _table(answer.columns)
    rows = list(islice(answer, MOST_ROWS + 1))
    for row in rows[:MOST_ROWS]:
        table.add_row(*(_cell(value) for value in row))
    console = Terminal()
    console.print(table)
    if len(rows) > MOST_ROWS:
        console.print(f"the first {MOST_ROWS} rows; --csv and --json print all")
    else:
        console.print(counted(len(rows), "row"))


def say_csv(answer: Answer) -> None:
    """Print all rows that a query found as comma-separated values.

    Parameters
    ----------
    answer
        What it found.
    """
    for row in _each(answer.columns, answer):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(_cell(value, exact=True) for value in row)
        say(line.getvalue())


def say_json(answer: Answer) -> None:
    """Print all rows that a query found as a list of JSON objects, one a line.

    Parameters
    ----------
    answer
        What it found.
    """
    rows = (dumps(dict(zip(answer.columns, map(_plain, row), strict=True)), ensure_ascii=False) for row in answer)
    say("[")
    if (waiting := next(rows, None)) is not None:
        for row in rows:
            say(f"{waiting},")
            waiting = row
        say(waiting)
    say("]")


def _each(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    yield heading
    yield from rows


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it; facts that a row does not have are left out."""
    if isinstance(value, Mapping):
        return {str(name): _plain(held) for name, held in value.items() if held is not None}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _cell(value: Any, exact: bool = False) -> str:
    """Return a value as text; on the terminal with six significant digits."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_cell(held, exact)}" for name, held in value.items() if held is not None)
    if isinstance(value, list | tuple):
        return ", ".join(_cell(held, exact) for held in value)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return repr(value) if exact else f"{value:.6g}"
    return str(value)


def _table(headings: Sequence[str]) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _changes(name: str, changes: Sequence[Change], called: Called) -> Table:
    table = Table(title=f"different {name}", title_justify="left")
    for heading in ("", called.first, called.second):
        table.add_column(heading, overflow="fold")
    for change in changes:
        table.add_row(change.name, *("-" if value is None else str(value) for value in (change.first, change.second)))
    return table


def _numbers(numbers: Sequence[Number], called: Called) -> Table:
    table = Table(title="different numbers", title_justify="left")
    for heading in ("number", called.first, called.second, "difference", "relative"):
        table.add_column(heading, justify="left" if heading == "number" else "right", overflow="fold")
    for number in numbers:
        table.add_row(number.words, *number.values, f"{number.difference:+.3g}", f"{number.relative:.2g}")
    return table
