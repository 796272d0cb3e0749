"""What a recording of a million spike trains costs on its way to other programs: seconds, and memory at the peak.

    python benchmarks/interchange/million_trains.py [UNITS] [SPIKES_A_UNIT] [--on-disk] [--way WAY]

Each way has a process of its own, whose memory is compared with that of one that only holds the recording.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bnsim import Recording, SpikeTimes


def recording(units: int, spikes: int, folder: Path | None) -> Recording:
    """Ten seconds of units that fire at random times."""
    generator = np.random.default_rng(0)
    steps = np.sort(generator.integers(0, 100_000, units * spikes))
    unit, time_of = generator.integers(0, units, len(steps)), steps * 1e-4
    counts = {"E": np.bincount(unit, minlength=units)[None]}
    trial = np.broadcast_to(np.int64(0), len(unit))
    if folder is not None:
        for name, array in (("unit", unit), ("time", time_of)):
            np.save(folder / f"{name}.npy", array)
        unit, time_of = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("unit", "time"))
    return Recording(10.0, 1e-4, np.zeros(1, np.uint64), counts, {"E": SpikeTimes(trial, unit, time_of)})


def neo_block(found: Recording) -> str:
    return f"{len(found.to_neo().segments[0].spiketrains):,} trains"


def neo_one(found: Recording) -> str:
    return f"one train of {len(found.to_neo().segments[0].spiketrains[12345])} spikes"


def neo_multiplexed(found: Recording) -> str:
    return f"{len(found.to_neo().segments[0].spiketrains.multiplexed[0]):,} spikes"


def neo_thousand(found: Recording) -> str:
    return f"{sum(map(len, found.to_neo().segments[0].spiketrains[:1000])):,} spikes of 1,000 trains"


def neo_all(found: Recording) -> str:
    return f"{sum(map(len, found.to_neo().segments[0].spiketrains)):,} spikes of all trains, one after another"


def neo_kept(found: Recording) -> str:
    return f"{len(list(found.to_neo().segments[0].spiketrains)):,} trains, all kept, as Neo's own lists do"


def pandas(found: Recording) -> str:
    return f"{len(found.to_pandas()):,} rows"


def nwb_written(found: Recording) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.nwb"
        found.to_nwb(path)
        return f"{path.stat().st_size / 1e6:.0f} MB"


def nothing(found: Recording) -> str:
    return "the recording alone"


WAYS: dict[str, Callable[[Recording], str]] = {
    way.__name__: way
    for way in (nothing, neo_block, neo_one, neo_thousand, neo_multiplexed, neo_all, neo_kept, pandas, nwb_written)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="?", type=int, default=1_000_000)
    parser.add_argument("spikes", nargs="?", type=int, default=10)
    parser.add_argument("--on-disk", action="store_true", help="spikes are mapped from disk")
    parser.add_argument("--way", choices=list(WAYS), help="this way alone")
    given = parser.parse_args()
    if given.way is None:
        for way in WAYS:
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--way", way], check=True)
        return
    import neo  # noqa: F401  # its import is not what is measured

    with tempfile.TemporaryDirectory() as folder:
        found = recording(given.units, given.spikes, Path(folder) if given.on_disk else None)
        begun, used = time.perf_counter(), time.process_time()
        said = WAYS[given.way](found)
        seconds, busy = time.perf_counter() - begun, time.process_time() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{given.way:16} {seconds:8.2f} s  {busy:8.2f} s of processor  {peak:8.0f} MB  {said}", flush=True)


if __name__ == "__main__":
    main()
