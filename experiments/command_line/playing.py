"""The command that opens the lab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.command_line.application import app
from experiments.output import complain, say

if TYPE_CHECKING:
    from experiments.lab.setting import Setting

LOCAL = "127.0.0.1"


@app.command()
def lab(  # numpydoc ignore=PR01
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="What the page shows first, such as balanced.")
    ] = "balanced",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Value of a slider, in its unit, such as g=4.5; repeatable."),
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="Duration. Default: the experiment's.")] = None,
    seed: Annotated[int, typer.Option(help="Key of all random numbers.")] = 1,
    drawing: Annotated[
        str, typer.Option(metavar="POINTS", help="A digit, such as '120,20 120,230'; strokes are separated by ';'.")
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Run this setting without a page and write what comes out to a new folder."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder in which the page saves runs.")] = Path("runs"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any that is free.")] = 5010,
    host: Annotated[
        str, typer.Option(help="Address at which the page is. Any but 127.0.0.1 lets other machines run simulations.")
    ] = LOCAL,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")] = True,
) -> None:
    """Open a page on which networks are set with sliders and run."""
    from experiments.lab.networks import find
    from experiments.lab.setting import Setting

    setting = Setting.of(find(experiment), _values(given or []), seconds, seed, drawing)
    if to is not None:
        _carry_out(setting, to)
        return
    import asyncio
    import webbrowser

    from experiments.lab.server import Lab

    opened = Lab(setting, out, host, port)
    if host != LOCAL:
        complain(f"warning: whoever has the address may run simulations on this machine, for it listens on {host}")
    say(f"lab: {opened.address}\nCtrl-C ends it.")
    if browser:
        webbrowser.open(opened.address)
    try:
        asyncio.run(opened.serve())
    except KeyboardInterrupt:  # the way to end it
        say("lab: ended")


def _values(given: list[str]) -> dict[str, float]:
    from bnsim.errors import InputError

    values = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            raise InputError(f"--set {text}: has no number; give NAME=VALUE, such as g=4.5") from None
    return values


def _carry_out(setting: Setting, to: Path) -> None:
    from bnsim.errors import InputError

    if to.exists():
        raise InputError(f"--to {to}: exists already; give a new folder")
    run = setting.run()
    run.prepare()
    while not run.finished:
        run.advance()
    file = run.write(to) / run.result
    say(f"{file.stem}: {file}")
