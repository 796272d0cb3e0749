"""Converted networks: what they take over, what they lose, how they decide."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import ms
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import bnsim
from models.spiking.converted import Converted, ConvertedConvolutional, ConvertedDense

from ..conftest import QUICK, Digits, quick, trained

STEPS = QUICK["converted"]["duration"]
FEW = 9


# A short training and few steps: the checks ask for conduct, not for accuracy, but on easy blobs.
# The checks' own samples are few and drawn at random: many a small network cannot tell them apart.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
@parametrize_with_checks(
    [ConvertedDense(hidden=(20,), passes=20, learning_rate=0.01, duration=12, backend="numpy", random_state=0)]
)
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module", params=["converted", pytest.param("converted-convolutional", marks=pytest.mark.slow)])
def pair(request: pytest.FixtureRequest) -> tuple[Converted, Any]:
    """A converted network and its source, trained alike."""
    model = trained(request.param)
    assert isinstance(model, Converted)
    assert model.twin is not None
    assert {**QUICK[model.twin], "duration": STEPS} == QUICK[request.param]
    return model, trained(model.twin)


def test_the_source_is_the_twin(pair: tuple[Converted, Any]) -> None:
    """Scale by scale, the weights are those that the twin learns with the same random state."""
    model, twin = pair
    for ours, theirs in zip(model.layers_, twin.linear_layers(), strict=True):
        factor = ours.matrix.data / theirs.matrix.data
        assert ours.name == theirs.name
        assert factor[0] > 0
        np.testing.assert_allclose(factor, factor[0])


def test_little_is_lost_against_the_source(pair: tuple[Converted, Any], digits: Digits) -> None:
    model, twin = pair
    assert np.mean(model.predict(digits.X_held) == twin.predict(digits.X_held)) > 0.98
    assert abs(model.score(digits.X_held, digits.y_held) - twin.score(digits.X_held, digits.y_held)) < 0.01


def test_rates_are_the_activations(pair: tuple[Converted, Any], digits: Digits) -> None:
    """Of the first layer to within half a spike, where an activation is not above the percentile that makes 1."""
    model, _ = pair
    first = model.layers_[0]
    activity = model.activity(digits.X_held[:50])
    expected = STEPS * np.clip(first(digits.X_held[:50]), 0, 1)
    found = activity[first.name].responses
    np.testing.assert_allclose(found, expected, atol=0.5 + 1e-6)
    assert found.max() == STEPS
    np.testing.assert_array_equal(activity[first.name].binned.sum(axis=1), found)  # type: ignore[union-attr]


def test_decisions_over_time_end_in_the_prediction(pair: tuple[Converted, Any], digits: Digits) -> None:
    model, _ = pair
    over_time = model.predictions_over_time(digits.X_held)
    assert over_time.shape == (len(digits.X_held), STEPS)
    np.testing.assert_array_equal(over_time[:, -1], model.predict(digits.X_held))
    right = (over_time == digits.y_held[:, None]).mean(axis=0)
    assert right[0] < right[-1] - 0.05
    assert right[STEPS // 2] > right[-1] - 0.02


def shortened(model: Converted) -> Converted:
    """The same network with so few steps, and therefore so few spikes, that many decisions are ties."""
    shorter = type(model)(**{**model.get_params(), "duration": FEW})
    for name in ("classes_", "n_features_in_", "layers_"):
        setattr(shorter, name, getattr(model, name))
    return shorter


def test_decisions_after_some_steps_are_those_of_a_shorter_trial(pair: tuple[Converted, Any], digits: Digits) -> None:
    model, _ = pair
    shorter = shortened(model)
    X = digits.X_held[:100]
    np.testing.assert_array_equal(shorter.predict(X), model.predictions_over_time(X)[:, FEW - 1])


def test_decision_and_ties_by_hand(pair: tuple[Converted, Any], digits: Digits) -> None:
    """From the recorded spikes and the scaled weights alone."""
    model, _ = pair
    shorter = shortened(model)
    recording = shorter.record(digits.X_held)
    before, last = shorter.layers_[-2:]
    predicted, tied = [], []
    for spikes, counts in zip(recording.counts[before.name], recording.counts["output"], strict=True):
        received = FEW * last.bias + last.matrix.toarray() @ spikes
        ranked = sorted(range(10), key=lambda k: (counts[k], received[k]))
        predicted.append(ranked[-1])
        tied.append(counts[ranked[-1]] == counts[ranked[-2]])
    np.testing.assert_array_equal(shorter.predict(digits.X_held), predicted)
    np.testing.assert_array_equal(shorter.tied(digits.X_held), tied)
    assert 0 < np.mean(tied) < 1


def test_operations_are_spikes_times_fan_out(pair: tuple[Converted, Any], digits: Digits) -> None:
    model, _ = pair
    X = digits.X_held[:5]
    recording = model.record(X)
    expected = 0
    for before, layer in pairwise(model.layers_):
        reached = (layer.matrix.toarray() != 0).sum(axis=0)
        expected += int((recording.counts[before.name].sum(axis=0) * reached).sum())
    operations = model.operations(X)
    assert operations.synaptic_operations == expected > 0
    assert operations.multiply_accumulates == 5 * np.count_nonzero(model.layers_[0].matrix.toarray())
    assert operations.neuron_updates == 5 * STEPS * sum(layer.n_units for layer in model.layers_)
    assert operations.bytes == 8 * (expected + operations.multiply_accumulates)


def test_without_hidden_layers_the_current_alone_decides(digits: Digits) -> None:
    model = ConvertedDense(hidden=(), passes=5, learning_rate=0.02, duration=5, backend="numpy", random_state=0)
    model.fit(digits.X, digits.y)
    X = digits.X_held[:60]
    scores = model.layers_[0](X)
    spikes = np.clip(np.floor(0.5 + np.arange(1, 6)[:, None] * scores[:, None]), 0, np.arange(1, 6)[:, None])
    best = spikes == spikes.max(axis=2, keepdims=True)
    expected = np.where(best, scores[:, None], -np.inf).argmax(axis=2)
    np.testing.assert_array_equal(model.predictions_over_time(X), expected)
    assert model.operations(X).synaptic_operations == 0


@pytest.mark.slow
def test_with_a_long_leak_little_is_lost_as_well(digits: Digits, tmp_path: Path) -> None:
    neuron = bnsim.SubtractiveLIF(tau_m=500 * ms)
    model = quick("converted", neuron=neuron).fit(digits.X, digits.y)
    assert model.score(digits.X_held, digits.y_held) > 0.88
    model.save(tmp_path / "model.npz")
    assert repr(ConvertedDense.load(tmp_path / "model.npz").neuron) == repr(neuron)


SCRIPT = """
import sys
import numpy as np
from models.registry import MODELS
name, path, samples = sys.argv[1:]
model = MODELS[name].load().load(path)
print(*model.predict(np.load(samples)))
print(*sorted({"keras", "tensorflow"} & sys.modules.keys()))
"""


@pytest.mark.slow
def test_a_saved_one_needs_no_keras(pair: tuple[Converted, Any], digits: Digits, tmp_path: Path) -> None:
    model, _ = pair
    model.save(tmp_path / "model.npz")
    np.save(tmp_path / "X.npy", digits.X_held[:20])
    command = [sys.executable, "-c", SCRIPT, model.name, str(tmp_path / "model.npz"), str(tmp_path / "X.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [" ".join(map(str, model.predict(digits.X_held[:20]))), ""]


@pytest.mark.slow
def test_compiled_and_numpy_back_ends_give_the_same_spikes(digits: Digits) -> None:
    compiled = quick("converted").fit(digits.X, digits.y)
    plain = ConvertedDense(**{**compiled.get_params(), "backend": "numpy"}).fit(digits.X, digits.y)
    counts = [model.record(digits.X_held[:10]).counts for model in (compiled, plain)]  # type: ignore[attr-defined]
    for name in counts[0]:
        np.testing.assert_array_equal(counts[0][name], counts[1][name])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"percentile": 0.0}, "ConvertedDense.percentile: got 0.0; give a number in (0, 100]"),
        ({"percentile": 101}, "ConvertedDense.percentile: got 101; give a number in (0, 100]"),
        ({"duration": 2.5}, "ConvertedDense.duration: got 2.5; give an integer of at least 1"),
        ({"backend": "gpu"}, "ConvertedDense.backend: got 'gpu'; give one of auto, cpp, cython, numpy"),
        ({"neuron": "hh"}, "ConvertedDense.neuron: got 'hh'; give 'subtractive-if', 'subtractive-lif' or"),
        ({"neuron": bnsim.LIF()}, "ConvertedDense.neuron: LIF does not keep what lies above threshold; give"),
        ({"hidden": (0,)}, "Dense.hidden: got (0,); give a tuple of integers of at least 1"),
    ],
)
def test_errors_name_the_parameter(digits: Digits, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(bnsim.InputError) as error:
        quick("converted", **changed).fit(digits.X, digits.y)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("method", ["record", "predictions_over_time", "tied"])
def test_nothing_is_shown_before_training(method: str, digits: Digits) -> None:
    with pytest.raises(NotFittedError):
        getattr(quick("converted"), method)(digits.X)


def test_plain_features_have_no_convolution(digits: Digits) -> None:
    with pytest.raises(bnsim.InputError, match=r"^Convolutional\.image_shape: got None; give \(height, width\)"):
        ConvertedConvolutional().fit(digits.X, digits.y)
