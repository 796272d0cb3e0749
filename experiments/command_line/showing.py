"""How a command shows a run."""

from __future__ import annotations

from json import dumps
from pathlib import Path

from experiments.output import say


def show_run(directory: Path, json: bool, *, metric: str | None = None, everything: bool = False) -> None:
    """Print what a stored run found, or its summary.

    Parameters
    ----------
    directory
        Directory of the run.
    json
        Whether JSON is printed, and nothing else: summary.json, or of one metric its entries there.
    metric
        The one metric whose means are printed.
    everything
        Whether all metrics of whole models are printed.

    Raises
    ------
    InputError
        If the folder is no complete run, or holds no such metric.
    """
    from experiments.run_directory import read_run
    from experiments.tables import print_means, print_run

    run = read_run(directory)
    if json and metric is not None:
        run.means(metric)  # refuses a name that is not there
        say(dumps([entry for entry in run.summary["metrics"] if entry["metric"] == metric], indent=2))
    elif json:
        say(dumps(run.summary, indent=2))
    elif metric is not None:
        print_means(run, metric)
    else:
        print_run(run, everything=everything)
