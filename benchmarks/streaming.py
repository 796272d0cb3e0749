"""Memory of a long run that writes what it records to disk: the same for 10 s and for 100 s.

    python benchmarks/streaming.py [--network uncoupled|brunel] [--seconds 10 100] [--look]

12,500 neurons, all of whose spikes are recorded: Brunel's network in the state AI (some 37 Hz a neuron), or as many
uncoupled neurons with a constant input, which fire as often and take steps of 1 ms, so that it is quick. Each run is a
process of its own, which writes to a temporary folder (12 bytes a spike, and the network once). It prints, for each
length, the largest memory of Python and of the compiled network that it starts, the time, and what the folder holds.
With --look, another process then reads the folder again, counts the spikes of each unit in bins of a second, draws a
raster of all and saves ten million spikes as a file; it prints the time of each and its largest memory. Results are
kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import ms, mV, second

import bnsim
import bnsim.plotting
from bnsim.engine.resident import close_idle
from experiments.classics import brunel
from experiments.classics.brunel.measure import network as brunel_network


def network(name: str) -> bnsim.Network:
    """12,500 neurons that fire at some 37 Hz."""
    if name == "brunel":
        return brunel_network(brunel.Config(regime="AI", duration=1000.0, neurons=12_500, inputs=1000), "AI")
    cell = bnsim.LIF(v_rest=24 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2 * ms)
    start, sizes = {"v": bnsim.Uniform(10 * mV, 20 * mV)}, {"E": 10_000, "I": 2_500}
    return bnsim.Network([bnsim.Population(name, size, cell, initial=start) for name, size in sizes.items()])


STEPS = {"uncoupled": 1 * ms, "brunel": 0.1 * ms}


def memory() -> float:
    """Largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def look(folder: Path) -> None:
    """Read a run again and do what one does with it; prints figures as JSON."""
    found = {"MB before": memory()}

    def timed(what: str, task: Callable[[], Any]) -> Any:
        started, busy = time.perf_counter(), time.process_time()
        result = task()
        found[f"{what}, s"], found[f"{what}, s of CPU"] = time.perf_counter() - started, time.process_time() - busy
        found[f"{what}, MB"] = memory()
        return result

    recording = timed("read", lambda: bnsim.Recording.load(folder))
    for name in "EI":
        timed(f"binned {name}", lambda name=name: recording.binned(name, 1 * second))
    axes = timed("drawn", lambda: bnsim.plotting.raster(recording))
    timed("written as a picture", lambda: axes.figure.savefig(folder / "raster.png"))
    spikes = recording.spike_times("E")
    if len(spikes) > 8_000_000:  # four fifths of the cells are excitatory
        stop = int(spikes.time[8_000_000] / recording.dt) * recording.dt
        part = timed("window of 1e7 spikes", lambda: recording.window(recording.start, stop))
        timed("saved", lambda: part.save(folder / "part.npz"))
        found["MB of the file"] = (folder / "part.npz").stat().st_size / 1e6
        found["spikes saved"] = sum(len(part.spike_times(name)) for name in "EI")
    print(json.dumps({name: round(float(value), 2) for name, value in found.items()}))


def run(name: str, seconds: float, folder: Path) -> None:
    """One run; prints its figures as JSON."""
    simulator = network(name).compile(dt=STEPS[name])
    state = simulator.initial_state(key=1)
    started = time.perf_counter()
    record = [bnsim.Spikes("E"), bnsim.Spikes("I")]
    state, recording = simulator.run_for(state, seconds * second, record=record, to=folder)
    taken = time.perf_counter() - started
    close_idle()  # the system tells the memory of children that have ended
    end = recording.start + recording.duration
    last = recording.window(end - 1.0, end)
    found = {
        "seconds": seconds,
        "pieces": len(np.load(folder / "counts/E.npy", mmap_mode="r")) - 1,
        "spikes": sum(len(recording.spike_times(name)) for name in "EI"),
        "rate in the last second": sum(last.counts[name].sum() for name in "EI") / 12_500,
        "MB on disk": sum(path.stat().st_size for path in folder.rglob("*.npy")) / 1e6,
        "time": taken,
        "MB of Python": memory(),
        # At least what Python had when it started the network, for a process begins as a copy.
        "MB of the network": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6,
    }
    print(json.dumps({name: round(float(value), 1) for name, value in found.items()}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", choices=("uncoupled", "brunel"), default="uncoupled")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 100])
    parser.add_argument("--look", action="store_true", help="read, count and draw what was written, too")
    parser.add_argument("--child", choices=("run", "look"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child == "run":
        run(arguments.network, arguments.seconds[0], arguments.folder)
        return
    if arguments.child == "look":
        look(arguments.folder)
        return
    network(arguments.network).compile(dt=STEPS[arguments.network])  # the compiler's memory is not that of a run
    for seconds in arguments.seconds:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--network", arguments.network, "--seconds", str(seconds), "--folder", f"{folder}/run"]
            for child in ("run", "look") if arguments.look else ("run",):
                subprocess.run([sys.executable, __file__, *options, "--child", child], check=True)


if __name__ == "__main__":
    main()
