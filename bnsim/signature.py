"""Signature of a dataclass that shows its default values, where Python's says `<factory>`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any


class Signature:
    """Descriptor of a class's `__signature__`.

    Parameters
    ----------
    text : callable
        Function that returns a default value as text.
    """

    def __init__(self, text: Callable[[Any], str]) -> None:
        self._text = text

    def __get__(self, _: Any, owner: type) -> inspect.Signature:
        if not is_dataclass(owner) or "__new__" in vars(owner):
            raise AttributeError("__signature__")
        made = {item.name: item.default_factory for item in fields(owner) if item.default_factory is not MISSING}
        parameters = list(inspect.signature(owner.__init__).parameters.values())[1:]
        shown = [
            item.replace(default=_Default(self._text(made[item.name]()))) if item.name in made else item
            for item in parameters
        ]
        return inspect.Signature(shown)


class _Default:
    """Default value of a parameter as a signature shows it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
