"""The ledger: whole lines count, pieces of lines do not, and damage is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bnsim.errors import InputError
from experiments.points.ledger import Ledger


def written(path: Path, *entries: dict[str, object]) -> list[int]:
    ledger = Ledger(path)
    with ledger.appending():
        return [ledger.append(entry) for entry in entries]


def test_lines_are_read_back_in_any_order_and_a_missing_file_is_empty(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "finished.jsonl")
    assert list(ledger.entries()) == []
    places = written(ledger.path, {"a": 1}, {"b": 'é\n, "crc32": 5}'}, {"c": [1.5, None]})
    assert [entry for _, entry in ledger.entries()] == [{"a": 1}, {"b": 'é\n, "crc32": 5}'}, {"c": [1.5, None]}]
    assert ledger.at(places[1]) == {"b": 'é\n, "crc32": 5}'}
    assert list(ledger.several([("z", places[2]), ("y", places[0])])) == [("z", {"c": [1.5, None]}), ("y", {"a": 1})]


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_piece_of_a_line_does_not_count_and_is_removed_by_the_next_writer(tmp_path: Path, cut: int) -> None:
    ledger = Ledger(tmp_path / "finished.jsonl")
    written(ledger.path, {"a": 1}, {"b": 2})
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole[:-cut])
    assert [entry for _, entry in ledger.entries()] == [{"a": 1}]
    written(ledger.path, {"b": 2})
    assert ledger.path.read_bytes() == whole


def test_a_damaged_line_is_told_and_left_out(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "finished.jsonl")
    places = written(ledger.path, {"a": 1}, {"b": 2}, {"c": 3})
    content = bytearray(ledger.path.read_bytes())
    content[places[1] + 6] ^= 1
    ledger.path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"finished\.jsonl: line 2 is damaged; what it held counts as not done"):
        assert [entry for _, entry in ledger.entries()] == [{"a": 1}, {"c": 3}]
    with pytest.raises(InputError, match=r"damaged at byte \d+; repeat the command to do again what it held"):
        ledger.at(places[1])


FILLING = """
import resource, signal, sys
from pathlib import Path
from bnsim.errors import MachineError
from experiments.points.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
ledger = Ledger(Path(sys.argv[1]))
with ledger.appending():
    ledger.append({"a": 1})
    try:
        ledger.append({"b": "x" * 200})
    except MachineError as error:
        print(error)
"""


def test_what_does_not_fit_leaves_the_lines_before_whole(tmp_path: Path) -> None:
    path = tmp_path / "finished.jsonl"
    done = subprocess.run([sys.executable, "-c", FILLING, path], capture_output=True, text=True, env=os.environ)
    assert done.stdout.startswith(f"{path}: cannot be written (File too large)"), done.stderr
    assert [entry for _, entry in Ledger(path).entries()] == [{"a": 1}]
    assert path.read_bytes().endswith(b"}\n")
