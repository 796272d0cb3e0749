"""How long the engine takes: to build, to build again in a new process, to draw Poisson input, to start a run.

    python benchmarks/engine_speed.py

Prints one line a figure: the median of several repetitions, and the smallest. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from brian2 import Hz, ms, mV, nS

import bnsim

REPETITIONS = 7
N_INPUT, N_TRIALS = 784, 100


def poisson_input() -> bnsim.Network:
    """784 Poisson units, as for an image of MNIST."""
    return bnsim.Network([bnsim.Population("input", N_INPUT, bnsim.Poisson(63.75 * Hz))])


def read_out() -> bnsim.Network:
    """3000 neurons that learn to drive 10 by the error-modulated rule: `receptive-field` on MNIST."""
    lif = bnsim.SubtractiveLIF(tau_m=10 * ms)
    return bnsim.Network(
        [
            bnsim.Population("hidden", 3000, lif, bnsim.ConstantCurrent(45 * mV)),
            bnsim.Population("output", 10, lif, bnsim.ConstantCurrent(90 * mV)),
        ],
        [
            bnsim.Projection(
                "hidden",
                "output",
                bnsim.ExponentialCurrent(5 * ms),
                weights=0 * mV,
                plasticity=bnsim.ErrorModulated(scale=15 * mV),
            )
        ],
    )


def repeated(task: Callable[[], object], repetitions: int = REPETITIONS) -> list[float]:
    """Seconds of each repetition, after one that does not count."""
    task()
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - started)
    return seconds


def report(what: str, seconds: list[float], per: int = 1) -> None:
    """One line: median and minimum in ms."""
    scaled = [second / per * 1e3 for second in seconds]
    print(f"{what:<72} {statistics.median(scaled):9.2f} ms (least {min(scaled):.2f})", flush=True)


def builds() -> None:
    """A cold build, and the same network in a new process, imports included."""
    script = (
        "import time; started = time.perf_counter()\n"
        "from brian2 import ms\n"
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "import engine_speed\n"
        "engine_speed.read_out().compile(trial=50 * ms, dt=1 * ms, backend='cpp', cache=sys.argv[1])\n"
        "print(time.perf_counter() - started)"
    )
    with tempfile.TemporaryDirectory() as cache:
        for what in ("first build (read-out network), new process, import included", "second build, new process"):
            command = [sys.executable, "-c", script, cache, str(Path(__file__).parent)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
            report(what, [float(answer.stdout)])


def receptors(n: int) -> bnsim.Network:
    """A cell with `n` conductances of different time constants."""
    kinds = [bnsim.ExponentialConductance(tau=(2 + k) * ms, reversal=0 * mV) for k in range(n)]
    return bnsim.Network(
        [bnsim.Population("input", 10, bnsim.SpikeTrains()), bnsim.Population("cells", 10, bnsim.ConductanceLIF())],
        [bnsim.Projection("input", "cells", kind, 1 * nS, name=f"receptor_{k}") for k, kind in enumerate(kinds)],
    )


def code() -> None:
    """Lowering and code generation, in a new process: processor time of Python, after its imports."""
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[2])\n"
        "import engine_speed, bnsim.engine.compilation\n"
        "network = engine_speed.receptors(int(sys.argv[3])); started = time.process_time()\n"
        "network.compile(backend='cpp', cache=sys.argv[1])\n"
        "print(time.process_time() - started)"
    )
    for n in (1, 8):
        seconds = []
        for _ in range(3):
            with tempfile.TemporaryDirectory() as cache:
                command = [sys.executable, "-c", script, cache, str(Path(__file__).parent), str(n)]
                answer = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds.append(float(answer.stdout))
        report(f"code of a cell with {n} receptor types, new process (processor time)", seconds)


def poisson() -> None:
    """Drawing 784 x 1000 random numbers a trial; what a call costs is measured with one trial."""
    images = np.random.default_rng(0).random((N_TRIALS, N_INPUT))
    simulator = poisson_input().compile(trial=500 * ms, dt=0.5 * ms, backend="cpp")
    state = simulator.initial_state(key=0)
    one = repeated(lambda: simulator.run(state, images[:1], key=1))
    many = repeated(lambda: simulator.run(state, images, key=1))
    report("a run of one trial, 784 Poisson inputs x 1000 steps", one)
    difference = [(all_of_them - min(one)) for all_of_them in many]
    report("the same, per trial within a chunk of 100, what a call costs excluded", difference, per=N_TRIALS - 1)


def presentations() -> None:
    """Training and frozen presentations of the read-out network, 500 a chunk."""
    rng = np.random.default_rng(0)
    drive = {"hidden": rng.normal(0, 0.9, (500, 3000)), "output": np.ones((500, 10))}
    target = np.eye(10)[rng.integers(0, 10, 500)]
    simulator = read_out().compile(trial=50 * ms, dt=1 * ms, backend="cpp")
    state = simulator.initial_state(key=0)
    signals = {"hidden_to_output.target": target}
    report(
        "read-out network, 3000 hidden, one presentation with learning",
        repeated(lambda: simulator.run(state, drive, signals=signals)),
        per=500,
    )
    report("the same, learning off", repeated(lambda: simulator.run(state, drive, plastic=False)), per=500)
    first = {name: array[:1] for name, array in drive.items()}
    report("the same, one presentation alone", repeated(lambda: simulator.run(state, first, plastic=False)))


if __name__ == "__main__":
    builds()
    code()
    poisson()
    presentations()
