"""Runs that are ended by signals at random moments: what is left of them, and whether they can be gone on with.

    python benchmarks/kills.py [--number 50] [--seed 0]

Each run compiles and trains a small spiking network and an artificial one, measures them and draws a report, with a
cache of its own; at a random moment its command, one of its workers, or the whole process group is sent KILL, TERM, HUP
or INT. Afterwards no process may be left. Then the run is resumed, or begun anew where it had not begun. It must hold
the same numbers as a run that nobody ended, and neither its folder, nor the cache, nor the temporary folder may hold
anything else than that of such a run. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.ends import ARGUMENTS, SIGNALS, TARGETS, Place, numbers, trial


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance, counts = random.Random(options.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        place = Place.new(Path(folder) / "whole")
        started = time.monotonic()
        said, _ = (process := place.start(*ARGUMENTS)).communicate()
        longest = time.monotonic() - started
        assert process.returncode == 0, said
        assert place.run is not None
        print(f"not ended: {longest:.1f} s; left {sorted(place.left()) or 'nothing'}", flush=True)
        whole = numbers(place.run)
        for number in range(options.number):
            which, target = chance.choice(SIGNALS), chance.choice(TARGETS)
            after = chance.uniform(0.2, longest)
            wrong = trial(Path(folder) / str(number), whole, which, target, after, chance)
            counts["survived" if not wrong else "not"] += 1
            print(f"{number}: {which.name} to the {target} after {after:.1f} s: {wrong or 'survived'}", flush=True)
    print(f"{counts['survived']} of {options.number} survived")


if __name__ == "__main__":
    main()
