"""What a sweep costs beside the simulations: time of a point, and memory of the process that plans and stores.

    python benchmarks/sweeping.py [--points 2000] [--workers 1]

The study computes a parabola, which takes no time: what is measured is planning, checking, sending, storing and making
tables. Memory is that of the main process while points end, without those of its workers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from experiments.points.sweep import sweep
from tests.experiments.parabola import parabola


def resident() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study, out = parabola(Path(folder)), Path(folder) / "sweeps"

        def measured(n: int) -> tuple[float, list[tuple[int, float]]]:
            """Seconds of a sweep of so many points, and lines in its ledger with the memory at the time."""
            seen: list[tuple[int, float]] = []
            ended = threading.Event()

            def watch() -> None:
                while not ended.wait(0.25):
                    for ledger in out.glob("*/finished.jsonl"):
                        seen.append((ledger.stat().st_size, resident()))

            watcher = threading.Thread(target=watch)
            watcher.start()
            started = time.perf_counter()
            sweep(
                study, random={"parabola.x": (0.0, 1.0)}, n=n, seeds=1, out=out, name=f"{n}", workers=arguments.workers
            )
            seconds = time.perf_counter() - started
            ended.set()
            watcher.join()
            return seconds, seen

        few, _ = measured(10)
        many, seen = measured(arguments.points)
        whole = (out / str(arguments.points) / "finished.jsonl").stat().st_size
    print(f"{arguments.points} points: {many:.1f} s, of which {few:.1f} s for the first ten (imports of the worker)")
    print(f"a point: {1e3 * (many - few) / (arguments.points - 10):.2f} ms")
    for share in (0.1, 0.5, 0.9):
        size, memory = min(seen, key=lambda pair: abs(pair[0] - share * whole))
        print(f"memory after {size / whole:.0%} of the points: {memory:.1f} MB")
    print(
        f"memory at the end, with its tables: {resident():.1f} MB; stored: {whole / arguments.points:.0f} bytes a point"
    )


if __name__ == "__main__":
    main()
