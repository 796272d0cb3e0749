"""Real digits, and settings with which each classifier learns them in about a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from models.classifier import Classifier
from models.registry import create

_CONVOLUTIONS = {
    "image_shape": (8, 8),
    "filters": (6, 12),
    "kernel": 3,
    "stride": 1,
    "hidden": (30,),
    "passes": 4,
    "learning_rate": 0.01,
}
QUICK: dict[str, dict[str, Any]] = {
    "receptive-field": {
        "image_shape": (8, 8),
        "n_filters": 300,
        "passes": 3,
        "learning_rate": 0.005,
        "duration": 20.0,
        "backend": "numpy",
    },
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 100, "passes": 3, "learning_rate": 0.01},
    "dense": {"hidden": (30,), "passes": 3, "learning_rate": 0.01},
    "converted": {"hidden": (30,), "passes": 3, "learning_rate": 0.01, "duration": 60},
    "convolutional": _CONVOLUTIONS,
    "converted-convolutional": {**_CONVOLUTIONS, "duration": 60},
}


def quick(name: str, **changed: Any) -> Classifier:
    """A classifier by name with quick settings."""
    return create(name, **{"random_state": 0, **QUICK[name], **changed})


@dataclass(frozen=True)
class Digits:
    """Training and held-out part of scikit-learn's digits, pixels in [0, 1]."""

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    X_held: NDArray[np.float64]
    y_held: NDArray[np.int64]


@pytest.fixture(scope="session")
def digits() -> Digits:
    X, y = load_digits(return_X_y=True)
    X_train, X_held, y_train, y_held = train_test_split(
        X / 16, y, train_size=600, test_size=300, stratify=y, random_state=0
    )
    return Digits(X_train, y_train, X_held, y_held)


@pytest.fixture(scope="session", params=QUICK)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each classifier in turn."""
    return request.param


@pytest.fixture(scope="session")
def fitted(name: str, digits: Digits) -> Classifier:
    """Trained once, watched by nobody. Not to be changed."""
    return quick(name).fit(digits.X, digits.y)
