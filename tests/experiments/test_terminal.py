"""What the command says of itself, completes for shells, and how it looks on a terminal."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest
from rich.table import Table

import bnsim
from experiments import command_line
from experiments.terminal import Terminal

COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


class Screen(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Call the entry point of the command, which must end well."""
    monkeypatch.setattr(sys, "argv", ["bnsim", *arguments])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert not left.value.code


def table(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Table("what", title="a table")
    shown.add_row("[red]as it is[/red]", style="red")
    Terminal().print(shown)


def help_text(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "--help")


@pytest.mark.parametrize("show", [table, help_text])
@pytest.mark.parametrize(
    ("stream", "environment", "escapes", "colours"),
    [
        (Screen, {}, True, True),
        (Screen, {"NO_COLOR": "1"}, True, False),  # bold is no colour
        (Screen, {"TERM": "dumb"}, False, False),
        (io.StringIO, {}, False, False),
    ],
    ids=["terminal", "NO_COLOR", "dumb", "file"],
)
def test_colours_are_where_a_terminal_shows_them_and_nobody_minds(
    show: Callable[[pytest.MonkeyPatch], None],
    stream: type[io.StringIO],
    environment: dict[str, str],
    escapes: bool,
    colours: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream())
    show(monkeypatch)
    said = sys.stdout.getvalue()  # type: ignore[attr-defined]
    assert ("\x1b[" in said) == escapes
    assert bool(COLOUR.search(said)) == colours
    assert "table" in said or "compare" in said


def test_the_version_is_that_of_what_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, "--version")
    assert capsys.readouterr().out == f"bnsim {version('bnsim')}\n"
    assert bnsim.__version__ == version("bnsim")


def test_shells_complete_commands_and_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_BNSIM_COMPLETE", "complete_bash")
    for words, answer in (("bnsim comp", "compare"), ("bnsim run --pre", "--preset")):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        command(monkeypatch)
        assert capsys.readouterr().out.split() == [answer]
