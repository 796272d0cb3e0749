"""The network that decides (`bnsim run decision`) in NEST: rates without stimulus, choices and their times.

    python benchmarks/decision_against_nest.py [--coherences 25.6] [--trials 24] [--rests 5] [--seed 0]

NEST's cells are `iaf_bw_2001`, whose synapses are those of `bnsim.NMDA`. Weights, stimulus, window and threshold are
those of the classic; delays of 0.5 ms are equal in both, and refractory periods are 2 and 1 ms. One network carries out
all trials: between two of them a current of -500 pA silences its excitatory neurons for 600 ms, six time constants of
NMDA receptors, after which it is left alone for 1000 ms. Rates without stimulus are those of the second after the first
one, as in the classic. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import nest
import numpy as np

from experiments.classics.decision import EVERY, SELECTIVE
from experiments.classics.decision.circuit import (
    BACKGROUND,
    LATENCY,
    SIZES,
    WEIGHTS,
    Decision,
    decision,
    relative,
    sliding,
    stimulus,
)

DT, DURATION, HELD = 0.1, 2000.0, 50.0
"""Time step, length of the stimulus and of its parts, in ms."""
SILENCED, SETTLING, BEFORE, RESTING = 600.0, 500.0, 500.0, 1000.0
"""Length of a pause between trials, of the time after it, of the time before a stimulus whose spikes are kept, and of
each of the two parts of a time without stimulus, in ms."""


class Nest:
    """The network in NEST."""

    def __init__(self, seed: int) -> None:
        nest.ResetKernel()
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.set(resolution=DT, rng_seed=seed + 1)
        self.cells = {name: nest.Create("iaf_bw_2001", size, params=_cell(name)) for name, size in SIZES.items()}
        self.stimuli = {name: nest.Create("poisson_generator", params={"rate": 0.0}) for name in SELECTIVE}
        self.pause = nest.Create("dc_generator", params={"amplitude": 0.0})
        self.spikes = {name: nest.Create("spike_recorder") for name in SIZES}
        receptors = nest.GetDefaults("iaf_bw_2001", "receptor_types")
        background = nest.Create("poisson_generator", params={"rate": BACKGROUND})
        for name, cells in self.cells.items():
            cells.V_m = nest.random.uniform(-55.0, -50.0)
            outer, ampa, nmda, gaba = WEIGHTS[name]
            for generator in (background, *([self.stimuli[name]] if name in SELECTIVE else [])):
                nest.Connect(generator, cells, syn_spec=_synapse(outer, receptors["AMPA"], DT))
            for source, sources in self.cells.items():
                if source == "I":
                    nest.Connect(sources, cells, syn_spec=_synapse(gaba, receptors["GABA"], LATENCY))
                    continue
                share = relative(source, name)
                nest.Connect(sources, cells, syn_spec=_synapse(share * ampa, receptors["AMPA"], LATENCY))
                nest.Connect(sources, cells, syn_spec=_synapse(share * nmda, receptors["NMDA"], LATENCY))
            nest.Connect(cells, self.spikes[name])
            if name != "I":
                nest.Connect(self.pause, cells)

    def rest(self, settling: float = SETTLING, kept: float = BEFORE) -> dict[str, float]:
        """Silence the network, leave it alone, and return the rates in the time whose spikes are kept, in Hz."""
        self.pause.amplitude = -500.0
        nest.Simulate(SILENCED)
        self.pause.amplitude = 0.0
        nest.Simulate(settling)
        for recorder in self.spikes.values():
            recorder.n_events = 0
        nest.Simulate(kept)
        return {name: self.spikes[name].n_events / SIZES[name] / kept * 1e3 for name in SIZES}

    def trial(self, rates: dict[str, Any]) -> Decision | None:
        """Present a stimulus until a choice is made; spikes of the time before it are there."""
        onset = nest.biological_time
        for part in range(len(rates["to_A"])):
            for name in SELECTIVE:
                self.stimuli[name].rate = float(rates[f"to_{name}"][part, 0])
            nest.Simulate(HELD)
            made = decision({name: self._course(name, onset) for name in SELECTIVE}, BEFORE)
            if made:
                break
        for name in SELECTIVE:
            self.stimuli[name].rate = 0.0
        return made

    def _course(self, name: str, onset: float) -> Any:
        times = self.spikes[name].get("events", "times") - onset + BEFORE
        bins = np.arange(0, nest.biological_time - onset + BEFORE + EVERY / 2, EVERY)
        # A spike at time t belongs to the step that ends then.
        return sliding(np.histogram(times - DT / 2, bins)[0], name)


def _cell(name: str) -> dict[str, float]:
    excitatory = {"C_m": 500.0, "g_L": 25.0, "t_ref": 2.0}
    inhibitory = {"C_m": 200.0, "g_L": 20.0, "t_ref": 1.0}
    shared = {"E_L": -70.0, "V_th": -50.0, "V_reset": -55.0, "E_ex": 0.0, "E_in": -70.0, "conc_Mg2": 1.0}
    synapses = {"tau_AMPA": 2.0, "tau_GABA": 5.0, "tau_decay_NMDA": 100.0, "tau_rise_NMDA": 2.0, "alpha": 0.5}
    return {**shared, **synapses, **(inhibitory if name == "I" else excitatory)}


def _synapse(weight: float, receptor: int, delay: float) -> dict[str, Any]:
    return {"synapse_model": "static_synapse", "weight": weight, "receptor_type": receptor, "delay": delay}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coherences", type=float, nargs="*", default=[25.6])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--rests", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    network = Nest(options.seed)
    generator = np.random.default_rng([options.seed, 0x4E57])
    resting = [network.rest(RESTING, RESTING) for _ in range(options.rests)]
    for name in SIZES if resting else ():
        rates = [each[name] for each in resting]
        print(f"{name} at rest: {np.mean(rates):.2f} Hz (standard deviation {np.std(rates, ddof=1):.2f})", flush=True)
    for coherence in options.coherences:
        started, made = time.process_time(), []
        for _ in range(options.trials):
            network.rest()
            made.append(network.trial(stimulus(coherence, DURATION, generator)))
            print(f"  {made[-1].choice} after {made[-1].time:.0f} ms" if made[-1] else "  none", flush=True)
        choices = [each for each in made if each]
        times = [each.time for each in choices]
        print(
            f"coherence {coherence:g} %: {sum(each.choice == 'A' for each in choices)} of {len(choices)} choose A, "
            f"{np.mean(times):.0f} ms (standard error {np.std(times, ddof=1) / np.sqrt(len(times)):.0f}); "
            f"{time.process_time() - started:.0f} s of CPU",
            flush=True,
        )


if __name__ == "__main__":
    main()
