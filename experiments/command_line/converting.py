"""The command that converts a network of Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.command_line.measuring import warn_without_compiler
from experiments.command_line.options import DataOption
from experiments.output import say


@app.command("convert")
def convert_command(  # numpydoc ignore=PR01
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .keras file of Keras 3, trained.")],
    task: Annotated[
        str,
        typer.Option(
            help="What it was trained on: a name from `bnsim list tasks`, an .npz file with "
            "X and y, or TABLE.csv:COLUMN."
        ),
    ],
    data_dir: DataOption = None,
    steps: Annotated[int, typer.Option(help="Time steps of 1 ms in which a sample is shown.")] = 200,
    percentile: Annotated[
        float, typer.Option(help="Of the activations over training samples, that becomes one spike a step.")
    ] = 99.9,
    scaling: Annotated[
        str,
        typer.Option(
            help="Of the samples: task (pixels to [0, 1], features standardised), none, standardise, range, or a "
            "number to divide by."
        ),
    ] = "task",
    test_samples: Annotated[int | None, typer.Option(help="Measure on so many test samples. Default: all.")] = None,
    seed: Annotated[int, typer.Option(help="Draws the split, where the task has no fixed test set.")] = 0,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to write. Default: MODEL's name with -spiking.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON and nothing else.")] = False,
) -> None:
    """Turn a trained Keras network into a spiking one, and say what is lost by time step."""
    from json import dumps

    from experiments.conversion import convert
    from experiments.points.progress import PointsProgress
    from experiments.tables import print_conversion

    warn_without_compiler()
    folder = to or Path(f"{model.stem}-spiking")
    with PointsProgress(0, "test samples") as progress:
        conversion = convert(
            model,
            task,
            data_dir=data_dir,
            steps=steps,
            percentile=percentile,
            scaling=scaling,
            test_samples=test_samples,
            seed=seed,
            to=folder,
            progress=lambda done, total: progress.show(done, 0),
        )
    if json:
        say(dumps(conversion.numbers(), indent=1))
    else:
        print_conversion(conversion, folder)
