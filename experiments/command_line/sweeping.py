"""The command that measures a study at many points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.command_line.measuring import warn_without_compiler
from experiments.command_line.options import (
    MODELS,
    DataOption,
    KeepOption,
    ModelsOption,
    NameOption,
    PointsJsonOption,
    PresetOption,
    RetryOption,
    SchedulerOption,
    SeedsOption,
    SetOption,
    SlurmOption,
    StudyArgument,
    TaskOption,
    WorkersOption,
    names,
)
from experiments.command_line.points import end_sweep, executor_of


@app.command("sweep")
def sweep_command(  # numpydoc ignore=PR01
    study: StudyArgument,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=A,B,C",
            help="Values of a setting, such as siegert.mean=10,15,20, each a point; several grids multiply. A value "
            "that is a list stands in brackets: siegert.steps=[0.1,0.2],[0.5].",
        ),
    ] = None,
    random: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="Draw a setting: 1.0:5.0 any number, 10:50 whole ones, 0.1:10:log on a logarithmic scale, [1.0:5.0] "
            "for an option that is a list. Each combination of the grids is measured at each draw.",
        ),
    ] = None,
    n: Annotated[int, typer.Option("--n", help="Number of draws.")] = 1,
    key: Annotated[int, typer.Option(help="Key of the draws. Draw k is the same whatever their number.")] = 0,
    task: TaskOption = "digits",
    models: ModelsOption = MODELS,
    seeds: SeedsOption = 5,
    preset: PresetOption = "quick",
    data_dir: DataOption = None,
    out: Annotated[Path, typer.Option(help="Folder in which the directory lies.")] = Path("sweeps"),
    name: NameOption = None,
    settings: SetOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    slurm: SlurmOption = None,
    retry_failed: RetryOption = False,
    keep_finished: KeepOption = False,
    json: PointsJsonOption = False,
) -> None:
    """Measure a study at many points of its settings; the same command goes on with what is not finished."""

    from experiments.points.design_options import parse_grid, parse_ranges
    from experiments.points.sweep import sweep
    from experiments.run.configuration import parse_settings

    varied = parse_grid(grid or []), parse_ranges("--random", random or [])
    chosen = executor_of(workers, scheduler, slurm)
    warn_without_compiler()
    found = sweep(
        *(study, *varied, n, seeds, task, names(models), preset, data_dir, out, name),
        *(parse_settings(settings or []), key, workers, chosen, retry_failed, keep_finished),
    )
    end_sweep(found, json)
