"""Figures show the stored numbers, all of them, and nothing else."""

import dataclasses
from types import ModuleType

import numpy as np
import pytest

from experiments.report import figures, side_by_side
from experiments.run_directory import Run
from experiments.shared.stored import looks
from experiments.studies.accuracy import figure as accuracy
from experiments.studies.accuracy.figure import confusion
from experiments.studies.learning import figure as learning
from experiments.studies.one_pass import figure as one_pass
from experiments.studies.sample_efficiency import figure as sample_efficiency


def test_every_figure_of_a_run_has_a_name(stored_run: Run) -> None:
    assert list(figures.draw(stored_run).figures) == [
        "accuracy",
        "confusion",
        "learning",
        "weights",
        "selectivity",
        "gradient_angle",
        "sample_efficiency",
        "one_pass",
        "information",
        "information_time",
        "representation",
        "representation_time",
        "verdicts",
        "side_by_side-receptive-field-correct",
        "side_by_side-receptive-field-wrong",
    ]


def test_a_run_without_a_study_has_no_figure_of_it(stored_run: Run) -> None:
    rows = stored_run.results
    metrics = [entry for entry in stored_run.summary["metrics"] if entry["study"] == "learning"]
    only_learning = dataclasses.replace(
        stored_run,
        results=rows[rows["study"] == "learning"],
        summary={**stored_run.summary, "metrics": metrics},
        config={name: section for name, section in stored_run.config.items() if name in ("run", "learning")},
        directory=stored_run.directory / "elsewhere",
    )
    assert list(figures.draw(only_learning).figures) == [
        "learning",
        "weights",
        "selectivity",
        "gradient_angle",
        "verdicts",
    ]


def test_kinds_differ_in_colour_and_marker(stored_run: Run) -> None:
    shown = looks(stored_run)
    assert [look.marker for look in shown.values()] == ["o", "s", "s"]
    assert len({look.colour for look in shown.values()}) == 3


def test_accuracy_shows_each_seed_and_the_mean_of_each_model(stored_run: Run) -> None:
    models, differences = accuracy.draw(stored_run)["accuracy"].axes
    seeds, mean = models.collections[0], models.collections[2]
    stored = stored_run.results.query("model == 'receptive-field' and metric == 'test_accuracy'")["value"]
    np.testing.assert_allclose(np.sort(seeds.get_offsets()[:, 0]), np.sort(100 * stored))
    assert mean.get_offsets()[0, 0] == pytest.approx(100 * stored.mean())
    entry = next(e for e in stored_run.summary["differences"] if e["metric"] == "test_accuracy")
    interval = differences.collections[1].get_segments()[0][:, 0]
    np.testing.assert_allclose(interval, [entry["ci_low"], entry["ci_high"]])


def test_confusion_counts_every_test_sample_of_every_seed(stored_run: Run) -> None:
    matrices = confusion(stored_run)
    assert list(matrices) == ["receptive-field", "receptive-dense", "dense"]
    predictions = stored_run.predictions.query("model == 'dense'")
    expected = np.zeros((10, 10))
    np.add.at(expected, (predictions["true"], predictions["predicted"]), 1)
    np.testing.assert_array_equal(matrices["dense"], expected)


def test_a_class_without_a_test_sample_has_an_empty_row(stored_run: Run) -> None:
    rows = stored_run.results.copy()
    rows.loc[[facts.get("true") == "3" for facts in rows["facts"]], "value"] = 0.0
    run = dataclasses.replace(stored_run, results=rows)
    confusions = accuracy.draw(run)["confusion"].axes[0]
    errors = np.asarray(confusions.images[0].get_array())
    assert np.isfinite(errors).all()
    assert not errors[3].any()
    assert errors[4].any()
    assert {text.get_position()[1] for text in confusions.texts} == {0, 1, 2, 4, 5, 6, 7, 8, 9}


@pytest.mark.parametrize(
    ("study", "figure", "module"),
    [
        ("learning", "learning", learning),
        ("sample-efficiency", "sample_efficiency", sample_efficiency),
        ("one-pass", "one_pass", one_pass),
    ],
)
def test_curves_are_the_mean_over_seeds(stored_run: Run, study: str, figure: str, module: ModuleType) -> None:
    ax = module.draw(stored_run)[figure].axes[0]
    stored = stored_run.results.query("study == @study and model == 'dense' and metric == 'validation_accuracy'")
    mean = 100 * stored.groupby("step")["value"].mean()
    np.testing.assert_array_equal(ax.lines[2].get_xdata(), mean.index)
    np.testing.assert_allclose(ax.lines[2].get_ydata(), mean)
    assert ax.lines[2].get_color() == looks(stored_run)["dense"].colour
    assert ax.get_xscale() == "log"


