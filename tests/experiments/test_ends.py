"""Signals end a run without a process or file left, and the run goes on to the same numbers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.ends import ARGUMENTS, PATIENCE, Place, numbers, trial


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, float]:
    """The numbers of a run that nobody ended, and how long it took."""
    place, started = Place.new(tmp_path_factory.mktemp("whole")), time.monotonic()
    process = place.start(*ARGUMENTS)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert place.run is not None
    assert place.left() == set()
    return numbers(place.run), time.monotonic() - started


@pytest.mark.slow
def test_a_run_survives_its_end(whole: tuple[pd.DataFrame, float], tmp_path: Path) -> None:
    """Two ends, one after the other; benchmarks/kills.py tries the others."""
    expected, seconds = whole
    for which, target, part in ((signal.SIGKILL, "command", 0.5), (signal.SIGTERM, "group", 0.7)):
        place = tmp_path / which.name
        assert trial(place, expected, which, target, part * seconds, random.Random(0)) == "", which.name


def test_what_a_compiler_has_started_ends_with_its_caller(tmp_path: Path) -> None:
    script = tmp_path / "compiler"
    script.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/number\nwait\n")
    script.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from bnsim.engine.compiler import compile_file; "
        "compile_file(sys.argv[1], 'a', 'b', Path(sys.argv[2]))"
    )
    caller = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, str(script), str(tmp_path)])
    until = time.monotonic() + 60
    while not (number := (tmp_path / "number")).exists() or not number.read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    caller.kill()
    caller.wait()
    until = time.monotonic() + PATIENCE
    while alive(int(number.read_text())):
        assert time.monotonic() < until
        time.sleep(0.02)


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return " Z " not in Path(f"/proc/{number}/stat").read_text()
