"""One self-contained page with two runs beside each other: settings, verdicts, means, numbers, figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bnsim.errors import InputError
from experiments.collection.difference import RUNS, Called, Circumstances, Numbers
from experiments.report.page import environment, redraw
from experiments.report.picture import Picture, address
from experiments.report.policy import policy
from experiments.report.tables import NOTHING, Cell, difference_cell, mean_cell
from experiments.run_directory import Run, write_atomically, writing
from experiments.shared.stored import Entry
from experiments.shared.wording import listed, number
from experiments.spec import Metric
from experiments.studies import carried_out

MOST_PICTURE = 50_000_000
"""Largest size in bytes of a figure that is shown."""
_SUFFIXES = (".svg", ".png")


@dataclass(frozen=True)
class Row:
    """One thing in both runs.

    Parameters
    ----------
    label
        What it is.
    detail
        In small print below: its name and study.
    first, second
        Values in the runs; a dash where one does not have it.
    told
        What is said of both: a difference, or the verdicts.
    """

    label: str
    detail: str
    first: Cell
    second: Cell
    told: tuple[str, ...]


@dataclass(frozen=True)
class FigurePair:
    """A figure that at least one of the runs has.

    Parameters
    ----------
    title
        Heading.
    pictures
        Those of the first and of the second run; one where both are the same.
    note
        What is said of them; empty where both have a picture of their own.
    """

    title: str
    pictures: list[Picture]
    note: str


def write_page(
    first: Run,
    second: Run,
    differences: tuple[Circumstances, Numbers],
    most: int,
    folder: Path,
    called: Called = RUNS,
) -> Path:
    """Write a page with two runs beside each other.

    Parameters
    ----------
    first, second
        The runs.
    differences
        Where their circumstances and their numbers differ.
    most
        How many differing numbers are listed.
    folder
        Where the page is written; it is made if only its parent exists.
    called
        What the runs are called.

    Returns
    -------
    Path
        The page, `diff-<first>-<second>.html`; a point of a sweep is `<sweep>-<number>`.

    Raises
    ------
    InputError
        If a figure is too large to be shown.
    MachineError
        If the page cannot be written.
    """
    circumstances, numbers = differences
    runs = (first, second)
    page = environment().get_template("two_runs.html.jinja").render(
        policy=policy([]),
        runs=runs,
        noun=called.noun,
        headings=[_heading(called.first), _heading(called.second)],
        about=_about(runs, called),
        in_short=_in_short(circumstances, numbers, called),
        circumstances={name: changes for name, changes in vars(circumstances).items() if changes},
        verdicts=_verdicts(runs),
        means=_means(runs),
        differing=numbers.differing[:most],
        left=len(numbers.differing[most:]),
        figures=_figures(runs),
    )  # fmt: skip
    path = folder / f"diff-{_name(first)}-{_name(second)}.html"
    with writing(folder):
        folder.mkdir(exist_ok=True)
        write_atomically(path, page)
    return path


def _name(run: Run) -> str:
    """Return the name of a run's directory; a point of a sweep has none: the name of the sweep, and its number."""
    path = run.directory.resolve()
    return path.name if path.is_dir() else f"{path.parent.name}-{path.name}"


def _heading(name: str) -> str:
    """Return what a run is called as the heading of a column: with a capital, but for a path."""
    return name if "/" in name else name[:1].upper() + name[1:]


def _about(runs: tuple[Run, Run], called: Called) -> dict[str, list[str]]:
    """Return what the runs are."""
    return {
        _heading(called.noun): [run.manifest["run"] for run in runs],
        **({"Varied": list(called.settings)} if called.settings else {}),
        "Started (UTC)": [run.manifest["started_utc"][:16].replace("T", " ") for run in runs],
        "Study": [run.config["run"]["study"] for run in runs],
        "Task": [run.config["run"]["task"] for run in runs],
        "Preset": [run.config["run"]["preset"] for run in runs],
        "Seeds": [str(len(run.summary["seeds"])) for run in runs],
        "Networks": [", ".join(run.manifest["models"]) or "–" for run in runs],
    }


def _in_short(circumstances: Circumstances, numbers: Numbers, called: Called) -> list[str]:
    said = []
    if not numbers.common:
        said.append(f"The {called.noun}s have no number in common.")
    elif not numbers.differing:
        said.append(f"All {numbers.common:,} numbers that both {called.noun}s hold are equal to the last bit.")
    else:
        largest = numbers.largest
        said.append(
            f"{len(numbers.differing):,} of the {numbers.common:,} numbers that both {called.noun}s hold differ; the "
            "largest difference in relation to the larger value is that of "
            f"{largest.words}, {' and '.join(largest.values)}."
        )
    for which, keys in zip(called.words, (numbers.only_first, numbers.only_second), strict=True):
        if keys:
            count = "1 number is" if len(keys) == 1 else f"{len(keys):,} numbers are"
            said.append(f"{count} in {which} only, such as {keys[0].words}.")
    changed = [name for name, changes in vars(circumstances).items() if changes]
    agree = "Settings, versions, code, data and machine agree."
    said.append(f"The {called.noun}s differ in their {listed(changed)}." if changed else agree)
    return said


