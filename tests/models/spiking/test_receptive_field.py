"""`receptive-field`: its rule, its decision, its parameters; the contract itself is tested for all models together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2 import ms, mV
from brian2.units.fundamentalunits import Quantity
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

import bnsim
from models.artificial.receptive_dense import ReceptiveDense
from models.spiking.decision import decide
from models.spiking.neuron_parameter import decode_neuron, encode_neuron
from models.spiking.receptive_field import ReceptiveField
from tests.models.conftest import QUICK, Digits, trained

DIGITS = QUICK["receptive-field"]
ADAPTIVE = bnsim.AdaptiveLIF(tau_m=10 * ms, theta_increment=1e-4 * mV)  # hundreds of spikes later still below threshold


# Short trials and few neurons: the checks ask for conduct, not for accuracy, but on easy blobs.
# The checks' own samples are few and drawn at random: many a small network cannot tell them apart.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
@parametrize_with_checks(
    [ReceptiveField(n_filters=40, duration=12.0, passes=3, learning_rate=0.02, backend="numpy", random_state=0)]
)
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_decision_is_by_most_spikes_then_by_who_was_first_then_by_class() -> None:
    counts = np.array([[1, 3, 0], [2, 2, 1], [0, 0, 0], [1, 1, 1]])
    trial = [0, 0, 0, 0, 1, 1, 1, 1, 1, 3, 3, 3]
    unit = [0, 1, 1, 1, 0, 1, 1, 2, 0, 1, 2, 0]
    time = [1, 2, 3, 4, 1, 2, 3, 4, 5, 2, 2, 3]
    spikes = bnsim.SpikeTimes(np.array(trial), np.array(unit), np.array(time) * 1e-3)
    assert decide(counts, spikes).tolist() == [1, 1, 0, 1]


def test_read_out_is_the_delta_rule_on_spike_counts(digits: Digits) -> None:
    """One pass in NumPy over the hidden spike counts, as the docstring's equation has it, gives the same weights."""
    model = ReceptiveField(**{**DIGITS, "passes": 1}, random_state=3)
    X, y = digits.X[:40], digits.y[:40]
    model.fit(X, y)
    counts = model.record(X).counts["hidden"]
    order = np.random.default_rng([3, 0x0BDE]).permutation(40)
    weights = np.zeros((model.n_filters, 10))
    for shown, index in enumerate(order):
        factor = 1 - (1 - model.final_rate) * shown / 40
        error = 1 / (1 + np.exp(-0.2 * counts[index] @ weights)) - (np.arange(10) == y[index])
        weights -= model.learning_rate * factor * np.outer(counts[index], error)
    # A spike of the hidden layer adds its weight to u at once, so only the order of the sums differs.
    np.testing.assert_allclose(model.weights()["output"], weights, rtol=1e-9, atol=1e-15)


def test_twins_share_filters_and_number_of_parameters(digits: Digits) -> None:
    field = ReceptiveField(**{**DIGITS, "passes": 1}, random_state=0).fit(digits.X[:30], digits.y[:30])
    shared = {name: DIGITS[name] for name in ("image_shape", "n_filters")}
    dense = ReceptiveDense(**shared, patch=field.patch, passes=1, random_state=0).fit(digits.X[:30], digits.y[:30])
    np.testing.assert_array_equal(field.filters_.matrix.toarray(), dense.filters_.matrix.toarray())
    assert field.trainable_parameters == dense.trainable_parameters


def test_normalising_classifier_is_saved_whole(digits: Digits, tmp_path: Path) -> None:
    settings = {**DIGITS, "semisaturation": 0.5, "gain": 6.0, "shift": 1}
    model = ReceptiveField(**settings, random_state=0).fit(digits.X[:100], digits.y[:100])
    model.save(tmp_path / "model.npz")
    before, after = (
        each.activity(digits.X_held[:20])["hidden"].responses
        for each in (model, ReceptiveField.load(tmp_path / "model.npz"))
    )
    np.testing.assert_array_equal(before, after)
    unnormalised = ReceptiveField(**{**settings, "semisaturation": None}, random_state=0)
    unnormalised.fit(digits.X[:100], digits.y[:100])
    assert not np.array_equal(unnormalised.activity(digits.X_held[:20])["hidden"].responses, before)


def test_partial_fit_goes_on_where_it_stopped(digits: Digits) -> None:
    classes = np.arange(10)
    once, twice = (ReceptiveField(**DIGITS, random_state=0) for _ in range(2))
    once.partial_fit(digits.X[:40], digits.y[:40], classes)
    twice.partial_fit(digits.X[:25], digits.y[:25], classes)
    twice.partial_fit(digits.X[25:40], digits.y[25:40])
    np.testing.assert_array_equal(once.weights()["output"], twice.weights()["output"])


