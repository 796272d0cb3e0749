"""A description as the Python text that makes it again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field
from typing import Any

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim.description import Description, canonical, in_order
from bnsim.errors import InputError
from bnsim.network import Network, Population, Projection
from bnsim.record import Request
from experiments.lab.units import UNITS, written

_INDENT = "    "


def expression(value: Any) -> str:
    """Return Python text that makes a value again.

    Parameters
    ----------
    value
        A description, or a number, quantity, evenly spaced array, text, or a tuple or mapping of these.

    Returns
    -------
    str
        The text, in which this package is `bnsim` and units have Brian2's names.
    """
    if isinstance(value, Description):
        return f"bnsim.{type(value).__name__}({', '.join(_arguments(value))})"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(expression, value))
        return f"[{inside}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {expression(each)}' for name, each in value.items()) + "}"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool) or value is None:
        return repr(value)
    return written(value)


def keywords(arguments: Mapping[str, Any]) -> str:
    """Return arguments of a call by name.

    Parameters
    ----------
    arguments
        Numbers, texts, and tuples of them.

    Returns
    -------
    str
        Such as "passes=3, n_neurons=100".
    """
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def network(described: Network, name: str = "network") -> str:
    """Return the statements that make a network.

    Parameters
    ----------
    described
        The network.
    name
        Name of the variable that holds it.

    Returns
    -------
    str
        Lines of Python. A model that several populations have gets a variable of its own.
    """
    models = {id(p.model): p.model for p in described.populations if _several(described.populations, p)}
    names = {each: f"cell{place or ''}" for place, each in enumerate(models)}
    lines = [f"{names[each]} = {expression(model)}" for each, model in models.items()]
    lines += [f"{name} = bnsim.Network("]
    lines += _listed([_population(each, names) for each in described.populations])
    if described.projections:
        lines += _listed([expression(each) for each in described.projections])
    return "\n".join([*lines, ")"])


def request(wanted: Request) -> str:
    """Return Python text that makes a request to record something.

    Parameters
    ----------
    wanted
        The request.

    Returns
    -------
    str
        The text.
    """
    fields: dict[str, Field[Any]] = vars(type(wanted))["__dataclass_fields__"]
    given = {name: getattr(wanted, name) for name in fields}
    shown = [expression(given.pop(next(iter(fields))))]
    shown += [
        f"{n}={_units(v) if n in ('units', 'synapses') else expression(v)}" for n, v in given.items() if v is not None
    ]
    return f"bnsim.{type(wanted).__name__}({', '.join(shown)})"


def stimulus(given: Mapping[str, Any]) -> str:
    """Return Python text that makes the stimulus of a run.

    Parameters
    ----------
    given
        By population: evenly spaced values, or spikes as a tuple of times, which are few, and units 0, 1, 2, ...

    Returns
    -------
    str
        The text.
    """
    return "{" + ", ".join(f'"{name}": {_stimulus(each)}' for name, each in given.items()) + "}"


def _stimulus(given: Any) -> str:
    if not isinstance(given, tuple):
        return expression(given)
    times, units = given
    if not np.array_equal(units, np.arange(len(units))):
        raise InputError("stimulus: has units in another order; give one spike to each, from the first on")
    return f"(np.array({np.asarray(times, np.float64).tolist()}), np.arange({len(units)}))"


def _units(units: Sequence[int]) -> str:
    return str(list(units)) if list(units) != list(range(len(units))) or len(units) < 4 else f"range({len(units)})"


def units_in(text: str) -> list[str]:
    """Return the names of Brian2's units that a text contains.

    Parameters
    ----------
    text
        Python text.

    Returns
    -------
    list of str
        Without repetition, in alphabetical order.
    """
    words = set(re.findall(r"[A-Za-z]\w*", text))
    known = {word for unit in UNITS for word in re.findall(r"[A-Za-z]\w*", unit)}
    return sorted(words & known, key=lambda word: (word.lower(), word))


def _several(populations: Sequence[Population], one: Population) -> bool:
    return sum(each.model is one.model for each in populations) > 1


def _population(population: Population, names: dict[int, str]) -> str:
    text = expression(population)
    named = names.get(id(population.model))
    return text if named is None else text.replace(expression(population.model), named, 1)


def _listed(items: list[str]) -> list[str]:
    return [f"{_INDENT}[", *(f"{_INDENT * 2}{item}," for item in items), f"{_INDENT}],"]


def _arguments(value: Description) -> list[str]:
    """Arguments that differ from the defaults: the first ones by position, then all by name."""
    arguments, by_name = [], False
    for item in in_order(type(value)):
        given = getattr(value, item.name)
        if not item.init or _is_default(value, item, given):
            by_name = True
            continue
        shown = expression(_single(given))
        required = item.default is MISSING and item.default_factory is MISSING
        arguments.append(shown if required and not by_name else f"{item.name}={shown}")
    return arguments


def _single(given: Any) -> Any:
    """One drive instead of a tuple with one."""
    return given[0] if isinstance(given, tuple) and len(given) == 1 and isinstance(given[0], Description) else given


def _is_default(value: Description, item: Field[Any], given: Any) -> bool:
    if item.default is not MISSING:
        default = item.default
    elif item.default_factory is not MISSING:
        default = item.default_factory()
    else:
        return False
    if isinstance(value, Projection) and item.name == "name":
        default = f"{value.source}_to_{value.target}"
    if isinstance(given, (Quantity, np.ndarray)) and np.shape(given) != np.shape(default):
        return False
    return bool(canonical(given) == canonical(default))
