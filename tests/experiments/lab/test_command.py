"""`bnsim lab` without a page, and what it says of what it does not take."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bnsim.recording import Recording
from tests.experiments.test_command_line import bnsim

pytestmark = pytest.mark.usefixtures("small")


def test_a_setting_is_carried_out_without_a_page(tmp_path: Path) -> None:
    done = bnsim("lab", "small", "--set", "current=25", "--seconds", "0.1", "--to", "made", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "recording: made/recording.npz\n", "")
    assert Recording.load(tmp_path / "made" / "recording.npz").duration == 0.1
    again = bnsim("lab", "small", "--to", "made", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (2, "bnsim: error: --to made: exists already; give a new folder\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["smal"], "unknown experiment 'smal'; did you mean 'small'"),
        (["small", "--set", "current"], "--set current: has no number; give NAME=VALUE, such as g=4.5"),
        (["small", "--set", "current=99"], "current: 99.0; give a number from 0 to 40 mV"),
        (["small", "--seconds", "0"], "duration: 0.0; give a number of seconds above 0 and up to 60"),
        (["small", "--seed", "-1"], "seed: -1"),
    ],
)
def test_what_it_does_not_take_is_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = bnsim("lab", *arguments, "--to", "made", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "made").exists()


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = bnsim("lab", "small", "--no-browser", "--port", port, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"bnsim: error: --port {port}: is taken; give another one, or 0 for any that is free\n"
