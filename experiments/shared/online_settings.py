"""Learning rates for online learning, shared by the studies that present samples one at a time.

Learning rates that suit batches and many passes need not suit online learning. For each model, the same number of
learning rates was tried on validation splits, and the one with the best accuracy after one pass (`one_pass_accuracy` of
the study one-pass) was chosen. No learning rate decays during training, since an online learner cannot know when it
ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_SPIKES = {"learning_rate": 1e-3, "hidden_learning_rate": 1e-3, "final_rate": 1.0}
"""Of `three-factor`, whose two rates were kept equal. It was tried with symmetric and with random feedback, with which
it learns best at twice this rate, and at this rate or half of it."""
_SEQUENCES = {
    "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
    "receptive-dense": {"learning_rate": 3e-4},
    "dense": {"learning_rate": 3e-4},
    "gru": {"learning_rate": 5e-3, "final_rate": 1.0},
}

SETTINGS: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "small images": {
            "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-4},
            "dense": {"learning_rate": 3e-4},
            "dense-sgd": {"learning_rate": 0.05, "final_rate": 1.0},
            "local-rate": {"learning_rate": 0.05, "final_rate": 1.0},
            "surrogate": {"learning_rate": 2e-3, "final_rate": 1.0},
            "three-factor": _SPIKES,
        },
        "large images": {
            "receptive-field": {"learning_rate": 1e-4, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 1e-4},
            "dense": {"learning_rate": 3e-4},
            "dense-sgd": {"learning_rate": 0.02, "final_rate": 1.0},
            "local-rate": {"learning_rate": 0.02, "final_rate": 1.0},
            "three-factor": _SPIKES,
        },
        "features": {
            "receptive-field": {"learning_rate": 2e-4, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-3},
            "dense": {"learning_rate": 1e-3},
        },
        "sequences": _SEQUENCES,
        "strings": _SEQUENCES,
    }
)
"""Kind of task (see `experiments.settings`) -> model -> parameters."""

TRIED: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {kind: dict.fromkeys(settings, 6) for kind, settings in SETTINGS.items()}
)
"""Kind of task -> model -> number of learning rates that were tried. Studies share this one table, so that a run with
several of them counts it once."""
