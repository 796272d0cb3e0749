"""Options that several commands have, and what their values become."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.names import DEFAULT_MODELS, PRESETS

TaskOption = Annotated[
    str,
    typer.Option(
        help="Name from `bnsim list tasks`; path of an .npz file with X and y, or of a text (book.txt); or path of a "
        "table and its column of classes, such as flowers.csv:kind."
    ),
]
ModelsOption = Annotated[
    str, typer.Option(metavar="A,B,...", help="Names from `bnsim list models`, separated by commas without blanks.")
]
SeedsOption = Annotated[int, typer.Option(help="Number of seeds; each has its own split, filters and spikes.")]
PresetOption = Annotated[
    str,
    typer.Option(metavar="|".join(PRESETS), help=f"{'; '.join(f'{name}: {line}' for name, line in PRESETS.items())}."),
]
DataOption = Annotated[
    Path | None, typer.Option(help="Folder with the MNIST IDX files. Default: BNSIM_DATA, or a download.")
]
OutOption = Annotated[Path, typer.Option(help="Folder in which the run directory is created.")]
WorkersOption = Annotated[
    int | None, typer.Option(help="Number of processes that run in parallel. Default: one for each core.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="For example models.dense.passes=20, learning.presentations=5000, or studies.max_train=1000 for all "
        "studies with this option; repeatable. Values of a list are separated by commas: siegert.steps=0.1,0.2. "
        "Settings that twins share (filters, gain) are set for both.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print summary.json on standard output and nothing else.")]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run directory, or that of a sweep or fit where the command takes it.")
]

StudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="STUDY", help="Name from `bnsim list studies` or `bnsim list classics`, or path of a study's folder."
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler whose workers measure, such as tcp://host:8786."),
]
SlurmOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="Start workers as jobs of SLURM: jobs=100, memory=2GB, walltime=04:00:00, queue=, account=, extra= (an "
        "option of sbatch); repeatable, or separated by commas.",
    ),
]
RetryOption = Annotated[bool, typer.Option("--retry-failed", help="Try again what failed before.")]
KeepOption = Annotated[
    bool, typer.Option("--keep-finished", help="Keep what was measured with other data or code than now.")
]
PointsJsonOption = Annotated[bool, typer.Option("--json", help="Print counts and failures as JSON and nothing else.")]
NameOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Name of the directory. Default: made of what is varied.")
]


def _import_study(folder: str | None) -> str | None:
    if folder is not None:
        from experiments.studies import find

        find(folder)
    return folder


StudyFolderOption = Annotated[
    str | None,
    typer.Option(
        "--study",
        metavar="FOLDER",
        callback=_import_study,
        help="Folder of the run's study, where that is your own: its code is run.",
    ),
]

MODELS = ",".join(DEFAULT_MODELS)


def names(text: str) -> tuple[str, ...]:
    """Return the names in a text in which commas part them.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    tuple of str
        The names.
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())
