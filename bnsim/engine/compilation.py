"""Entry to the engine: what `Network.compile` and `Network.to_brian2` do."""

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
    """Compile a network; see `Network.compile`.

    Parameters
    ----------
    network : Network
        The description.
    trial : Quantity
        Length of a trial.
    dt : Quantity
        Time step.
    presentation : Quantity or None
        How long the stimulus is on; None for the whole trial except for a silence as long as the longest delay.
    continuous : bool
        Whether trials follow each other without a break.
    traces : mapping of str to sequence of str
        Variables that may be recorded, by population.
    backend : str
        Name of the back end, or "auto".
    cache : str, Path or None
        Folder of compiled networks; None for the user's cache folder.

    Returns
    -------
    Simulator
        The compiled network.

    Raises
    ------
    InputError
        If a time, name or equation does not fit, or the back end is not known.
    MachineError
        If the compiler or the disk fails.
    """
    # A spike in flight is lost where a trial ends, so trials end in silence; a continuous run keeps it.
    timing = Timing.of(trial, dt, presentation, 0.0 if continuous else network.longest_delay)
    name = backend_name(backend)
    program = lower(network, timing, continuous=continuous, traces=traces)
    return Simulator(network, program, name, find_backend(name).compile(program, cache))


def to_brian2(network: Network, dt: Quantity, key: int) -> Any:
    """Return a network as plain Brian2 objects; see `Network.to_brian2`.

    Parameters
    ----------
    network : Network
        The description.
    dt : Quantity
        Time step.
    key : int
        Key of connectivity, weights and delays.

    Returns
    -------
    brian2.Network
        The network in Brian2's active device.

    Raises
    ------
    InputError
        If the parts of the network do not fit together.
    """
    return plain_network(lower(network, Timing(float(dt / second), 1, 1)), key)
