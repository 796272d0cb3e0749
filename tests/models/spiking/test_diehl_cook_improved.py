"""`diehl-cook-improved`: what it does otherwise than `diehl-cook`, whose network it is."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.schedule import presentation_order
from models.spiking.diehl_cook import DiehlCook
from models.spiking.diehl_cook_improved import ImprovedDiehlCook
from models.spiking.label_readout import READOUTS
from tests.models.conftest import QUICK, Digits

DIGITS = QUICK["diehl-cook-improved"]


@pytest.fixture(scope="module")
def trained(digits: Digits) -> ImprovedDiehlCook:
    return ImprovedDiehlCook(**{**DIGITS, "passes": 1}, random_state=0).fit(digits.X, digits.y)


def test_learns_as_diehl_cook_does(digits: Digits, trained: ImprovedDiehlCook) -> None:
    plain = DiehlCook(**{**QUICK["diehl-cook"], "passes": 1}, random_state=0).fit(digits.X, digits.y)
    assert plain.learned_.keys() == trained.learned_.keys()
    assert all(np.array_equal(plain.learned_[name], trained.learned_[name]) for name in plain.learned_)


def test_votes_count_the_spikes_of_five_looks(digits: Digits, trained: ImprovedDiehlCook) -> None:
    X = digits.X_held[:4]
    images = X.reshape(4, 8, 8)
    looks = [images] + [np.zeros_like(images) for _ in range(4)]
    looks[1][:, :, 1:], looks[2][:, :, :-1] = images[:, :, :-1], images[:, :, 1:]
    looks[3][:, 1:], looks[4][:, :-1] = images[:, :-1], images[:, 1:]
    counts = sum(trained.record(look.reshape(4, 64)).counts["excitatory"] for look in looks)
    votes = READOUTS["likelihood"](trained.readout_, counts)
    activity = trained.activity(X)
    np.testing.assert_array_equal(activity["output"].responses, votes)
    np.testing.assert_array_equal(trained.predict(X), trained.classes_[votes.argmax(axis=1)])
    np.testing.assert_array_equal(activity["excitatory"].responses, trained.record(X).counts["excitatory"])


def test_all_looks_are_work(digits: Digits, trained: ImprovedDiehlCook) -> None:
    once = deepcopy(trained).set_params(saccade=0)  # looks take no part in training
    one, five = (model.operations(digits.X_held[:3]) for model in (once, trained))
    assert five.neuron_updates == 5 * one.neuron_updates  # no digit of these is shown again for want of spikes
    assert 4 * one.synaptic_operations < five.synaptic_operations < 6 * one.synaptic_operations
    assert np.array_equal(
        once.activity(digits.X_held[:3])["output"].responses, once._votes(once._counts(digits.X_held[:3], "excitatory"))
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"saccade": -1}, "ImprovedDiehlCook.saccade: got -1; give whole pixels, 0 for none"),
        ({"image_shape": None}, "ImprovedDiehlCook.saccade: got 1; give whole pixels, 0 for none, and 0 where"),
        ({"blocked": -1.0}, "ImprovedDiehlCook.blocked: got -1.0; give a finite number of at least 0"),
    ],
)
def test_wrong_parameters_are_named(digits: Digits, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        ImprovedDiehlCook(**{**DIGITS, **changed}).fit(digits.X[:30], digits.y[:30])
    assert str(error.value).startswith(message)


def test_cells_are_named_by_images_shown_again(digits: Digits) -> None:
    """The labels of `label_samples` are those of the frozen network's counts of the samples presented last."""
    settings = {**DIGITS, "passes": 1}
    model = ImprovedDiehlCook(**{**settings, "label_samples": 100}, random_state=0).fit(digits.X, digits.y)
    running = ImprovedDiehlCook(**{**settings, "label_samples": 0}, random_state=0).fit(digits.X, digits.y)
    for name, array in running.learned_.items():
        assert np.array_equal(model.learned_[name], array)
    last = presentation_order(0, len(digits.X), 1)[-100:]
    counts = running.activity(digits.X[last])["excitatory"].responses
    spikes = np.stack([counts[digits.y[last] == label].sum(axis=0) for label in range(10)], axis=1)
    assert np.array_equal(model.readout_.spikes, spikes)
    assert np.array_equal(model.readout_.shown, np.bincount(digits.y[last]))
    assert not np.array_equal(running.readout_.shown, model.readout_.shown)
    every = ImprovedDiehlCook(**{**settings, "label_samples": 10**6}, random_state=0).fit(digits.X, digits.y)
    assert every.readout_.shown.sum() == len(digits.X)
