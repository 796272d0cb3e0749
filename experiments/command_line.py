"""The command `bnsim`.

Heavy libraries are imported inside the commands, so that `--help` answers at once. The help texts of the options
describe the parameters of the commands.

Exit codes: 0 for success, 2 for bad input, 1 for a failed run, 130 for Ctrl-C and the signals TERM and HUP. Every error
that a user can cause is one line on standard error; `--debug` shows its traceback as well.
"""

from __future__ import annotations

import signal
import sys
import traceback
import warnings
from json import dumps
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.names import DEFAULT_MODELS
from experiments.output import complain, detail, prepare, say, settle

# Newer versions of Typer bring their own copy of Click, older ones import it; both have this base class.
UsageError: Any = typer.BadParameter.__base__

app = typer.Typer(
    name="bnsim",
    help="Compare brain-like spiking networks with artificial neural networks under the same conditions.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

TaskOption = Annotated[str, typer.Option(help="Name from `bnsim list tasks`, or path of an .npz file with X and y.")]
ModelsOption = Annotated[str, typer.Option(help="Comma-separated names from `bnsim list models`.")]
SeedsOption = Annotated[int, typer.Option(help="Number of seeds; each has its own split, filters and spikes.")]
PresetOption = Annotated[str, typer.Option(help="quick or full.")]
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
        "studies with this option; repeatable. Settings that twins share (filters, gain) are set for both.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print summary.json on standard output and nothing else.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

MODELS = ",".join(DEFAULT_MODELS)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context, debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False
) -> None:
    # `main` removes --debug from the arguments, so that it may appear anywhere; here it is only documented.
    if context.invoked_subcommand is None:
        say(context.get_help())


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
    json: JsonOption = False,
) -> None:
    """Train the networks on the same samples, run all studies and write a report."""
    from experiments.run.carry_out import compare as carry_out
    from experiments.run.configuration import parse_settings

    _warn_without_compiler()
    run = carry_out(task, seeds, _names(models), preset, data_dir, out, parse_settings(settings or []), workers)
    _show(run.directory, json)


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

    _warn_without_compiler()
    run = run_study(study, task, seeds, _names(models), preset, data_dir, out, parse_settings(settings or []), workers)
    _show(run.directory, json)


@app.command()
def resume(  # numpydoc ignore=PR01
    run: RunArgument,
    keep_finished: Annotated[
        bool,
        typer.Option(
            "--keep-finished", help="Keep the results of finished jobs even if settings, data or code have changed."
        ),
    ] = False,
    workers: WorkersOption = None,
    json: JsonOption = False,
) -> None:
    """Continue an interrupted run."""
    from experiments.run.carry_out import resume as carry_on

    _warn_without_compiler()
    _show(carry_on(run, keep_finished, workers).directory, json)


@app.command("list")
def list_command(  # numpydoc ignore=PR01
    what: Annotated[str, typer.Argument(metavar="WHAT", help="studies, classics, models, tasks, neurons, ...")],
) -> None:
    """List studies, classics, models, tasks, presets, neurons, synapses, rules, drives, encoders, connectivity, ..."""
    from experiments.catalogue import catalogue
    from experiments.tables import print_catalogue

    print_catalogue(catalogue(what))


@app.command()
def show(run: RunArgument, json: JsonOption = False) -> None:  # numpydoc ignore=PR01
    """Print the tables of a stored run."""
    _show(run, json)


@app.command()
def draw(run: RunArgument) -> None:  # numpydoc ignore=PR01
    """Redraw the figures and the report of a stored run."""
    from experiments.report import write
    from experiments.run.store import Store
    from experiments.run_directory import read_run, writing

    read_run(run)
    with writing(run), Store(run).locked():
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


@app.command()
def doctor() -> None:
    """Check what works on this machine and say how to fix what does not."""
    from experiments.doctor import examine
    from experiments.tables import print_findings

    findings = examine()
    print_findings(findings)
    if any(not finding.works and finding.needed for finding in findings):
        raise typer.Exit(1)


def _finite(value: float | None) -> float | None:
    if value is not None and not isfinite(value):
        raise typer.BadParameter(f"{value} is not finite; give a finite number")
    return value


