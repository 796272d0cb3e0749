"""The cortical microcircuit: what bnsim and plain C++ cost at the same scale, with connections by the same rule."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from brian2.units import ms, second
from scipy.linalg import expm
from scipy.stats import poisson

import bnsim
from benchmarks.limits.program import answer, compiled, own
from benchmarks.limits.table import Cost
from bnsim.arrays import FloatArray
from bnsim.engine.resident import close_idle
from experiments.classics.microcircuit import circuit
from experiments.shared.effort import processor_seconds

STEP, WARM_UP, DURATION, SEED = 0.1, 0.5, 1.0, 11
"""Time step in ms; time that is not measured, and simulated time after it, in s; usual key of the numbers in C++."""
LEVELS, COUNTS = 2**16, 20
"""Values that a weight or delay takes, and Poisson numbers that occur, as in microcircuit.cpp."""


def costs(
    folder: Path, neurons: float, inputs: float, threads: int, repetitions: int, *, beside: bool
) -> Iterator[Cost]:
    """Yield what plain C++ costs and, if `beside`, what bnsim does, by turns."""
    program = compiled("microcircuit", folder)
    write(folder / "circuit", neurons, inputs)
    if beside:
        before = processor_seconds()
        simulator = circuit.network(neurons, inputs, STEP).compile(dt=STEP * ms, backend="cpp", threads=threads)
        compiling = processor_seconds() - before
        before = processor_seconds()
        state = simulator.initial_state(key=0)
        yield Cost("bnsim, a state", processor_seconds() - before, notes={"compiling before it, s": compiling})
        state, _ = simulator.run_for(state, WARM_UP * second)
    for _ in range(repetitions):
        yield limit(program, folder / "circuit", neurons, threads)
        if beside:
            close_idle()
            loaded, _ = own(simulator, state, STEP * ms)
            begun = time.perf_counter()
            seconds, counts = own(simulator, state, DURATION * second)
            clock = {"on the clock, s": (time.perf_counter() - begun) / DURATION}
            yield Cost("bnsim", seconds / DURATION, _rates(neurons, counts), clock)
            yield Cost("bnsim, a first step, which draws the connections", loaded)


def limit(program: Path, file: Path, neurons: float, threads: int) -> Cost:
    """Return what a biological second costs in C++."""
    found = answer(program, file, threads, *(round(time * 1e3 / STEP) for time in (WARM_UP, DURATION)))
    sizes = circuit.sizes(neurons)
    rates = {name: found[f"spikes_{place}"] / sizes[place] / DURATION for place, name in enumerate(circuit.POPULATIONS)}
    notes = {
        "on the clock, s": found["clock"] / DURATION,
        "finding rows, s": found["finding"] / DURATION,
        "delivery, s": found["delivery"] / DURATION,
        "cells and outer spikes, s": found["cells"] / DURATION,
        "synapses": found["synapses"],
        "events a biological second": found["events"] / DURATION,
        "building, processor s": found["build"],
        "building on the clock, s": found["build_clock"],
        "MB": found["megabytes"],
        "hash of all spikes": found["hash"],
    }
    return Cost(f"C++, threads: {threads}", found["processor"] / DURATION, rates, notes, limit=True)


def _rates(neurons: float, counts: dict[str, FloatArray]) -> dict[str, float]:
    """Return the rate of each cell type."""
    rates = np.zeros(len(circuit.POPULATIONS))
    for name, spikes in counts.items():
        places = circuit.layers(name)
        ends = np.cumsum(circuit.sizes(neurons)[places])
        rates[places] = [part.mean() / DURATION for part in np.split(spikes, ends[:-1])]
    return dict(zip(circuit.POPULATIONS, rates, strict=True))


def write(path: Path, neurons: float, inputs: float, seed: int = SEED) -> None:
    """Write the circuit as `microcircuit.cpp` reads it, all that takes a logarithm or an exponential as tables."""
    sizes = circuit.sizes(neurons)
    numbers = np.round(circuit.in_degrees() * inputs * sizes[:, None])
    tau_m, weight = circuit.CAPACITANCE / circuit.LEAK, circuit.weight() / np.sqrt(inputs)
    weights = np.tile([weight, circuit.INHIBITION * weight], 4) * np.ones((8, 8))
    weights[0, 2] *= circuit.DOUBLED
    # The potential, the synaptic current and a constant current in a step, exactly.
    slopes = [[-1 / tau_m, 1 / circuit.CAPACITANCE, 1 / circuit.CAPACITANCE], [0, -1 / circuit.TAU_SYN, 0], [0, 0, 0]]
    step = expm(STEP * np.array(slopes))
    mean = circuit.OUTER_INPUTS * circuit.OUTER_RATE * inputs * STEP * 1e-3
    thresholds = np.floor(poisson.cdf(np.arange(COUNTS), mean[:, None]) * 2.0**32).clip(max=2.0**32 - 1)
    level = (np.arange(LEVELS) + 0.5) / LEVELS
    delays = [
        bnsim.Normal(delay, circuit.VARIATION * delay, minimum=STEP, maximum=(1 + 6 * circuit.VARIATION) * delay)
        for delay in circuit.DELAYS.values()
    ]
    steps = np.round(np.array([delay.quantile(level) for delay in delays]) / STEP)
    start = bnsim.Normal(-63.5, 5.0, maximum=circuit.THRESHOLD).quantile(
        np.random.default_rng(seed).random(sizes.sum())
    )
    longest, refractory = steps.max(), round(circuit.REFRACTORY / STEP)
    values: tuple[tuple[object, type[np.generic]], ...] = (
        ([seed, longest, refractory], np.int64),
        (sizes, np.int64),
        (numbers, np.int64),
        ([step[0, 0], step[1, 1], step[0, 1], circuit.THRESHOLD - circuit.REST, weight], np.float64),
        (circuit.missing_current(inputs) * step[0, 2], np.float64),
        (weights, np.float64),
        (thresholds, np.uint32),
        (bnsim.Normal(1.0, 0.1, minimum=0.0).quantile(level), np.float32),
        (steps, np.uint8),
        (start - circuit.REST, np.float64),
    )
    with path.open("wb") as file:
        for value, dtype in values:
            file.write(np.asarray(value).astype(dtype).tobytes())
