"""The command that writes skeletons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.output import say


@app.command()
def new(  # numpydoc ignore=PR01
    kind: Annotated[str, typer.Argument(metavar="KIND", help="study, classic, neuron, rule or task.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Such as noise-floor for a study, classic or task, LeakyCell for a neuron or rule.",
        ),
    ],
    folder: Annotated[Path, typer.Option(help="Where to write.")] = Path(),
) -> None:
    """Write a study, a classic, a neuron model, a plasticity rule or a task to begin with, and its test."""
    from experiments.skeleton import write

    written = write(kind, name, folder)
    for path in written.files:
        say(f"new: {path}")
    if written.changed is not None:
        say(f"changed: {written.changed}")
    say(f"use: {written.usage}\ntest: {written.test}")
