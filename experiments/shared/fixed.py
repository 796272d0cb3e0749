"""Classifiers with parameters that a study sets itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.spec import Subject

if TYPE_CHECKING:
    from models.classifier import Classifier


def create_with(subject: Subject, fixed: Mapping[str, Any]) -> Classifier:
    """Return the untrained classifier of a subject, with some parameters set by the study.

    Parameters
    ----------
    subject
        Model, data and seed.
    fixed
        Parameter -> value; parameters that the model does not have are passed over.

    Returns
    -------
    Classifier
        The model with these values.
    """
    model = subject.create()
    has = model.get_params()
    return model.set_params(**{name: value for name, value in fixed.items() if name in has})
