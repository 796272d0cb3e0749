"""Commands about this machine."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

import typer

from experiments.command_line.application import app
from experiments.output import say


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
