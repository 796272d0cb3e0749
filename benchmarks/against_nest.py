"""Networks of bnsim and of NEST with the same edges and the same statistics of their input: rates and variability.

    python benchmarks/against_nest.py DIR [--networks AI,CUBA] [--seeds 5]

Carries out what DIR does not hold yet (one file a network, seed and simulator), then prints tables of all that it
holds. Networks are those of the classics `brunel` (regimes SR, SI-fast, AI, SI-slow; 12,500 neurons), `cuba` and
`coba`, in two forms: `plain`, with the paper's parameters as a user would write them in each simulator, and `matched`,
in which bnsim's parameters allow for the order of events within a step (see tests/reference/nest_networks.py). NEST
takes minutes of CPU time for each second of the large networks. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import nest
import numpy as np
from brian2.units import Hz, ms, mV
from numpy.typing import NDArray
from scipy.stats import ks_2samp

import bnsim
from experiments.classics.brunel import CLASSIC as BRUNEL
from experiments.classics.brunel import REGIMES
from experiments.classics.brunel import measure as brunel
from experiments.classics.coba import measure as coba
from experiments.classics.cuba import measure as cuba
from tests.reference.nest_networks import CONDUCTANCE, SIGNED, Cells, Spikes, built, own, spikes_of

DT = 0.1
"""Time step in ms."""
SIMULATORS = ("nest", "matched", "plain")


@dataclass(frozen=True)
class Case:
    """A network in both simulators, and how long it is simulated before and while spikes count, in ms."""

    plain: bnsim.Network
    matched: bnsim.Network
    cells: Cells
    warm_up: float
    duration: float


@dataclass(frozen=True)
class Activity:
    """Rate (Hz) and coefficient of variation of each neuron, and the CPU time in s that the simulation took."""

    rates: NDArray[np.float64]
    variation: NDArray[np.float64]
    seconds: float

    @property
    def rate(self) -> float:
        return float(self.rates.mean())

    @property
    def mean_variation(self) -> float:
        return float(np.nanmean(self.variation))


def brunel_case(regime: str, neurons: int = 12_500, inputs: int = 1000, duration: float = 1000.0) -> Case:
    """Brunel's network in a regime."""
    config = BRUNEL.presets["full"].model_copy(update={"neurons": neurons, "inputs": inputs})
    network = brunel.network(config, REGIMES[regime], DT)
    (drive,) = network["E"].drives
    threshold = brunel.THRESHOLD * math.exp(-DT / brunel.TAU)
    cells = Cells(
        "iaf_psc_delta",
        {
            "tau_m": brunel.TAU,
            "C_m": brunel.TAU,
            "E_L": 0.0,
            "V_th": brunel.THRESHOLD,
            "V_reset": brunel.RESET,
            "t_ref": brunel.REFRACTORY,
        },
        weights=SIGNED,
        delay=brunel.DELAY,
        poisson=(float(drive.rate / Hz), float(drive.weight / mV)),
    )
    plain = changed(network, brunel.DELAY, refractory=brunel.REFRACTORY * ms)
    matched = changed(
        network,
        brunel.DELAY - DT,
        refractory=brunel.REFRACTORY * ms,
        v_threshold=threshold * mV,
    )
    return Case(plain, matched, cells, 200.0, duration)


