"""A neuron model as a classifier's parameter: by name, or any description; and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim.errors import InputError
from bnsim.neurons import LIF, NeuronModel, SubtractiveLIF

NAMED: dict[str, NeuronModel] = {
    "subtractive-lif": SubtractiveLIF(tau_m=10 * ms),
    "lif": LIF(tau_m=10 * ms),
}


def neuron_model(owner: str, neuron: str | NeuronModel) -> NeuronModel:
    """The model that a parameter stands for. Errors: InputError for anything that is neither a name nor a model."""
    if isinstance(neuron, NeuronModel):
        return neuron
    if neuron not in NAMED:
        raise InputError(f"{owner}.neuron: got {neuron!r}; give {', '.join(map(repr, NAMED))} or a bnsim.NeuronModel")
    return NAMED[neuron]


def encode_neuron(neuron: str | NeuronModel) -> Any:
    """The parameter as JSON: a name, or the class's name with its fields in SI units."""
    if isinstance(neuron, str):
        return neuron
    values = {item.name: float(np.asarray(getattr(neuron, item.name))) for item in fields(neuron)}
    return {"class": _qualified(type(neuron)), "fields": values}


def decode_neuron(value: Any) -> str | NeuronModel:
    """The inverse. Nothing is imported: a class of the user's own must have been defined before.

    Errors: InputError for a class that is not known.
    """
    if isinstance(value, str):
        return value
    for known in _subclasses(NeuronModel):
        if _qualified(known) == value["class"]:
            units = {item.name: get_dimensions(item.metadata["example"]) for item in fields(known)}
            return known(**{name: Quantity(number, dim=units[name]) for name, number in value["fields"].items()})
    raise InputError(
        f"neuron: the class {value['class']} is not defined; import the module that defines it, then load again"
    )


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _subclasses(kind: type[NeuronModel]) -> Iterator[type[NeuronModel]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
