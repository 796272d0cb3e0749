"""What every classifier must fulfil that has a capability, whatever is inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from bnsim.errors import InputError
from models import capabilities
from models.capabilities import (
    ActivationReadOut,
    Anytime,
    CountDecision,
    Differentiable,
    Lasting,
    Layered,
    Probabilistic,
    Receptive,
    Recordable,
    Remembering,
    SpikeReadOut,
    Taught,
    Tolerant,
)
from models.classifier import Classifier
from models.registry import MODELS

from .conftest import Digits, quick, trained

SPIKING = {Recordable}
FEEDFORWARD = {Probabilistic, Layered, ActivationReadOut, Differentiable, Taught}
HAS: dict[str, set[type]] = {
    "receptive-field": {*SPIKING, CountDecision, SpikeReadOut, Differentiable, Taught},
    "three-factor": {*SPIKING, CountDecision, SpikeReadOut, Differentiable, Taught},
    "surrogate": {*SPIKING, CountDecision, SpikeReadOut, Differentiable, Taught},
    "reward": {*SPIKING, CountDecision, Differentiable},
    "diehl-cook": {*SPIKING, Receptive},
    "diehl-cook-improved": {*SPIKING, Receptive},
    "receptive-dense": FEEDFORWARD,
    "dense": FEEDFORWARD,
    "local-rate": FEEDFORWARD,
    "dense-sgd": FEEDFORWARD,
    "rate": {Probabilistic, Tolerant},
    "rate-dense": FEEDFORWARD,
    "article-dense": FEEDFORWARD,
    "gru": {Probabilistic, Taught},
    "rate-recurrent": {Probabilistic, Remembering},
    "rflo": {Probabilistic, Remembering},
    "surrogate-recurrent": {Recordable, Anytime, Lasting, Probabilistic, Remembering},
    "eprop": {Recordable, Anytime, Lasting, Probabilistic, Remembering},
    "converted": {*SPIKING, Anytime, Layered, Differentiable},
    "convolutional": FEEDFORWARD,
    "converted-convolutional": {*SPIKING, Anytime, Layered, Differentiable},
}
ALL = {value for value in vars(capabilities).values() if getattr(value, "_is_runtime_protocol", False)}


def having(capability: type) -> pytest.MarkDecorator:
    """Run a test for the classifiers that have a capability."""
    return pytest.mark.parametrize("name", [name for name in HAS if capability in HAS[name]], indirect=True)


def able(model: Classifier, capability: type) -> Any:
    """The model, of which its type does not say what it can do."""
    assert isinstance(model, capability)
    return model


def noisy(model: Classifier) -> dict[str, np.ndarray]:
    """Its weights with noise, none of which changes its sign."""
    drawn = np.random.default_rng(0)
    return {name: matrix * drawn.uniform(0.5, 1.5, matrix.shape) for name, matrix in model.weights().items()}


def differing(first: Classifier, second: Classifier) -> set[str]:
    """Names of the fitted arrays that are not the same to the last bit."""
    left, right = first._fitted_arrays(), second._fitted_arrays()
    assert left.keys() == right.keys()
    return {name for name in left if not np.array_equal(left[name], right[name])}


def test_capabilities_of_each_classifier(name: str, fitted: Classifier) -> None:
    assert {each for each in ALL if isinstance(fitted, each)} == HAS[name]


def test_every_capability_is_had_and_every_classifier_named() -> None:
    assert set(HAS) == set(MODELS)
    assert set.union(*HAS.values()) == ALL


# Weights.


def test_with_its_own_weights_it_is_the_same_to_the_last_bit(fitted: Classifier, digits: Digits) -> None:
    same = fitted.with_weights(fitted.weights())
    assert same is not fitted
    assert differing(same, fitted) == set()
    assert np.array_equal(same.predict(digits.X_held[:40]), fitted.predict(digits.X_held[:40]))


def test_with_other_weights_nothing_else_changes(name: str, fitted: Classifier, digits: Digits) -> None:
    before, wanted = fitted.weights(), noisy(fitted)
    arrays = {name: array.copy() for name, array in fitted._fitted_arrays().items()}
    changed = fitted.with_weights(wanted)
    for layer, matrix in changed.weights().items():
        np.testing.assert_allclose(matrix, wanted[layer], rtol=1e-6)  # some networks keep float32
        assert np.mean(matrix != before[layer]) > 0.4
    # These keep the weights of their own state apart from those of the input.
    of_itself = name in ("gru", "rate-recurrent", "rflo", "surrogate-recurrent", "eprop")
    assert len(differing(changed, fitted)) == len(before) + of_itself
    for part, array in fitted._fitted_arrays().items():
        np.testing.assert_array_equal(array, arrays[part])
    assert not np.array_equal(
        changed.activity(digits.X_held[:20]).layers[-1].responses,
        fitted.activity(digits.X_held[:20]).layers[-1].responses,
    )


def test_one_layer_alone(fitted: Classifier) -> None:
    before = fitted.weights()
    last = list(before)[-1]
    changed = fitted.with_weights({last: 0.5 * before[last]}).weights()
    for name, matrix in before.items():
        np.testing.assert_allclose(changed[name], matrix * (0.5 if name == last else 1), rtol=1e-6)


def test_without_weights_the_output_does_not_follow_the_input(fitted: Classifier, digits: Digits) -> None:
    empty = fitted.with_weights({name: np.zeros_like(matrix) for name, matrix in fitted.weights().items()})
    assert not any(matrix.any() for matrix in empty.weights().values())
    outputs = empty.activity(digits.X_held[:20]).layers[-1].responses
    if fitted.name in ("three-factor", "surrogate"):  # whose bias unit is a Poisson process, drawn for each sample
        full = fitted.activity(digits.X_held[:20]).layers[-1].responses
        assert outputs.std(axis=0).mean() < 0.5 * full.std(axis=0).mean()
    else:
        assert (outputs == outputs[0]).all()


def test_wrong_weights_are_named(fitted: Classifier) -> None:
    owner = f"{type(fitted).__name__}.with_weights: "
    layer, matrix = next(iter(fitted.weights().items()))
    with pytest.raises(InputError) as caught:
        fitted.with_weights({"retina": matrix})
    assert str(caught.value).startswith(f"{owner}unknown layer 'retina'; choose from {layer!r}")
    with pytest.raises(InputError) as caught:
        fitted.with_weights({layer: matrix[:-1]})
    n_inputs, n_units = matrix.shape
    assert str(caught.value) == (
        f"{owner}layer {layer!r} got weights of shape ({n_inputs - 1}, {n_units}); give ({n_inputs}, {n_units})"
    )
    with pytest.raises(InputError) as caught:
        fitted.with_weights({layer: np.full_like(matrix, np.nan)})
    assert str(caught.value) == f"{owner}layer {layer!r} got weights that are not all finite numbers; give finite ones"


# Spikes and decisions.


@having(Recordable)
def test_records_the_spikes_that_activity_counts(fitted: Classifier, digits: Digits) -> None:
    model, X = able(fitted, Recordable), digits.X_held[:5]
    recording, activity = model.record(X), fitted.activity(X)
    assert recording.n_trials == len(X)
    spiking = [layer for layer in activity.layers if layer.binned is not None]
    assert [layer.name for layer in spiking] == list(recording.spikes)
    for layer in spiking:
        counted = np.zeros(layer.responses.shape)
        spikes = recording.spike_times(layer.name)
        np.add.at(counted, (spikes.trial, spikes.unit), 1)
        np.testing.assert_array_equal(counted, layer.responses)


@having(Anytime)
def test_decisions_over_time_end_in_the_prediction(fitted: Classifier, digits: Digits) -> None:
    model, X = able(fitted, Anytime), digits.X_held[:20]
    found = model.predictions_over_time(X)
    assert found.shape == (20, able(fitted, Recordable).record(X).n_steps)
    np.testing.assert_array_equal(found[:, -1], fitted.predict(X))
    assert (found[:, 0] != found[:, -1]).any()


@having(CountDecision)
def test_decisions_by_counts_end_in_the_prediction(fitted: Classifier, digits: Digits) -> None:
    model, X = able(fitted, CountDecision), digits.X_held[:20]
    recording = able(fitted, Recordable).record(X)
    early, late, end = model.decisions_until(recording, [0, 9 * recording.n_steps // 10, recording.n_steps])
    np.testing.assert_array_equal(end, fitted.predict(X))
    np.testing.assert_array_equal(early, np.repeat(fitted.classes_[0], 20))  # without a spike all classes are equal
    assert (late != early).any()


@having(SpikeReadOut)
@pytest.mark.slow
def test_the_output_alone_repeats_what_the_network_did(fitted: Classifier, digits: Digits) -> None:
    model, X = able(fitted, SpikeReadOut), digits.X_held[:20]
    hidden = model.hidden_spikes(X)
    np.testing.assert_array_equal(hidden.counts, fitted.activity(X).layers[-2].responses)
    assert hidden.counts.any()
    assert max(steps.max() for steps, _ in hidden.trains) < hidden.n_steps
    assert hidden.n_steps * hidden.dt == pytest.approx(1e-3 * fitted.get_params()["duration"])
    np.testing.assert_array_equal(model.read_out_spikes(X, hidden.trains), fitted.predict(X))
    # Without a spike nothing but the background is left, the same for all samples (but for the noise of a bias).
    silent = model.read_out_spikes(X, [(steps[:0], units[:0]) for steps, units in hidden.trains])
    assert len(set(silent.tolist())) < len(set(fitted.predict(X).tolist()))


# Activations.


@having(Layered)
def test_linear_layers_lead_through_the_network(fitted: Classifier, digits: Digits) -> None:
    layers = able(fitted, Layered).linear_layers()
    assert [layer.name for layer in layers] == list(fitted.weights())
    activity = fitted.activity(digits.X_held[:5])
    sizes = [layer.responses.shape[1] for layer in activity.layers[-len(layers) - 1 :]]
    assert [layer.matrix.shape for layer in layers] == list(zip(sizes[1:], sizes[:-1], strict=True))
    assert [layer.bias.shape for layer in layers] == [(size,) for size in sizes[1:]]


@having(ActivationReadOut)
def test_the_last_layer_alone_repeats_what_the_network_did(fitted: Classifier, digits: Digits) -> None:
    model, hidden = able(fitted, ActivationReadOut), fitted.activity(digits.X_held).layers[-2].responses
    np.testing.assert_array_equal(model.read_out_activations(hidden), fitted.predict(digits.X_held))
    assert len(set(model.read_out_activations(np.zeros_like(hidden)).tolist())) == 1


def test_the_single_output_of_two_classes_is_read_out_too(digits: Digits) -> None:
    two = digits.y < 2
    model = quick("article-dense").fit(digits.X[two], digits.y[two])
    hidden = model.activity(digits.X_held).layers[-2].responses
    np.testing.assert_array_equal(
        able(model, ActivationReadOut).read_out_activations(hidden), model.predict(digits.X_held)
    )
    chain = able(model, Differentiable).rate_chain()
    np.testing.assert_array_equal(chain.outputs(digits.X_held).argmax(axis=1), model.predict(digits.X_held))


@having(Probabilistic)
def test_probabilities_are_those_of_the_prediction(fitted: Classifier, digits: Digits) -> None:
    found = able(fitted, Probabilistic).predict_proba(digits.X_held)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    assert found.min() >= 0
    np.testing.assert_array_equal(fitted.classes_[found.argmax(axis=1)], fitted.predict(digits.X_held))


@having(Tolerant)
def test_everything_is_within_a_tolerance_of_one(fitted: Classifier, digits: Digits) -> None:
    model = able(fitted, Tolerant)
    within = [model.within_tolerance(digits.X_held, digits.y_held, tolerance) for tolerance in (0.0, 0.1, 1.0)]
    assert within == sorted(within)
    assert 0 <= within[0] < within[1] < within[2] == 1


@having(Receptive)
def test_receptive_fields_have_a_label_each(fitted: Classifier, digits: Digits) -> None:
    weights, labels = able(fitted, Receptive).receptive_fields()
    assert weights.shape == (len(labels), digits.X.shape[1])
    assert set(labels.tolist()) <= {-1, *range(len(fitted.classes_))}


# Gradients.

rectifying = pytest.mark.parametrize(
    "name", [name for name in HAS if Differentiable in HAS[name] and name != "rate-dense"], indirect=True
)
"""All that have a chain with quick settings; `rate-dense` has sigmoid units."""


@rectifying
def test_the_gradient_of_the_rate_network_is_that_of_finite_differences(fitted: Classifier, digits: Digits) -> None:
    chain = able(fitted, Differentiable).rate_chain()
    X, step = digits.X_held[:3], 1e-6
    error = np.random.default_rng(0).normal(0, 1, chain.outputs(X).shape)
    expected = np.zeros_like(X)
    for feature in range(X.shape[1]):
        move = step * np.eye(X.shape[1])[feature]
        difference = chain.outputs(X + move) - chain.outputs(X - move)
        expected[:, feature] = np.sum(error * difference, axis=1) / (2 * step)
    scale = np.abs(expected).max()
    assert scale > 0
    np.testing.assert_allclose(chain.gradient(X, error), expected, atol=1e-5 * scale)  # differences: 1e-16 / 1e-6


@rectifying
def test_the_rate_network_answers_as_the_model_does(fitted: Classifier, digits: Digits) -> None:
    chain = able(fitted, Differentiable).rate_chain()
    X = digits.X_held[:100]
    agreement = np.mean(fitted.classes_[chain.outputs(X).argmax(axis=1)] == fitted.predict(X))
    assert agreement == 1 if fitted.kind == "ANN" else agreement > 0.8


def test_another_activation_than_a_rectifier_makes_no_chain() -> None:
    assert trained("rate-dense").get_params()["activation"] == "sigmoid"
    assert able(trained("rate-dense"), Differentiable).rate_chain() is None


# Before training.

CALLS: dict[type, Callable[[Any, np.ndarray], object]] = {
    Recordable: lambda model, X: model.record(X),
    Anytime: lambda model, X: model.predictions_over_time(X),
    Lasting: lambda model, X: model.time_steps(X),
    SpikeReadOut: lambda model, X: model.hidden_spikes(X),
    Layered: lambda model, X: model.linear_layers(),
    ActivationReadOut: lambda model, X: model.read_out_activations(X),
    Differentiable: lambda model, X: model.rate_chain(),
    Probabilistic: lambda model, X: model.predict_proba(X),
    Receptive: lambda model, X: model.receptive_fields(),
}


@pytest.mark.parametrize(
    ("name", "capability"), [(name, each) for name in HAS for each in CALLS if each in HAS[name]], indirect=["name"]
)
def test_nothing_comes_before_training(name: str, capability: type, digits: Digits) -> None:
    with pytest.raises(NotFittedError):
        CALLS[capability](quick(name), digits.X_held[:3])
