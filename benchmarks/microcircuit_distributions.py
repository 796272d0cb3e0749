"""The full cortical microcircuit in bnsim and in plain C++: are neurons and pairs of them distributed alike?

    python -m benchmarks.microcircuit_distributions STORE [--seeds 5] [--seconds 10] [--scale 1 --inputs 1]

Each draws its own connections, initial potentials and outer spikes, by its own code; of bnsim, the C++
(`limits/microcircuit.cpp`) has the parameters alone. As in INM-6's recipe for this model
(github.com/INM-6/microcircuit-PD14-model, PyNEST/reference_data), each cell type has three distributions: rates of
neurons; coefficients of variation of their interspike intervals (of neurons with at least three spikes); and
correlation coefficients of the spike counts, in bins of 2 ms, of all pairs of 250 neurons. They are measured in the
time after the first 0.5 s.

Two networks of one simulator differ, too. So the Kolmogorov-Smirnov distance between networks of the two simulators is
held against that between networks of the same one. The p of the test itself is too small where values of a network
depend on each other, as those of pairs do. The p by permutation counts a network as one sample: it is the share, among
all ways to part the networks into halves, of those whose halves lie at least as far apart as the simulators, by mean
distance between them less that within them. Where the simulators are alike, one in twenty is below 0.05.

Distributions are kept in the folder STORE, and what is there is not simulated again: name another folder when the
simulators have changed. A network takes 2 GB of memory and up to a minute. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import numpy as np
from scipy.stats import ks_2samp

import bnsim
from benchmarks.limits import microcircuit
from benchmarks.limits.program import answer, compiled
from bnsim.arrays import FloatArray
from bnsim.binning import steps_of
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.microcircuit import Config, circuit, measure

STEP = microcircuit.STEP
"""Time step in ms."""
BIN, CORRELATED = 2.0, 250
"""Width of the bins (ms), and number of neurons of a cell type, of which all pairs are correlated."""
MEASURES = ("rate", "variation", "correlation")

Distributions: TypeAlias = Mapping[str, FloatArray]
"""Values of a network by "measure cell type"."""


def simulated_by_bnsim(config: Config, seed: int) -> Recording:
    """Return the spikes of a network in bnsim."""
    return measure.simulated(config, STEP, seed)


def simulated_by_cpp(config: Config, seed: int) -> Recording:
    """Return the spikes of a network in plain C++."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = compiled("microcircuit", folder)
        microcircuit.write(folder / "circuit", config.neurons, config.inputs, seed)
        steps = [round(length / STEP) for length in (measure.WARM_UP, config.duration)]
        answer(program, folder / "circuit", 1, *steps, folder / "spikes")
        step, cell = np.fromfile(folder / "spikes", np.int32).reshape(-1, 2).T
    begins = np.cumsum([0, *circuit.sizes(config.neurons)])
    counts, spikes = {}, {}
    for population in "EI":
        layers = list(measure.of_layers(config.neurons, population))
        numbers = np.full(begins[-1], -1)
        for place, own in layers:
            numbers[begins[place] : begins[place + 1]] = np.arange(own.start, own.stop)
        unit, size = numbers[cell], layers[-1][1].stop
        own_spikes = unit >= 0
        counts[population] = np.bincount(unit[own_spikes], minlength=size)[None]
        times = step[own_spikes] * STEP * 1e-3
        spikes[population] = SpikeTimes(np.zeros(len(times), int), unit[own_spikes], times)
    start, duration = measure.WARM_UP * 1e-3, config.duration * 1e-3
    return Recording(duration, STEP * 1e-3, np.zeros(1, np.uint64), counts, spikes, start=start)


SIMULATORS: Mapping[str, Callable[[Config, int], Recording]] = {"bnsim": simulated_by_bnsim, "C++": simulated_by_cpp}


def distributions(neurons: float, recording: Recording) -> Distributions:
    """Measure each cell type."""
    found: dict[str, FloatArray] = {}
    for name in "EI":
        rates = bnsim.measures.rates(recording, name)[0]
        variation = bnsim.measures.coefficient_of_variation(recording, name)
        for place, own in measure.of_layers(neurons, name):
            population = circuit.POPULATIONS[place]
            found[f"rate {population}"] = rates[own]
            found[f"variation {population}"] = variation[own][~np.isnan(variation[own])]
            units = slice(own.start, min(own.start + CORRELATED, own.stop))
            found[f"correlation {population}"] = correlations(recording, name, units)
    return found


