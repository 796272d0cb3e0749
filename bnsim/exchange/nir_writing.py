"""A network as a graph of NIR."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeGuard

import nir
import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.drives import Current, Encoder, StepCurrent
from bnsim.errors import InputError
from bnsim.memory import check_fits
from bnsim.network import Network, Population, Projection
from bnsim.neurons import IF, LIF, SubtractiveIF, SubtractiveLIF
from bnsim.state import State
from bnsim.synapses import Delta, ExponentialCurrent

MILLI = 1e3
"""Volts to millivolts."""

ENDLESS = 1e9
"""Seconds after which a bias ends."""


def save(path: Path, graph: nir.NIRGraph) -> None:
    """Write a graph to a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    graph : nir.NIRGraph
        The graph.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    nir.write(path, graph)


def graph(culprit: str, network: Network, state: State, dt: float) -> nir.NIRGraph:
    """Return a network as a graph; see `bnsim.exchange.to_nir`.

    Parameters
    ----------
    culprit : str
        Who asks, for the message of an error.
    network : Network
        The network.
    state : State
        Its state.
    dt : float
        Time step in seconds.

    Returns
    -------
    nir.NIRGraph
        The graph.

    Raises
    ------
    InputError
        If NIR has no word for a part of the network.
    """
    for what, found in (("repetition", network.repetition), ("reward", network.reward)):
        if found is not None:
            raise InputError(f"{culprit}: NIR knows no {what}; leave it out of the network")
    nodes: dict[str, Any] = {}
    edges: list[tuple[str, str]] = []
    for population in network.populations:
        incoming = [p for p in network.projections if p.target == population.name]
        nodes[population.name] = _node(culprit, population, incoming, state, dt)
        bias = _bias(culprit, population, incoming, dt)
        for projection in incoming:
            if projection.name in nodes or projection.name in [p.name for p in network.populations]:
                raise InputError(f"{culprit}: {projection.name!r} is a population and a projection; rename one")
            weights = _weights(culprit, network, projection, state, dt)
            nodes[projection.name] = nir.Linear(weights) if bias is None else nir.Affine(weights, bias)
            edges += [(projection.source, projection.name), (projection.name, population.name)]
            bias = None
        if not any(p.source == population.name and p.target != population.name for p in network.projections):
            output = f"output_{population.name}"
            nodes[output] = nir.Output(np.array([population.size]))
            edges.append((population.name, output))
    return nir.NIRGraph(nodes, edges, metadata={})


def _refused(culprit: str, owner: str, what: str, remedy: str) -> InputError:
    return InputError(f"{culprit}: NIR has no word for {what} of {owner}; {remedy}")


def _node(culprit: str, population: Population, incoming: list[Projection], state: State, dt: float) -> Any:
    model, owner = population.model, f"Population({population.name!r})"
    if isinstance(model, Encoder):
        return nir.Input(np.array([population.size]))
    if isinstance(model, SubtractiveIF | SubtractiveLIF):
        what = f"the reset by subtraction of the model {type(model).__name__}"
        raise _refused(culprit, owner, what, "give LIF or IF, which are reset to a potential")
    if type(model) not in (LIF, IF):
        raise _refused(culprit, owner, f"the model {type(model).__name__}", "give LIF or IF")
    if float(np.asarray(model.refractory)) > 0:
        raise _refused(culprit, owner, "the refractory period", "give refractory=0*ms")
    if population.encoder is not None or population.initial:
        what = "the encoder" if population.encoder is not None else "initial values"
        raise _refused(culprit, owner, what, "leave it out, and drive it by spikes or a constant bnsim.Current")

    def of_cells(name: str) -> Float64Array:
        key = f"{population.name}.{name}"
        given = state[key] if name in model.of_cells else np.asarray(getattr(model, name))
        return np.full(population.size, 1.0) * given

    rest = of_cells("v_rest" if isinstance(model, LIF) else "v_reset")
    above = [(of_cells(name) - rest) * MILLI for name in ("v_threshold", "v_reset")]
    tau, ones = of_cells("tau_m"), np.ones(population.size)
    if isinstance(model, IF):
        return nir.IF(r=ones / dt, v_threshold=above[0], v_reset=above[1])
    shared = {"v_leak": 0 * ones, "v_threshold": above[0], "v_reset": above[1]}
    tau_syn = _synaptic(culprit, population, incoming, dt)
    if tau_syn is None:
        return nir.LIF(tau=tau, r=ones, **shared)
    return nir.CubaLIF(tau_syn=tau_syn * ones, tau_mem=tau, r=tau / dt, w_in=tau_syn / dt * ones, **shared)


