"""Explanations: gradients against backpropagation, deletion, agreement with oneself, tasks without images, figures."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.explain import STUDY, figure
from experiments.studies.explain import measure as explain
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.registry import create
from tests.experiments.digits import DIGITS, FIELD, SMALL, curve, ignore, measurements, tiny, value
from tests.experiments.here import run_here

pytestmark = pytest.mark.slow

CONFIG = tiny(STUDY, max_train=None, n_noise=100, deletion_steps=8)
DENSE = Subject(DIGITS, "dense", SMALL, 0)


def kinds(outcome: Outcome, metric: str, *facts: str) -> list[tuple[object, ...]]:
    """Values of these facts, each once, in the order of the measurements."""
    return list(dict.fromkeys(tuple(row.facts[fact] for fact in facts) for row in measurements(outcome, metric)))


@pytest.fixture(scope="module")
def dense() -> Outcome:
    """A network whose twin is itself."""
    return explain.run(CONFIG, dataclasses.replace(DENSE, twin=DENSE), ignore)


@pytest.fixture(scope="module")
def field() -> Outcome:
    return explain.run(CONFIG, Subject(DIGITS, "receptive-field", FIELD, 0), ignore)


def test_the_gradient_is_that_of_backpropagation() -> None:
    own = explain.explained(CONFIG, DENSE, (8, 8), ignore)
    hidden, output = (layer.responses for layer in own.model.activity(own.images.X).layers[1:])
    first, second = own.model.weights().values()
    for image, answer in enumerate(own.answers):
        probabilities = output[image].astype(float)
        # Of ln p_k - ln(1 - p_k) by the drive of the outputs: 1 for k, -p_j / (1 - p_k) for all others.
        slopes = -probabilities / np.delete(probabilities, answer).sum()
        slopes[answer] = 1
        gradient = first @ ((hidden[image] > 0) * (second @ slopes))
        # Units may begin to respond within a step, and activations have 32 bits.
        assert np.corrcoef(gradient, own.maps["gradient"][image])[0, 1] > 0.99


def test_deletion_begins_with_all_and_ends_with_nothing_of_the_image(dense: Outcome) -> None:
    orders = ("occlusion", "gradient", "random")
    assert kinds(dense, "deletion_correct", "order") == [(order,) for order in orders]
    split = final_split(DIGITS, 0)
    model = create("dense", **SMALL, random_state=0).fit(split.train.X, split.train.y)
    first = split.held_out.chosen(np.arange(6))
    nothing = np.tile(split.train.X.mean(axis=0), (6, 1))
    areas = {order: value(dense, "deletion_area", order=order) for order in orders}
    for order in orders:
        correct = curve(dense, "deletion_correct", order=order)
        assert list(correct) == [0, 12, 25, 38, 50, 62, 75, 88, 100]
        assert correct[0] == model.score(first.X, first.y)
        assert correct[100] == model.score(nothing, first.y)
        assert areas[order] == pytest.approx(np.trapezoid(np.array(list(correct.values())), dx=1 / 8))
    assert value(dense, "deletion_gain") == areas["random"] - areas["occlusion"]


def test_what_occlusion_names_matters_more_than_random_pixels(dense: Outcome, field: Outcome) -> None:
    for outcome in (dense, field):
        assert value(outcome, "deletion_gain") > 0.05
        named, random = (curve(outcome, "deletion_share", order=order) for order in ("occlusion", "random"))
        assert named[25] < random[25]


def test_a_network_agrees_with_itself_and_less_so_on_another_image(dense: Outcome) -> None:
    for name in ("occlusion", "gradient"):
        assert value(dense, "twin_agreement", map=name, twin=name) == pytest.approx(1)
        assert value(dense, "twin_chance", map=name, twin=name) < 0.9
    within = value(dense, "map_agreement", map="occlusion", other="gradient")
    assert within == pytest.approx(value(dense, "twin_agreement", map="occlusion", twin="gradient"))


def test_networks_with_spikes_have_spike_triggered_averages_and_no_gradient(field: Outcome) -> None:
    assert kinds(field, "map_agreement", "map", "other") == [
        ("occlusion", "spike-triggered"),
        ("occlusion", "receptive-field"),
        ("spike-triggered", "receptive-field"),
    ]
    assert not measurements(field, "twin_agreement")  # there is none in the run


def test_maps_are_stored_with_the_first_seed_alone(dense: Outcome) -> None:
    images = final_split(DIGITS, 0).held_out
    names = ("image", "occlusion", "gradient")
    assert kinds(dense, "map_value", "image", "map") == [(index, name) for index in (0, 1) for name in names]
    for index in (0, 1):
        true = DIGITS.classes[images.y[index]]
        image = curve(dense, "map_value", image=index, true=true, map="image")
        np.testing.assert_array_equal(list(image.values()), images.X[index])
    second = explain.run(CONFIG.model_copy(update={"n_images": 2}), dataclasses.replace(DENSE, seed=1), ignore)
    assert not measurements(second, "map_value")


def test_images_and_answers_are_told_by_the_names_of_their_classes() -> None:
    dataset = dataclasses.replace(DIGITS, classes=tuple(f"digit {name}" for name in DIGITS.classes))
    outcome = explain.run(CONFIG.model_copy(update={"n_images": 2}), Subject(dataset, "dense", SMALL, 0), ignore)
    split = final_split(dataset, 0)
    model = create("dense", **SMALL, random_state=0).fit(split.train.X, split.train.y)
    named = zip(split.held_out.y[:2], model.predict(split.held_out.X[:2]), strict=True)
    assert kinds(outcome, "map_value", "image", "true", "answer") == [
        (index, f"digit {true}", f"digit {answer}") for index, (true, answer) in enumerate(named)
    ]


def test_a_task_without_images_has_no_measurements() -> None:
    assert explain.run(CONFIG, Subject(load_task("breast-cancer"), "dense", SMALL, 0), ignore).measurements == ()


def settings(**models: dict[str, Any]) -> dict[str, Any]:
    """For `run_here`: those of CONFIG, few images, and parameters by model."""
    own: dict[str, Any] = {"n_images": 3, "n_shown": 2, "n_noise": 50, "deletion_steps": 4}
    chosen = {f"explain.{name}": setting for name, setting in own.items()}
    for model, parameters in models.items():
        chosen |= {f"models.{model.replace('_', '-')}.{name}": setting for name, setting in parameters.items()}
    return chosen


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    models = ("receptive-field", "receptive-dense")
    chosen = settings(receptive_field={**FIELD, "passes": 2}, receptive_dense={"passes": 5})
    return run_here("explain", seeds=1, models=models, out=tmp_path_factory.mktemp("runs"), settings=chosen)


def test_a_run_draws_maps_of_twins_beside_each_other(stored: Run) -> None:
    maps, measures = figure.draw(stored).values()
    titles = [ax.get_title() for ax in maps.axes if ax.get_title()]
    assert titles == [
        "Image",
        "receptive-field\nOcclusion",
        "receptive-field\nSpike-triggered\naverage",
        "receptive-field\nReceptive field",
        "receptive-dense\nOcclusion",
        "receptive-dense\nGradient",
    ]
    assert len(maps.axes) == 2 * 6
    deletion, agreement = measures.axes
    rows = stored.results[stored.results["metric"] == "deletion_correct"]
    rows = rows[[facts == {"order": "random"} for facts in rows["facts"]]]
    np.testing.assert_allclose(
        deletion.lines[1].get_ydata(), 100 * rows.loc[rows["model"] == "receptive-field", "value"]
    )
    assert len(agreement.get_yticklabels()) == 6
    assert "Pixels that the answers depend on" in (stored.directory / "report.html").read_text(encoding="utf-8")


def test_pixels_are_no_metrics_of_a_model(stored: Run) -> None:
    assert "map_value" in set(stored.results["metric"])
    assert "map_value" not in {entry["metric"] for entry in stored.summary["metrics"]}


def test_sentences_tell_gain_and_agreement(stored: Run) -> None:
    gain, alike = figure.sentences(stored)
    rows = stored.results.query("metric == 'deletion_gain' and model == 'receptive-dense'")["value"]
    assert f"{100 * rows.item():.2f}\N{NO-BREAK SPACE}% in receptive-dense, on average from" in gain
    assert alike.startswith("Occlusion maps of twins for the same image had a correlation of ")
    assert "receptive-dense" not in alike


def test_a_run_without_images_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("runs")
    run = run_here("explain", ("dense",), settings(dense=SMALL), out, task="breast-cancer")
    assert figure.draw(run) == {}
    (said,) = figure.sentences(run)
    assert said in (run.directory / "report.html").read_text(encoding="utf-8")
