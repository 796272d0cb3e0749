"""Lesions: exactly what is asked for changes in the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.studies.robustness.lesions import (
    hidden_layers,
    noisy,
    without_neurons,
    without_synapses,
)
from experiments.tasks import load_task
from experiments.tasks.dataset import validation_split
from models.classifier import Classifier
from models.registry import create

# A few short presentations make the structure that is looked at here, not a network that can tell digits apart.
pytestmark = pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")

SPLIT = validation_split(load_task("digits"), seed=0, max_train=30)
X = SPLIT.held_out.X[:6]
_SHORT = {"duration": 10, "backend": "numpy"}
_CONVOLUTIONS = {"image_shape": (8, 8), "filters": (3, 4), "kernel": 3, "stride": 1, "hidden": (6,), "passes": 2}
MODELS: dict[str, dict[str, Any]] = {
    "receptive-field": {"image_shape": (8, 8), "n_filters": 50, "passes": 1, **_SHORT},
    "three-factor": {"hidden": (12, 10), "max_rate": 500.0, "passes": 1, **_SHORT},
    "surrogate": {"hidden": (12, 10), "max_rate": 500.0, "passes": 1, **_SHORT},
    "diehl-cook": {"n_neurons": 20, "minimum_spikes": 0, "max_rate": 300.0, "passes": 1, **_SHORT},
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 50, "passes": 2},
    "dense": {"hidden": (12, 10), "passes": 2},
    "rate": {"hidden": (12,), "passes": 2},
    "converted": {"hidden": (12,), "passes": 2, **_SHORT},
    "convolutional": _CONVOLUTIONS,
    "converted-convolutional": {**_CONVOLUTIONS, **_SHORT},
}
HIDDEN: dict[str, dict[str, tuple[str, int]]] = {
    "receptive-field": {"hidden": ("output", 0)},
    "three-factor": {"hidden_1": ("hidden_2", 0), "hidden_2": ("output", 0)},
    "surrogate": {"hidden_1": ("hidden_2", 0), "hidden_2": ("output", 0)},
    "diehl-cook": {"excitatory": ("excitatory", 1)},
    "receptive-dense": {"hidden": ("output", 0)},
    "dense": {"hidden_1": ("hidden_2", 0), "hidden_2": ("output", 0)},
    "rate": {"hidden_1": ("output", 0)},
    "converted": {"hidden_1": ("output", 0)},
    "convolutional": {"convolution_2": ("hidden_1", 0), "hidden_1": ("output", 0)},
    "converted-convolutional": {"convolution_2": ("hidden_1", 0), "hidden_1": ("output", 0)},
}


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module", params=MODELS)
def fitted(request: pytest.FixtureRequest) -> Classifier:
    return create(request.param, **MODELS[request.param], random_state=0).fit(SPLIT.train.X, SPLIT.train.y)


def test_where_hidden_units_can_be_cut_off(fitted: Classifier) -> None:
    """Not where units share weights, and of cells that vote by the weights into them."""
    assert hidden_layers(fitted, X) == HIDDEN[fitted.name]


def test_a_network_without_hidden_units_has_none_to_lose() -> None:
    linear = create("dense", hidden=(), passes=1, random_state=0).fit(SPLIT.train.X, SPLIT.train.y)
    assert hidden_layers(linear, X) == {}


def test_cells_whose_incoming_weights_are_deleted_are_silent() -> None:
    cells = create("diehl-cook", **MODELS["diehl-cook"], random_state=0).fit(SPLIT.train.X, SPLIT.train.y)
    weights = without_neurons(cells.weights(), hidden_layers(cells, X), 0.5, generator())
    spikes = cells.with_weights(weights).activity(X)["excitatory"].responses.sum(axis=0)
    assert not spikes[~weights["excitatory"].any(axis=0)].any()
    assert spikes.any()


WEIGHTS = {
    "first": np.random.default_rng(1).normal(3, 2, (100, 400)),
    "second": np.random.default_rng(2).uniform(0, 1, (400, 50)),
}


def test_noise_is_relative_to_each_layer_and_keeps_conductances() -> None:
    found = noisy(WEIGHTS, 0.5, generator())
    added = found["first"] - WEIGHTS["first"]
    assert added.std() == pytest.approx(0.5 * WEIGHTS["first"].std(), rel=0.02)  # 40,000 weights: 0.35 %
    assert abs(added.mean()) < 0.02
    assert found["second"].min() == 0
    np.testing.assert_array_equal(noisy(WEIGHTS, 0, generator())["first"], WEIGHTS["first"])


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_this_share_of_the_synapses_of_each_layer_goes(share: float) -> None:
    before = {name: matrix.copy() for name, matrix in WEIGHTS.items()}
    found = without_synapses(WEIGHTS, share, generator())
    for name, matrix in found.items():
        assert np.mean(matrix == 0) == share
        np.testing.assert_array_equal(matrix[matrix != 0], before[name][matrix != 0])
        np.testing.assert_array_equal(WEIGHTS[name], before[name])


def test_this_share_of_the_units_of_each_hidden_layer_goes() -> None:
    places = {"source": ("first", 0), "cells": ("second", 1)}
    found = without_neurons(WEIGHTS, places, 0.3, generator())
    assert np.sum(~found["first"].any(axis=1)) == 30
    assert np.sum(~found["second"].any(axis=0)) == 15
    kept = found["first"].any(axis=1)
    np.testing.assert_array_equal(found["first"][kept], WEIGHTS["first"][kept])
    assert WEIGHTS["first"].any(axis=1).all()