def cuba_case() -> Case:
    """The network with synaptic currents; with a capacitance of tau_m, those of NEST are the potentials they reach."""
    membrane = {"tau_m": 20.0, "C_m": 20.0, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    cells = Cells("iaf_psc_exp", membrane | {"tau_syn_ex": 5.0, "tau_syn_in": 10.0}, weights=SIGNED, delay=DT)
    return Case(cuba.network(0.0), changed(cuba.network(DT), DT), cells, 500.0, 5000.0)


def coba_case() -> Case:
    """The network with synaptic conductances."""
    membrane = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    synapses = {"tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_ex": 0.0, "E_in": -80.0}
    initial = {"V_m": ("v", 1e3), "g_ex": ("E_to_{}_g", 1e9), "g_in": ("I_to_{}_g", 1e9)}
    cells = Cells("iaf_cond_exp", membrane | synapses, weights=CONDUCTANCE, delay=DT, initial=initial)
    return Case(coba.network(0.0), changed(coba.network(DT), DT), cells, 500.0, 2000.0)


CASES = {
    "AI": lambda: brunel_case("AI"),
    "CUBA": cuba_case,
    "COBA": coba_case,
    "SI-fast": lambda: brunel_case("SI-fast"),
    "SI-slow": lambda: brunel_case("SI-slow", duration=10_000.0),
    "SR": lambda: brunel_case("SR", duration=400.0),
}


def changed(network: bnsim.Network, delay: float, **parameters: Any) -> bnsim.Network:
    """The network with another delay (ms) of all synapses, and other parameters of all cells."""
    populations = [replace(each, model=replace(each.model, **parameters)) for each in network.populations]
    projections = [replace(each, delay=delay * ms) for each in network.projections]
    return bnsim.Network(populations, projections)


def ours(network: bnsim.Network, case: Case, seed: int) -> Activity:
    """Simulate a network in bnsim."""
    simulator = network.compile(dt=DT * ms)
    state, _ = simulator.run_for(simulator.initial_state(key=seed), case.warm_up * ms)
    started = time.perf_counter()
    _, recording = simulator.run_for(state, case.duration * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
    seconds = time.perf_counter() - started
    sizes = {each.name: each.size for each in network.populations}
    return activity(own(recording, DT), sizes, case, seconds)


def theirs(case: Case, seed: int) -> Activity:
    """Simulate the same network in NEST, from the state in which ours begins."""
    state = case.matched.compile(dt=DT * ms).initial_state(key=seed)
    recorders = built(state, case.cells, DT, seed + 1)
    started = time.process_time()
    nest.Simulate(case.warm_up + case.duration)
    seconds = time.process_time() - started
    sizes = {each.name: each.size for each in case.matched.populations}
    return activity(spikes_of(recorders, DT), sizes, case, seconds)


def activity(spikes: Mapping[str, Spikes], sizes: Mapping[str, int], case: Case, seconds: float) -> Activity:
    """Rates and variability of the neurons after the warm-up."""
    first, last = round(case.warm_up / DT), round((case.warm_up + case.duration) / DT)
    trains = [train / 1e3 for name, size in sizes.items() for train in spikes[name].trains(size, first, last, DT)]
    rates = np.array([len(train) for train in trains]) * 1e3 / case.duration
    return Activity(rates, bnsim.measures.coefficient_of_variation(trains), seconds)


def carried_out(directory: Path, network: str, seed: int) -> None:
    """Simulate one network with one seed in both simulators, where that has not been done."""
    case = CASES[network]()
    tasks = {
        "matched": lambda: ours(case.matched, case, seed),
        "plain": lambda: ours(case.plain, case, seed),
        "nest": lambda: theirs(case, seed),
    }
    for simulator, task in tasks.items():
        path = place(directory, network, seed, simulator)
        if path.exists():
            continue
        found = task()
        unfinished = path.with_suffix(".part.npz")
        np.savez_compressed(unfinished, rates=found.rates, variation=found.variation, seconds=found.seconds)
        unfinished.rename(path)
        print(
            f"{time.strftime('%H:%M')} {network} seed {seed} {simulator:<8} {found.rate:8.3f} Hz, "
            f"CV {found.mean_variation:.4f}, {found.seconds:.1f} s",
            flush=True,
        )


def place(directory: Path, network: str, seed: int, simulator: str) -> Path:
    """The file of one simulation."""
    return directory / f"{network}-{seed}-{simulator}.npz"


def stored(directory: Path, network: str, seeds: int) -> dict[str, list[Activity]]:
    """What was simulated with all simulators, seed by seed."""
    found: dict[str, list[Activity]] = {simulator: [] for simulator in SIMULATORS}
    for seed in range(seeds):
        paths = {simulator: place(directory, network, seed, simulator) for simulator in SIMULATORS}
        if all(path.exists() for path in paths.values()):
            for simulator, path in paths.items():
                with np.load(path) as file:
                    found[simulator].append(Activity(file["rates"], file["variation"], float(file["seconds"])))
    return found


def distance(one: Activity, other: Activity) -> float:
    """Kolmogorov-Smirnov distance of the neurons' rates."""
    return float(ks_2samp(one.rates, other.rates).statistic)


def table(directory: Path, seeds: int) -> Iterator[str]:
    """Lines of the table: both forms of each network beside NEST."""
    heads = (
        "network",
        "seeds",
        "form",
        "rate, Hz",
        "NEST",
        "difference",
        "CV",
        "NEST",
        "KS, median (largest)",
        "allowed",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for network in CASES:
        found = stored(directory, network, seeds)
        witness = found["nest"]
        if not witness:
            continue
        limit = np.percentile([distance(*pair) for pair in combinations(witness, 2)] or [math.nan], 95)
        rate = np.mean([each.rate for each in witness])
        variation = np.mean([each.mean_variation for each in witness])
        for form in ("matched", "plain"):
            mine = found[form]
            own_rate = np.mean([each.rate for each in mine])
            apart = [distance(one, other) for one, other in zip(mine, witness, strict=True)]
            yield (
                f"| {network} | {len(witness)} | {form} | {own_rate:.2f} | {rate:.2f} | {own_rate / rate - 1:+.2%} | "
                f"{np.mean([each.mean_variation for each in mine]):.3f} | {variation:.3f} | "
                f"{np.median(apart):.4f} ({max(apart):.4f}) | {limit:.4f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--networks", default=",".join(CASES))
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    for network in arguments.networks.split(","):
        for seed in range(arguments.seeds):
            carried_out(arguments.directory, network, seed)
    print("\n".join(table(arguments.directory, arguments.seeds)))


if __name__ == "__main__":
    main()
