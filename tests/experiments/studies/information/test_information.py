"""The information study: what layers tell against what they must, its control, and its figures."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy.stats import entropy

from bnsim.errors import InputError
from experiments.report import figures
from experiments.run_directory import Run
from experiments.shared.probe import decoded
from experiments.spec import Measurement, Subject
from experiments.studies.information import STUDY
from experiments.studies.information import measure as information
from experiments.studies.information.figure import sentences
from experiments.studies.information.measure import Reader, _folds, followed_often
from experiments.studies.information.mutual_information import symbols, unit_information
from experiments.tables import print_run
from experiments.tasks.dataset import Samples, final_split
from models.classifier import Layer
from models.registry import create
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, tiny
from tests.experiments.digits import value as measured
from tests.experiments.here import run_here

pytestmark = pytest.mark.slow

CONFIG = tiny(STUDY, n_measured=200, folds=4, levels=4, shuffles=2)
PARAMETERS: dict[str, dict[str, Any]] = {
    "receptive-field": {**FIELD, "passes": 3},
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 100, "passes": 5},
}
SETTINGS = {
    **{f"models.{model}.{name}": value for model, known in PARAMETERS.items() for name, value in known.items()},
    **{f"information.{name}": value for name, value in CONFIG.model_dump().items()},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_here("information", tuple(PARAMETERS), SETTINGS, tmp_path_factory.mktemp("runs"))


def value(run: Run, model: str, metric: str, layer: str, step: int | None = None) -> float:
    rows = run.results.query("model == @model and metric == @metric")
    wanted = {"layer": layer} if layer else {}
    rows = rows[rows["facts"].map(lambda facts: facts == wanted).astype(bool)]
    return float(rows[rows["step"].isna() if step is None else rows["step"] == step]["value"].item())


def test_layers_are_read_from_their_responses_to_the_test_samples(run: Run) -> None:
    split = final_split(DIGITS, 0, CONFIG.max_train)
    model = create("receptive-dense", **PARAMETERS["receptive-dense"], random_state=0)
    X, y = split.held_out.X[: CONFIG.n_measured], split.held_out.y[: CONFIG.n_measured]
    hidden = model.fit(split.train.X, split.train.y).activity(X)["hidden"].responses
    accuracy = float(np.mean(decoded(hidden, y, folds=4, seed=0) == y))
    assert value(run, "receptive-dense", "probe_accuracy", "hidden") == accuracy
    alone = np.mean(unit_information(symbols(hidden, 4), y))
    assert value(run, "receptive-dense", "unit_bits", "hidden") == pytest.approx(
        alone - value(run, "receptive-dense", "unit_bits_shuffled", "hidden")
    )
    assert value(run, "receptive-dense", "class_entropy", "") == pytest.approx(entropy(np.bincount(y), base=2))


def test_twins_are_told_the_same_by_the_same_pixels(run: Run) -> None:
    for metric in ("probe_accuracy", "probe_bits", "unit_bits", "probe_bits_shuffled"):
        assert value(run, "receptive-field", metric, "input") == value(run, "receptive-dense", metric, "input")


def test_layers_tell_most_of_the_class_and_shuffled_labels_nothing(run: Run) -> None:
    ceiling = value(run, "receptive-field", "class_entropy", "")
    for model in PARAMETERS:
        for layer in ("input", "hidden", "output"):
            assert value(run, model, "probe_accuracy", layer) > 0.75
            assert 0.6 * ceiling < value(run, model, "probe_bits", layer) < ceiling
            assert 0.05 < value(run, model, "unit_bits", layer) < 1
            # Two shuffles of 200 samples: chance 0.1 with a deviation of 0.015. A probe's 100 cells hold 0.35 bits by
            # chance, of which the correction leaves 0.10; the mean of two deviates by 0.04.
            assert value(run, model, "probe_accuracy_shuffled", layer) < 0.16
            assert abs(value(run, model, "probe_bits_shuffled", layer)) < 0.25
            assert abs(value(run, model, "unit_bits_shuffled", layer)) < 0.03
        assert value(run, model, "last_hidden_bits", "") == value(run, model, "probe_bits", "hidden")
    assert value(run, "receptive-dense", "unit_bits", "output") > value(run, "receptive-dense", "unit_bits", "input")


def test_spikes_are_read_up_to_moments_of_the_trial(run: Run) -> None:
    for layer in ("hidden", "output"):
        for metric in ("probe_accuracy", "probe_bits", "unit_bits", "unit_bits_shuffled"):
            end = value(run, "receptive-field", f"{metric}_course", layer, step=20)
            assert end == value(run, "receptive-field", metric, layer)
        assert value(run, "receptive-field", "unit_bits_course", layer, step=10) != value(
            run, "receptive-field", "unit_bits_course", layer, step=20
        )
    courses = run.results[run.results["metric"] == "probe_bits_course"]
    assert set(courses["model"]) == {"receptive-field"}
    assert {facts["layer"] for facts in courses["facts"]} == {"hidden", "output"}


def read(responses: np.ndarray, labels: np.ndarray, binned: np.ndarray | None = None) -> list[Measurement]:
    reader = Reader(CONFIG, Samples(responses, labels), folds=4, seed=0)
    return list(reader.layer(Layer("hidden", responses, binned), width=5.0))


def test_a_layer_that_is_the_class_tells_all_of_it_from_its_first_spike_on() -> None:
    """One spike of the unit of the class, in the second of four bins: nothing up to 5 ms, all by 10 ms."""
    labels = np.arange(200) % 4
    binned = np.zeros((200, 4, 4))
    binned[np.arange(200), 1, labels] = 1
    reader = Reader(CONFIG.model_copy(update={"times": 4}), Samples(binned[:, 0], labels), folds=4, seed=0)
    found = {
        row.step: row.value
        for row in reader.layer(Layer("hidden", binned.sum(axis=1), binned), width=5.0)
        if row.metric == "probe_bits_course"
    }
    assert list(found) == [5, 10, 15, 20]
    # The correction adds 3 / (400 ln 2), and what it leaves of shuffled labels is subtracted: some hundredths.
    assert [found[step] for step in (5, 10, 20)] == pytest.approx([0, 2, 2], abs=0.06)
    assert found[10] == found[20]


def test_a_silent_layer_tells_nothing() -> None:
    rows = read(np.zeros((200, 7)), np.arange(200) % 10)
    bits = {row.metric: row.value for row in rows}
    assert (bits["probe_bits"], bits["unit_bits"]) == (0, 0)


def test_a_class_with_one_sample_cannot_be_read() -> None:
    classes = tuple("abc")
    test = Samples(np.zeros((6, 1)), np.array([0, 0, 0, 0, 2, 0]))
    with pytest.raises(InputError) as caught:
        _folds(CONFIG, test, classes)
    assert str(caught.value) == (
        "class 'c' has one sample only among the 6 that are measured; give more of them: --set information.n_measured"
    )
    assert _folds(CONFIG, dataclasses.replace(test, y=np.array([0, 0, 0, 2, 2, 0])), classes) == 2


def test_the_network_learns_from_training_samples_alone() -> None:
    """Test labels are for the probes: the responses are those of a network that has never seen them."""
    split = final_split(DIGITS, 0, CONFIG.max_train)
    parameters = {**SMALL, "passes": 1}
    subject = Subject(DIGITS, "dense", parameters, 0)
    found = information.run(CONFIG.model_copy(update={"n_measured": 60, "shuffles": 1}), subject, ignore)
    model = create("dense", **parameters, random_state=0).fit(split.train.X, split.train.y)
    levels = symbols(model.activity(split.held_out.X[:60])["output"].responses, 4)
    bits, shuffled = (measured(found, metric, layer="output") for metric in ("unit_bits", "unit_bits_shuffled"))
    assert bits + shuffled == pytest.approx(np.mean(unit_information(levels, split.held_out.y[:60])))
    assert (found.n_train, found.n_held_out) == (600, 60)


def test_a_run_draws_itself(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    layers, time = figures.draw(run).figures.values()
    probe, bits, unit = layers.axes
    legend = probe.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["receptive-field (BNS)", "receptive-dense (ANN)"]
    assert [text.get_text() for text in unit.get_xticklabels()] == ["input", "hidden", "output"]
    shown = np.asarray(bits.get_lines()[1].get_ydata(), float)
    np.testing.assert_allclose(
        shown, [value(run, "receptive-dense", "probe_bits", layer) for layer in ("input", "hidden", "output")]
    )
    course = {line.get_label(): line for line in time.axes[1].get_lines()}
    assert list(course) == ["output", "hidden"]
    assert np.asarray(course["hidden"].get_ydata())[-1] == value(run, "receptive-field", "unit_bits", "hidden")
    assert "Information about the class in each layer" in (run.directory / "report.html").read_text(encoding="utf-8")
    print_run(run)
    assert "BNS against its ANN twin" not in capsys.readouterr().out  # there is no verdict in it


def test_sentences_are_right_with_one_kind_too(run: Run) -> None:
    read, alone = sentences(run)
    assert read.startswith("Of the 3.")
    assert "from hidden of receptive-field (" in read
    assert alone.endswith(" in receptive-dense.")
    metrics = [entry for entry in run.summary["metrics"] if entry["model"] == "receptive-dense"]
    summary = {**run.summary, "metrics": metrics, "differences": []}
    only = dataclasses.replace(run, summary=summary, manifest={**run.manifest, "models": {"receptive-dense": {}}})
    assert "receptive-field" not in " ".join(sentences(only))
    assert list(figures.draw(only).figures) == ["information"]


def test_of_strings_those_before_a_rare_symbol_are_left_out() -> None:
    strings = Samples(np.arange(8.0)[:, None], np.array([0, 3, 0, 5, 3, 0, 3, 5]))
    kept = followed_often(strings, 3)
    assert (kept.X.ravel().tolist(), kept.y.tolist()) == ([0, 1, 2, 4, 5, 6], [0, 3, 0, 3, 0, 3])
    message = "^information.n_measured: of 8 strings, no two symbols follow 4 each; measure more$"
    with pytest.raises(InputError, match=message):
        followed_often(strings, 4)
