"""Small experiments that learn: without a compiler and, but for the last, without Keras."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.lab import trained
from experiments.lab.drawing import DigitReading
from experiments.lab.spec import Knob
from experiments.lab.training import Training

FIELDS = Training(
    "fields",
    "Fields",
    "Learning",
    "Four cells learn.",
    (Knob("train", "Training images", 20, 60, 40, 20),),
    task="digits",
    model="diehl-cook",
    parameters=lambda values: {
        "n_neurons": 4,
        "duration": 10.0,
        "max_rate": 1000.0,
        "total": 20.0,
        "a_plus": 0.1,
        "minimum_spikes": 0,
        "passes": 1,
        "backend": "numpy",
    },
    cells=4,
    train=lambda values: int(values["train"]),
    validation=10,
    every=20,
)


def reading(second: str) -> DigitReading:
    return DigitReading(
        "reading",
        "Reading",
        "Learning",
        "Two networks read.",
        (Knob("sample", "Test image", 0, 359, 0, 1), Knob("train", "Training images", 20, 60, 40, 20)),
        task="digits",
        networks=("receptive-field", second),
        layers={"hidden": 30, "output": 10},
        milliseconds=20,
    )


READING = reading("reward")
"""Both are spiking ones here, since Keras takes seconds to load."""


def small_networks(patch: pytest.MonkeyPatch, folder: Any) -> None:
    """Let networks be small ones, and keep them in a folder of the test's own."""

    def parameters(model: str, dataset: object, preset: str) -> dict[str, Any]:
        spiking = {"duration": 20.0, "backend": "numpy", "learning_rate": 0.02} if model != "receptive-dense" else {}
        return {"image_shape": (8, 8), "n_filters": 30, "passes": 1, **spiking}

    patch.setattr(trained, "model_parameters", parameters)
    patch.setenv(trained.FOLDER, str(folder))
    trained.training.cache_clear()
