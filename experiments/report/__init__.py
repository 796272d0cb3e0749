"""The report of a run: one self-contained page, and its figures as files."""

from __future__ import annotations

from pathlib import Path


def write(run_directory: Path) -> Path:
    """Draw figures/*.svg and *.png and write report.html into a run directory, from what is stored there.

    Returns the page's path. Errors: InputError where the folder is not a run.
    """
    from experiments.report.page import write_page
    from experiments.run_directory import read_run

    return write_page(read_run(run_directory))
