"""Files of every kind, and command lines, damaged at random: each is read as it was meant, or refused in one line.

    python benchmarks/fuzz.py [--cases 10000] [--seed 0] [--only WORD]

A case damages one file, uses it (loads it, looks at all that it holds, runs, predicts, shows or draws) and puts it
back. Every outcome but "read" and "refused" is a fault: a traceback, an "unexpected" error, a case of more than 10 s,
or code that was executed. The peak of memory is that above the start of the case. Faults go to standard error,
and results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.kinds import workshop
from tests.fuzz.kinds.words import command_lines, use_words
from tests.fuzz.trial import FINE, Outcome, attempt

Case = Callable[[Callable[[Any], Any]], tuple[Outcome, str]]


def many(case: Case, number: int, start: int) -> tuple[Counter[str], float, list[str]]:
    """Outcomes of a number of cases, the highest peak of memory, and what was wrong."""
    counts, faults, peak, done = Counter[str](), [], 0.0, 0
    while done < number:  # Hypothesis stops early where it has tried all that there is

        @seed(start + done)
        @settings(
            max_examples=number - done,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def tried(data: st.DataObject) -> None:
            nonlocal peak, done
            outcome, name = case(data.draw)
            done += 1
            counts[outcome.what] += 1
            peak = max(peak, outcome.megabytes)
            if outcome.what not in FINE or outcome.megabytes > 1000:
                faults.append(f"{name}: {outcome.what}, {outcome.megabytes:.0f} MB: {outcome.about}")

        tried()
    return counts, peak, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="Kinds whose name holds this.")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder, workshop(Path(folder)) as kinds:

        def words(draw: Callable[[Any], Any]) -> tuple[Outcome, str]:
            given = draw(command_lines())
            return attempt(lambda: use_words(given, Path(folder) / "here")), repr(given)

        cases: list[tuple[str, float, Case]] = [(kind.name, kind.share, kind.case) for kind in kinds]
        cases.append(("command line", 4.0, words))
        cases = [(name, share, case) for name, share, case in cases if options.only in name]
        total = sum(share for _, share, _ in cases)
        print("| kind | cases | read | refused | tracebacks | unexpected | hangs | executed | peak, MB | s |")
        print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
        all_counts = Counter[str]()
        for name, share, case in cases:
            started = time.monotonic()
            counts, peak, faults = many(case, max(1, round(options.cases * share / total)), options.seed)
            row = [counts[what] for what in ("read", "refused", "traceback", "unexpected", "hang", "executed")]
            cells = [name, counts.total(), *row, f"{peak:.0f}", f"{time.monotonic() - started:.0f}"]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            for fault in faults:
                print(f"{fault}\n", file=sys.stderr, flush=True)
            all_counts += counts
        handled = sum(all_counts[what] for what in FINE)
        print(f"\n{handled} of {all_counts.total()} handled")


if __name__ == "__main__":
    main()
