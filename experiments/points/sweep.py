"""Measure a study at many points: plan, check, carry out, keep, and make tables.

Every point with every seed is a job of its own, known by the identity of its configuration. A job that is finished is
never done again, one that failed only on request, and no number depends on order or number of workers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from bnsim.errors import InputError
from bnsim.files import replacing
from experiments.names import DEFAULT_MODELS
from experiments.points.design import Design, Range
from experiments.points.earlier import of_design, of_request, refuse_replacing, warn_of_fewer
from experiments.points.folder import (
    STOPPED,
    Conduct,
    begin,
    check_points,
    folder_for,
    refuse_other_code,
    stopped,
    working_in,
)
from experiments.points.job import PointJob
from experiments.points.progress import PointsProgress
from experiments.points.store import PointStore
from experiments.points.sweep_directory import COUNTS, FAILED, KIND, POINTS, Sweep, read_plan, read_sweep
from experiments.points.sweep_plan import SweepPlan
from experiments.points.sweep_tables import Tables
from experiments.run.executor import Executor, MakeExecutor
from experiments.run.request import DEFAULT_TASK, Request, names_of
from experiments.run_directory import write_atomically, writing


def sweep(
    study: str,
    grid: Mapping[str, Sequence[Any]] | None = None,
    random: Mapping[str, Range | tuple[float, float]] | None = None,
    n: int = 1,
    seeds: int = 5,
    task: str = DEFAULT_TASK,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "sweeps",
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    key: int = 0,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    retry_failed: bool = False,
    keep_finished: bool = False,
) -> Sweep:
    """Measure a study or classic experiment at many points, or go on with it.

    The same call goes on where an earlier one ended, and so does one with more points (`n`) or seeds: what is finished
    is not done again. A point that fails ends nothing. The work runs in new processes: in a script, call this function
    below `if __name__ == "__main__":`.

    Parameters
    ----------
    study
        Name of a study or classic experiment, or path of a study's folder.
    grid
        Values of each key whose combinations are measured; keys are those of `--set`, such as "siegert.mean".
    random
        Range of each key that is drawn, as `Range` or (low, high).
    n
        Number of draws; with a grid, each combination is measured at each draw.
    seeds
        Number of seeds of each point.
    task
        Name of a task; path of an .npz file with X and y, of a text, or of a table and its column ("t.csv:kind").
    models
        Names in `models.registry`.
    preset
        "quick", "full" or "tiny" (`bnsim list presets`).
    data_dir
        Folder of the MNIST files.
    out
        Folder in which the sweep's directory lies.
    name
        Name of that directory; None for one made of what is varied. An earlier sweep of this name is gone on with, also
        with more values of the same keys; any other is refused, for its tables would be replaced.
    settings
        Settings that are the same at all points, as `--set`.
    key
        Key of the draws.
    workers
        Number of processes; None for one for each core.
    make_executor
        Creates another executor than processes of this machine (`experiments.run.dask_executor`).
    retry_failed
        Whether points that failed before are tried again.
    keep_finished
        Whether points count as finished that were measured with other data or code than now.

    Returns
    -------
    Sweep
        The stored sweep.

    Raises
    ------
    InputError
        If the request or any point is invalid, or another sweep lies in the directory.
    MachineError
        If the machine fails.
    """
    ranges = {key: limits if isinstance(limits, Range) else Range(*limits) for key, limits in (random or {}).items()}
    if n != 1 and not ranges:
        raise InputError(f"--n {n}: only --random draws points, and there is none; leave it out")
    design = Design({key: tuple(values) for key, values in (grid or {}).items()}, ranges, n, key)
    folder = None if data_dir is None else Path(data_dir)
    request = Request(study, task, names_of(models), seeds, preset, folder, settings or {})
    conduct = Conduct(workers, make_executor, retry_failed, keep_finished)
    planned = SweepPlan.of(request, design)
    planned.check_points()
    document = {entry: value for entry, value in design.document().items() if entry != "n"}
    return _carried_out(planned, folder_for(KIND, Path(out), name, planned.varied.base, document), conduct)


def resume(directory: str | Path, conduct: Conduct) -> Sweep:
    """Go on with a sweep that was interrupted, or whose failed points are to be tried again.

    Parameters
    ----------
    directory
        Its directory.
    conduct
        How points are carried out.

    Returns
    -------
    Sweep
        The stored sweep.

    Raises
    ------
    InputError
        If the directory holds no sweep, or its points were measured with other data or code than now.
    MachineError
        If the machine fails.
    """
    return _carried_out(SweepPlan.read(Path(directory)), Path(directory), conduct)


def tabulate(directory: str | Path) -> Sweep:
    """Make the tables of what is finished so far, also while another process goes on with the sweep.

    Parameters
    ----------
    directory
        Directory of the sweep.

    Returns
    -------
    Sweep
        The stored sweep.

    Raises
    ------
    InputError
        If the directory holds no sweep.
    MachineError
        If the tables cannot be written.
    """
    folder = Path(directory)
    planned, store = SweepPlan.read(folder), PointStore(folder)
    store.read()
    return _tabulated(planned, folder, store)


def _carried_out(planned: SweepPlan, folder: Path, conduct: Conduct) -> Sweep:
    """Check the points that are not finished, before anything is written, and carry them out."""
    with working_in(folder):
        store = PointStore(folder)
        store.read()
        if store.lines:
            planned = _after_earlier(planned, folder)
            if not conduct.keep_finished:
                refuse_other_code(store, planned.jobs(), folder)
        missing = sum(1 for _ in planned.missing(store, conduct.retry_failed)) if store.lines else planned.n_jobs
        with conduct.executor(missing) if missing else nullcontext() as executor:
            if executor is not None:
                check_points(planned.checks(store, conduct.retry_failed), executor)
            begin(folder, KIND, planned.varied.base.request, planned.design.document(), bool(store.lines))
            _write_points(folder, planned.design)
            if executor is not None:
                _measure(planned, folder, store, conduct, missing, executor)
        store.read()
        return _tabulated(planned, folder, store)


def _after_earlier(planned: SweepPlan, folder: Path) -> SweepPlan:
    """Return the plan with the numbers of the points that the sweep has; refuse to put it in the place of another."""
    old, request, design = read_plan(folder, KIND), planned.varied.base.request, planned.design
    asked = of_request(old["request"], request) + of_design(old, design)
    refuse_replacing(folder, KIND, asked, "more values of its grids, more draws and more seeds")
    warn_of_fewer(folder, {"--seeds": (old["request"]["seeds"], request.seeds), "--n": (old["n"], design.n)})
    return replace(planned, design=design.after(Design.of(old)))


def _measure(
    planned: SweepPlan, folder: Path, store: PointStore, conduct: Conduct, missing: int, executor: Executor
) -> None:
    """Carry out the missing jobs."""
    done = failed = 0
    shown = PointsProgress(planned.n_jobs, "points and seeds", planned.n_jobs - missing)
    try:
        with store.writing(), shown as progress:
            for _, _, why in store.carry_out(planned.missing(store, conduct.retry_failed), executor):
                done, failed = done + 1, failed + bool(why)
                progress.show(done, failed)
    except STOPPED as error:
        kept = planned.n_jobs - missing + done
        what = f"{kept} of {planned.n_jobs} points and seeds are kept"
        raise stopped(error, folder, what, planned.varied.base.request.study) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait while another process makes the tables: that of the sweep, or one that looks at how far it is."""
    with FileLock(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _write_points(folder: Path, design: Design) -> None:
    with writing(folder), replacing(folder / POINTS) as partial, partial.open("w", encoding="utf-8") as file:
        for point in design.points():
            entry = {"point": point.number, "settings": dict(point.settings)}
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _tabulated(planned: SweepPlan, folder: Path, store: PointStore) -> Sweep:
    """Write the tables, the failures, and last the counts."""
    base, finished, failed = planned.varied.base, 0, 0
    (study,) = base.studies.values()
    independent = base.dataset is None or base.dataset.protocol == "fixed test set"

    with (
        writing(folder),
        _locked(folder / ".tables.lock"),
        replacing(folder / FAILED) as partial,
        partial.open("w", encoding="utf-8") as failures,
    ):

        def measured() -> Iterator[tuple[PointJob, dict[str, Any]]]:
            nonlocal finished, failed
            for job, kept in store.results(planned.jobs()) if store.lines else ():
                if "failed" in kept:
                    failed += 1
                    entry = {"point": job.point.number, "seed": job.seed, "settings": dict(job.point.settings)}
                    failures.write(json.dumps(entry | {"failed": str(kept["failed"])}, ensure_ascii=False) + "\n")
                else:
                    finished += 1
                    yield job, kept

        Tables(study, planned.design, independent).write(folder, measured())
    counts = {
        "points": len(planned.design),
        "seeds": base.request.seeds,
        "jobs": planned.n_jobs,
        "finished": finished,
        "failed": failed,
    }
    with writing(folder):
        write_atomically(folder / COUNTS, json.dumps(counts, indent=2) + "\n")
    return read_sweep(folder)
