"""Saved classifiers come back whole, and damaged files are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from bnsim.errors import InputError, MachineError
from models.classifier import Classifier

from .conftest import Digits, quick


@pytest.fixture
def saved(fitted: Classifier, tmp_path: Path) -> Path:
    path = tmp_path / "classifier.npz"
    fitted.save(path)
    return path


def test_comes_back_whole(fitted: Classifier, saved: Path, digits: Digits) -> None:
    loaded = type(fitted).load(saved)
    assert loaded.get_params() == fitted.get_params()
    assert loaded.random_state_ == fitted.random_state_
    assert loaded.n_features_in_ == fitted.n_features_in_
    for before, after in zip(fitted.activity(digits.X_held).layers, loaded.activity(digits.X_held).layers, strict=True):
        assert np.array_equal(before.responses, after.responses)
    assert np.array_equal(loaded.predict(digits.X_held), fitted.predict(digits.X_held))
    assert list(saved.parent.iterdir()) == [saved]


def test_history_labels_and_random_state_come_back(
    name: str, short: Classifier, digits: Digits, tmp_path: Path
) -> None:
    X, labels = digits.X[:64], np.array([f"digit {label}" for label in digits.y[:64]], dtype=object)
    model = quick(name, random_state=np.random.RandomState(3), passes=1)
    model.fit(X, labels, validation=(X, labels), checkpoints=(32,))
    model.save(tmp_path / "named.npz")
    loaded = type(model).load(tmp_path / "named.npz")
    assert loaded.history_ == model.history_
    assert len(loaded.history_) == 1
    assert loaded.random_state == model.random_state_ != short.random_state_
    assert loaded.classes_.dtype == object
    assert np.array_equal(loaded.classes_, model.classes_)


def test_another_class_is_named(fitted: Classifier, saved: Path) -> None:
    class Other(type(fitted)):  # type: ignore[misc]
        pass

    with pytest.raises(InputError, match=rf"holds a {type(fitted).__name__}, not a Other; use"):
        Other.load(saved)


@pytest.mark.parametrize("length", [0, 100, -200])
def test_cut_short(fitted: Classifier, saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(InputError, match=r"load: cannot read .*classifier\.npz \(.+\); give a file written by"):
        type(fitted).load(saved)


def test_missing_parts(fitted: Classifier, saved: Path) -> None:
    with np.load(saved) as file:
        np.savez(saved, header=file["header"])
    with pytest.raises(InputError, match=rf"a saved {type(fitted).__name__} with missing or damaged parts"):
        type(fitted).load(saved)


def test_pickles_are_not_opened(fitted: Classifier, tmp_path: Path) -> None:
    np.savez(tmp_path / "pickle.npz", header=np.array([{"class": "Dense"}], dtype=object))
    with pytest.raises(InputError, match=r"cannot read .*\.npz \(Object arrays are never unpickled\); give a file"):
        type(fitted).load(tmp_path / "pickle.npz")


def test_no_such_file(fitted: Classifier, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*nowhere\.npz \(.*No such file.*\); give a file written by"):
        type(fitted).load(tmp_path / "nowhere.npz")


def test_no_such_folder(fitted: Classifier, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"cannot be written \(No such file or directory\); choose another"):
        fitted.save(tmp_path / "nowhere" / "classifier.npz")


def test_unfitted(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        quick(name).save(tmp_path / "unfitted.npz")
