"""What eligibility traces cost: learning by e-prop, in each step and for each synapse.

    python benchmarks/traces.py [--units 100] [--trials 100]

The network of the classifier `eprop` on the task `evidence`, 100 cells that are all connected, 220 steps a trial. It
learns, and it runs without its rules; the difference, over the synapses with a trace, is what these cost. Each figure
is the median of five runs with the least and the largest. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from experiments.tasks import load_task
from models.spiking.eprop import Eprop

RUNS = 5


def seconds(call: Callable[[], object], n_trials: int) -> list[float]:
    """Seconds a trial of each run, after one that is not counted."""
    found = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) / n_trials)
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--trials", type=int, default=100)
    options = parser.parse_args()
    task = load_task("evidence")
    assert task.sequence_shape is not None
    X, y = task.X[: options.trials], task.y[: options.trials]
    model = Eprop(task.sequence_shape, task.answer_steps, units=options.units, passes=1, random_state=0).fit(X, y)
    n_steps, n_inputs = task.sequence_shape
    traced = options.units * (n_inputs + options.units - 1)
    learning = seconds(lambda: model.partial_fit(X, y), len(X))
    running = seconds(lambda: model.predict(X), len(X))
    for what, found in (("learning", learning), ("without rules", running)):
        median, least, most = statistics.median(found), min(found), max(found)
        print(f"{what:<14} {1e3 * median:6.2f} ms a trial ({1e3 * least:.2f} to {1e3 * most:.2f})")
    cost = (np.array(sorted(learning)) - np.array(sorted(running))) / n_steps / traced * 1e9
    print(f"a trace        {np.median(cost):6.2f} ns a synapse and step ({cost.min():.2f} to {cost.max():.2f})")


if __name__ == "__main__":
    main()