def _synaptic(culprit: str, population: Population, incoming: list[Projection], dt: float) -> float | None:
    """Time constant of the synaptic current; None where a spike acts for one step."""
    owner = f"Population({population.name!r})"
    found = set()
    for projection in incoming:
        if type(projection.synapse) not in (Delta, ExponentialCurrent):
            kind = type(projection.synapse).__name__
            raise _refused(
                culprit, f"Projection({projection.name!r})", f"the synapse {kind}", "give Delta or ExponentialCurrent"
            )
        found.add(_tau(projection, dt))
    if len(found) > 1:
        raise _refused(culprit, owner, "synapses with different time constants", "give all of them one")
    return next(iter(found), None)


def _tau(projection: Projection, dt: float) -> float | None:
    if isinstance(projection.synapse, Delta):
        return None
    assert isinstance(projection.synapse, ExponentialCurrent)
    tau = float(np.asarray(projection.synapse.tau))
    return None if np.isclose(tau, dt, rtol=1e-9) else tau


def _bias(culprit: str, population: Population, incoming: list[Projection], dt: float) -> Float64Array | None:
    """Constant currents as the bias of the first projection."""
    if not population.drives:
        return None
    owner, total = f"Population({population.name!r})", np.zeros(population.size)
    for drive in population.drives:
        if not _constant(drive):
            raise _refused(culprit, owner, f"the drive {type(drive).__name__}", "give a constant bnsim.Current")
        total = total + np.asarray(drive.amplitude)
    if not incoming or _synaptic(culprit, population, incoming, dt) is not None:
        raise _refused(
            culprit, owner, "a constant current", "give it a projection of Delta or ExponentialCurrent(tau=dt)"
        )
    scale = dt / np.asarray(population.model.tau_m) if isinstance(population.model, IF) else 1.0
    bias: Float64Array = total * MILLI * scale
    return bias


def _constant(drive: Any) -> TypeGuard[Current | StepCurrent]:
    """Whether a drive is a bias: a current that is the same at all times but the steps in which nothing has arrived."""
    if type(drive) is StepCurrent:
        return float(np.asarray(drive.stop)) >= ENDLESS
    return type(drive) is Current and np.asarray(drive.amplitude).dtype.kind == "f"


def _weights(culprit: str, network: Network, projection: Projection, state: State, dt: float) -> Float64Array:
    owner = f"Projection({projection.name!r})"
    if projection.plasticity is not None or projection.short_term is not None:
        raise _refused(culprit, owner, "plasticity", "leave it out; the state's weights are written")
    if projection.delay_kind != "none":
        raise _refused(culprit, owner, "a delay", "give delay=0*ms")
    checks.one_of(f"{culprit}(state): array", f"{projection.name}.w", state)
    source, target = network[projection.source], network[projection.target]
    if _reaches(network, target.name, source.name) and source is not target:
        raise _refused(culprit, owner, "a loop of several populations", "give a network without loops")
    check_fits(culprit, 8.0 * source.size * target.size, "NIR has dense matrices alone")
    matrix = np.zeros((target.size, source.size))
    np.add.at(
        matrix, (state[f"{projection.name}.target"], state[f"{projection.name}.source"]), state[f"{projection.name}.w"]
    )
    model = target.model
    assert isinstance(model, LIF | IF)
    tau = state[f"{target.name}.tau_m"] if "tau_m" in model.of_cells else np.asarray(model.tau_m)
    pulse, delta = _tau(projection, dt) is None, isinstance(projection.synapse, Delta)
    if isinstance(model, IF):
        scale = np.ones(1) if delta else dt / tau
    else:
        scale = tau / dt if delta else np.ones(1) if pulse else dt / tau
    if isinstance(model, IF) and not pulse:
        raise _refused(culprit, owner, "a synaptic current of IF", "give Delta or ExponentialCurrent(tau=dt)")
    found: Float64Array = matrix * MILLI * (scale * np.ones(target.size))[:, None]
    return found


def _reaches(network: Network, start: str, goal: str) -> bool:
    seen, open_ = {start}, [start]
    while open_:
        here = open_.pop()
        for projection in network.projections:
            if projection.source == here and projection.target not in seen:
                seen.add(projection.target)
                open_.append(projection.target)
    return goal in seen
