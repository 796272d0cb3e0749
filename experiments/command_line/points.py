"""What the commands about sweeps and fits have in common: where work is done, and how results are shown."""

from __future__ import annotations

import warnings
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.output import say

if TYPE_CHECKING:
    from experiments.points.fit_directory import Fit
    from experiments.points.sweep_directory import Sweep
    from experiments.run.executor import MakeExecutor


def end_sweep(sweep: Sweep, json: bool) -> None:
    """Draw and print a sweep that has ended; the exit code is 1 if a point failed.

    Parameters
    ----------
    sweep
        The stored sweep.
    json
        Whether to print JSON and nothing else.
    """
    draw_sweep(sweep)
    show_sweep(sweep, json)
    if sweep.counts["failed"]:
        raise typer.Exit(1)


def show_sweep(sweep: Sweep, json: bool) -> None:
    """Print a sweep.

    Parameters
    ----------
    sweep
        The stored sweep.
    json
        Whether to print JSON and nothing else.
    """
    from experiments.points_tables import print_sweep

    if json:
        failures = [vars(failure) for failure in sweep.failures]
        say(dumps({"directory": str(sweep.directory), **sweep.counts, "failures": failures}, indent=2))
    else:
        print_sweep(sweep)


def show_fit(fit: Fit, json: bool) -> None:
    """Print a fit.

    Parameters
    ----------
    fit
        The stored fit.
    json
        Whether to print JSON and nothing else.
    """
    from experiments.points_tables import print_fit

    if json:
        say(dumps({"directory": str(fit.directory), **fit.result}, indent=2))
    else:
        print_fit(fit)


def resume_points(
    folder: Path,
    workers: int | None,
    scheduler: str | None,
    slurm: list[str] | None,
    retry_failed: bool,
    keep_finished: bool,
    json: bool,
) -> bool:
    """Go on with a sweep or a fit.

    Parameters
    ----------
    folder
        The folder.
    workers
        Number of processes, as in `executor_of`.
    scheduler
        Address of a scheduler.
    slurm
        What SLURM is asked for.
    retry_failed
        Whether what failed is tried again.
    keep_finished
        Whether what was measured with other data or code is kept.
    json
        Whether to print JSON and nothing else.

    Returns
    -------
    bool
        False where the folder holds neither.
    """
    from experiments.points.sweep_directory import KIND, kind_of

    kind = kind_of(folder)
    if not kind:
        return False
    from experiments.points.folder import Conduct

    conduct = Conduct(workers, executor_of(workers, scheduler, slurm), retry_failed, keep_finished)
    if kind == KIND:
        from experiments.points.sweep import resume

        end_sweep(resume(folder, conduct), json)
    else:
        from experiments.points.fit import resume as resume_fit

        show_fit(resume_fit(folder, conduct), json)
    return True


def show_points(folder: Path, json: bool) -> bool:
    """Print a sweep or a fit.

    Parameters
    ----------
    folder
        The folder.
    json
        Whether to print JSON and nothing else.

    Returns
    -------
    bool
        False where the folder holds neither.
    """
    from experiments.points.sweep_directory import KIND, kind_of, read_sweep

    kind = kind_of(folder)
    if kind == KIND:
        show_sweep(read_sweep(folder), json)
    elif kind:
        from experiments.points.fit_directory import read_fit

        show_fit(read_fit(folder), json)
    return bool(kind)


def draw_points(folder: Path) -> bool:
    """Make the tables and figures of a sweep anew.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    bool
        False where the folder holds neither a sweep nor a fit.
    """
    from bnsim.errors import InputError
    from experiments.points.sweep_directory import KIND, kind_of

    kind = kind_of(folder)
    if kind == KIND:
        from experiments.points.sweep import tabulate

        draw_sweep(tabulate(folder))
        say(f"tables and figures: {folder}")
    elif kind:
        raise InputError(f"{folder}: a fit has no figures; show it with `bnsim show {folder}`")
    return bool(kind)


def draw_sweep(sweep: Sweep) -> None:
    """Draw the figures of a sweep; if drawing fails, warn, since the numbers are stored already.

    Parameters
    ----------
    sweep
        The stored sweep.
    """
    from bnsim.errors import first_line
    from experiments.points.sweep_directory import study_of
    from experiments.report.sweep_figures import write

    try:
        write(sweep)
    except Exception as error:
        warnings.warn(
            f"{sweep.directory}: the figures could not be drawn ({type(error).__name__}: {first_line(error)}); the "
            f"numbers are stored: draw them again with `bnsim draw {sweep.directory}{study_of(sweep.plan)}`",
            stacklevel=1,
        )


def executor_of(workers: int | None, scheduler: str | None, slurm: list[str] | None) -> MakeExecutor | None:
    """Return what creates the executor that the options ask for.

    Parameters
    ----------
    workers
        Number of processes of this machine.
    scheduler
        Address of a Dask scheduler.
    slurm
        What SLURM is asked for.

    Returns
    -------
    callable or None
        None for processes of this machine.

    Raises
    ------
    InputError
        If more than one is given, or one cannot be used here.
    """
    from bnsim.errors import InputError

    given = {"--workers": workers is not None, "--scheduler": scheduler is not None, "--slurm": bool(slurm)}
    chosen = [option for option, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise InputError(f"{chosen[1]}: {chosen[0]} is given too, and both say where work is done; keep one")
    if scheduler is not None:
        from experiments.run.dask_executor import connected_to

        return connected_to(scheduler)
    if slurm:
        from experiments.run.slurm import SlurmJobs

        wanted = SlurmJobs.parse(slurm)
        wanted.ready()
        return wanted.executor
    return None
