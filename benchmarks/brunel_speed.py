"""Brunel's network (12,500 neurons, 15.6 million synapses, 1 s) in bnsim, in plain Brian2 and in NEST, on one core.

    python benchmarks/brunel_speed.py [--nest] [--regime AI]

All have the same edges and initial potentials and the same Poisson input, and record all spikes. Times are wall-clock
seconds: `build`, until a program is there that can run; `state`, drawing connectivity and weights, which the others are
given; `load`, until the network is in the program's memory; `run`, the simulation. bnsim and Brian2 (C++ standalone,
its default compiler flags, one thread) run three times by turns, NEST once; medians are printed with the least and the
largest. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import brian2
import numpy as np
from brian2 import ms, mV, second, volt

import bnsim
from experiments.classics.brunel import CLASSIC, REGIMES
from experiments.classics.brunel import measure as brunel

REPETITIONS, STEP = 3, 0.1
"""Runs of bnsim and of Brian2; time step in ms."""
DURATION = 1.0
"""In s."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nest", action="store_true", help="simulate in NEST, too, which takes minutes")
    parser.add_argument("--regime", default="AI")
    arguments = parser.parse_args()
    network = brunel.network(CLASSIC.presets["full"], REGIMES[arguments.regime], STEP)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        simulator = network.compile(dt=STEP * ms, backend="cpp", cache=Path(folder) / "bnsim")
        build = time.perf_counter() - started
        state = simulator.initial_state(key=0)
        other = Standalone(network, state, Path(folder) / "brian2")
        times: dict[str, list[float]] = {}
        for _ in range(REPETITIONS):
            for name, seconds in (*own_times(simulator), *other.times()):
                times.setdefault(name, []).append(seconds)
        print(f"bnsim build  {build:7.2f} s\nBrian2 build {other.build:7.2f} s")
        for name, seconds in times.items():
            print(f"{name:<12} {statistics.median(seconds):7.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
        print(f"rates: bnsim {own_rate(simulator, state):.2f} Hz, Brian2 {other.rate:.2f} Hz")
    if arguments.nest:
        for name, seconds in nest_times(arguments.regime, state):
            print(f"{name:<12} {seconds:7.2f} s")


def own_times(simulator: bnsim.Simulator) -> Iterator[tuple[str, float]]:
    """Draw the connectivity, and simulate; a first simulation of one step loads the network."""
    started = time.perf_counter()
    state = simulator.initial_state(key=0)
    drawn = time.perf_counter()
    simulator.run_for(state, STEP * ms)
    loaded = time.perf_counter()
    simulator.run_for(state, DURATION * second, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
    yield "bnsim state", drawn - started
    yield "bnsim load", loaded - drawn
    yield "bnsim run", time.perf_counter() - loaded


def own_rate(simulator: bnsim.Simulator, state: bnsim.State) -> float:
    """Mean rate in Hz."""
    _, recording = simulator.run_for(state, DURATION * second)
    counts = np.concatenate([counts[0] for counts in recording.counts.values()])
    return float(counts.mean() / DURATION)


class Standalone:
    """The network in Brian2's own words, as a C++ program."""

    def __init__(self, network: bnsim.Network, state: bnsim.State, folder: Path) -> None:
        self.folder, self.rate = folder, float("nan")
        started = time.perf_counter()
        brian2.set_device("cpp_standalone", build_on_run=False)
        self._describe(network, state)
        brian2.device.build(directory=str(folder), compile=True, run=False, debug=False)
        self.build = time.perf_counter() - started

    def _describe(self, network: bnsim.Network, state: bnsim.State) -> None:
        brian2.defaultclock.dt = STEP * ms
        size = sum(population.size for population in network.populations)
        cells = brian2.NeuronGroup(
            size,
            "dv/dt = -v / tau : volt (unless refractory)",
            threshold="v > theta",
            reset="v = v_reset",
            refractory=brunel.REFRACTORY * ms,
            method="exact",
            namespace={"tau": brunel.TAU * ms, "theta": brunel.THRESHOLD * mV, "v_reset": brunel.RESET * mV},
        )
        cells.v = np.concatenate([state[f"{name}.v"] for name in "EI"]) * volt
        first = {"E": 0, "I": network["E"].size}
        objects = [cells, brian2.SpikeMonitor(cells)]
        for source in "EI":
            weight = next(each.weights for each in network.projections if each.source == source)
            synapses = brian2.Synapses(cells, cells, on_pre="v_post += w", namespace={"w": weight})
            pairs = [(state[f"{source}_to_{target}.source"], state[f"{source}_to_{target}.target"]) for target in "EI"]
            synapses.connect(
                i=np.concatenate([pre + first[source] for pre, _ in pairs]),
                j=np.concatenate([post + first[target] for target, (_, post) in zip("EI", pairs, strict=True)]),
            )
            synapses.delay = brunel.DELAY * ms
            objects.append(synapses)
        (drive,) = network["E"].drives
        objects.append(brian2.PoissonInput(cells, "v", 1000, drive.rate / 1000, weight=drive.weight))
        self.monitor, self.size = objects[1], size
        brian2.Network(objects).run(DURATION * second)

    def times(self) -> Iterator[tuple[str, float]]:
        """Run the program; what is not simulation is reading the connectivity and making the synapses."""
        started = time.perf_counter()
        brian2.device.run(directory=str(self.folder), with_output=False, run_args=[])
        whole, simulation = time.perf_counter() - started, brian2.device._last_run_time
        self.rate = self.monitor.num_spikes / (self.size * DURATION)
        yield "Brian2 load", whole - simulation
        yield "Brian2 run", simulation


def nest_times(regime: str, state: bnsim.State) -> Iterator[tuple[str, float]]:
    """Build and simulate the network in NEST, with one thread."""
    import nest
    from against_nest import brunel_case

    from tests.reference.nest_networks import built

    started = time.perf_counter()
    recorders = built(state, brunel_case(regime).cells, STEP)
    connected = time.perf_counter()
    nest.Simulate(1e3 * DURATION)
    yield "NEST load", connected - started
    yield "NEST run", time.perf_counter() - connected
    neurons = sum(len(state[f"{name}.v"]) for name in recorders)
    print(f"rate: NEST {sum(recorder.n_events for recorder, _ in recorders.values()) / (neurons * DURATION):.2f} Hz")


if __name__ == "__main__":
    main()
