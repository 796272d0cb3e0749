"""Reference of the command line: every command, argument and option, from the application itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from experiments.command_line.application import app  # its package registers the commands
from extension.text import escaped, heading, literal, table


def pages() -> dict[str, str]:
    """Return the page of the command line."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("bnsim", ["list", "studies"], resilient_parsing=True)
    text = heading("Command line") + f"{_prose(group.help)}\n\n"
    text += "Exit codes: 0 success, 1 a failed machine, 2 bad input, 3 numbers that differ (``diff``, ``repeat``).\n\n"
    text += table(
        ("command", ""),
        [
            (f":ref:`bnsim {name} <bnsim-{name}>`", _prose(command.get_short_help_str(200)))
            for name, command in _of(group)
        ],
        "20 80",
    )
    for name, command in _of(group):
        text += _section(name, command, type(context)(command, info_name=name, parent=context))
    return {"commands": text}


def _of(group: Any) -> Iterator[tuple[str, Any]]:
    return ((name, command) for name, command in group.commands.items() if not command.hidden)


def _section(name: str, command: Any, context: Any) -> str:
    usage = re.sub(r"^Usage: ", "", command.get_usage(context)).replace("{", "").replace("}", "")
    text = f".. _bnsim-{name}:\n\n{heading(f'bnsim {name}', '-')}"
    text += f".. code-block:: text\n\n   {usage}\n\n{_prose(inspect.cleandoc(command.help or ''))}\n\n"
    rows = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    return text + table(("", ""), [(literal(names), _prose(about)) for names, about in filter(None, rows)], "35 65")


def _prose(text: str) -> str:
    """Help texts write code in single backticks, and nothing else is markup."""
    parts = text.split("`")
    return "".join(literal(part) if place % 2 else escaped(part) for place, part in enumerate(parts)).strip()
