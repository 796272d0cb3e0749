"""A description as plain Brian2 objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bnsim.engine import random
from bnsim.engine.build import build, connect
from bnsim.engine.initial import connectivity_arrays
from bnsim.program import Program


def plain_network(program: Program, key: int) -> Any:
    """Return a program as plain Brian2 objects; see `Network.to_brian2`.

    Parameters
    ----------
    program : Program
        The program.
    key : int
        Key of connectivity, weights and delays; random numbers are those of its trial 0.

    Returns
    -------
    brian2.Network
        The network in Brian2's active device.
    """
    unobserved = tuple(replace(population, computed=()) for population in program.populations)
    objects = build(replace(program, populations=unobserved))
    arrays = connectivity_arrays(program, key)
    for projection in program.projections:
        connect(objects.synapses[projection.name], projection, arrays)
    for variable in program.variables:
        if variable.role == "transient" and variable.symbol not in ("lastspike", "lastupdate"):  # Brian2's own
            setattr(objects.owner(variable), f"{variable.symbol}_", variable.initial)
    for (name, symbol), value in program.coefficients(plastic=True).items():
        setattr(objects.groups[name], f"{symbol}_", value)
    high, low = random.trial_keys(key, np.zeros(1, np.uint64))[0]
    for population in program.populations:
        group = objects.groups[population.name]
        if population.learns:
            group.plastic = True
        if population.draws:
            group.trial_key_high, group.trial_key_low = high, low
    return objects.network
