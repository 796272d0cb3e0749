"""Real digits, and settings with which each classifier learns them in about a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
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
_DIEHL_COOK = {
    "n_neurons": 80,
    "passes": 3,
    "max_rate": 300.0,
    "duration": 200.0,
    "blocked": 20.0,
    "total": 20.0,
    "a_plus": 0.03,
    "theta_increment": 0.02,
}
QUICK: dict[str, dict[str, Any]] = {
    "receptive-field": {
        "image_shape": (8, 8),
        "n_filters": 300,
        "passes": 3,
        "learning_rate": 0.005,
        "duration": 20.0,
    },
    "three-factor": {
        "hidden": (30,),
        "passes": 3,
        "max_rate": 500.0,
        "hidden_weight": 0.15,
        "learning_rate": 5e-3,
        "hidden_learning_rate": 5e-3,
    },
    "surrogate": {"hidden": (30,), "passes": 3, "max_rate": 500.0, "hidden_weight": 0.15, "learning_rate": 0.01},
    "reward": {
        "image_shape": (8, 8),
        "n_filters": 300,
        "passes": 20,
        "learning_rate": 2e-3,
        "initial_weight": 5e-3,
        "random_state": 1,  # with so few samples, some random states leave a class that was never rewarded
    },
    "diehl-cook": {**_DIEHL_COOK, "readout": "proportion"},
    "diehl-cook-improved": {**_DIEHL_COOK, "image_shape": (8, 8), "saccade": 1},  # the network of the one above
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 100, "passes": 3, "learning_rate": 0.01},
    "dense": {"hidden": (30,), "passes": 3, "learning_rate": 0.01},
    "local-rate": {"hidden": (30,), "passes": 3, "learning_rate": 0.1},
    "dense-sgd": {"hidden": (30,), "passes": 3, "learning_rate": 0.1},
    "rate": {"hidden": (30,), "batch_size": 32, "passes": 20, "learning_rate": 3.0},
    "rate-dense": {"hidden": (30,), "passes": 10, "learning_rate": 0.01},
    "article-dense": {"hidden": (30, 20), "passes": 10, "learning_rate": 0.01},
    "gru": {"units": 30, "passes": 5, "learning_rate": 0.01},
    "rate-recurrent": {"units": 30, "passes": 5, "learning_rate": 0.1},
    "rflo": {"units": 30, "passes": 5, "learning_rate": 0.1},
    "surrogate-recurrent": {"units": 30, "frame": 80.0, "passes": 3, "learning_rate": 0.3},
    "eprop": {"units": 30, "frame": 80.0, "input_weight": 1.0, "passes": 3, "learning_rate": 0.1},
    "converted": {"hidden": (30,), "passes": 3, "learning_rate": 0.01, "duration": 60},
    "convolutional": _CONVOLUTIONS,
    "converted-convolutional": {**_CONVOLUTIONS, "duration": 60},
}


FURTHER = (
    *("diehl-cook-improved", "dense-sgd", "rate-dense", "article-dense", "gru", "converted-convolutional"),
    "rate-recurrent",
)
"""Classifiers with the network or the training of one before them: their training is tested by the slow tests alone."""

REACHES = {"diehl-cook": 0.7, "diehl-cook-improved": 0.7}
"""Held-out accuracy that a classifier exceeds with quick settings, where it is not 0.88: these learn without labels."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what is tested of a further classifier when it was trained."""
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if given.get("name") in FURTHER and {"fitted", "short", "watched"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)


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


@cache
def load() -> Digits:
    """The samples, loaded once."""
    X, y = load_digits(return_X_y=True)
    X_train, X_held, y_train, y_held = train_test_split(
        X / 16, y, train_size=600, test_size=300, stratify=y, random_state=0
    )
    return Digits(X_train, y_train, X_held, y_held)


@pytest.fixture(scope="session")
def digits() -> Digits:
    return load()


@cache
def trained(name: str) -> Classifier:
    """A classifier by name with quick settings, trained once and watched by nobody. Not to be changed."""
    return quick(name).fit(load().X, load().y)


@pytest.fixture(scope="session", params=QUICK)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each classifier in turn."""
    return request.param


@pytest.fixture(scope="session")
def fitted(name: str) -> Classifier:
    return trained(name)


@pytest.fixture(scope="session")
def short(name: str) -> Classifier:
    """Trained on a few samples, which is enough to see whether another learns the same. Not to be changed."""
    return quick(name, passes=1).fit(load().X[:64], load().y[:64])
