"""Scales of the weights in published initialisations (see the method of the study)."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType

from experiments.shared.random_networks import INPUT_RATE, TAU

_ABOVE_THRESHOLD = 0.15865525393145707
"""Probability that a normal variable lies more than one standard deviation above its mean."""

INITIALISATIONS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "tanh": {"glorot": 1.0, "critical": 1.0, "he": sqrt(2)},
        "relu": {"glorot": 1.0, "he": sqrt(2)},
        "lif": {"micheli": 1 / sqrt(_ABOVE_THRESHOLD), "fluctuation": 1 / sqrt(INPUT_RATE * TAU / 2e3)},
    }
)
"""Scale by network and initialisation."""
