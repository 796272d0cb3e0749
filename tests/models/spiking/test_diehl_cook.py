"""`diehl-cook`: labels that only name, competition, parameters; the contract is tested for all models together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import DegenerateNetworkWarning, InputError
from models.spiking.diehl_cook import DiehlCook
from tests.models import conftest
from tests.models.conftest import QUICK, Digits

DIGITS = QUICK["diehl-cook"]


# The checks' own samples are few and drawn at random: many a small network cannot tell them apart.
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
@pytest.mark.slow  # compiles a network for each number of features and classes
@parametrize_with_checks(
    [DiehlCook(n_neurons=15, max_rate=500.0, duration=30.0, blocked=5.0, total=5.0, passes=1, random_state=0)]
)
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def trained() -> DiehlCook:
    model = conftest.trained("diehl-cook")
    assert isinstance(model, DiehlCook)
    return model


def test_labels_do_not_reach_the_network(digits: Digits, trained: DiehlCook) -> None:
    shuffled = np.random.default_rng(0).permutation(digits.y)
    other = DiehlCook(**DIGITS, random_state=0).fit(digits.X, shuffled)
    for name, array in trained.learned_.items():
        assert np.array_equal(other.learned_[name], array)
    assert not np.array_equal(other.labels_, trained.labels_)


def test_weights_into_a_cell_keep_their_total_and_thresholds_rise(trained: DiehlCook) -> None:
    weights = trained.learned_["input_to_excitatory.w"].reshape(64, 80)
    np.testing.assert_allclose(weights.sum(axis=0), DIGITS["total"], rtol=1e-9)
    assert weights.min() >= 0
    theta = trained.learned_["excitatory.theta"] * 1e3
    assert theta.max() > 20.1  # mV, where they began
    assert theta.max() - theta.min() > 0.05


def test_cells_become_selective(trained: DiehlCook, digits: Digits) -> None:
    """A cell's most frequent class takes a larger share of its spikes than it has of the images."""
    assert np.median(trained.proportions_.max(axis=1)) > 0.3
    assert len(np.unique(trained.labels_[trained.labels_ >= 0])) >= 8


def test_few_cells_answer(trained: DiehlCook, digits: Digits) -> None:
    active = (trained.activity(digits.X_held[:50])["excitatory"].responses > 0).mean()
    assert active < 0.5


@pytest.mark.slow
def test_input_delays_are_possible(digits: Digits) -> None:
    model = DiehlCook(**{**DIGITS, "n_neurons": 10}, delay=10.0, random_state=0).fit(digits.X[:60], digits.y[:60])
    recording = model.record(digits.X_held[:3])
    assert recording.duration == pytest.approx(0.21)
    assert recording.counts["excitatory"].sum() > 0


def test_operations_count_spikes_and_every_presentation(trained: DiehlCook, digits: Digits) -> None:
    X = digits.X_held[:5]
    recording = trained.record(X)
    counts = {name: int(recording.counts[name].sum()) for name in recording.counts}
    operations = trained.operations(X)
    assert operations.synaptic_operations == counts["input"] * 80 + counts["excitatory"] + counts["inhibitory"] * 79
    assert operations.neuron_updates == recording.presentations.sum() * 160 * 400


@pytest.mark.parametrize(
    ("parameter", "value", "remedy"),
    [
        ("readout", "svm", "one of most-active, proportion, likelihood"),
        ("tau_theta", 0.0, "a positive finite number"),
        ("n_neurons", 0, "an integer of at least 1"),
        ("delay", -1.0, "a finite number of at least 0"),
        ("duration", 10.3, "a multiple of 0.5 ms"),
        ("total", 0.0, "a positive finite number"),
        ("label_samples", -1, "an integer of at least 0"),
        ("backend", "gpu", "one of auto, cpp, cython, numpy"),
    ],
)
def test_wrong_parameters_are_named(digits: Digits, parameter: str, value: Any, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        DiehlCook(**{**DIGITS, parameter: value}).fit(digits.X[:30], digits.y[:30])
    assert str(error.value) == f"DiehlCook.{parameter}: got {value!r}; give {remedy}"


@pytest.mark.slow
def test_a_volley_leaves_potentials_where_they_belong_if_integration_is_stable() -> None:
    """200 equal cells fire as one, and inhibit each other by 3400 times their leak."""
    image = np.ones((1, 64))
    lowest = {}
    for integration in ("euler", "exponential-euler"):
        model = DiehlCook(n_neurons=200, integration=integration, duration=20.0, max_rate=1000.0, backend="numpy")
        with pytest.warns(DegenerateNetworkWarning, match="all cells (fire in volleys and )?carry one label"):
            model.fit(np.vstack([image, 0 * image]), [0, 1])
        weights = model.learned_["input_to_excitatory.w"]
        model.learned_ |= {
            "input_to_excitatory.w": np.full_like(weights, 0.5),
            "excitatory.theta": np.full(200, 0.02),
        }
        lowest[integration] = float(model.record(image).traces["excitatory"]["v"].values.min())
    assert -0.1 <= lowest["exponential-euler"] < -0.08  # they are drawn towards -100 mV, and not past it
    assert lowest["euler"] < -0.11  # past the reversal potential, where no conductance can draw them
