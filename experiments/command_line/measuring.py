"""Commands that carry out runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.command_line.application import app
from experiments.command_line.options import (
    MODELS,
    DataOption,
    JsonOption,
    ModelsOption,
    OutOption,
    PresetOption,
    RetryOption,
    RunArgument,
    SchedulerOption,
    SeedsOption,
    SetOption,
    SlurmOption,
    StudyFolderOption,
    TaskOption,
    WorkersOption,
    names,
)
from experiments.command_line.showing import show_run
from experiments.output import complain


@app.command()
def compare(  # numpydoc ignore=PR01
    task: TaskOption = "digits",
    models: ModelsOption = MODELS,
    seeds: SeedsOption = 5,
    preset: PresetOption = "quick",
    data_dir: DataOption = None,
    out: OutOption = Path("runs"),
    settings: SetOption = None,
    workers: WorkersOption = None,
    square: Annotated[
        bool,
        typer.Option(
            "--square",
            help="Compare rates and spikes, each with backpropagation and with a local rule, in place of --models.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Train the networks on the same samples, run all studies and write a report."""
    from experiments.run.carry_out import compare as carry_out
    from experiments.run.configuration import parse_settings

    given = parse_settings(settings or [])
    if square:
        models, given = _of_square(task, data_dir, models, given)
    warn_without_compiler()
    run = carry_out(task, seeds, names(models), preset, data_dir, out, given, workers)
    show_run(run.directory, json)


def _of_square(task: str, data_dir: Path | None, models: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The networks of the task's square with what stands beside it, and the settings that it asks for."""
    from bnsim.errors import InputError
    from experiments.run.configuration import SQUARE
    from experiments.square import SQUARES, square_for
    from experiments.tasks import load_task

    if models != MODELS:
        raise InputError("--models: --square chooses the networks; leave one of the two out")
    name = square_for(sequences=load_task(task, data_dir).sequence_shape is not None)
    square = SQUARES[name]
    return ",".join([*square.corners, square.beside]), {SQUARE: name, **settings}


@app.command("run")
def run_command(  # numpydoc ignore=PR01
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY",
            help="Name from `bnsim list studies` or `bnsim list classics`, or path of a study's folder.",
        ),
    ],
    task: TaskOption = "digits",
    models: ModelsOption = MODELS,
    seeds: SeedsOption = 5,
    preset: PresetOption = "quick",
    data_dir: DataOption = None,
    out: OutOption = Path("runs"),
    settings: SetOption = None,
    workers: WorkersOption = None,
    json: JsonOption = False,
) -> None:
    """Run one study or classic experiment."""
    from experiments.run.carry_out import run_study
    from experiments.run.configuration import parse_settings

    warn_without_compiler()
    run = run_study(study, task, seeds, names(models), preset, data_dir, out, parse_settings(settings or []), workers)
    show_run(run.directory, json)


@app.command()
def resume(  # numpydoc ignore=PR01
    run: RunArgument,
    keep_finished: Annotated[
        bool,
        typer.Option(
            "--keep-finished", help="Keep the results of finished jobs even if settings, data or code have changed."
        ),
    ] = False,
    study: StudyFolderOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    slurm: SlurmOption = None,
    retry_failed: RetryOption = False,
    json: JsonOption = False,
) -> None:
    """Continue an interrupted run, sweep or fit."""
    from bnsim.errors import InputError
    from experiments.command_line.points import resume_points
    from experiments.run.carry_out import resume as carry_on

    warn_without_compiler()
    if resume_points(run, workers, scheduler, slurm, retry_failed, keep_finished, json):
        return
    for option, is_given in (("--scheduler", scheduler), ("--slurm", slurm), ("--retry-failed", retry_failed)):
        if is_given and run.is_dir():
            raise InputError(f"{option}: {run} is a run, no sweep or fit; leave it out")
    show_run(carry_on(run, keep_finished, workers).directory, json)


def warn_without_compiler() -> None:
    """Warn that spiking networks run more slowly without a C++ compiler, or that it builds its library first."""
    from bnsim.engine.compiler import find_compiler, first_build

    compiler = find_compiler()
    if compiler is None:
        complain("warning: no C++ compiler found; spiking networks run on NumPy, more slowly (see `bnsim doctor`)")
    elif notice := first_build(compiler):
        complain(f"warning: {notice}")
