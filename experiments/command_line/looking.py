"""Commands that look at what there is, and at stored runs."""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.command_line.options import JsonOption, RunArgument, StudyFolderOption
from experiments.command_line.showing import show_run
from experiments.output import say


@app.command("list")
def list_command(  # numpydoc ignore=PR01
    what: Annotated[str, typer.Argument(metavar="WHAT", help="studies, classics, models, tasks, neurons, ...")],
) -> None:
    """List studies, classics, models, tasks, presets, neurons, synapses, rules, drives, encoders, connectivity, ..."""
    from experiments.catalogue import catalogue
    from experiments.tables import print_catalogue

    print_catalogue(catalogue(what))


@app.command()
def show(  # numpydoc ignore=PR01
    run: RunArgument,
    everything: Annotated[bool, typer.Option("--all", help="Print the means of all metrics of a run.")] = False,
    metric: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Print the means of one metric, at every layer and step."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print what a stored run, sweep or fit found."""
    from bnsim.errors import InputError
    from experiments.command_line.points import show_points
    from experiments.points.sweep_directory import kind_of

    if everything and metric is not None:
        raise InputError("--all and --metric: choose one")
    if (everything or metric is not None) and kind_of(run):
        option = "--all" if everything else "--metric"
        raise InputError(f"{option}: {run} is a sweep or a fit, no run; leave {option} out")
    if not show_points(run, json):
        show_run(run, json, metric=metric, everything=everything)


@app.command()
def draw(run: RunArgument, study: StudyFolderOption = None) -> None:  # numpydoc ignore=PR01
    """Redraw the figures and the report of a stored run; make the tables and figures of a sweep anew."""
    from bnsim.errors import InputError
    from experiments.command_line.points import draw_points

    if draw_points(run):
        return
    from experiments.report import write
    from experiments.run.progress import saying
    from experiments.run.store import Store
    from experiments.run_directory import read_run, writing
    from experiments.studies import carried_out, refuse_unnamed

    config = read_run(run).config
    if not carried_out(config):
        name = config["run"]["study"]
        refuse_unnamed(name)
        raise InputError(f"{run}: no study {name!r} is installed here; install the package that brings it")
    with writing(run), Store(run).locked(), saying("drawing the figures and the report"):
        report = write(run)
    say(f"report: {report}")


@app.command()
def raster(  # numpydoc ignore=PR01
    run: RunArgument,
    trial: Annotated[int, typer.Option(help="Index of the recorded example trial.")] = 0,
) -> None:
    """Draw the spike raster of a recorded example trial and save it with the figures of the run."""
    import bnsim.plotting
    from bnsim.errors import InputError
    from bnsim.plotting.style import save
    from experiments.run.store import Store
    from experiments.run_directory import read_run, writing

    examples = [example for example in read_run(run).examples() if example.recording is not None]
    if not examples:
        raise InputError(f"{run}: holds no spike times; repeat the run with study accuracy and a spiking model")
    if not 0 <= trial < len(examples):
        raise InputError(f"--trial {trial}: {run} holds trials 0 to {len(examples) - 1}; choose one of them")
    example = examples[trial]
    assert example.recording is not None
    axes = bnsim.plotting.raster(example.recording, trial=0)
    path = run / "figures" / f"raster-{example.model}-{example.case}.png"
    with writing(run), Store(run).locked():
        path.parent.mkdir(exist_ok=True)
        save(axes.figure, path)  # type: ignore[arg-type]
    verdict = f"shown {example.true_class}, answered {example.predicted_class}"
    say(f"{example.model}, test sample {example.index}, {verdict}: {path}")
