"""Classifiers some of whose parameters a study sets itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.spec import Subject

if TYPE_CHECKING:
    from models.classifier import Classifier


def create_with(subject: Subject, fixed: Mapping[str, Any]) -> Classifier:
    """Return the unfitted classifier of a subject, set to these values in those of the parameters that it has."""
    model = subject.create()
    has = model.get_params()
    return model.set_params(**{name: value for name, value in fixed.items() if name in has})
