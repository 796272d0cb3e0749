"""`bnsim convert`: accuracy by time step, what is written, and what a user is told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from bnsim.errors import InputError
from experiments import convert
from experiments.conversion import Conversion
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.artificial.backend import keras
from models.spiking.converted_keras import ConvertedKeras

from .test_command_line import bnsim

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


def solved(scale: float, path: Path) -> Path:
    """A network for digits: random features, rectified, and a read-out found by least squares on all samples."""
    X, y = load_digits(return_X_y=True)
    rng = np.random.default_rng(0)
    weights, bias = rng.normal(0, 0.3, (64, 150)), rng.normal(0, 0.3, 150)
    features = np.hstack([np.maximum(X / 16 @ weights + bias, 0), np.ones((len(X), 1))])
    read_out = np.linalg.lstsq(features, np.eye(10)[y], rcond=None)[0]
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(150, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.layers[1].set_weights([weights * scale, bias])
    model.layers[2].set_weights([read_out[:-1], read_out[-1]])
    model.save(path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network for pixels from 0 to 1."""
    return solved(1.0, tmp_path_factory.mktemp("keras") / "model.keras")


@pytest.fixture(scope="module")
def converted(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Conversion, Path]:
    folder = tmp_path_factory.mktemp("converted") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.spiking.converted_classifier.SURVEYED", 2)
        return convert(model, "digits", steps=40, test_samples=15, seed=3, to=folder, backend="numpy"), folder


def test_accuracy_is_that_of_source_and_classifier(converted: tuple[Conversion, Path], model: Path) -> None:
    conversion, _ = converted
    test = final_split(load_task("digits"), 3).held_out
    chosen = test.chosen(np.sort(np.random.default_rng(3).permutation(len(test))[:15]))
    theirs = keras.saving.load_model(model)(chosen.X.reshape(-1, 8, 8, 1)).numpy().argmax(axis=1)
    assert conversion.source_accuracy == (theirs == chosen.y).mean() > 0.8
    assert conversion.n_test == 15
    answers = conversion.classifier.predictions_over_time(chosen.X)
    np.testing.assert_array_equal(conversion.accuracy, (answers == chosen.y[:, None]).mean(axis=0))
    assert conversion.agreement == (answers[:, -1] == theirs).mean()
    assert conversion.accuracy[-1] > conversion.accuracy[0]
    assert conversion.seconds > 0


def test_what_is_written_can_be_read(converted: tuple[Conversion, Path]) -> None:
    conversion, folder = converted
    assert sorted(path.name for path in folder.iterdir()) == [
        "accuracy.png",
        "accuracy.svg",
        "classifier.npz",
        "conversion.json",
    ]
    again = ConvertedKeras.load(folder / "classifier.npz")
    X = final_split(load_task("digits"), 3).held_out.X[:2]
    np.testing.assert_array_equal(again.predict(X), conversion.classifier.predict(X))
    numbers = json.loads((folder / "conversion.json").read_text())
    assert numbers == conversion.numbers()
    assert numbers["accuracy_by_step"][-1] == numbers["accuracy"]
    assert numbers["points_lost"] == pytest.approx(100 * (numbers["source_accuracy"] - numbers["accuracy"]))
    assert numbers["neurons"] == 160


def by_hand(accuracy: list[float], source: float = 0.9) -> Conversion:
    classifier: Any = None
    return Conversion(classifier, "m", "t", "task", 0, source, np.array(accuracy), 1.0, 1000, 0.1)


def test_the_step_from_which_on_little_is_lost() -> None:
    """Once reached and left again does not count."""
    assert by_hand([0.1, 0.9, 0.5, 0.897, 0.95]).steps_until(0.3) == 4
    assert by_hand([0.1, 0.9, 0.5, 0.897, 0.95]).steps_until(0.2) == 5
    assert by_hand([0.9, 0.9]).steps_until() == 1
    assert by_hand([0.9, 0.8]).steps_until() is None
    assert by_hand([0.5, 0.8]).lost == pytest.approx(10)
    assert by_hand([0.5] * 30).rows() == [(step, 50, pytest.approx(40)) for step in (1, 2, 5, 10, 20, 30)]


