"""Experiments of the lab: each module holds some in `EXPERIMENTS`, and a new one is found by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from bnsim.errors import unknown_name
from experiments.lab.spec import Experiment


@cache
def experiments() -> Mapping[str, Experiment]:
    """Return all experiments of the lab.

    Returns
    -------
    mapping of str to Experiment
        By name, in the order of the menu.
    """
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [experiment for module in modules for experiment in module.EXPERIMENTS]
    return MappingProxyType({each.name: each for each in sorted(found, key=lambda each: GROUPS.index(each.group))})


def find(name: str) -> Experiment:
    """Return an experiment by its name.

    Parameters
    ----------
    name
        The name.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    InputError
        If there is none.
    """
    known = experiments()
    if name not in known:
        raise unknown_name("experiment", name, known)
    return known[name]


GROUPS = ("Networks", "Learning", "One cell")
"""Headings of the menu, in order."""