def _verdicts(runs: tuple[Run, Run]) -> list[Row]:
    """Return the differences between twins that get a verdict."""
    found = [{_twins(entry): entry for entry in run.summary["differences"] if entry["primary"]} for run in runs]
    rows = []
    for key in dict.fromkeys([*found[0], *found[1]]):
        study, metric, model, twin = key
        held = [entries.get(key) for entries in found]
        first, second = (NOTHING if entry is None else difference_cell(entry) for entry in held)
        told = tuple("–" if entry is None else entry["verdict"] or "–" for entry in held)
        rows.append(Row(_label(runs, study, metric), f"{model} − {twin}", first, second, told))
    return rows


def _twins(entry: Entry) -> tuple[str, ...]:
    return (entry["study"], entry["metric"], entry["model"], entry["twin"])


def _means(runs: tuple[Run, Run]) -> list[Row]:
    """Return the means of whole models."""
    found = [
        {
            (entry["study"], entry["metric"], entry["model"]): entry
            for entry in run.summary["metrics"]
            if not entry["facts"] and entry["step"] is None
        }
        for run in runs
    ]
    order = list(dict.fromkeys(study for run in runs for study in carried_out(run.config)))
    rows = []
    for key in sorted({**found[0], **found[1]}, key=lambda key: order.index(key[0]) if key[0] in order else len(order)):
        study, metric, model = key
        held = [entries.get(key) for entries in found]
        first, second = (NOTHING if entry is None else mean_cell(entry) for entry in held)
        rows.append(Row(_label(runs, study, metric), f"{model}, {study}", first, second, (_change(*held),)))
    return rows


def _change(first: Entry | None, second: Entry | None) -> str:
    if first is None or second is None or first["unit"] != second["unit"]:
        return "–"
    difference, unit = second["mean"] - first["mean"], second["unit"]
    if not difference:
        return "equal"
    scale, unit = (100, "percentage points") if unit == "fraction" else (1, unit)
    return number(scale * difference, unit, signed=True)


def _label(runs: Iterable[Run], study: str, metric: str) -> str:
    """Return the label of a metric, or its name where it is not installed."""
    for run in runs:
        known = carried_out(run.config).get(study)
        if known is not None and metric in known:
            labelled: Metric = known[metric]
            return labelled.label
    return f"{study}, {metric}"


def _figures(runs: tuple[Run, Run]) -> list[FigurePair]:
    """Return all figures, in the order of the reports."""
    held = tuple(map(_files, runs))
    titles: dict[str, str] = {"verdicts": "Differences between twins"}
    for run in runs:
        for study in carried_out(run.config).values():
            titles.update({plate.figure: plate.heading for plate in study.figure.PLATES})
    names = {**held[0], **held[1]}
    ordered = [name for name in titles if name in names] + sorted(names.keys() - titles.keys())
    return [_pair(titles.get(name, name), name, held) for name in ordered]


def _pair(title: str, name: str, held: tuple[Mapping[str, Path], ...]) -> FigurePair:
    paths = [files.get(name) for files in held]
    contents = [None if path is None else path.read_bytes() for path in paths]
    pictures = [
        Picture(
            "", address(path), f"{title}: the figure {name} as the {which.lower()} run has it stored.", f"{which} run"
        )
        for which, path in zip(("First", "Second"), paths, strict=True)
        if path is not None
    ]
    if len(pictures) == 2 and contents[0] != contents[1]:
        return FigurePair(title, pictures, "")
    note = "The same in both runs." if len(pictures) == 2 else f"{pictures[0].caption} only."
    return FigurePair(title, [replace(pictures[0], caption="")], note)


def _files(run: Run) -> dict[str, Path]:
    """Return the figures of a run by name, in the smaller format; what a link leads to does not belong to the run."""
    found: dict[str, Path] = {}
    for path in sorted((run.directory / "figures").glob("*")):
        if path.suffix not in _SUFFIXES or path.is_symlink() or not path.is_file():
            continue
        known = found.get(path.stem)
        if known is None or path.stat().st_size < known.stat().st_size:
            found[path.stem] = path
    for path in found.values():
        size = path.stat().st_size
        if size > MOST_PICTURE:
            raise InputError(f"{path}: {size / 1e6:.0f} MB, too large for a page; draw it anew with `{redraw(run)}`")
    return found