def correlations(recording: Recording, population: str, units: slice) -> FloatArray:
    """Return the correlation coefficients of the spike counts of all pairs of units that fire."""
    spikes = recording.spike_times(population)
    own = (spikes.unit >= units.start) & (spikes.unit < units.stop)
    width = round(BIN / STEP)
    n_bins = recording.n_steps // width
    bins = (steps_of(spikes.time[own], recording.dt) - recording.first_step) // width
    counts = np.zeros((units.stop - units.start, n_bins + 1))  # the last bin is for the steps that do not fill one
    np.add.at(counts, (spikes.unit[own] - units.start, bins), 1)
    firing = counts[counts[:, :n_bins].any(axis=1), :n_bins]
    coefficients: FloatArray = np.corrcoef(firing)[np.triu_indices(len(firing), 1)]
    return coefficients


def kept(store: Path, simulator: str, config: Config, seed: int) -> Distributions:
    """Return the distributions of a network, from the store where it has them."""
    name = f"{simulator}-{config.neurons:g}-{config.inputs:g}-{config.duration}-{seed}.npz"
    if not (store / name).exists():
        begun = time.perf_counter()
        found = distributions(config.neurons, SIMULATORS[simulator](config, seed))
        np.savez(store / f"new-{name}", **found)  # type: ignore[arg-type]  # no name is one of its options
        (store / f"new-{name}").rename(store / name)
        print(f"{simulator}, seed {seed}: {time.perf_counter() - begun:.0f} s", flush=True)
    with np.load(store / name) as file:
        return dict(file)


@dataclass(frozen=True)
class Comparison:
    """Kolmogorov-Smirnov distances of a distribution: means, and the largest within a simulator.

    Parameters
    ----------
    between, within, largest
        Distance between networks of both simulators; of one; the largest of these.
    p
        Median over pairs of networks of both simulators of the test's own p.
    permuted
        Share of the ways to part the networks that lie as far apart.
    """

    between: float
    within: float
    largest: float
    p: float
    permuted: float


def compared(first: list[FloatArray], second: list[FloatArray]) -> Comparison:
    """Compare as many distributions of one simulator with those of another."""
    every, number = [*first, *second], len(first)
    distance, p = np.zeros((2, 2 * number, 2 * number))
    for i, j in combinations(range(2 * number), 2):
        found = ks_2samp(every[i], every[j], method="asymp")  # else small samples only have an exact p
        distance[i, j] = distance[j, i] = found.statistic
        p[i, j] = found.pvalue
    of_one = np.concatenate(
        [block[np.triu_indices(number, 1)] for block in (distance[:number, :number], distance[number:, number:])]
    )
    # The first network is in the first half of each way to part them: the halves have no names.
    halves = np.array([(0, *others) for others in combinations(range(1, 2 * number), number - 1)])
    signs = -np.ones((len(halves), 2 * number))
    np.put_along_axis(signs, halves, 1, axis=1)
    # All pairs together are the same for each way, so that the sum with signs orders them.
    apart = -np.einsum("wi,ij,wj->w", signs, distance, signs)
    return Comparison(
        distance[:number, number:].mean(),
        of_one.mean(),
        of_one.max(),
        float(np.median(p[:number, number:])),
        float((apart >= apart[0] - 1e-9).mean()),
    )


def lines(networks: Mapping[str, list[Distributions]]) -> Iterator[str]:
    """Yield tables in Markdown: mean rates, then distances and p by measure and cell type."""
    yield "| | " + " | ".join(circuit.POPULATIONS) + " |"
    yield "|---" * (1 + len(circuit.POPULATIONS)) + "|"
    for simulator, found in networks.items():
        means = [[one[f"rate {population}"].mean() for one in found] for population in circuit.POPULATIONS]
        yield (
            f"| rate in {simulator}, Hz | "
            + " | ".join(f"{np.mean(each):.3f} ± {np.std(each, ddof=1):.3f}" for each in means)
            + " |"
        )
    first, second = networks.values()
    for name in MEASURES:
        yield ""
        yield f"| {name} | between | within | largest within | p | p by permutation |"
        yield "|---|---|---|---|---|---|"
        for population in circuit.POPULATIONS:
            key = f"{name} {population}"
            one = compared([each[key] for each in first], [each[key] for each in second])
            values = [f"{value:.4f}" for value in (one.between, one.within, one.largest)]
            yield f"| {population} | {' | '.join(values)} | {one.p:.2g} | {one.permuted:.2g} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--seeds", type=int, default=5, choices=range(2, 11), help="networks of each simulator")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the microcircuit's neurons")
    parser.add_argument("--inputs", type=float, default=1.0, help="share of the inputs of each")
    chosen = parser.parse_args()
    config = Config(neurons=chosen.scale, inputs=chosen.inputs, duration=round(1e3 * chosen.seconds), steps=(STEP,))
    chosen.store.mkdir(parents=True, exist_ok=True)
    networks: dict[str, list[Distributions]] = {name: [] for name in SIMULATORS}
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        for simulator, found in networks.items():
            found.append(kept(chosen.store, simulator, config, seed))
    print("\n".join(lines(networks)))


if __name__ == "__main__":
    main()
