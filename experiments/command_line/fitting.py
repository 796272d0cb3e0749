"""The command that fits parameters to measurements."""

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
from experiments.command_line.points import executor_of, show_fit


@app.command("fit")
def fit_command(  # numpydoc ignore=PR01
    study: StudyArgument,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="A setting and its limits, such as siegert.mean=10.0:20.0; 10:20 is for whole numbers, 0.1:10:log "
            "for a logarithmic scale, [1.0:5.0] for an option that is a list; repeatable.",
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=VALUE±WEIGHT",
            help="What a metric should be, and the deviation that counts as 1 (by default the value), such as "
            "rate[dt=0.5]=8.0±0.1, or +-0.1; facts in brackets choose one of several values; repeatable.",
        ),
    ] = None,
    generations: Annotated[int, typer.Option(help="Largest number of generations.")] = 100,
    population: Annotated[int, typer.Option(help="Trials of a generation, for each parameter.")] = 15,
    until: Annotated[float, typer.Option(help="Objective at which the search ends.")] = 1e-4,
    key: Annotated[int, typer.Option(help="Key of the search.")] = 0,
    task: TaskOption = "digits",
    models: ModelsOption = MODELS,
    seeds: SeedsOption = 5,
    preset: PresetOption = "quick",
    data_dir: DataOption = None,
    out: Annotated[Path, typer.Option(help="Folder in which the directory lies.")] = Path("fits"),
    name: NameOption = None,
    settings: SetOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    slurm: SlurmOption = None,
    retry_failed: RetryOption = False,
    keep_finished: KeepOption = False,
    json: PointsJsonOption = False,
) -> None:
    """Fit settings of a study to what it should measure; the same command goes on with what is not finished."""
    from experiments.points.design_options import parse_ranges
    from experiments.points.fit import fit
    from experiments.points.target import Target
    from experiments.run.configuration import parse_settings

    ranges = parse_ranges("--parameter", parameter or [])
    targets = [Target.parse(text) for text in target or []]
    chosen = executor_of(workers, scheduler, slurm)
    warn_without_compiler()
    found = fit(
        *(study, ranges, targets, seeds, task, names(models), preset, data_dir, out, name),
        *(parse_settings(settings or []), generations, population, until, key),
        *(workers, chosen, retry_failed, keep_finished),
    )
    show_fit(found, json)
