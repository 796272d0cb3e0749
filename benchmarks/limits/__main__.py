"""How near bnsim is to what the machine can do.

    python -m benchmarks.limits [--network brunel] [--regime AI] [--repetitions 3]
    python -m benchmarks.limits --network microcircuit [--scale 0.1 --inputs 0.3] [--threads 1] [--limit-alone]

Beside each Python file lies the same network in plain C++, compiled with the flags of bnsim's own programs; numbers
from outside are drawn by the same kind of generator. Brunel's network (12,500 neurons, 15.6 million synapses) is
simulated for 1 s in three ways, with the same edges; the cortical microcircuit for 1 s after 0.5 s, at a share of its
neurons and of their inputs, with connections that each draws by the same rule. All of it (`--scale 1 --inputs 1`) has
77,169 neurons and 299 million synapses, and takes 1.8 GB in C++. Times are seconds of processor time, by turns, medians
with the least and the largest; bnsim's connections are drawn in a step before. The factor is that to the fastest C++.
Measure two threads on an idle machine: they wait for each other in every step. Results: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.limits import brunel, microcircuit
from benchmarks.limits.table import lines
from experiments.classics.brunel import REGIMES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="brunel", choices=("brunel", "microcircuit"))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--regime", default="AI", choices=REGIMES)
    parser.add_argument("--scale", type=float, default=0.1, help="share of the microcircuit's neurons")
    parser.add_argument("--inputs", type=float, default=0.3, help="share of the inputs of each")
    parser.add_argument("--threads", type=int, default=1, choices=(1, 2), help="of both")
    parser.add_argument("--limit-alone", action="store_true", help="the C++ without bnsim")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if chosen.network == "brunel":
            costs = brunel.costs(Path(name), chosen.regime, chosen.repetitions)
        else:
            beside = not chosen.limit_alone
            costs = microcircuit.costs(
                Path(name), chosen.scale, chosen.inputs, chosen.threads, chosen.repetitions, beside=beside
            )
        print("\n".join(lines(costs)))


if __name__ == "__main__":
    main()
