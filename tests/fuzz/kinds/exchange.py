"""Files in the formats of other programs."""

from __future__ import annotations

from pathlib import Path

import bnsim
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind
from tests.fuzz.kinds.library import look_at_recording


def use_nwb(path: Path) -> None:
    """Read a recording and look at it."""
    look_at_recording(bnsim.Recording.from_nwb(path))


def kinds(folder: Path, recordings: tuple[Path, ...]) -> list[Kind]:
    """Recordings, written by `Recording.save`, in these formats."""
    for path in recordings:
        bnsim.Recording.load(path).to_nwb(folder / f"{path.stem}.nwb")
    return [Kind("NWB file", tuple(sorted(folder.glob("*.nwb"))), damage.of_hdf5, use_nwb, 1.5)]
