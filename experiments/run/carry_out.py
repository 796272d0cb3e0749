"""Carry out a run: plan, execute, store, assemble, draw. Results of finished jobs survive any failure."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bnsim.errors import BnsimError, DegenerateNetworkWarning, InputError, first_line
from experiments.names import DEFAULT_MODELS, study_option
from experiments.run.assemble import assemble
from experiments.run.examples import ExampleJob, choose
from experiments.run.execute import Workers, check_workers, number_of_workers
from experiments.run.executor import Executor, MakeExecutor
from experiments.run.job import Identity, StudyResult
from experiments.run.parameter_check import parameter_checks
from experiments.run.plan import Plan, check, identities, plan_document, queued
from experiments.run.progress import ProgressDisplay, Silence, saying
from experiments.run.request import COMPARE, Request, names_of
from experiments.run.store import Store, with_remedy
from experiments.run_directory import Example, Run, check_output, read_run, write_contents
from experiments.spec import Untrained
from experiments.studies import refuse_unnamed
from experiments.tasks.dataset import final_split
from models import registry


def compare(
    task: str = "digits",
    seeds: int = 5,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "runs",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
) -> Run:
    """Run the studies of a preset on models that see the same samples in the same order, and write a report.

    The work runs in new processes: in a script, call this function below `if __name__ == "__main__":`. The results of
    finished jobs are kept in the run's directory, and `resume` continues from there.

    Parameters
    ----------
    task
        Name of a task; path of an .npz file with X and y, of a text, or of a table and its column ("t.csv:kind").
    seeds
        Number of seeds. Each draws its own split (or, with a fixed test set, its own order), filters and spikes.
    models
        Names in `models.registry`.
    preset
        "quick", "full" or "tiny" (`bnsim list presets`).
    data_dir
        Folder of the MNIST files.
    out
        Folder in which the run's directory is created.
    settings
        As `--set`, for example {"models.dense.passes": 20, "learning.presentations": 5000, "studies.max_train": 1000};
        the last one sets an option of several studies. Settings that twins share are set for both
        (`experiments.run.configuration`).
    workers
        Number of processes; None for one for each core. Each process holds its own copy of the data and libraries.

    Returns
    -------
    Run
        The stored run.

    Raises
    ------
    InputError
        If the request is invalid.
    MachineError
        If the machine fails.
    """
    return run_study(COMPARE, task, seeds, models, preset, data_dir, out, settings, workers)


def run_study(
    study: str,
    task: str = "digits",
    seeds: int = 5,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "runs",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
) -> Run:
    """Run one study or classic experiment.

    Parameters
    ----------
    study
        Name of a study or classic experiment, or path of its folder.
    task, seeds, models, preset, data_dir, out, settings, workers
        As in `compare`. Studies that define their own units and networks take no models, classic experiments no task.

    Returns
    -------
    Run
        The stored run.

    Raises
    ------
    InputError
        If the request is invalid.
    MachineError
        If the machine fails.
    """
    folder = None if data_dir is None else Path(data_dir).resolve()
    request = Request(study, task, names_of(models), seeds, preset, folder, settings or {})
    return carry_out(request, Path(out), workers)


def _missing_twins(models: Sequence[str]) -> dict[str, str]:
    """Return the networks that can get no verdict, each with the twin that it lacks."""
    twins = {name: registry.entry(name).twin for name in models}
    return {name: twin for name, twin in twins.items() if twin is not None and twin not in models}


def carry_out(
    request: Request, out: Path, workers: int | None = None, make_executor: MakeExecutor | None = None
) -> Run:
    """Carry out a request in a new directory.

    Parameters
    ----------
    request
        What to run.
    out
        Folder in which the run's directory is created.
    workers
        As in `compare`.
    make_executor
        Creates the executor of the jobs.

    Returns
    -------
    Run
        The stored run.

    Raises
    ------
    InputError
        If the request is invalid.
    MachineError
        If the machine fails.
    """
    started = datetime.now(UTC)
    check_workers(workers)
    resolved = check(request)
    check_output(out)
    for note in () if resolved.dataset is None else resolved.dataset.notes:
        assert resolved.dataset is not None
        warnings.warn(f"{resolved.dataset.name}: {note}", stacklevel=3)
    if request.study == COMPARE:
        for name, twin in _missing_twins(request.models).items():
            warnings.warn(f"{name}: gets no verdict without its twin; add {twin} to the models", stacklevel=3)
    label = f"{started:%Y%m%dT%H%M%SZ}-{'-'.join(resolved.label)}"
    is_new = not out.exists()
    store = Store.begin(out, re.sub(r"[^\w.-]+", "-", label))
    try:
        with store.locked():
            plan = resolved.plan(store.shelf)
            store.write_plan(plan_document(plan, store.directory.name, started))
            return _finish(plan, store, started, workers, make_executor)
    finally:
        if store.is_empty:
            store.discard()
        if is_new:
            with suppress(OSError):  # not empty: it contains the run
                out.rmdir()


def resume(
    directory: str | Path,
    keep_finished: bool = False,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
) -> Run:
    """Run the missing jobs of an interrupted run; the result equals that of an uninterrupted run.

    Parameters
    ----------
    directory
        Directory of the run.
    keep_finished
        Keep the results of finished jobs even if settings, data or code have changed.
    workers
        As in `compare`.
    make_executor
        Creates the executor of the jobs.

    Returns
    -------
    Run
        The stored run, unchanged if nothing is missing but its report.

    Raises
    ------
    InputError
        If the directory is not a run, another process works on it, or its finished jobs were measured with other
        settings, data or code.
    MachineError
        If the machine fails.
    """
    check_workers(workers)
    store = Store(Path(directory))
    document = store.read_plan()
    if (store.directory / "summary.json").is_file():
        with store.locked():  # what an interruption right after the last file left, or while the report was drawn
            store.close()
            if not (store.directory / "report.html").exists():
                refuse_unnamed(document["request"]["study"])  # its section would be missing from the report
                _draw(store.directory, document["request"]["study"])
        return read_run(directory)
    with store.locked():
        plan = check(Request.of(document["request"])).plan(store.shelf)
        started = datetime.fromisoformat(document["started_utc"])
        if not keep_finished:
            _refuse_changes(plan, store)
            if document["jobs"] != identities(plan):  # nor are trainings gone on with by other code
                store.forget_trainings()
                store.write_plan(plan_document(plan, store.directory.name, started))
        return _finish(plan, store, started, workers, make_executor)


def _refuse_changes(plan: Plan, store: Store) -> None:
    """Refuse to mix results that were obtained with different settings, data or code."""
    changed: dict[str, int] = {}
    for job in plan.jobs:
        kept = store.identity_of(job)
        if kept is not None and kept != job.identity:
            names = [name for name, old, new in _compared(kept, job.identity) if old != new]
            changed[names[0]] = changed.get(names[0], 0) + 1
    if changed:
        count, what = sum(changed.values()), " and ".join(changed)
        raise InputError(
            f"{store.directory}: {count} finished jobs were measured with other {what} than now; "
            "begin a new run, or keep them with --keep-finished"
        )


def _compared(kept: Identity, now: Identity) -> list[tuple[str, str, str]]:
    names = [field.name for field in fields(Identity)]
    return list(zip(names, astuple(kept), astuple(now), strict=True))


def _finish(
    plan: Plan, store: Store, started: datetime, workers: int | None, make_executor: MakeExecutor | None
) -> Run:
    """Run the missing jobs, then assemble and draw the run."""
    clock = time.perf_counter()
    missing = [job for job in queued(plan.jobs) if not store.has(job)]
    count = number_of_workers(workers, len(missing))
    try:
        with (make_executor or Workers)(count) as executor:
            for _ in executor.run(parameter_checks(plan) if missing else [], Silence()):
                pass
            present = not all(isinstance(job.subject, Untrained) for job in missing)
            kept = len(plan.jobs) - len(missing)
            with ProgressDisplay([job.name for job in missing], present, kept) as display:
                for place, result in executor.run(missing, display):
                    store.keep(missing[place], result)
                    for message in result.warnings:
                        warnings.warn(f"{missing[place].name}: {message}", DegenerateNetworkWarning, stacklevel=2)
            results = [store.kept(job) for job in plan.jobs]
            found = [result for result in results if result is not None]
            examples = _record_examples(plan, found, executor)
        seconds = time.perf_counter() - clock
        contents = assemble(plan, found, examples, store.directory.name, started, seconds)
        write_contents(store.directory, contents)
    except (BnsimError, KeyboardInterrupt) as error:
        raise _with_remedy(error, plan, store) from error
    store.close()
    _draw(store.directory, plan.request.study)
    return read_run(store.directory)


def _with_remedy(error: BaseException, plan: Plan, store: Store) -> BaseException:
    """Return the same error with a message that also says what is kept and how to continue."""
    count = store.count()
    if not count and not store.has_trainings:
        return error
    what = f"{count} of {len(plan.jobs)} jobs" if count else "the trainings so far"
    return with_remedy(error, store.directory, f"{what} are kept", plan.request.study)


def _record_examples(plan: Plan, results: Sequence[StudyResult], executor: Executor) -> tuple[Example, ...]:
    """Record the responses of all models of the first seed to the example samples.

    The first model, a BNS if there is one, determines the samples.
    """
    chosen = [(job, result.outcome) for job, result in zip(plan.jobs, results, strict=True) if job.example]
    if not chosen or plan.dataset is None:
        return ()
    first_job, first_outcome = chosen[0]
    assert first_outcome.predictions is not None
    test = final_split(plan.dataset, first_job.subject.seed, first_job.options["max_train"]).held_out
    shown = choose(first_outcome.predictions, test)
    jobs = [
        ExampleJob.of(job.subject.model, job.example, shown, plan.dataset)
        for job, _ in chosen
        if job.example is not None
    ]
    with saying("recording the responses to example samples"):
        recorded: dict[int, list[Example]] = dict(executor.run(jobs, Silence()))
    return tuple(example for place in range(len(jobs)) for example in recorded[place])


def _draw(directory: Path, study: str) -> None:
    """Draw the figures and the report; if drawing fails, warn, since the numbers are stored already."""
    command = f"bnsim draw {directory}{study_option(study)}"
    from experiments.report import write

    try:
        with saying("drawing the figures and the report"):
            write(directory)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"the numbers are stored: draw the report with `{command}`") from None
    except Exception as error:
        reason = f"{type(error).__name__}: {first_line(error)}"
        warnings.warn(
            f"{directory}: the report could not be drawn ({reason}); the numbers are stored: draw it again with "
            f"`{command}`",
            stacklevel=1,
        )
