"""Public docstrings are in numpydoc form, one entry a parameter: a reference site is made of them.

numpydoc's own validation reads each object after its import, since only then does a dataclass have a signature.
"""

from __future__ import annotations

import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
from numpydoc.validate import validate

import bnsim
import experiments
import models

CHECKED = {
    "GL08",  # no docstring
    "PR01",  # a parameter without an entry
    "PR02",  # an entry without a parameter
    "PR03",  # entries in another order than the parameters
    "SS03",  # a summary without a full stop
    "SS05",  # a summary that is not imperative
}
INTERFACE = {"run", "draw", "sentences"}
"""Functions that every study has; what they take is documented once, in `experiments.spec`."""


def modules() -> list[str]:
    found = [
        module.name
        for package in (bnsim, models, experiments)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [name for name in found if not name.rpartition(".")[2].startswith("_")]


def public(name: str) -> Iterator[str]:
    """Full names of the functions, classes and methods that a module defines."""
    module = import_module(name)
    for attribute, value in vars(module).items():
        is_own = getattr(value, "__module__", None) == name
        if attribute.startswith("_") or not is_own or not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        if ".studies." in name and attribute in INTERFACE:
            continue
        yield f"{name}.{attribute}"
        if inspect.isclass(value):
            methods = [key for key, member in vars(value).items() if _is_method(member) and not key.startswith("_")]
            yield from (f"{name}.{attribute}.{key}" for key in methods)


def errors(name: str) -> list[tuple[str, str]]:
    """What is wrong with a docstring; a protocol is no constructor, so its call needs no entries."""
    module, _, attribute = name.rpartition(".")
    protocol = inspect.isclass(found := getattr(sys.modules.get(module), attribute, None)) and is_protocol(found)
    return [error for error in validate(name)["errors"] if error[0] in CHECKED - ({"PR01"} if protocol else set())]


def is_protocol(found: type) -> bool:
    return bool(getattr(found, "_is_protocol", False))


def _is_method(member: object) -> bool:
    return inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod))


@pytest.mark.slow
@pytest.mark.parametrize("module", modules())
def test_public_docstrings_are_in_numpydoc_form(module: str) -> None:
    wrong = [f"{name}: {code} {message}" for name in public(module) for code, message in errors(name)]
    assert not wrong, "\n".join(wrong)
