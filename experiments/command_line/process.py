"""How the process of the command begins and ends.

Exit codes: 0 for success, 2 for bad input, 1 for a failed run, 3 where two runs have different numbers (`diff`,
`repeat`), 130 for Ctrl-C and the signals TERM and HUP. Every error that a user can cause is one line on standard error;
`--debug` shows its traceback as well.
"""

from __future__ import annotations

import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

import typer

from experiments.command_line.application import InterruptedCommandError, app
from experiments.command_line.separated import joined
from experiments.output import complain, detail, prepare, say, settle

# Newer versions of Typer bring their own copy of Click, older ones import it; both have this base class.
UsageError: Any = typer.BadParameter.__base__

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


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
    if len(sys.argv) > 1 and {"-h", "--help", "--version"}.isdisjoint(sys.argv):
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
        if code == INTERRUPTED:  # Ctrl-C before a command was called, by newer versions of Typer
            raise KeyboardInterrupt
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            detail("".join(traceback.format_exception(error)).rstrip())
        code, message = _diagnosis(error, arguments)
        complain(f"error: {message}")
    sys.exit(code or 0)


def _show_warning(message: Warning | str, *where: object) -> None:
    """Show a warning on one line, without its location in the source."""
    complain(f"warning: {message}")


def _diagnosis(error: BaseException, arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit code and the message for an error."""
    from bnsim.errors import BnsimError, InputError

    error = _of_this_project(error)
    if isinstance(error, UsageError):
        return 2, _usage_message(error, arguments)
    if isinstance(error, (KeyboardInterrupt, typer.Abort, InterruptedCommandError)):
        return INTERRUPTED, f"interrupted; {error}" if str(error) else "interrupted; nothing was written"
    if isinstance(error, BnsimError):
        return 2 if isinstance(error, InputError) else 1, str(error)
    text = (str(error).strip().splitlines() or [""])[0]
    return 1, f"unexpected {type(error).__name__}: {text}; --debug shows the traceback, please report it"


def _of_this_project(error: BaseException) -> BaseException:
    """Return the error of this project for one of the machine or of a path, otherwise the error itself."""
    from bnsim.errors import MachineError, of_machine, of_path, out_of_memory

    if isinstance(error, MemoryError):
        return out_of_memory(error)
    if isinstance(error, OSError):
        try:
            if error.filename is None:
                say("")  # is it the output? The library that prints the help does not say so
        except MachineError as full:
            return full
        return of_path(error) or of_machine(error) or error
    return error


def _usage_message(error: Any, arguments: Sequence[str]) -> str:
    command = error.ctx.command_path if error.ctx else "bnsim"
    said = error.format_message().rstrip(".")
    if instead := joined(error, arguments):
        return f"{said}; a blank separates no values: give {instead}"
    return f"{said}; see `{command} --help`"
