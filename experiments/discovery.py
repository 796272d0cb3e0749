"""Find studies and classic experiments: packages of a folder, and those that other installed packages name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import TypeVar

from bnsim.errors import InputError
from experiments.spec import Study

Kind = TypeVar("Kind", bound=Study)


def discovered(room: ModuleType, group: str, attribute: str, kind: type[Kind]) -> Mapping[str, Kind]:
    """Return the studies of one kind, in the order of the report.

    Parameters
    ----------
    room
        Package whose packages are looked at.
    group
        Entry points of other packages, each of which names a package.
    attribute
        Name by which each package holds its study.
    kind
        What that must be.

    Returns
    -------
    mapping of str to Study
        Studies by name.

    Raises
    ------
    InputError
        If a package holds none.
    """
    packages = [f"{room.__name__}.{module.name}" for module in iter_modules(room.__path__) if module.ispkg]
    packages += [point.value for point in entry_points(group=group)]
    found = (held(import_module(package), attribute, kind) for package in packages)
    return MappingProxyType({study.name: study for study in sorted(found, key=lambda each: (each.order, each.name))})


def held(module: ModuleType, attribute: str, kind: type[Kind]) -> Kind:
    """Return the study that a package holds.

    Parameters
    ----------
    module
        The package.
    attribute
        Name of the study in it.
    kind
        What it must be.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    InputError
        If it holds none.
    """
    study = getattr(module, attribute, None)
    if not isinstance(study, kind):
        raise InputError(f"{module.__name__}: has no {attribute}; see `{kind.__module__}.{kind.__name__}`")
    return study
