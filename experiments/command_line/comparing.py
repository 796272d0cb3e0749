"""Commands that look at several stored runs, or repeat one."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.command_line.measuring import warn_without_compiler
from experiments.command_line.options import OutOption, RunArgument, StudyFolderOption, WorkersOption
from experiments.output import say

DIFFERENT = 3
"""Exit code where two runs have different numbers; `diff` has 1, which is a failed run here."""

FolderArgument = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="The folder below which the runs are.")]
AsJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else.")]
MostOption = Annotated[int, typer.Option("--most", min=0, help="How many differing numbers are shown.")]


@app.command("runs")
def runs_command(  # numpydoc ignore=PR01
    folder: FolderArgument = Path("runs"),
    metric: Annotated[
        str | None, typer.Option(help="The metric by which runs are compared. Default: the main one of each.")
    ] = None,
    json: AsJsonOption = False,
) -> None:
    """List the runs below a folder, with their main numbers."""
    from experiments.collection.listing import listed
    from experiments.command_line.comparison_tables import print_runs

    entries = listed(folder, metric)
    if json:
        say(dumps([entry.document() for entry in entries], indent=2))
    else:
        print_runs(entries)


@app.command()
def diff(  # numpydoc ignore=PR01
    first: Annotated[
        Path, typer.Argument(metavar="RUN_A", help="A run directory, or a point of a sweep such as sweeps/mine/0.")
    ],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one.")],
    most: MostOption = 20,
    json: AsJsonOption = False,
    page: Annotated[bool, typer.Option("--page", help="Write a page with both runs side by side, too.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the page. Default: the current one.")] = None,
) -> None:
    """Say which numbers of two runs, or two points of sweeps, differ, and by how much. Exit code: 0 if none, else 3.

    Wall-clock times are left out.
    """
    from bnsim.errors import InputError
    from experiments.collection import difference
    from experiments.command_line.comparison_tables import print_circumstances, print_numbers, print_settings
    from experiments.points.point_run import read_two
    from experiments.run_directory import check_output

    if out is not None and not page:
        raise InputError(f"--out {out}: is the folder of the page; add --page")
    folder = out or Path()
    if page:
        check_output(folder)
    a, b, called = read_two(first, second)
    circumstances = difference.circumstances(a, b)
    numbers = difference.numbers(a.results, b.results, circumstances.settings)
    written = {}
    if page:
        from experiments.report.two_runs import write_page

        written = {"page": str(write_page(a, b, (circumstances, numbers), most, folder, called))}
    if json:
        names = {"first": str(first), "second": str(second), **written}
        say(dumps({**names, **circumstances.document(), "numbers": numbers.document()}, indent=2))
    else:
        print_settings(called)
        print_circumstances(circumstances, called)
        print_numbers(numbers, most, called)
        for name, path in written.items():
            say(f"{name}: {path}")
    if not numbers.equal:
        raise typer.Exit(DIFFERENT)


@app.command()
def repeat(  # numpydoc ignore=PR01
    run: RunArgument,
    task: Annotated[str | None, typer.Option(help="Where the file of the run's task is now, if it was moved.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the folder of the task's files is now, if it was moved.")
    ] = None,
    study: StudyFolderOption = None,
    out: OutOption = Path("runs"),
    workers: WorkersOption = None,
    most: MostOption = 20,
    json: AsJsonOption = False,
) -> None:
    """Carry out a run again, and say what differs. Exit code: 0 if all numbers are equal, 3 if not.

    Its manifest.json suffices. Wall-clock times are left out of the comparison.
    """
    from experiments.command_line.comparison_tables import print_repetition
    from experiments.run.repeat import repeat as carry_out_again

    warn_without_compiler()
    repetition = carry_out_again(run, task, data_dir, study, out, workers)
    if json:
        say(dumps(repetition.document(), indent=2))
    else:
        print_repetition(repetition, most)
    if not repetition.equal:
        raise typer.Exit(DIFFERENT)


@app.command()
def query(  # numpydoc ignore=PR01
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SELECT", help='Such as "SELECT run, model, avg(value) FROM results WHERE ... GROUP BY ALL".'
        ),
    ],
    folder: FolderArgument = Path("runs"),
    json: AsJsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values and nothing else.")] = False,
) -> None:
    """Ask all runs below a folder with SQL: the tables results, predictions and runs (`DESCRIBE results`).

    Needs DuckDB, the extra `query` of the package. A query reads no other file and writes none.
    """
    from bnsim.errors import InputError
    from experiments.collection.query import ask, tables_of
    from experiments.command_line.comparison_tables import print_answer, say_csv, say_json

    if json and csv:
        raise InputError("--json and --csv: choose one")
    answer = ask(tables_of(folder), sql)
    (say_json if json else say_csv if csv else print_answer)(answer)


@app.command()
def crate(  # numpydoc ignore=PR01
    run: RunArgument,
    license: Annotated[
        str | None, typer.Option(metavar="URL", help="Licence of the run, such as https://spdx.org/licenses/CC-BY-4.0.")
    ] = None,
) -> None:
    """Describe a run in ro-crate-metadata.json, as an RO-Crate (https://w3id.org/ro/crate).

    Needs rocrate, the extra `crate` of the package.
    """
    from experiments.collection.crate import write
    from experiments.run.store import Store
    from experiments.run_directory import read_run, writing

    read_run(run)
    with writing(run), Store(run).locked():
        path = write(run, license)
    say(f"RO-Crate: {path}")
