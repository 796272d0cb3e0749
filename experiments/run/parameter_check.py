"""Refuse parameters of classifiers before the first of them is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.run.configuration import model_parameters
from experiments.run.plan import Plan
from experiments.spec import Progress
from models import registry


@dataclass(frozen=True)
class ParameterCheck:
    """Job that makes a classifier and checks its parameters: a worker has to import its libraries anyway.

    Parameters
    ----------
    model
        Name of the classifier.
    parameters
        Its parameters that differ from the defaults.
    n_features
        Number of features of a sample.
    n_classes
        Number of classes.
    """

    model: str
    parameters: Mapping[str, Any]
    n_features: int
    n_classes: int

    @property
    def name(self) -> str:
        """Name for messages."""
        return self.model

    def __call__(self, progress: Progress) -> None:
        classifier = registry.create(self.model, **self.parameters, random_state=0)
        classifier.check_parameters(self.n_features, self.n_classes)


def parameter_checks(plan: Plan) -> list[ParameterCheck]:
    """Return the checks of a run: one for each classifier whose parameters are not those of the preset.

    Parameters
    ----------
    plan
        The run.

    Returns
    -------
    list of ParameterCheck
        In the order of the models.
    """
    data, config = plan.dataset, plan.config
    if data is None:
        return []
    size = math.prod(data.X.shape[1:]), len(data.classes)
    return [
        ParameterCheck(model, given, *size)
        for model, given in config.parameters.items()
        if given != model_parameters(model, data, config.preset)
    ]
