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

SETTINGS: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "small images": {
            "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-4},
            "dense": {"learning_rate": 3e-4},
        },
        "large images": {
            "receptive-field": {"learning_rate": 1e-4, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 1e-4},
            "dense": {"learning_rate": 3e-4},
        },
        "features": {
            "receptive-field": {"learning_rate": 2e-4, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-3},
            "dense": {"learning_rate": 1e-3},
        },
        "sequences": {
            "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-4},
            "dense": {"learning_rate": 3e-4},
            "gru": {"learning_rate": 5e-3, "final_rate": 1.0},
        },
        "strings": {
            "receptive-field": {"learning_rate": 1e-3, "final_rate": 1.0},
            "receptive-dense": {"learning_rate": 3e-4},
            "dense": {"learning_rate": 3e-4},
            "gru": {"learning_rate": 5e-3, "final_rate": 1.0},
        },
    }
)
"""Kind of task (see `experiments.settings`) -> model -> parameters."""

TRIED: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {kind: dict.fromkeys(settings, 6) for kind, settings in SETTINGS.items()}
)
"""Kind of task -> model -> number of learning rates that were tried. Studies share this one table, so that a run with
several of them counts it once."""