def test_layers_are_told_apart_by_their_dashes(stored_run: Run) -> None:
    selectivity, silent = learning.draw(stored_run)["selectivity"].axes
    drawn = {line.get_label(): line for line in selectivity.lines}
    models = ("receptive-field", "receptive-dense", "dense")
    assert list(drawn) == [f"{model}, {layer}" for model in models for layer in _layers(model)]
    for model in models:
        first, last = (drawn[f"{model}, {layer}"] for layer in _layers(model))
        assert (first.get_linestyle(), last.get_linestyle()) == ("--", "-")
        assert first.get_color() == last.get_color() == looks(stored_run)[model].colour
    silent_shares = stored_run.results.query("model == 'dense' and metric == 'silent_share'")
    layer = silent_shares[[facts == {"layer": "hidden_1"} for facts in silent_shares["facts"]]]
    line = next(line for line in silent.lines if line.get_label() == "dense, hidden_1")
    np.testing.assert_allclose(line.get_ydata(), 100 * layer.groupby("step")["value"].mean())


def _layers(model: str) -> tuple[str, str]:
    return ("hidden_1", "output") if model == "dense" else ("hidden", "output")


def test_weights_that_start_at_zero_have_open_marks(stored_run: Run) -> None:
    distance = learning.draw(stored_run)["weights"].axes[0]
    marks = {line.get_label(): line.get_markerfacecolor() for line in distance.lines}
    assert {label for label, colour in marks.items() if colour == "white"} == {
        "receptive-field, output",
        "receptive-dense, output",
    }
    assert set(marks) - {"receptive-field, output", "receptive-dense, output"} == {"dense, hidden_1", "dense, output"}


def test_models_without_error_signal_leave_no_empty_figure(stored_run: Run) -> None:
    metrics = [entry for entry in stored_run.summary["metrics"] if not entry["metric"].startswith("gradient_angle")]
    run = dataclasses.replace(stored_run, summary={**stored_run.summary, "metrics": metrics})
    assert list(learning.draw(run)) == ["learning", "weights", "selectivity"]


def test_side_by_side_shows_the_twin_and_all_spikes(stored_run: Run) -> None:
    pair = side_by_side.pairs(stored_run)[0]
    assert pair.ann is not None
    assert pair.ann.model == "receptive-dense"
    axes = side_by_side.draw(stored_run)["side_by_side-receptive-field-correct"].axes
    recording = pair.bns.recording
    assert recording is not None
    drawn = sum(len(collection.get_offsets()) for collection in axes[1].collections)
    assert drawn == sum(len(spikes) for spikes in recording.spikes.values())
    counts = [bar.get_width() for bar in axes[3].patches]
    np.testing.assert_array_equal(counts, recording.counts["output"][0])


def test_a_brain_like_network_without_spikes_is_neither_raster_nor_ann(
    stored_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate = {"dense": "rate"}
    results = stored_run.results.replace({"model": rate})
    results.loc[results["model"] == "rate", "kind"] = "BNS"
    examples = [
        dataclasses.replace(example, model=rate.get(example.model, example.model))
        for example in stored_run.examples()
        if example.model != "receptive-dense"
    ]
    monkeypatch.setattr(Run, "examples", lambda self: tuple(examples))
    models = {rate.get(name, name): known for name, known in stored_run.manifest["models"].items()}
    manifest = {**stored_run.manifest, "models": models}
    pairs = side_by_side.pairs(dataclasses.replace(stored_run, results=results, manifest=manifest))
    assert [(pair.bns.model, pair.ann) for pair in pairs] == [("receptive-field", None)] * 3


def test_every_hidden_layer_is_drawn(stored_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"hidden {index}" for index in range(1, 6)]
    layers = {"input": np.ones(4), **{name: np.arange(3.0) for name in names}, "output": np.ones(10)}
    examples = [
        dataclasses.replace(example, activations=layers) if example.activations else example
        for example in stored_run.examples()
    ]
    monkeypatch.setattr(Run, "examples", lambda self: tuple(examples))
    hidden = side_by_side.draw(stored_run)["side_by_side-receptive-field-correct"].axes[4]
    assert [text.get_text() for text in hidden.get_legend().get_texts()] == names


def test_one_sigmoid_output_stands_for_two_classes(stored_run: Run) -> None:
    example = side_by_side.pairs(stored_run)[0].ann
    assert example is not None
    single = dataclasses.replace(example, activations={"output": np.array([0.3])})
    np.testing.assert_allclose(side_by_side.output_scores(single), [0.7, 0.3])