@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")  # two steps are few
def test_another_scaling_is_proposed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A network for pixels from 0 to 16 that is shown pixels from 0 to 1."""
    path = solved(1 / 16, tmp_path / "raw.keras")
    arguments: dict[str, Any] = {"steps": 2, "test_samples": 2, "backend": "numpy"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.spiking.converted_classifier.SURVEYED", 2)
        convert(path, "digits", **arguments)
        said = capsys.readouterr().err
        assert "of 500 training samples right with --scaling task, and 9" in said
        assert "with --scaling none; give that, if it is how the model was trained" in said
        for scaling in ("none", "1"):
            assert convert(path, "digits", scaling=scaling, **arguments).source_accuracy > 0.4
            assert capsys.readouterr().err == ""


@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
def test_chance_level_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The right features, and classes in another order."""
    path = solved(1.0, tmp_path / "m.keras")
    model = keras.saving.load_model(path)
    weights, bias = model.layers[-1].get_weights()
    order = np.roll(np.arange(10), 1)
    model.layers[-1].set_weights([weights[:, order], bias[order]])
    model.save(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.spiking.converted_classifier.SURVEYED", 2)
        convert(path, "digits", steps=2, test_samples=2, backend="numpy")
    said = capsys.readouterr().err
    assert "about chance level; was it trained on this task, with its classes in the order 0, 1, 2, 3" in said


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"task": "breast-cancer"},
            "the model takes 8 x 8 x 1 = 64 values, and a sample has 30; give the samples that",
        ),
        ({"task": "digits-parity"}, "the model tells 10 classes apart, and the samples have 2; give the samples that"),
        ({"scaling": "huge"}, "scaling: got 'huge'; give one of task, none, standardise, range, or a positive number"),
        ({"scaling": "-1"}, "scaling: got '-1'; give one of task"),
        ({"test_samples": 0}, "test_samples: got 0; give an integer of at least 1"),
        ({"steps": 0}, "ConvertedKeras.duration: got 0; give an integer of at least 1"),
        ({"task": "none"}, "unknown task 'none'"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], message: str, model: Path, tmp_path: Path) -> None:
    arguments = {"task": "digits", "steps": 5, "backend": "numpy", "to": tmp_path / "new", **changed}
    with pytest.raises(InputError) as caught:
        convert(model, **arguments)
    assert message in str(caught.value)


def test_the_command_refuses_a_hostile_file_in_one_line(tmp_path: Path) -> None:
    function = {"class_name": "__lambda__", "config": {"code": "AAAA", "defaults": None, "closure": None}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil\x1b[31m", "function": function}}
    configuration = {"class_name": "Sequential", "config": {"layers": [layer]}}
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(configuration))
        archive.writestr("model.weights.h5", keras_weights())
    done = bnsim("convert", "m.keras", "--task", "digits", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line == (
        r"bnsim: error: m.keras: layer 'evil\x1b[31m' (Lambda): holds code, which is never run; "
        "use layers that say what they do"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]


def keras_weights() -> bytes:
    """A file of weights without any."""
    import io

    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.create_group("layers")
    return content.getvalue()


@pytest.mark.slow
def test_the_command_says_what_is_lost(model: Path, tmp_path: Path) -> None:
    arguments = ("convert", str(model), "--task", "digits", "--steps", "100")
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for said in (
        "source (Keras)",
        "points lost",
        "at most 0.3 points lost: ",
        "ms a sample, 160 neurons",
        "written: model-spiking",
    ):
        assert said in done.stdout
    again = bnsim(*arguments, "--json", "--to", "other", cwd=tmp_path)
    numbers = json.loads(again.stdout)
    assert numbers["accuracy"] > 0.8
    assert abs(numbers["points_lost"]) < 3
    assert numbers == json.loads((tmp_path / "other" / "conversion.json").read_text())
