"""A neuron model as a classifier's parameter: by name, or any description; and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity, get_dimensions, get_or_create_dimension

from bnsim.errors import InputError
from bnsim.neurons import LIF, NeuronModel, SubtractiveLIF

NAMED: dict[str, NeuronModel] = {
    "subtractive-lif": SubtractiveLIF(tau_m=10 * ms),
    "lif": LIF(tau_m=10 * ms),
}


def neuron_model(
    owner: str, neuron: str | NeuronModel, named: Mapping[str, NeuronModel] = MappingProxyType(NAMED)
) -> NeuronModel:
    """Return the neuron model that a parameter stands for.

    Parameters
    ----------
    owner : str
        Class that errors name.
    neuron : str or bnsim.NeuronModel
        A name or a model.
    named : mapping of str to bnsim.NeuronModel
        Models by name.

    Returns
    -------
    bnsim.NeuronModel
        The model.

    Raises
    ------
    InputError
        For anything that is neither a name nor a model.
    """
    if isinstance(neuron, NeuronModel):
        return neuron
    if neuron not in named:
        raise InputError(f"{owner}.neuron: got {neuron!r}; give {', '.join(map(repr, named))} or a bnsim.NeuronModel")
    return named[neuron]


def encode_neuron(neuron: str | NeuronModel) -> Any:
    """Return the parameter as JSON holds it.

    Parameters
    ----------
    neuron : str or bnsim.NeuronModel
        A name or a model.

    Returns
    -------
    object
        The name, or the class's name with each field: a text, or a number in SI units and its unit's exponents.
    """
    if isinstance(neuron, str):
        return neuron
    values = {item.name: getattr(neuron, item.name) for item in fields(neuron)}
    return {"class": _qualified(type(neuron)), "fields": {name: _encode(value) for name, value in values.items()}}


def _encode(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return [float(np.asarray(value)), [float(power) for power in get_dimensions(value)._dims]]


def _decode(value: Any) -> Any:
    if isinstance(value, str):
        return value
    number, unit = value
    return Quantity(number, dim=get_or_create_dimension(list(unit)))


def decode_neuron(value: Any) -> str | NeuronModel:
    """Return the parameter that `encode_neuron` encoded; nothing is imported.

    Parameters
    ----------
    value : object
        What JSON held.

    Returns
    -------
    str or bnsim.NeuronModel
        The parameter.

    Raises
    ------
    InputError
        For a class that is not defined; one of the user's own must have been defined before.
    """
    if isinstance(value, str):
        return value
    for known in _subclasses(NeuronModel):
        if _qualified(known) == value["class"]:
            return known(**{name: _decode(stored) for name, stored in value["fields"].items()})
    raise InputError(
        f"neuron: the class {value['class']} is not defined; import the module that defines it, then load again"
    )


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _subclasses(kind: type[NeuronModel]) -> Iterator[type[NeuronModel]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
