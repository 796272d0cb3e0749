"""`RateRegressor`: the article's 100-50-10 network on its random data, and on real targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.rate.network import RateNetwork
from models.rate.regressor import RateRegressor


@parametrize_with_checks([RateRegressor(hidden=(20,), random_state=0)])
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_is_stable_on_the_articles_random_data(activation: str) -> None:
    generator = np.random.default_rng(0)
    X, y = generator.standard_normal((100, 100)), generator.standard_normal((100, 10))
    model = RateRegressor(activation=activation, random_state=0).fit(X, y)
    assert model.network_.sizes == (100, 50, 10)
    assert (model.learning_rate, model.passes, model.batch_size) == (0.1, 1000, None)
    untrained = RateNetwork.draw((100, 50, 10), activation, "linear", 0)
    assert model.network_.loss(X, y) < 0.05 * untrained.loss(X, y)
    assert max(np.abs(weights).max() for weights in model.network_.weights) < 3
    assert model.within_tolerance(X, y) > 0.9
    assert model.within_tolerance(X, y) == np.mean(np.abs(model.predict(X) - y) <= 0.1)


def test_predicts_the_worst_cells_from_mean_and_error() -> None:
    """The last 10 of the tumours' 30 features, from the first 20, on tumours never seen."""
    X = load_breast_cancer().data
    features = StandardScaler().fit(X[:400]).transform(X)
    model = RateRegressor(random_state=0).fit(features[:400, :20], features[:400, 20:])
    assert model.score(features[400:, :20], features[400:, 20:]) > 0.75


def test_one_target_is_as_good_as_a_column_of_one() -> None:
    X = StandardScaler().fit_transform(load_breast_cancer().data)
    flat = RateRegressor(passes=20, random_state=0).fit(X[:, :9], X[:, 9]).predict(X[:, :9])
    column = RateRegressor(passes=20, random_state=0).fit(X[:, :9], X[:, 9:10]).predict(X[:, :9])
    assert flat.shape == (569,)
    assert column.shape == (569, 1)
    np.testing.assert_array_equal(flat, column[:, 0])


def test_prediction_depends_on_neither_order_nor_company() -> None:
    X = StandardScaler().fit_transform(load_breast_cancer().data)
    model = RateRegressor(passes=20, random_state=0).fit(X[:, :20], X[:, 20:])
    together = model.predict(X[:, :20])
    alone = np.concatenate([model.predict(X[i : i + 1, :20]) for i in range(40)])
    np.testing.assert_array_equal(alone, together[:40])


def test_weights_that_run_away_are_refused() -> None:
    data = load_breast_cancer().data  # unscaled: the areas are in the hundreds
    model = RateRegressor(activation="tanh", random_state=0)
    with pytest.raises(InputError) as error:
        model.fit(data[:, :20], data[:, 20:])
    assert str(error.value) == (
        "RateRegressor.learning_rate: 0.1 made the weights run away; "
        "give a smaller one, or samples and targets scaled to about 1"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hidden": 50}, "RateRegressor.hidden: got 50; give a tuple of integers of at least 1"),
        ({"passes": 0}, "RateRegressor.passes: got 0; give an integer of at least 1"),
        ({"random_state": -1}, "RateRegressor.random_state: got -1; give None, a RandomState or an integer"),
    ],
)
def test_errors_name_the_parameter(changed: dict[str, Any], message: str) -> None:
    X = load_breast_cancer().data
    with pytest.raises(InputError) as error:
        RateRegressor(**changed).fit(X[:, :20], X[:, 20:])
    assert str(error.value).startswith(message)
