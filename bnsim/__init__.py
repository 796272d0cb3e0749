"""bnsim: brain-like networks of spiking neurons, described, compiled once, and run as pure functions.

Describe a `Network` of `Population`s and `Projection`s, `compile` it to a `Simulator`, and run that: (state, stimulus,
key, plastic) -> (state', recording). Every random number is a function of the key, the trial, the step and the unit, so
the same arguments give the same spikes: in chunks of any size, in any process, in any order.

Where to find what
------------------
Network, Population, Projection      the description; `Network.compile` gives a Simulator
bnsim.neurons                        LIF, AdaptiveExponentialLIF, Izhikevich, HodgkinHuxley, ...
bnsim.drives                         what acts from outside: PoissonDrive, WhiteNoise, Current, ...; and encoders, which
                                     take a stimulus: Poisson, SpikeTrains, ConstantCurrent, ...
bnsim.synapses                       Delta, ExponentialCurrent, AMPA, GapJunction, ...; ShortTermPlasticity with any
bnsim.connectivity                   AllToAll, FixedInDegree, FixedProbability, DistanceDependent, Blocks, ...
bnsim.plasticity                     PairSTDP, TripletSTDP, VogelsSTDP, ...; `weight_change` for pairing protocols
Uniform, Normal, LogNormal           for weights, delays, parameters of cells and initial values; Grid, Ring: positions
Simulator.initial_state              connectivity, weights and delays, drawn by a key: a State
Simulator.run_for                    goes on from a state for any time; Simulator.run presents trials
Spikes, Trace, Weights               what a run is asked to record; a Recording holds it, and a State goes on from it
write_sonata, write_nir, read_...    networks in files of other programs; `Network.to_brian2_script`, `Recording.to_nwb`
bnsim.measures, bnsim.plotting       rates, variability, correlation, spectra; rasters, traces, weights

What describes or runs a simulation has a unit (300 * ms); spike times, windows and bins may be plain seconds.
`bnsim list neurons`, `bnsim list drives`, ... on the command line say what each of them is in a line.
"""

import ast
import sys
from functools import cache
from importlib import import_module
from pkgutil import get_data
from typing import TYPE_CHECKING, Any

_ROOMS = (
    "connectivity",
    "description",
    "distributions",
    "drives",
    "engine.script",
    "engine.simulator",
    "errors",
    "exchange",
    "jumps",
    "network",
    "neurons",
    "pairing",
    "plasticity",
    "positions",
    "protocol",
    "receptive_fields",
    "record",
    "recording",
    "short_term",
    "state",
    "synapses",
)
"""Modules whose public names are this package's own."""

_MODULES = ("connectivity", "drives", "measures", "neurons", "plasticity", "plotting", "synapses")
"""Modules that are reached by their name."""

_FOLDERS = (*_MODULES, "engine.script", "exchange", "network", "recording")
"""Modules that are folders."""

if TYPE_CHECKING:
    from bnsim import connectivity as connectivity
    from bnsim import drives as drives
    from bnsim import measures as measures
    from bnsim import neurons as neurons
    from bnsim import plasticity as plasticity
    from bnsim import plotting as plotting
    from bnsim import synapses as synapses
    from bnsim.connectivity import *
    from bnsim.description import *
    from bnsim.distributions import *
    from bnsim.drives import *
    from bnsim.engine.script import *
    from bnsim.engine.simulator import *
    from bnsim.errors import *
    from bnsim.exchange import *
    from bnsim.jumps import *
    from bnsim.network import *
    from bnsim.neurons import *
    from bnsim.pairing import *
    from bnsim.plasticity import *
    from bnsim.positions import *
    from bnsim.protocol import *
    from bnsim.receptive_fields import *
    from bnsim.record import *
    from bnsim.recording import *
    from bnsim.short_term import *
    from bnsim.state import *
    from bnsim.synapses import *


@cache
def _names(room: str) -> tuple[str, ...]:
    """What a room offers: the names in its `__all__`, and those that it imports under their own name (`X as X`).

    They are read in its text, for importing it would import Brian2, which takes two seconds.
    """
    path = room.replace(".", "/")
    source = get_data("bnsim", f"{path}/__init__.py" if room in _FOLDERS else f"{path}.py") or b""
    names: list[str] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom):
            names += [alias.name for alias in statement.names if alias.asname == alias.name]
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            names += ast.literal_eval(statement.value)
    return tuple(sorted(names, key=str.lower))


def public(room: str) -> dict[str, Any]:
    """Return what a room offers, by name.

    Parameters
    ----------
    room : str
        Name of a module of this package, such as "neurons".

    Returns
    -------
    dict of str to object
        In alphabetical order.
    """
    module = import_module(f"bnsim.{room}")
    return {name: getattr(module, name) for name in _names(room)}


def __getattr__(name: str) -> Any:
    """Import on first use."""
    if name in _MODULES:
        return import_module(f"bnsim.{name}")
    if name == "__version__":
        return import_module("importlib.metadata").version("bnsim")
    if name == "__all__":
        return sorted({*_MODULES, *(item for room in _ROOMS for item in _names(room))})
    for room in _ROOMS if not name.startswith("_") else ():
        if name in _names(room):
            return getattr(import_module(f"bnsim.{room}"), name)
    # With the object, Python says which name may have been meant.
    raise AttributeError(f"module 'bnsim' has no attribute {name!r}", name=name, obj=sys.modules[__name__])


def __dir__() -> list[str]:
    return list(__getattr__("__all__"))
