"""How near bnsim is to what the machine can do: Brunel's network (12,500 neurons, 15.6 million synapses, 1 s).

    python benchmarks/limits [--regime AI] [--repetitions 3]

`brunel.cpp` simulates the same network in plain C++ in three ways, compiled with the flags of bnsim's own programs and
given the same edges; numbers from outside are drawn by the same kind of generator. Times are seconds of processor time
of one thread, by turns with those of bnsim, medians with the least and the largest; a run of one step before bnsim's
reads the network. The factor is that to the fastest of the three. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from brian2.units import ms, mV, second

import bnsim
from bnsim.engine.compiler import PROGRAM_FLAGS, find_compiler
from bnsim.engine.resident import close_idle
from experiments.classics.brunel import CLASSIC, REGIMES
from experiments.classics.brunel import measure as brunel
from experiments.shared.effort import processor_seconds

STEP, DURATION = 0.1, 1.0
"""Time step in ms; simulated time in s."""
ALGORITHMS = ("queue", "rows", "counts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--regime", default="AI", choices=REGIMES)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    config = CLASSIC.presets["full"]
    network = brunel.network(config, REGIMES[arguments.regime], STEP)
    simulator = network.compile(dt=STEP * ms, backend="cpp")
    state = simulator.initial_state(key=0)
    times: dict[str, list[float]] = {}
    rates: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compile_limits(folder)
        write_network(folder / "network", network, state)
        for _ in range(arguments.repetitions):
            for algorithm in ALGORITHMS:
                seconds, rates[algorithm] = limit(folder, algorithm)
                times.setdefault(algorithm, []).append(seconds)
            close_idle()  # a new process loads the network, which then is there
            loaded, _ = own(simulator, state, STEP * ms)
            seconds, rates["bnsim"] = own(simulator, state, DURATION * second)
            times.setdefault("bnsim", []).append(seconds)
            times.setdefault("bnsim, reading the network", []).append(loaded)
    least = min(statistics.median(times[algorithm]) for algorithm in ALGORITHMS)
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        spread = f"({min(seconds):.2f} to {max(seconds):.2f})"
        rate = f", {rates[name]:.2f} Hz" if name in rates else ""
        print(f"{name:<28}{middle:6.2f} s {spread}, {middle / least:.2f} times the least{rate}")


def compile_limits(folder: Path) -> None:
    """Compile the plain C++ as bnsim compiles its own."""
    compiler = find_compiler()
    assert compiler is not None
    source = Path(__file__).parent / "brunel.cpp"
    subprocess.run([*compiler.split(), *PROGRAM_FLAGS, source, "-o", folder / "brunel"], check=True)


def write_network(path: Path, network: bnsim.Network, state: bnsim.State) -> None:
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


def limit(folder: Path, algorithm: str) -> tuple[float, float]:
    """Return the processor time of the loop in s and the rate in Hz."""
    command = [folder / "brunel", folder / "network", algorithm, str(round(DURATION * 1e3 / STEP))]
    seconds, share = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(share) / (STEP * 1e-3)


def own(simulator: bnsim.Simulator, state: bnsim.State, duration: object) -> tuple[float, float]:
    """Return the processor time of a call and of the compiled network in s, and the rate in Hz."""
    before = processor_seconds()
    _, recording = simulator.run_for(state, duration)
    seconds = processor_seconds() - before
    counts = np.concatenate([counts[0] for counts in recording.counts.values()])
    return seconds, float(counts.mean() / (duration / second))


if __name__ == "__main__":
    main()
