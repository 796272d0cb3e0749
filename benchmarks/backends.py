"""The same network, the same input, on every back end: presentations and synaptic events a second, and their ratio.

    python benchmarks/backends.py [--neurons 400] [--images DIR]

Diehl & Cook's network with plastic synapses, trials of 1000 steps of 0.5 ms (350 ms of input, 150 ms of silence),
driven by images of MNIST from the folder of its four files, or, without one, by scikit-learn's digits enlarged to the
same size. Each back end runs the same trials from the same state with the same key; that they give the same spikes is
checked. For the compiled back end, the share of each object in its time follows. A synaptic event is a spike's arrival
at one synapse. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from brian2 import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray
from sklearn.datasets import load_digits

import bnsim

TRIALS = {"cpp": 200, "cython": 10, "numpy": 2}
PLASTIC = "input_to_excitatory"


def network(n: int) -> bnsim.Network:
    """The network of `diehl-cook`, without repetitions, so that every back end presents each image once."""
    excitatory = bnsim.ExponentialConductance(tau=1 * ms, reversal=0 * mV)
    inhibitory = bnsim.ExponentialConductance(tau=2 * ms, reversal=-100 * mV)
    initial = bnsim.Uniform(Quantity(0.003), Quantity(0.3))
    others = bnsim.AllToOthers()
    return bnsim.Network(
        [
            bnsim.Population("input", 784, bnsim.Poisson(63.75 * Hz)),
            bnsim.Population("excitatory", n, bnsim.DiehlCookExcitatory()),
            bnsim.Population("inhibitory", n, bnsim.DiehlCookInhibitory()),
        ],
        [
            bnsim.Projection("input", "excitatory", excitatory, initial, plasticity=bnsim.DiehlCookSTDP()),
            bnsim.Projection("excitatory", "inhibitory", excitatory, Quantity(10.4), bnsim.OneToOne()),
            bnsim.Projection("inhibitory", "excitatory", inhibitory, Quantity(17.0), others),
        ],
    )


def images(folder: str | None) -> NDArray[np.float64]:
    """At least 200 images of 784 pixels in [0, 1]."""
    if folder is not None:
        from experiments.tasks import load_task

        return load_task("mnist", Path(folder)).X[:200] / 255
    small = load_digits().data.reshape(-1, 8, 8)[:200] / 16
    enlarged = np.kron(small, np.ones((3, 3)))
    return np.pad(enlarged, ((0, 0), (2, 2), (2, 2))).reshape(len(small), -1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=400)
    parser.add_argument("--images", help="folder of the four MNIST files")
    chosen = parser.parse_args()
    X, n, rates, first = images(chosen.images), chosen.neurons, {}, {}
    for backend, n_trials in TRIALS.items():
        simulator = network(n).compile(trial=500 * ms, dt=0.5 * ms, presentation=350 * ms, backend=backend)
        state = simulator.initial_state(0)
        simulator.run(state, X[:1], 0)  # makes code and objects
        started = time.perf_counter()
        _, recording = simulator.run(state, X[:n_trials], 0)
        seconds = time.perf_counter() - started
        counts = {name: int(found.sum()) for name, found in recording.counts.items()}
        events = counts["input"] * n + counts["excitatory"] * (1 + 784) + counts["inhibitory"] * (n - 1)
        rates[backend] = n_trials / seconds
        first[backend] = recording.counts["excitatory"][: TRIALS["numpy"]]
        assert np.array_equal(first[backend], first["cpp"]), backend
        print(
            f"{backend:8} {1e3 * seconds / n_trials:8.2f} ms a presentation {rates[backend]:8.1f} presentations/s "
            f"{events / seconds / 1e6:8.2f} million synaptic events/s; "
            f"cpp is {rates['cpp'] / rates[backend]:.1f} times as fast"
        )
    compiled = network(n).compile(trial=500 * ms, dt=0.5 * ms, presentation=350 * ms, backend="cpp")
    seconds_of = compiled.profile(compiled.initial_state(0), X[: TRIALS["cpp"]], 0)
    total = sum(seconds_of.values())
    print(f"\nwhere the time of cpp goes ({1e3 * total / TRIALS['cpp']:.2f} ms a presentation in objects)")
    for name, part in list(seconds_of.items())[:12]:
        print(f"  {100 * part / total:5.1f} %  {name}")


if __name__ == "__main__":
    main()
