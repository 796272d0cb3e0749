"""Whether a part is of the kind that its place demands, and where a part of another kind belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bnsim import checks
from bnsim.connectivity import Connectivity
from bnsim.description import Description
from bnsim.distributions import Distribution
from bnsim.drives import Drive, Encoder
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.plasticity import PlasticityRule
from bnsim.positions import Positions
from bnsim.short_term import ShortTermPlasticity
from bnsim.synapses import SynapseModel

PLACES: tuple[tuple[type[Description], str], ...] = (
    (NeuronModel, "is a neuron model; give Population(name, size, {name}(...))"),
    (Drive, "is a drive; give Population(name, size, model, drive={name}(...))"),
    (Positions, "says where units lie; give Population(..., positions={name}(...))"),
    (SynapseModel, "is a synapse; give Projection(..., synapse={name}(...))"),
    (PlasticityRule, "is a plasticity rule; give Projection(..., plasticity={name}(...))"),
    (ShortTermPlasticity, "is short-term plasticity; give Projection(..., short_term={name}(...))"),
    (Connectivity, "says which units are connected; give Projection(..., connectivity={name}(...))"),
    (Distribution, "is a distribution, from which weights, delays, parameters and initial values are drawn"),
)


def demand(culprit: str, value: Any, kinds: type | tuple[type, ...], otherwise: str) -> None:
    """Refuse a part that is of none of the kinds that its place demands.

    Parameters
    ----------
    culprit : str
        What the part was given as, for the message of an error.
    value : object
        The part.
    kinds : type or tuple of type
        What it may be.
    otherwise : str
        What a message says of an object that belongs nowhere, such as "is no Drive; give one".

    Raises
    ------
    InputError
        If it is something else. The message says where that belongs.
    """
    if isinstance(value, kinds):
        return
    if isinstance(value, type) and issubclass(value, Description):
        raise InputError(f"{culprit}: {value.__name__} is a class; give {value.__name__}(), with its parameters")
    name = type(value).__name__
    if isinstance(value, Encoder):
        place = (
            "emits spikes; make it the model of a population of its own, and project from that"
            if value.spikes
            else f"is an encoder; give Population(name, size, model, encoder={name}(...))"
        )
        raise InputError(f"{culprit}: {name} {place}")
    for family, place in PLACES:
        if isinstance(value, family):
            raise InputError(f"{culprit}: {name} {place.format(name=name)}")
    raise InputError(f"{culprit}: {checks.shown(value)} {otherwise}")


def sequence(culprit: str, values: Any, kind: type[Description]) -> tuple[Any, ...]:
    """Return several parts of one kind as a tuple.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    values : iterable
        The parts.
    kind : type
        What each must be.

    Returns
    -------
    tuple
        The parts.

    Raises
    ------
    InputError
        If there is a single one instead, or something of another kind among them.
    """
    name = kind.__name__
    if isinstance(values, str) or not isinstance(values, Iterable):
        demand(culprit, values, kind, f"is no list; give a list of {name} objects")
        raise InputError(f"{culprit}: a single {name}; give a list, [{name}(...)]")
    parts = tuple(values)
    for part in parts:
        demand(culprit, part, kind, f"is no {name}; give {name} objects")
    return parts
