"""How much sooner the jobs of a run end with two workers than with one.

    python benchmarks/workers.py [--seeds 4] [--study compare] [--preset quick]

Each job of the run is carried out by one worker, and then by two, in one run of this program, on a machine with nothing
else to do. What is compared is the time from the first job to the end of the last: libraries are imported before, data
loaded and networks compiled once before, and the report comes after. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from experiments.run.carry_out import carry_out
from experiments.run.execute import Workers
from experiments.run.executor import Job, Watcher
from experiments.run.request import Request
from experiments.spec import Progress


@dataclass(frozen=True)
class Imports:
    """Job that imports what all jobs need."""

    name: str = "imports"

    def __call__(self, progress: Progress) -> None:
        import_module("models.artificial.backend")
        import_module("bnsim.engine.compilation")


class Silent:
    """Watches nothing."""

    def advanced(self, job: int, done: int, total: int) -> None:
        """Say nothing."""

    def finished(self, job: int) -> None:
        """Say nothing."""


class Timed(Workers):
    """Workers that know how long the jobs took together, and one by one."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count, self.seconds, self.busy = count, 0.0, 0.0

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
        """Yield results, as `Workers.run`; imports are not counted."""
        list(super().run([Imports()] * self.count, Silent()))
        started, busy = time.perf_counter(), 0.0
        for index, result in super().run(jobs, watcher):
            seconds, busy = time.perf_counter() - started, busy + getattr(result, "seconds", 0.0)
            if busy > self.busy:  # not the checks before, nor the examples after
                self.seconds, self.busy = seconds, busy
            yield index, result


def measured(request: Request, workers: int) -> Timed:
    """Carry out a run with so many workers."""
    made: list[Timed] = []

    def make(jobs: int) -> Timed:
        made.append(Timed(workers))
        return made[-1]

    with tempfile.TemporaryDirectory() as folder:
        carry_out(request, Path(folder), workers, make)
    return max(made, key=lambda each: each.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--study", default="compare")
    parser.add_argument("--preset", default="quick")
    arguments = parser.parse_args()

    def request(seeds: int) -> Request:
        return Request(arguments.study, seeds=seeds, preset=arguments.preset)

    measured(request(1), 2)  # all networks are compiled
    one, two = (measured(request(arguments.seeds), workers) for workers in (1, 2))
    for found in (one, two):
        print(f"{found.count} workers: {found.seconds:.1f} s; the jobs alone {found.busy:.1f} s")
    print(f"{one.seconds / two.seconds:.2f} times as fast with two")


if __name__ == "__main__":
    main()
