"""Entry to the engine: what `Network.compile` and `Network.to_brian2` do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.binning import duration_steps
from bnsim.engine.backends import ParallelNetwork, backend_name, find_backend
from bnsim.engine.build import without_upkeep
from bnsim.engine.plain import plain_network
from bnsim.engine.script.whole import Brian2Script, written
from bnsim.engine.simulator import Simulator
from bnsim.errors import InputError
from bnsim.network import Network
from bnsim.program import lower
from bnsim.random_numbers import checked_key
from bnsim.timing import Timing, time_step

THREADS = "BNSIM_THREADS"
"""Environment variable with the number of cores that simulations share where they are not told."""

MOST_THREADS = 256
"""Cores that a simulation may share; each takes memory, and more are not found in one machine of the kind."""

__all__ = ["Brian2Script", "Simulator", "compile_network", "to_brian2", "to_brian2_script"]


def compile_network(
    network: Network,
    trial: Quantity | None,
    dt: Quantity,
    presentation: Quantity | None,
    backend: str,
    cache: str | Path | None,
    threads: int | None,
) -> Simulator:
    """Compile a network; see `Network.compile`.

    Parameters
    ----------
    network : Network
        The description.
    trial : Quantity or None
        Length of a trial; None for a network that runs without trials.
    dt : Quantity
        Time step.
    presentation : Quantity or None
        How long the stimulus is on; None for the whole trial except for a silence as long as the longest delay.
    backend : str
        Name of the back end, or "auto".
    cache : str, Path or None
        Folder of compiled networks; None for the user's cache folder.
    threads : int or None
        How many cores share the work; None for as many as the environment variable BNSIM_THREADS says, 1 without it.

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
    step, timing = time_step(dt), None
    if trial is not None:
        # A spike in flight is lost where a trial ends, so trials end in silence.
        timing = Timing.of(trial, dt, presentation, network.longest_delay)
    elif presentation is not None:
        raise InputError("compile(presentation): belongs to trials; give trial, too, or leave presentation out")
    name = backend_name(backend)
    n_threads = _threads_of_environment() if threads is None else checks.count("compile(threads)", threads)
    if n_threads > MOST_THREADS:
        what = f"environment variable {THREADS}" if threads is None else "compile(threads)"
        raise InputError(f"{what}: {n_threads} is too large; give at most {MOST_THREADS}")
    with without_upkeep():
        program = lower(network, step)
        engine = find_backend(name).compile(program, cache)
    if n_threads > 1 and not isinstance(engine, ParallelNetwork):
        if threads is not None:
            raise InputError(f"compile(threads): the back end {name!r} has one; leave threads out")
        n_threads = 1
    return Simulator(network, program, timing, name, engine, n_threads)


def _threads_of_environment() -> int:
    given = os.environ.get(THREADS, "1")
    if not (given.isdecimal() and int(given) > 0):
        raise InputError(f"environment variable {THREADS}: got {given!r}; give an integer of at least 1, or unset it")
    return int(given)


def to_brian2(network: Network, dt: Quantity, key: int, stimulus: Any) -> Any:
    """Return a network as plain Brian2 objects; see `Network.to_brian2`.

    Parameters
    ----------
    network : Network
        The description.
    dt : Quantity
        Time step.
    key : int
        Key of connectivity, weights and delays.
    stimulus : mapping, array or None
        What encoders are given.

    Returns
    -------
    brian2.Network
        The network in Brian2's active device.

    Raises
    ------
    InputError
        If the parts of the network do not fit together, or plain Brian2 does not know one of them.
    """
    program = lower(network, time_step(dt), portable=True)
    return plain_network(program, checked_key("to_brian2(key)", key), stimulus)


def to_brian2_script(network: Network, duration: Quantity, stimulus: Any, dt: Quantity, key: int) -> Brian2Script:
    """Return a network as a script for Brian2; see `Network.to_brian2_script`.

    Parameters
    ----------
    network : Network
        The description.
    duration : Quantity
        Length of the run.
    stimulus : mapping, array or None
        What encoders are given.
    dt : Quantity
        Time step.
    key : int
        Key of connectivity, weights and delays.

    Returns
    -------
    Brian2Script
        The script.

    Raises
    ------
    InputError
        If the parts of the network do not fit together, or plain Brian2 does not know one of them.
    """
    program = lower(network, time_step(dt), portable=True)
    steps = duration_steps("to_brian2_script(duration)", duration, program.dt)
    return written(program, checked_key("to_brian2_script(key)", key), stimulus, steps)