@app.command("cache")
def cache_command(  # numpydoc ignore=PR01
    prune: Annotated[bool, typer.Option("--prune", help="Remove networks: all, or as the limits say.")] = False,
    older_than: Annotated[
        float | None,
        typer.Option(
            metavar="DAYS", help="With --prune: those that were not used for so long.", min=0, callback=_finite
        ),
    ] = None,
    down_to: Annotated[
        float | None,
        typer.Option(
            metavar="MB",
            help="With --prune: the longest unused, until the others take no more.",
            min=0,
            callback=_finite,
        ),
    ] = None,
) -> None:
    """List the compiled networks that are kept, or remove some of them."""
    from bnsim.engine import cache
    from bnsim.errors import InputError
    from experiments.tables import print_cache

    folder = cache.cache_folder()
    if not prune:
        if older_than is not None or down_to is not None:
            raise InputError("--older-than and --down-to say what --prune removes; give --prune too")
        print_cache(folder, cache.entries(folder))
        return
    removed = cache.prune(
        folder,
        None if older_than is None else older_than * 86_400,
        None if down_to is None else round(down_to * 1e6),
    )
    megabytes = sum(entry.n_bytes for entry in removed) / 1e6
    say(f"{folder}: {len(removed)} networks removed, {megabytes:.1f} MB")


def own_process() -> None:
    """Settle how the process ends that is this command's alone.

    A request to end, and the end of the terminal, do what Ctrl-C does; temporary files go with the process.
    """

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, interrupt)
    if len(sys.argv) > 1 and {"-h", "--help"}.isdisjoint(sys.argv):
        from experiments.run.temporary import use_temporary_folder

        use_temporary_folder()


def main() -> None:
    """Run the console command."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    prepare()
    try:
        code = app(args=arguments, prog_name="bnsim", standalone_mode=False)
        settle()
        if code == INTERRUPTED:  # newer versions of Typer turn Ctrl-C into this exit code
            raise KeyboardInterrupt
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            detail("".join(traceback.format_exception(error)).rstrip())
        code, message = _diagnosis(error)
        complain(f"error: {message}")
    sys.exit(code or 0)


def _show_warning(message: Warning | str, *where: object) -> None:
    """Show a warning on one line, without its location in the source."""
    complain(f"warning: {message}")


def _diagnosis(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the message for an error."""
    from bnsim.errors import BnsimError, InputError

    error = _of_this_project(error)
    if isinstance(error, UsageError):
        return 2, _usage_message(error)
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return INTERRUPTED, f"interrupted; {error}" if str(error) else "interrupted; nothing was written"
    if isinstance(error, BnsimError):
        return 2 if isinstance(error, InputError) else 1, str(error)
    text = (str(error).strip().splitlines() or [""])[0]
    return 1, f"unexpected {type(error).__name__}: {text}; --debug shows the traceback, please report it"


def _of_this_project(error: BaseException) -> BaseException:
    """Return the error of this project for one of the machine or of a path, otherwise the error itself."""
    from bnsim.errors import MachineError, of_path, out_of_memory

    if isinstance(error, MemoryError):
        return out_of_memory(error)
    if isinstance(error, OSError):
        try:
            if error.filename is None:
                say("")  # is it the output? The library that prints the help does not say so
        except MachineError as full:
            return full
        return of_path(error) or error
    return error


def _usage_message(error: Any) -> str:
    command = error.ctx.command_path if error.ctx else "bnsim"
    return f"{error.format_message().rstrip('.')}; see `{command} --help`"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _warn_without_compiler() -> None:
    from bnsim.engine.compiler import find_compiler

    if find_compiler() is None:
        complain("warning: no C++ compiler found; spiking networks run on NumPy, more slowly (see `bnsim doctor`)")


def _show(directory: Path, json: bool) -> None:
    from experiments.run_directory import read_run
    from experiments.tables import print_run

    run = read_run(directory)
    if json:
        say(dumps(run.summary, indent=2))
    else:
        print_run(run)


if __name__ == "__main__":
    main()
