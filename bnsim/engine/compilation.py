"""The door to the engine: what `Network.compile` and `Network.to_brian2` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from brian2.units import second
from brian2.units.fundamentalunits import Quantity

from bnsim.engine.backends import backend_name, find_backend
from bnsim.engine.plain import plain_network
from bnsim.engine.simulator import Simulator
from bnsim.network import Network
from bnsim.program import lower
from bnsim.timing import Timing


def compile_network(
    network: Network,
    trial: Quantity,
    dt: Quantity,
    presentation: Quantity | None,
    continuous: bool,
    traces: Mapping[str, Sequence[str]],
    backend: str,
    cache: str | Path | None,
) -> Simulator:
    """See `Network.compile`."""
    # A spike in flight is lost where a trial ends, so trials end in silence; a continuous run keeps it.
    timing = Timing.of(trial, dt, presentation, 0.0 if continuous else network.longest_delay)
    name = backend_name(backend)
    program = lower(network, timing, continuous=continuous, traces=traces)
    return Simulator(network, program, name, find_backend(name).compile(program, cache))


def to_brian2(network: Network, dt: Quantity, key: int) -> Any:
    """See `Network.to_brian2`."""
    return plain_network(lower(network, Timing(float(dt / second), 1, 1)), key)
