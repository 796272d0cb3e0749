"""How a command shows a run."""

from __future__ import annotations

from json import dumps
from pathlib import Path

from experiments.output import say


def show_run(directory: Path, json: bool) -> None:
    """Print the tables of a stored run, or its summary.

    Parameters
    ----------
    directory
        Directory of the run.
    json
        Whether summary.json is printed, and nothing else.
    """
    from experiments.run_directory import read_run
    from experiments.tables import print_run

    run = read_run(directory)
    if json:
        say(dumps(run.summary, indent=2))
    else:
        print_run(run)
