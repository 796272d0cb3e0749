"""The last step of a network alone: it repeats what the whole network did, and spikes are lost or moved as asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.studies.robustness.replay import READ_OUTS, answers, counts, hidden_trains, jittered, lost, replayed
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.registry import create

SPLIT = final_split(load_task("digits"), seed=0, max_train=30)
X = SPLIT.held_out.X[:10]
SETTINGS: dict[str, dict[str, Any]] = {
    "receptive-field": {"image_shape": (8, 8), "n_filters": 60, "learning_rate": 0.01, "tau_synapse": 4.0},
    "three-factor": {"hidden": (15,), "max_rate": 500.0, "hidden_weight": 0.15},
}


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", READ_OUTS)
def test_the_read_out_alone_repeats_what_the_network_did(name: str) -> None:
    model = create(name, **SETTINGS[name], duration=20.0, passes=1, backend="numpy", random_state=0)
    model.fit(SPLIT.train.X, SPLIT.train.y)
    trains = hidden_trains(model, X)
    np.testing.assert_array_equal(replayed(model, X, trains), model.predict(X))
    hidden = model.activity(X).layers[-2].responses
    np.testing.assert_array_equal(counts(trains, hidden.shape[1]), hidden)
    # Without any spike nothing but the background is left, the same for all samples (but for the bias's noise).
    silent = replayed(model, X, [(steps[:0], units[:0]) for steps, units in trains])
    assert len(set(silent.tolist())) < len(set(model.predict(X).tolist()))


@pytest.mark.parametrize(("task", "name"), [("digits", "dense"), ("breast-cancer", "article-dense")])
def test_artificial_layers_alone_repeat_what_the_network_did(task: str, name: str) -> None:
    split = final_split(load_task(task), seed=0)
    model = create(name, passes=3, random_state=0).fit(split.train.X, split.train.y)
    hidden = model.activity(split.held_out.X).layers[-2].responses
    np.testing.assert_array_equal(answers(model, hidden), model.predict(split.held_out.X))


def test_this_share_of_the_spikes_is_lost() -> None:
    steps, units = np.arange(10_000) % 50, np.arange(10_000) % 7
    kept = lost((steps, units), 0.3, generator())
    assert len(kept[0]) == pytest.approx(7000, abs=5 * 46)  # five standard deviations
    assert len(lost((steps, units), 0.0, generator())[0]) == 10_000
    assert len(lost((steps, units), 1.0, generator())[0]) == 0


def test_jitter_moves_spikes_and_loses_none() -> None:
    drawn = np.random.default_rng(3).random((50, 40)) < 0.4
    steps, units = np.nonzero(drawn)
    for deviation in (0.0, 1.0, 5.0, 500.0):
        moved, of = jittered((steps, units), deviation, 50, generator())
        assert moved.min() >= 0
        assert moved.max() < 50
        assert len({*zip(moved.tolist(), of.tolist(), strict=True)}) == len(steps)
        np.testing.assert_array_equal(np.bincount(of), np.bincount(units))
    same, of = jittered((steps, units), 0.0, 50, generator())
    assert {*zip(same.tolist(), of.tolist(), strict=True)} == {*zip(steps.tolist(), units.tolist(), strict=True)}


def test_jitter_of_single_spikes_is_normal() -> None:
    moved, _ = jittered((np.full(4000, 500), np.arange(4000)), 10.0, 1000, generator())
    assert np.std(moved) == pytest.approx(10.0, rel=0.05)  # 4000 spikes: 1.1 %, rounding to steps 0.04 %
    assert np.mean(moved) == pytest.approx(500, abs=1)
