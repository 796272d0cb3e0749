"""What a call costs: one presentation a call, and a call with many synapses that do not change.

    python benchmarks/calls.py [--calls 200]

Diehl & Cook's network of 400 + 400 cells is shown one image a call, learning and frozen; beside it stands the time of a
presentation within a call of many, so that the difference is what a call costs, and within one that two cores share. A
network of 5000 neurons with 2.5 million static synapses runs for one step, in a continuous run and in a trial: nearly
all of that is over and above the simulation. Each figure is the median of the calls with the least and the largest; the
first call, which brings the arrays to the network's process, stands apart. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from brian2 import Hz, ms, mV

import bnsim

sys.path.insert(0, str(Path(__file__).parent))
from backends import images, network

N_NEURONS, IN_DEGREE = 5000, 500
CHUNK = 100
"""Presentations of the call of many."""


def static() -> bnsim.Network:
    """2.5 million synapses that no rule changes."""
    noise = bnsim.PoissonDrive(10_000 * Hz, 0.15 * mV)
    cells = bnsim.Population("cells", N_NEURONS, bnsim.LIF(refractory=2 * ms), drive=noise)
    wiring = bnsim.FixedInDegree(IN_DEGREE)
    return bnsim.Network(
        [cells], [bnsim.Projection("cells", "cells", bnsim.Delta(), -0.1 * mV, wiring, delay=1.5 * ms)]
    )


def report(what: str, call: Callable[[], object], calls: int, per: int = 1) -> None:
    """Print one line: median, least and largest in ms, and the first call."""
    seconds = []
    for _ in range(calls + 1):
        started = time.perf_counter()
        call()
        seconds.append((time.perf_counter() - started) * 1e3 / per)
    first, *later = seconds
    print(
        f"{what:<62} {statistics.median(later):8.2f} ms ({min(later):.2f} to {max(later):.2f}; first {first:.2f})",
        flush=True,
    )


def presentations(calls: int) -> None:
    """One presentation a call, each from the state that the last one has left."""
    X = images(None)
    simulator = network(400).compile(trial=500 * ms, dt=0.5 * ms, presentation=350 * ms, backend="cpp")
    state, number = simulator.initial_state(0), 0

    def one(plastic: bool) -> None:
        nonlocal state, number
        state, _ = simulator.run(state, X[number % len(X)][None], 0, trials=[number], plastic=plastic)
        number += 1

    report("Diehl & Cook 400, one plastic presentation a call", lambda: one(True), calls)
    many = X[np.arange(CHUNK) % len(X)]
    report("the same, within a call of 100", lambda: simulator.run(state, many, 0), 3, CHUNK)
    report("Diehl & Cook 400, one frozen presentation a call", lambda: one(False), calls)
    report("the same, within a call of 100", lambda: simulator.run(state, many, 0, plastic=False), 3, CHUNK)
    both = network(400).compile(trial=500 * ms, dt=0.5 * ms, presentation=350 * ms, backend="cpp", threads=2)
    report("the same, shared by two cores", lambda: both.run(state, many, 0, plastic=False), 5, CHUNK)


def static_synapses(calls: int) -> None:
    """A step of a network with many synapses."""
    simulator = static().compile(dt=0.1 * ms, backend="cpp")
    state = simulator.initial_state(0)

    def go_on() -> None:
        nonlocal state
        state, _ = simulator.run_for(state, 0.1 * ms)

    report("2.5 million static synapses, a continuous run of one step", go_on, calls)
    trials = static().compile(trial=2 * ms, presentation=0.1 * ms, dt=0.1 * ms, backend="cpp")
    report("the same, a trial of 20 steps", lambda: trials.run(state, trials=1), calls)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    chosen = parser.parse_args()
    presentations(chosen.calls)
    static_synapses(chosen.calls)
