"""Networks that cannot work are not taken for trained ones: training that diverges, layers that do not respond."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError

from bnsim.errors import DegenerateNetworkWarning, InputError
from models.classifier import Classifier
from models.rate.regressor import RateRegressor
from models.registry import create
from models.spiking.degeneracy import ResponseSurvey

from .conftest import QUICK, Digits, quick, trained

SINGLE = (
    *("receptive-dense", "dense", "dense-sgd", "local-rate", "rate-dense", "article-dense", "convolutional"),
    "rate-recurrent",
)
"""Networks without spikes that compute in single precision."""
RECTIFYING = ("receptive-dense", "dense", "dense-sgd", "local-rate", "article-dense", "convolutional")
"""Those of them that do not saturate."""
ONE_PASS = {"passes": 1}
_FILTERS = {"n_filters": 60, "duration": 10.0, "backend": "numpy", "passes": 1}
_CELLS = {"n_neurons": 30, "duration": 10.0, "minimum_spikes": 0, "backend": "numpy", "passes": 1}
SMALL: dict[str, dict[str, Any]] = {
    "receptive-field": _FILTERS,
    "three-factor": {"hidden": (20,), "duration": 10.0, "backend": "numpy", "passes": 1},
    "surrogate": {"hidden": (20,), "duration": 10.0, "backend": "numpy", "passes": 1},
    "reward": _FILTERS,
    "diehl-cook": _CELLS,
    "diehl-cook-improved": _CELLS,
    "converted": {"hidden": (20,), "duration": 20, "backend": "numpy", "passes": 1},
}


def fitted_attributes(model: object) -> list[str]:
    return [name for name in vars(model) if name.endswith("_")]


def refused(model: Any, X: NDArray[np.float64], y: NDArray[np.int64]) -> str:
    """The message with which `fit` refuses, after which the model must not be fitted."""
    with pytest.raises(InputError) as caught:
        model.fit(X, y)
    assert fitted_attributes(model) == []
    with pytest.raises(NotFittedError):
        model.predict(X)
    return str(caught.value)


# Training that diverges.


def test_samples_beyond_single_precision_are_refused_by_all_alike(
    name: str, fitted: Classifier, digits: Digits
) -> None:
    message = f"{type(fitted).__name__}: X holds 1e+39, too large for single precision; scale X to about 1"
    assert refused(quick(name), 1e39 * digits.X[:64], digits.y[:64]) == message
    for method in (fitted.predict, fitted.activity, fitted.operations):
        with pytest.raises(InputError) as caught:
            method(-1e39 * digits.X_held[:3])
        assert str(caught.value) == message
    assert fitted_attributes(fitted) != []


@pytest.mark.parametrize("name", [*RECTIFYING, "converted", "converted-convolutional"])
def test_large_samples_with_which_training_diverges_are_named(name: str, digits: Digits) -> None:
    message = refused(quick(name, **ONE_PASS), 3e38 * digits.X[:64], digits.y[:64])
    assert "X holds 3e+38" in message
    assert "scale X" in message


@pytest.mark.parametrize("name", [*SINGLE, "converted", "converted-convolutional"])
def test_a_learning_rate_with_which_training_diverges_is_named(name: str, digits: Digits) -> None:
    message = refused(quick(name, learning_rate=1e38), digits.X[:64], digits.y[:64])
    assert ".learning_rate: with 1e+38 training diverged (" in message
    assert message.endswith(" not finite); give a smaller one, or scale X to about 1")


def test_outputs_that_overflow_after_the_last_step_are_found(digits: Digits) -> None:
    """A single step leaves weights that are finite, but whose products are not."""
    message = refused(quick("dense", learning_rate=1e30, **ONE_PASS), digits.X[:32], digits.y[:32])
    assert message.startswith("Dense.learning_rate: with 1e+30 training diverged (outputs not finite)")


@pytest.mark.parametrize("name", RECTIFYING)
def test_samples_for_which_a_fitted_network_overflows_are_refused(name: str, digits: Digits) -> None:
    model = trained(name)
    for method in (model.predict, model.activity):
        with pytest.raises(InputError) as caught:
            method(3e38 * digits.X_held[:3])
        assert str(caught.value) == (
            f"{type(model).__name__}: X holds 3e+38, for which responses overflow in single precision; "
            "scale X as the training samples were, to about 1"
        )


def test_early_stopping_does_not_hide_it(digits: Digits) -> None:
    model = quick("dense", early_stopping=True, learning_rate=1e38)
    assert ".learning_rate: with 1e+38" in refused(model, digits.X, digits.y)


def test_rates_that_run_away_leave_nothing_fitted(digits: Digits) -> None:
    message = refused(RateRegressor(learning_rate=1e300), digits.X[:64], digits.y[:64])
    assert message.startswith("RateRegressor.learning_rate: 1e+300 made the weights run away; ")


@pytest.mark.parametrize("name", ["receptive-field", "three-factor"])
def test_plastic_weights_that_run_away_are_refused(name: str, digits: Digits) -> None:
    model = quick(name, learning_rate=1e308, backend="numpy", **ONE_PASS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of the overflow
        message = refused(model, digits.X[:20], digits.y[:20])
    assert f"{type(model).__name__}.learning_rate: with 1e+308 training diverged (" in message
    assert re.search(
        r" became NaN or infinite, in (unit|synapse) \d+ by \d+ ms of trial \d+\); give a smaller", message
    )


def test_any_error_in_fit_leaves_nothing_fitted(digits: Digits) -> None:
    model = quick("rate", **ONE_PASS).fit(digits.X[:64], digits.y[:64])
    refused(model.set_params(learning_rate=-1.0), digits.X, digits.y)
    refused(model.set_params(learning_rate=1.0), digits.X[:9], np.zeros(9, int))


# Networks that do not respond, on scikit-learn's wine.


@pytest.fixture(scope="module")
def wine() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    X, y = load_wine(return_X_y=True)
    chosen = np.random.default_rng(0).permutation(len(X))[:60]
    return X[chosen], y[chosen]


def warned(model: Classifier, X: NDArray[np.float64], y: NDArray[np.int64]) -> list[str]:
    """What `fit` warns of; kept in `warnings_` too."""
    with pytest.warns(DegenerateNetworkWarning) as caught:
        model.fit(X, y)
    messages = [str(each.message) for each in caught if each.category is DegenerateNetworkWarning]
    assert messages == [f"{type(model).__name__}: {line}" for line in model.warnings_]
    assert all("\n" not in message for message in messages)
    return list(model.warnings_)


SILENT = {
    "receptive-field": "layer 'hidden' never spiked, so that samples cannot be told apart; "
    "scale X to about 1, or give a larger gain",
    "three-factor": "layer 'input' never spiked, so that samples cannot be told apart; "
    "scale X to [0, 1] feature by feature, or give a larger max_rate or hidden_weight",
    "surrogate": "layer 'input' never spiked, so that samples cannot be told apart; "
    "scale X to [0, 1] feature by feature, or give a larger max_rate or hidden_weight",
    "reward": "layer 'hidden' never spiked, so that samples cannot be told apart; "
    "scale X to about 1, or give a larger gain",
    "diehl-cook": "layer 'input' never spiked, so that samples cannot be told apart; "
    "scale X to [0, 1] feature by feature, or give a larger max_rate or total",
    "diehl-cook-improved": "layer 'input' never spiked, so that samples cannot be told apart; "
    "scale X to [0, 1] feature by feature, or give a larger max_rate or total",
}


@pytest.mark.parametrize("name", SILENT)
def test_a_silent_layer_is_named_and_the_warning_kept(
    name: str, wine: tuple[NDArray[np.float64], NDArray[np.int64]], tmp_path: Path
) -> None:
    X, y = wine
    model = create(name, **SMALL[name], random_state=0)
    assert SILENT[name] in warned(model, X / 1e12, y)
    model.save(tmp_path / "silent.npz")
    assert type(model).load(tmp_path / "silent.npz").warnings_ == model.warnings_


def test_a_converted_network_that_does_not_follow_its_input_is_named(
    wine: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    X, y = wine
    (message,) = warned(create("converted", **SMALL["converted"], random_state=0), X / 1e12, y)
    assert message == (
        "layer 'hidden_1' responded to every sample with the same spike counts; give features that differ between "
        "samples, or scale X to about 1, or train longer, so that the source responds"
    )


@pytest.mark.slow
def test_cells_that_fire_in_volleys_and_carry_one_label_are_told(
    wine: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    X, y = wine
    model = create("diehl-cook", **{**_CELLS, "n_neurons": 100, "duration": 200.0, "backend": "auto"}, random_state=0)
    (message,) = warned(model, (X - X.mean(axis=0)) / X.std(axis=0), y)
    assert message == (
        f"all cells fire in volleys and carry one label, that of class {model.classes_[model.labels_[0]]}; "
        "give a smaller max_rate or total, or integration='exponential-euler'"
    )


def test_a_feature_that_never_changes_tells_nothing(wine: tuple[NDArray[np.float64], NDArray[np.int64]]) -> None:
    constant = np.full((60, 1), 7.0)
    found = warned(create("reward", **SMALL["reward"], random_state=0), constant, wine[1])
    assert (
        "layer 'hidden' responded to every sample with the same spike counts; give features that differ between "
        "samples, or scale X to about 1, or give a larger gain"
    ) in found


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.slow
def test_a_network_that_learns_digits_is_warned_of_nothing(name: str) -> None:
    assert trained(name).warnings_ == ()


# The survey itself.


def counts(*rows: list[int]) -> dict[str, NDArray[np.int64]]:
    return {"cells": np.array(rows)}


def findings(survey: ResponseSurvey) -> list[str]:
    return list(survey.findings(["cells"], "shout"))


def test_presentations_before_the_last_pass_do_not_count() -> None:
    survey = ResponseSurvey(first=2)
    survey.add(0, counts([9, 0], [1, 1], [0, 0]))
    survey.add(3, counts([0, 0]))
    assert survey.shown == 2
    assert findings(survey) == ["layer 'cells' never spiked, so that samples cannot be told apart; shout"]


def test_a_layer_that_hardly_ever_spikes_is_silent() -> None:
    survey = ResponseSurvey()
    survey.add(0, {"cells": np.eye(100, 2, dtype=int)[:100]})
    assert findings(survey) == []
    survey.add(100, {"cells": np.zeros((100, 2), int)})
    (message,) = findings(survey)
    assert message.startswith("layer 'cells' spiked in only 2 of 200 presentations, ")


def test_the_same_counts_whatever_is_shown_are_no_response() -> None:
    survey = ResponseSurvey()
    survey.add(0, counts([2, 1]))
    assert findings(survey) == []  # of one presentation nothing is known
    survey.add(1, counts([2, 1]))
    (message,) = findings(survey)
    assert message.startswith("layer 'cells' responded to every sample with the same spike counts; ")
    survey.add(2, counts([1, 2]))
    assert findings(survey) == []


def test_units_in_step() -> None:
    survey = ResponseSurvey()
    survey.add(0, counts([2, 2], [1, 1], [0, 0], [3, 1]))
    assert survey.in_step("cells")
    survey.add(4, counts([3, 1]))
    assert not survey.in_step("cells")  # half is not most
    assert not survey.in_step("others")
