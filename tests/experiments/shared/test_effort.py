"""Processor time and memory of this process and of those that it started."""

from __future__ import annotations

import subprocess
import sys

import pytest

from experiments.shared.effort import MostMemory, processor_seconds

WORK = """
import time
while time.process_time() < 0.2:
    pass
print("done", flush=True)
input()
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes that live")


def test_processor_time_of_a_child_counts_while_it_lives_and_once_it_has_ended() -> None:
    before = processor_seconds()
    with subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"done\n"
        living = processor_seconds() - before
        child.stdin.write(b"\n")
    ended = processor_seconds() - before
    assert 0.2 <= living <= ended
    assert ended < 2 * living  # not counted twice


def test_most_memory_is_that_of_the_block_and_of_other_programs() -> None:
    size = 60_000_000
    with MostMemory() as memory:
        held = bytearray(b"1") * size
        del held
        # `sort` keeps what it reads until there is no more.
        subprocess.run(["sort", "--buffer-size=200M", "--output=/dev/null"], input=b"1\n" * (size // 20), check=True)
    assert memory.bytes is not None
    assert size <= memory.bytes < 6 * size  # `sort` holds its lines and where each begins
