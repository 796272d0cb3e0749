"""A training that is watched is the training of the script; what is unfinished is not saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.lab.setting import Setting
from experiments.lab.training import TrainingRun
from models.spiking.diehl_cook import DiehlCook

from .learning import FIELDS
from .test_pacing import ends

pytestmark = pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")  # four cells, after 40 images


def begun() -> TrainingRun:
    run = Setting.of(FIELDS, {}).run()
    assert isinstance(run, TrainingRun)
    run.prepare()
    return run


def test_a_training_is_watched_saved_and_that_of_the_script(tmp_path: Path) -> None:
    run, shown = begun(), []
    while not run.finished:
        assert run.said.startswith(f"{20 * max(len(shown) - 1, 0)} of 40 presentations learned")
        shown.append(run.advance())
    looks = [fields for fields, _, _ in shown if fields is not None]
    assert len(looks) == 3  # before the first presentation, after 20 and after 40
    images = [np.array(look.columns["image"]) for look in looks]
    assert images[0].shape == (4, 8, 8)
    assert (images[1] != images[2]).any()
    curve = shown[-2][1]
    assert curve is not None
    assert curve.columns["seen"] == [20, 40]
    assert run.said.startswith("Learned from 40 presentations; it recognises")
    assert shown[-1] == [None, None, None]

    folder = run.write(tmp_path / "run")
    made: dict[str, Any] = {}
    text = (folder / "script.py").read_text()
    exec(text[: text.index("bnsim.plotting")], made)
    saved = DiehlCook.load(folder / "model.npz")
    for name, weights in made["model"].weights().items():
        np.testing.assert_array_equal(saved.weights()[name], weights)
    points = [(point.samples_seen, point.validation_accuracy) for point in made["model"].history_]
    stored = json.loads((folder / "learning_curve.json").read_text())
    assert [(point["presentations"], point["accuracy"]) for point in stored] == points
    # The first field at the top left, with its first row at the top: Bokeh's first row is the lowest.
    fields = made["fields"].reshape(4, 8, 8)
    np.testing.assert_allclose(images[2][0][::-1], fields[0] / fields.max(), atol=0.005)
    assert json.loads((folder / "setting.json").read_text())["values"] == {"train": 40}


def test_who_leaves_ends_the_training(tmp_path: Path) -> None:
    run = begun()
    run.advance()
    with pytest.raises(
        InputError, match="has not learned to its end, and an unfinished model is not saved; let it end"
    ):
        run.write(tmp_path / "run")
    assert not (tmp_path / "run").exists()
    run.close()
    assert ends("lab-paced")
