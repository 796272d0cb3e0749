"""A kind of thing that may be damaged, and the command by which many are used."""

from __future__ import annotations

import io
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bnsim.errors import InputError
from experiments import command_line
from experiments.run import carry_out
from tests.experiments.here import Here
from tests.fuzz.trial import FINE, Outcome, Unexpected, attempt

Strategy = st.SearchStrategy[Any]
PROGRESS = re.compile(r"(drawing|recording) the |\d+/\d+ (jobs|points)")
"""Beginning of a line that says how far the command is."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: whole ones, how each is damaged (`whole` to damaged bytes), and how it is then used.

    `share` is the share of the cases.
    """

    name: str
    files: tuple[Path, ...]
    damaged: Callable[[bytes], Strategy]
    use: Callable[[Path], None]
    share: float = 1.0

    def case(self, draw: Callable[[Strategy], Any]) -> tuple[Outcome, str]:
        """Damage one of the files, use it, and put it back; what became of it, and which file it was.

        What is not handled rightly is kept as a file of its own.
        """
        path = draw(st.sampled_from(self.files))
        whole = path.read_bytes()
        content = draw(self.damaged(whole))
        try:
            path.write_bytes(content)
            outcome = attempt(lambda: self.use(path))
            if outcome.what not in FINE:
                kept = Path(tempfile.mkdtemp(prefix="damaged-"), path.name)
                kept.write_bytes(content)
                outcome = replace(outcome, about=f"{outcome.about}\nkept as {kept}")
            return outcome, path.name
        finally:
            path.write_bytes(whole)


def command(
    *arguments: str, patches: Callable[[pytest.MonkeyPatch], None] | None = None, may_fail: bool = False
) -> str:
    """Call the command in this process; what it said. A refusal is raised as InputError.

    `may_fail`: some points may have failed, which exit code 1 says.
    """
    said, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(errors):
        patch.setattr(carry_out, "Workers", Here)
        patch.setattr(warnings, "showwarning", warnings.showwarning)  # the command sets its own
        patch.setattr(sys, "argv", ["bnsim", *arguments])
        if patches is not None:
            patches(patch)
        try:
            command_line.main()
        except SystemExit as left:
            code = left.code
    lines = [line for line in errors.getvalue().splitlines() if "warning: " not in line and not PROGRESS.match(line)]
    if code in (0, None) or (may_fail and code == 1 and not lines):
        return said.getvalue()
    if code == 2 and len(lines) == 1 and "please report" not in lines[0]:
        raise InputError(lines[0])
    raise Unexpected(f"exit code {code}: {errors.getvalue()}")
