"""Recordings in the formats of other programs, where these need not be imported."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bnsim import InputError, Recording, SpikeTimes
from bnsim.recording.grouped import by_unit


def test_grouping_part_by_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By hand: unit 3 fires at 0, 2 and 5, unit 1 at 1 and 5, unit 2 never."""
    monkeypatch.setattr("bnsim.parts.AT_ONCE", 2)
    np.save(tmp_path / "time.npy", np.array([0.0, 1, 2, 5, 5]))
    time = np.load(tmp_path / "time.npy", mmap_mode="r")
    spikes = SpikeTimes(np.array([0, 0, 0, 0, 0]), np.array([3, 1, 3, 3, 1]), time, np.array([3, 2, 1]))
    grouped = by_unit(spikes)
    assert isinstance(grouped.times, np.memmap)
    assert [grouped.of(place).tolist() for place in range(3)] == [[0, 2, 5], [], [1, 5]]
    later = by_unit(replace(spikes, trial=np.array([0, 0, 1, 1, 1])), period=10.0)
    assert later.of(0).tolist() == [0, 12, 15]
    assert by_unit(replace(spikes, trial=np.array([0, 0, 1, 1, 1])), trial=1).of(0).tolist() == [2, 5]


def test_without_pynwb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pynwb", None)
    monkeypatch.delitem(sys.modules, "bnsim.recording.nwb_writing", raising=False)
    with pytest.raises(InputError, match=r"^Recording\.to_nwb: needs pynwb .*; pip install 'bnsim\[nwb\]'$"):
        Recording(1.0, 1e-3, np.zeros(1, np.uint64), {}).to_nwb(tmp_path / "run.nwb")
