"""Brunel's network: what bnsim and three ways to write it in plain C++ cost, with the same edges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from brian2.units import ms, mV, second

import bnsim
from benchmarks.limits.program import answer, compiled, own
from benchmarks.limits.table import Cost
from bnsim.engine.resident import close_idle
from experiments.classics.brunel import CLASSIC, REGIMES
from experiments.classics.brunel import measure as brunel

STEP, DURATION = 0.1, 1.0
"""Time step in ms; simulated time in s."""
ALGORITHMS = ("queue", "rows", "counts")


def costs(folder: Path, regime: str, repetitions: int) -> Iterator[Cost]:
    """Yield what each way costs, by turns."""
    network = brunel.network(CLASSIC.presets["full"], REGIMES[regime], STEP)
    simulator = network.compile(dt=STEP * ms, backend="cpp")
    state = simulator.initial_state(key=0)
    program = compiled("brunel", folder)
    write(folder / "network", network, state)
    for _ in range(repetitions):
        for algorithm in ALGORITHMS:
            found = answer(program, folder / "network", algorithm, round(DURATION * 1e3 / STEP))
            yield Cost(f"C++, {algorithm}", found["seconds"], {"all": found["spikes"] / (STEP * 1e-3)}, limit=True)
        close_idle()
        loaded, _ = own(simulator, state, STEP * ms)
        seconds, counts = own(simulator, state, DURATION * second)
        yield Cost("bnsim", seconds, {"all": float(np.concatenate(list(counts.values())).mean()) / DURATION})
        yield Cost("bnsim, a first step, which draws the connections", loaded)


def write(path: Path, network: bnsim.Network, state: bnsim.State) -> None:
    """Write the network with all its neurons in one population, as `brunel.cpp` reads it."""
    sizes = {name: network[name].size for name in "EI"}
    first, total = {"E": 0, "I": sizes["E"]}, sum(sizes.values())
    names = [f"{source}_to_{target}" for source in "EI" for target in "EI"]
    source = np.concatenate([state[f"{name}.source"] + first[name[0]] for name in names])
    target = np.concatenate([state[f"{name}.target"] + first[name[-1]] for name in names])
    order = np.argsort(source, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=total))])
    cell, (drive,) = network["E"].model, network["E"].drive
    weights = [float(next(each.weights for each in network.projections if each.source == name) / mV) for name in "EI"]
    whole = [total, sizes["E"], round(brunel.DELAY / STEP), round(float(cell.refractory / ms) / STEP), len(source)]
    outside = [float(drive.rate * STEP * ms), float(drive.weight / mV)]
    reals = [np.exp(-STEP / brunel.TAU), brunel.THRESHOLD, brunel.RESET, *weights, *outside]
    with path.open("wb") as file:
        for values, dtype in ((whole, np.int64), (reals, np.float64), (starts, np.int32), (target[order], np.int32)):
            file.write(np.asarray(values, dtype).tobytes())