@dataclass(frozen=True, repr=False)
class Fast(bnsim.NeuronModel):
    """A neuron model of a user's own."""

    tau: Quantity = bnsim.parameter(8 * ms)
    equations: ClassVar[str] = "dv/dt = (I - v) / tau : volt (unless refractory)"
    threshold: ClassVar[str] = "v > 10*mV"
    reset: ClassVar[str] = "v = 0*mV"

    @property
    def rheobase(self) -> Quantity:
        return 10 * mV


@pytest.mark.parametrize(
    "neuron", [pytest.param("lif", marks=pytest.mark.slow), ADAPTIVE, Fast(refractory=2 * ms)], ids=str
)
@pytest.mark.slow
def test_learns_with_any_neuron_model(neuron: str | bnsim.NeuronModel, digits: Digits, tmp_path: Path) -> None:
    model = ReceptiveField(**DIGITS, neuron=neuron, random_state=0).fit(digits.X, digits.y)
    assert model.score(digits.X_held, digits.y_held) > 0.8
    model.save(tmp_path / "model.npz")
    again = ReceptiveField.load(tmp_path / "model.npz")
    assert repr(again.neuron) == repr(neuron)
    np.testing.assert_array_equal(again.predict(digits.X_held[:20]), model.predict(digits.X_held[:20]))


def test_a_neuron_is_stored_with_its_method_and_read_without() -> None:
    """A method is a text among numbers; models that were saved before it was a parameter have none."""
    model = bnsim.LIF(tau_m=8 * ms, method="rk4")
    stored = json.loads(json.dumps(encode_neuron(model)))
    assert decode_neuron(stored) == model
    del stored["fields"]["method"]
    assert decode_neuron(stored) == bnsim.LIF(tau_m=8 * ms)


def test_adaptive_thresholds_carry_over_but_stand_still_at_test(digits: Digits) -> None:
    model = ReceptiveField(**DIGITS, neuron=ADAPTIVE, random_state=0).fit(digits.X[:50], digits.y[:50])
    before = model.learned_["hidden.theta"].copy()
    assert before.max() > 0
    model.predict(digits.X_held[:20])
    np.testing.assert_array_equal(model.learned_["hidden.theta"], before)


def test_ties_are_reported(digits: Digits) -> None:
    model = trained("receptive-field")
    assert isinstance(model, ReceptiveField)
    counts = model.record(digits.X_held).counts["output"]
    expected = [(row == row.max()).sum() > 1 for row in counts]
    np.testing.assert_array_equal(model.tied(digits.X_held), expected)


def test_a_class_that_is_not_defined_is_not_loaded(digits: Digits, tmp_path: Path) -> None:

    with pytest.raises(bnsim.InputError, match=r"neuron: the class far\.Away is not defined; import the module"):
        decode_neuron({"class": "far.Away", "fields": {}})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"neuron": "hh"}, r"ReceptiveField.neuron: got 'hh'; give 'subtractive-lif', 'lif'"),
        ({"neuron": 3}, r"ReceptiveField.neuron: got 3; give"),
        ({"duration": 0.5}, r"ReceptiveField.duration: got 0.5; give whole milliseconds"),
        ({"gain": -1.0}, r"ReceptiveField.gain: got -1.0; give a positive finite number"),
        ({"background": float("nan")}, r"ReceptiveField.background: got nan; give a positive finite number"),
        ({"backend": "gpu"}, r"ReceptiveField.backend: got 'gpu'; give one of auto, cpp, cython, numpy"),
        (
            {"shift": -1},
            r"ReceptiveField.shift: got -1; give whole pixels, 0 for none, and 0 where image_shape is None",
        ),
        ({"shift": 1, "image_shape": None}, r"ReceptiveField.shift: got 1; give whole pixels, 0 for none, and 0 where"),
        (
            {"semisaturation": 0.0},
            r"ReceptiveField.semisaturation: got 0.0; give a positive finite number, or None for",
        ),
        ({"n_filters": 0}, r"ReceptiveField.n_filters: got 0; give an integer of at least 1"),
        ({"image_shape": (4, 4), "patch": 5}, r"GaborPatches.patch: 5 pixels do not fit into an image of 4 x 4"),
        ({"image_shape": (7, 7)}, r"ReceptiveField.image_shape: 7 x 7 pixels do not make samples of 64 features"),
    ],
)
def test_parameters_out_of_range_are_named(changed: dict[str, Any], message: str, digits: Digits) -> None:
    with pytest.raises(bnsim.InputError, match=message) as caught:
        ReceptiveField(**{**DIGITS, **changed}).fit(digits.X, digits.y)
    assert "\n" not in str(caught.value)


def test_compiled_and_numpy_back_ends_learn_the_same(digits: Digits) -> None:
    models = [
        ReceptiveField(**{**DIGITS, "backend": backend}, random_state=0).fit(digits.X[:60], digits.y[:60])
        for backend in ("cpp", "numpy")
    ]
    np.testing.assert_allclose(*(model.weights()["output"] for model in models), rtol=1e-12, atol=1e-18)
    np.testing.assert_array_equal(*(model.predict(digits.X_held[:50]) for model in models))
