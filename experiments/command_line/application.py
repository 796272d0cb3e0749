"""The application that the commands belong to."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import bnsim
from experiments.output import say


class InterruptedCommandError(Exception):
    """Stands for KeyboardInterrupt, of whose message Typer leaves nothing."""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise InterruptedCommandError(str(error)) from error


app = typer.Typer(
    name="bnsim",
    cls=_Commands,
    help="Compare brain-like spiking networks with artificial neural networks under the same conditions.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        say(f"bnsim {bnsim.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    # `main` removes --debug from the arguments, so that it may appear anywhere; here it is only documented.
    if context.invoked_subcommand is None:
        say(context.get_help())
