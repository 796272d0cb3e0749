"""The report of a run: one self-contained page, and its figures as files."""

from __future__ import annotations

from pathlib import Path


def write(run_directory: Path) -> Path:
    """Draw figures/*.svg and *.png and write report.html from the stored results of a run.

    Parameters
    ----------
    run_directory
        Directory of the run.

    Returns
    -------
    Path
        Path of the page.

    Raises
    ------
    InputError
        If the folder is not a run.
    """
    from experiments.report.page import write_page
    from experiments.run_directory import read_run

    return write_page(read_run(run_directory))
