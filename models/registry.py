"""Which classifiers there are: name -> class, found without importing Keras or Brian2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from bnsim.errors import InputError

if TYPE_CHECKING:
    from models.classifier import Classifier


@dataclass(frozen=True)
class Entry:
    """What is known of a classifier before its class is imported."""

    path: str
    """Where it lives, as "module:Class"."""
    kind: Literal["BNS", "ANN"]
    twin: str | None
    """Name of the ANN with which a verdict is drawn."""
    summary: str

    def load(self) -> type[Classifier]:
        """Import the class."""
        module, _, name = self.path.partition(":")
        return getattr(import_module(module), name)


MODELS: Mapping[str, Entry] = MappingProxyType(
    {
        "receptive-field": Entry(
            "models.spiking.receptive_field:ReceptiveField",
            "BNS",
            "receptive-dense",
            "fixed receptive fields, spiking cells, read-out learned by a three-factor rule",
        ),
        "receptive-dense": Entry(
            "models.artificial.receptive_dense:ReceptiveDense",
            "ANN",
            None,
            "the same fixed receptive fields, ReLU, softmax read-out trained by Adam",
        ),
        "dense": Entry(
            "models.artificial.dense:Dense",
            "ANN",
            None,
            "fully connected network of any depth, trained by backpropagation",
        ),
    }
)


def entry(name: str) -> Entry:
    """What is known of the classifier `name`. Errors: InputError for an unknown one."""
    if name not in MODELS:
        raise InputError(f"unknown model {name!r}; {_advice(name, MODELS)}")
    return MODELS[name]


def create(name: str, **parameters: Any) -> Classifier:
    """A new classifier by name, e.g. create("dense", hidden=(100,), random_state=0).

    Errors: InputError for an unknown name or parameter.
    """
    model = entry(name).load()
    known = model._get_param_names()
    for parameter in parameters:
        if parameter not in known:
            raise InputError(f"{name}: unknown parameter {parameter!r}; {_advice(parameter, known)}")
    return model(**parameters)


def _advice(unknown: str, known: Mapping[str, Any] | list[str]) -> str:
    """The nearest name, if one is near, and all that there are."""
    near = get_close_matches(unknown, known, n=1)
    question = f"did you mean {near[0]!r}? " if near else ""
    return f"{question}choose from {', '.join(known)}"
