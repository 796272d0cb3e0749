"""Networks in NEST with the edges, weights and initial values of a state of ours, for tests and benchmarks.

The two simulators order a time step differently.

- Synapses that make a current or conductance jump: a spike acts from the next step on in both, so that equal delays are
  equal. NEST has no delay of 0. A refractory period of r here is one of r less a step there (see `NeuronModel`).
- Synapses that make the membrane potential jump: NEST adds the spikes that arrive in a step before it looks for
  threshold crossings; here, as in Brian2, they arrive at the end of a step and are looked at in the next one, after the
  membrane has moved on for a step. A threshold theta there is thus one of theta exp(-dt / tau_m) + (1 - exp(-dt /
  tau_m)) mu here, with mu the constant input; delays are one step shorter here, and a spike is named by the next step.
  With that, the refractory periods are equal. (With Poisson input, an unchanged threshold lowers the rate of a cell
  whose mean input is at the threshold by 4 %.)

With that and without random input, networks are equal spike by spike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nest
import numpy as np
from numpy.typing import NDArray

import bnsim

nest.verbosity = nest.VerbosityLevel.ERROR

SIGNED: Mapping[str, float] = {"E": 1e3, "I": 1e3}
"""Volt in mV: the sign is the weight's."""
CONDUCTANCE: Mapping[str, float] = {"E": 1e9, "I": -1e9}
"""Siemens in nS: the sign says which conductance it is."""


@dataclass(frozen=True)
class Cells:
    """Cells of a NEST model, and how values of ours are written for it.

    Parameters
    ----------
    model
        Name of the model.
    parameters
        Its parameters.
    weights
        What weights in SI units are multiplied by, by the population that they come from; NEST's conductances are
        those of inhibitory synapses where the weight is negative.
    delay
        Of all synapses, in ms.
    initial
        Its variables -> the state's array without the population's name, in which {} stands for that name, and what
        this is multiplied by.
    poisson
        Rate (Hz) and weight (NEST's unit) of Poisson spikes, independent for each cell; None without.
    """

    model: str
    parameters: Mapping[str, float]
    weights: Mapping[str, float]
    delay: float
    initial: Mapping[str, tuple[str, float]] = field(default_factory=lambda: {"V_m": ("v", 1e3)})
    poisson: tuple[float, float] | None = None


@dataclass(frozen=True)
class Spikes:
    """Spikes of a population: the step at whose end each was seen, and its unit."""

    steps: NDArray[np.int64]
    units: NDArray[np.int64]

    def trains(self, size: int, first: int, last: int, dt: float) -> list[NDArray[np.float64]]:
        """Spike times of each unit in ms, those of the steps from `first` to before `last`."""
        chosen = (self.steps >= first) & (self.steps < last)
        steps, units = self.steps[chosen], self.units[chosen]
        order = np.lexsort((steps, units))
        return np.split(steps[order] * dt, np.searchsorted(units[order], np.arange(1, size)))


def built(state: bnsim.State, cells: Cells, dt: float, seed: int = 1) -> dict[str, Any]:
    """Make the network of a state, and return the recorder of each population with its first cell's number."""
    nest.ResetKernel()
    nest.resolution = dt
    nest.rng_seed = seed
    shapes = {name.removesuffix(".shape"): state[name] for name in state if name.endswith(".shape")}
    sizes: dict[str, int] = {}
    for projection, (n_source, n_target) in shapes.items():
        source, _, target = projection.partition("_to_")
        sizes |= {source: int(n_source), target: int(n_target)}
    populations = {name: nest.Create(cells.model, size, params=dict(cells.parameters)) for name, size in sizes.items()}
    first = {name: population[0].global_id for name, population in populations.items()}
    for projection in shapes:
        source, _, target = projection.partition("_to_")
        _connect(state, projection, first[source], first[target], cells)
    recorders = {}
    for name, population in populations.items():
        for variable, (ours, scale) in cells.initial.items():
            setattr(population, variable, scale * state[f"{name}.{ours.format(name)}"])
        if cells.poisson is not None:
            rate, weight = cells.poisson
            generator = nest.Create("poisson_generator", params={"rate": rate})
            nest.Connect(generator, population, syn_spec={"weight": weight, "delay": cells.delay})
        recorder = nest.Create("spike_recorder")
        nest.Connect(population, recorder)
        recorders[name] = (recorder, first[name])
    return recorders


def _connect(state: bnsim.State, projection: str, source: int, target: int, cells: Cells) -> None:
    """Connect the pairs of a projection; synapses that share a weight take a third less time in NEST."""
    pre, post = state[f"{projection}.source"] + np.int64(source), state[f"{projection}.target"] + np.int64(target)
    weights = cells.weights[projection[: projection.index("_to_")]] * state[f"{projection}.w"]
    assert (weights == weights[0]).all()
    nest.CopyModel("static_synapse_hom_w", projection, {"weight": float(weights[0]), "delay": cells.delay})
    nest.Connect(pre, post, "one_to_one", {"synapse_model": projection})


def spikes_of(recorders: Mapping[str, Any], dt: float) -> dict[str, Spikes]:
    """Return the spikes that recorders have seen; NEST names the end of a step."""
    found = {}
    for name, (recorder, first) in recorders.items():
        steps = np.rint(np.asarray(recorder.events["times"]) / dt).astype(np.int64) - 1
        found[name] = Spikes(steps, np.asarray(recorder.events["senders"], dtype=np.int64) - first)
    return found


def simulated(state: bnsim.State, cells: Cells, dt: float, duration: float, seed: int = 1) -> dict[str, Spikes]:
    """Simulate the network of a state for some ms."""
    recorders = built(state, cells, dt, seed)
    nest.Simulate(duration)
    return spikes_of(recorders, dt)


def own(recording: bnsim.Recording, dt: float) -> dict[str, Spikes]:
    """Return the spikes of a recording of ours; times are in ms."""
    return {
        name: Spikes(np.rint(spikes.time * 1e3 / dt).astype(np.int64), np.asarray(spikes.unit, dtype=np.int64))
        for name, spikes in recording.spikes.items()
    }
