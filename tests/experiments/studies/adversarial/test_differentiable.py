"""Networks that can be differentiated: gradients against finite differences, answers against the models' own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from experiments.studies.adversarial.differentiable import Chain, Filters, Linear, chain_of
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.filters import FilterBank, gabor_filters
from models.registry import create

STEP = 1e-6
GENERATOR = np.random.default_rng(0)
GABORS = gabor_filters((8, 8), 40, 4, (2.5, 6.0), (0.8, 1.8), seed=0).matrix
READ_OUT = Linear(GENERATOR.normal(0, 1, (3, 40)), np.zeros(3))
CHAINS = {
    "linear": Chain((Linear(GENERATOR.normal(0, 1, (3, 64)), GENERATOR.normal(0, 1, 3)),)),
    "three layers": Chain(
        (
            Linear(sparse.csr_array(GENERATOR.normal(0, 1, (20, 64))), GENERATOR.normal(0, 1, 20)),
            Linear(GENERATOR.normal(0, 1, (40, 20)), GENERATOR.normal(0, 1, 40)),
            READ_OUT,
        )
    ),
    "filters": Chain((Filters(GABORS, 3.0, None, 1.0), READ_OUT)),
    "normalised filters": Chain((Filters(GABORS, 8.0, 0.5, 0.2), READ_OUT)),
}
SPLIT = final_split(load_task("digits"), seed=0)


@pytest.mark.parametrize("name", CHAINS)
def test_gradient_is_that_of_finite_differences(name: str) -> None:
    chain, X, error = CHAINS[name], GENERATOR.random((4, 64)), GENERATOR.normal(0, 1, (4, 3))
    expected = np.zeros_like(X)
    for feature in range(64):
        move = STEP * np.eye(64)[feature]
        difference = chain.outputs(X + move) - chain.outputs(X - move)
        expected[:, feature] = np.sum(error * difference, axis=1) / (2 * STEP)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(chain.gradient(X, error), expected, atol=1e-6)


def test_filters_are_those_of_the_front_end() -> None:
    X = SPLIT.held_out.X[:5]
    for semisaturation in (None, 0.5):
        bank = FilterBank(GABORS, semisaturation)
        found = Filters(GABORS, 2.0, semisaturation, 1.0).forward(X)
        np.testing.assert_allclose(found, 2 * bank.responses(X) - 1, atol=1e-12)
    blank = Filters(GABORS, 2.0, 0.5)
    assert np.isfinite(blank.backward(np.zeros((1, 64)), np.ones((1, 40)))).all()


ARTIFICIAL: dict[str, tuple[str, dict[str, Any]]] = {
    "dense": ("digits", {"hidden": (20, 10), "passes": 3, "learning_rate": 0.01}),
    "receptive-dense": ("digits", {"image_shape": (8, 8), "n_filters": 100, "passes": 3, "semisaturation": 0.5}),
    "convolutional": ("digits", {"image_shape": (8, 8), "filters": (4,), "kernel": 3, "hidden": (10,), "passes": 2}),
    "article-dense": ("breast-cancer", {"passes": 5}),
}


@pytest.mark.parametrize("name", ARTIFICIAL)
def test_artificial_networks_are_their_own_chains(name: str) -> None:
    task, parameters = ARTIFICIAL[name]
    split = final_split(load_task(task), seed=0)
    model = create(name, **parameters, random_state=0).fit(split.train.X, split.train.y)
    chain = chain_of(model)
    assert chain is not None
    X = split.held_out.X
    np.testing.assert_array_equal(chain.outputs(X).argmax(axis=1), model.predict(X))


SPIKING: dict[str, dict[str, Any]] = {
    "receptive-field": {"image_shape": (8, 8), "n_filters": 100, "learning_rate": 0.01},
    "three-factor": {"hidden": (30,), "max_rate": 500.0, "hidden_weight": 0.15, "learning_rate": 0.01},
    "converted": {"hidden": (20,), "learning_rate": 0.01, "passes": 10},
}


@pytest.mark.parametrize("name", SPIKING)
def test_rate_networks_answer_as_their_spiking_networks_mostly_do(name: str) -> None:
    parameters: dict[str, Any] = {"duration": 20, "backend": "numpy", "passes": 1, **SPIKING[name]}
    model = create(name, **parameters, random_state=0).fit(SPLIT.train.X[:100], SPLIT.train.y[:100])
    chain, X = chain_of(model), SPLIT.held_out.X[:40]
    assert chain is not None
    answers = model.predict(X)
    assert len(set(answers.tolist())) > 4
    # Chance is a tenth; three-factor draws Poisson spikes, and after a hundred images its answers are close calls.
    assert np.mean(chain.outputs(X).argmax(axis=1) == answers) > 0.5


def test_what_is_no_chain_of_rectifiers_has_none() -> None:
    X, y = SPLIT.train.X[:50], SPLIT.train.y[:50]
    for name, parameters in (("dense", {"activation": "tanh"}), ("rate", {"hidden": (5,)})):
        assert chain_of(create(name, passes=1, random_state=0, **parameters).fit(X, y)) is None
