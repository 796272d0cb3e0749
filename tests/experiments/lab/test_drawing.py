"""Networks that read digits are trained once, kept, and answer as those of the script do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnsim.errors import MachineError
from bnsim.recording import Recording
from experiments.lab import trained
from experiments.lab.drawing import DigitReading, ReadingRun
from experiments.lab.setting import Setting
from models.classifier import Classifier

from .learning import READING, reading, small_networks

# So small a network, after so few images, may answer all alike.
pytestmark = pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
SEVEN = "75,35 185,35 115,230"


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small_networks(monkeypatch, tmp_path / "models")


def answered(setting: Setting) -> ReadingRun:
    run = setting.run()
    assert isinstance(run, ReadingRun)
    run.prepare()
    while not run.finished:
        run.advance()
    return run


def of_script(run: ReadingRun) -> dict[str, Any]:
    made: dict[str, Any] = {}
    text = run.setting.script()
    exec(text[: text.index("bnsim.plotting")], made)
    return made


def same_as_script(run: ReadingRun) -> None:
    made = of_script(run)
    assert made["recording"] == run.recording
    for model, answer in zip(made["models"], run.answers, strict=True):
        assert answer.name == str(model.predict(made["image"])[0])
        assert answer.outputs == model.activity(made["image"]).layers[-1].responses[0].tolist()


@pytest.mark.parametrize("given", [{"values": {"sample": 3}}, {"values": {}, "drawing": SEVEN}], ids=["image", "drawn"])
def test_answers_are_those_of_the_script(given: dict[str, Any]) -> None:
    same_as_script(answered(Setting.of(READING, **given)))


@pytest.mark.slow  # loads Keras
def test_a_twin_answers_as_that_of_the_script() -> None:
    same_as_script(answered(Setting.of(reading("receptive-dense"), {}, drawing=SEVEN)))


def test_what_is_trained_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(Setting.of(READING, {"sample": 1}))
    assert len(list(trained.folder().glob("*.npz"))) == 2
    trained.training.cache_clear()  # as another process
    monkeypatch.setattr(Classifier, "fit", None)
    again = answered(Setting.of(READING, {"sample": 1}))
    assert again.answers == first.answers
    assert again.recording == first.recording


def test_what_is_damaged_is_trained_again() -> None:
    first = answered(Setting.of(READING, {}))
    for path in trained.folder().glob("*.npz"):
        path.write_bytes(b"damaged")
    trained.training.cache_clear()
    assert answered(Setting.of(READING, {})).answers == first.answers


def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(trained.FOLDER, str(tmp_path / "file"))
    with pytest.raises(MachineError, match=r"file: cannot be written \(.*\); name another folder in BNSIM_MODELS"):
        answered(Setting.of(READING, {}))


def test_other_settings_are_other_networks() -> None:
    paths = {
        wanted.path
        for values, key in (({}, 1), ({"train": 20}, 1), ({}, 2))
        for wanted in READING.wanted(Setting.of(READING, values, key=key))
    }
    assert len(paths) == 6


def test_old_networks_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "MOST", 2)
    for key in (1, 2):
        answered(Setting.of(READING, {}, key=key))
    wanted = READING.wanted(Setting.of(READING, {}, key=2))
    assert set(trained.folder().glob("*.npz")) == {each.path for each in wanted}


def test_another_run_goes_on_with_a_training() -> None:
    """A drawing that comes while the networks learn does not begin anew."""
    first = Setting.of(READING, {}).run()
    first.prepare()
    first.advance()
    first.close()
    done = trained.training(READING.wanted(first.setting)[0]).last
    second = Setting.of(READING, {}, drawing=SEVEN).run()
    second.advance()
    assert trained.training(READING.wanted(second.setting)[0]).last[0] >= done[0]
    assert second.said.startswith("receptive-field: ")


def test_no_label_reaches_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are fitted with training images alone; labels of test images are shown, never given."""
    fitted: list[int] = []
    fit = Classifier.fit

    def watched(self: Classifier, X: np.ndarray, y: np.ndarray, **options: Any) -> Classifier:
        held_out = {row.tobytes() for row in trained.split("digits", 40, 1).held_out.X}
        assert not held_out & {row.tobytes() for row in X}
        fitted.append(len(X))
        return fit(self, X, y, **options)

    monkeypatch.setattr(Classifier, "fit", watched)
    run = answered(Setting.of(READING, {"sample": 5}))
    assert fitted == [40, 40]
    label = trained.data("digits").classes[int(trained.split("digits", 40, 1).held_out.y[5])]
    assert run.said.endswith(f"(label: {label})")
    assert "label" not in answered(Setting.of(READING, {}, drawing=SEVEN)).said


def test_a_drawing_is_saved_with_its_answers(tmp_path: Path) -> None:
    run = answered(Setting.of(READING, {}, drawing=SEVEN))
    folder = run.write(tmp_path / "made")
    assert Recording.load(folder / "recording.npz") == run.recording
    facts = json.loads((folder / "setting.json").read_text())
    assert facts == {"experiment": "reading", "values": {"sample": 0, "train": 40}, "seed": 1, "drawing": SEVEN}
    answers = json.loads((folder / "answers.json").read_text())
    assert list(answers) == ["receptive-field", "reward"]
    assert answers["reward"]["answer"] == run.answers[1].name
    assert sum(answers["reward"]["shares"]) == pytest.approx(1)
    assert f"--drawing '{SEVEN}'" in run.setting.command()


def test_plots_show_image_votes_and_spikes() -> None:
    run = Setting.of(READING, {}, drawing=SEVEN).run()
    shown = run.advance()
    while not run.finished:
        shown = run.advance()
    image, votes, spikes = shown
    assert image is not None
    assert votes is not None
    assert spikes is not None
    picture = np.array(image.columns["image"][0])[::-1]
    assert picture[0].mean() > picture[6].mean()  # a 7 has most of its ink at the top
    assert len(votes.columns["first"]) == len(votes.columns["second"]) == 10
    assert isinstance(run, ReadingRun)
    assert run.recording is not None
    assert len(spikes.columns["time"]) == sum(counts.sum() for counts in run.recording.counts.values()) > 0


def test_the_experiment_says_the_layers_that_its_network_has() -> None:
    from experiments.lab.networks import find

    experiment = find("drawn-digits")
    assert isinstance(experiment, DigitReading)
    from experiments.run.configuration import model_parameters
    from models.registry import create

    parameters = model_parameters("receptive-field", trained.data("digits"), trained.PRESET)
    model: Any = create("receptive-field", **parameters)
    assert dict(experiment.layers) == {"hidden": model.n_filters, "output": 10}
    assert experiment.milliseconds == model.duration
    highest = {knob.name: knob.high for knob in experiment.knobs}
    split = trained.split("digits", int(highest["train"]), 1)
    assert (len(split.train), len(split.held_out)) == (highest["train"], highest["sample"] + 1)
