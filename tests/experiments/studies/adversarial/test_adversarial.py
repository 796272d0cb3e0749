"""The adversarial study: what attacks must do to artificial networks, signs of masking, both ways between twins."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.adversarial import STUDY, WORST, figure
from experiments.studies.adversarial import measure as adversarial
from experiments.studies.adversarial.measure import masking_gap
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, measurements, tiny, value

pytestmark = pytest.mark.slow

CONFIG = tiny(STUDY, max_train=None, n_measured=40, steps=10, queries=60)
SHARED = {name: FIELD[name] for name in ("image_shape", "n_filters")}


def accuracies(outcome: Outcome, attack: str, metric: str = "accuracy") -> list[float]:
    rows = measurements(outcome, metric, attack=attack)
    assert [row.facts["epsilon"] for row in rows] == (list(CONFIG.epsilons) if rows else [])
    return [row.value for row in rows]


@pytest.fixture(scope="module")
def dense() -> Outcome:
    return adversarial.run(CONFIG, Subject(DIGITS, "dense", SMALL, seed=0), ignore)


def test_no_gradient_of_an_artificial_network_is_hidden(dense: Outcome) -> None:
    assert value(dense, "clean_accuracy") > 0.85
    assert value(dense, "surrogate_agreement") == 1
    pgd = accuracies(dense, "pgd")
    assert pgd[-1] == 0  # a change of 0.4 makes any image of any class
    assert pgd[0] > pgd[1]
    # Answers alone do no more than the gradient, noise far less.
    assert all(one <= other for one, other in zip(pgd, accuracies(dense, "black_box"), strict=True))
    assert value(dense, "masking_gap") <= 1 / CONFIG.n_measured
    assert accuracies(dense, "noise")[1] > 0.8
    assert not accuracies(dense, "transfer")


def test_the_worst_of_all_attacks_is_at_least_as_bad_as_each(dense: Outcome) -> None:
    worst = accuracies(dense, "worst")
    for attack in WORST:
        assert all(one <= other for one, other in zip(worst, accuracies(dense, attack), strict=True))
    assert value(dense, "adversarial_mean") == pytest.approx(np.mean(worst))
    # Half of the samples that were right are deceived within the median distance.
    distance = value(dense, "black_box_distance")
    assert CONFIG.epsilons[0] < distance < CONFIG.epsilons[-1]


def test_a_gap_is_by_how_much_another_attack_does_more() -> None:
    kept = {0.1: np.array([True, True, True, False]), 0.2: np.array([True, True, False, False])}
    all_kept = {epsilon: np.ones(4, bool) for epsilon in kept}
    assert masking_gap({"pgd": kept, "noise": all_kept}) == 0
    assert masking_gap({"pgd": all_kept, "noise": kept}) == 0.5


def test_nobody_is_deceived_who_was_never_right() -> None:
    """Weights that hardly changed, and a first test sample of another class than they answer."""
    still = {**SMALL, "passes": 1, "learning_rate": 1e-9}
    outcome = adversarial.run(tiny(STUDY, n_measured=1, queries=2, steps=1), Subject(DIGITS, "dense", still, 0), ignore)
    assert value(outcome, "clean_accuracy") == 0
    assert not measurements(outcome, "black_box_distance")
    assert all(np.isfinite(row.value) for row in outcome.measurements)


def test_networks_without_a_gradient_are_attacked_by_answers_alone() -> None:
    outcome = adversarial.run(CONFIG, Subject(DIGITS, "rate", {"hidden": (20,), "passes": 20}, 0), ignore)
    metrics = {row.metric for row in outcome.measurements}
    assert metrics == {"clean_accuracy", "black_box_distance", "accuracy"}
    assert len(accuracies(outcome, "black_box")) == len(accuracies(outcome, "noise")) == 3


def test_examples_pass_between_twins_both_ways() -> None:
    twin = Subject(DIGITS, "receptive-dense", {**SHARED, "passes": 10, "learning_rate": 0.01}, 0)
    subject = Subject(DIGITS, "receptive-field", {**FIELD, "passes": 2}, 0, twin=twin)
    outcome = adversarial.run(CONFIG, subject, ignore)
    here, there = accuracies(outcome, "transfer"), accuracies(outcome, "transfer", "twin_accuracy")
    for transferred in (here, there):
        assert transferred[0] > transferred[1] > transferred[2]
        assert transferred[2] < 0.2  # noise of this size leaves far more
    assert accuracies(outcome, "noise")[2] > 0.3
    # Not all that deceives the rate network deceives the twin.
    assert there[1] >= accuracies(outcome, "pgd")[1]
    assert value(outcome, "surrogate_agreement") > 0.9


def test_a_run_draws_itself(full_run: Run) -> None:
    figures = figure.draw(full_run)
    assert list(figures) == [plate.figure for plate in figure.PLATES]
    worst, distances = figures["adversarial"].axes
    assert [line.get_label() for line in worst.lines] == ["receptive-field (BNS)", "receptive-dense (ANN)"]
    assert len(distances.collections) == 4  # two seeds' dots and two means
    for panel in figures["adversarial_attacks"].axes:
        assert len(panel.lines) == 5
        assert all(len(line.get_xdata()) == 4 for line in panel.lines)  # type: ignore[arg-type]


def test_sentences_name_both_twins_or_what_there_is(full_run: Run) -> None:
    first, second = figure.sentences(full_run)
    assert "receptive-field (BNS) classified" in first
    assert "more samples than PGD" in second
    metrics = [entry for entry in full_run.summary["metrics"] if entry["kind"] == "ANN"]
    alone = dataclasses.replace(
        full_run,
        summary={**full_run.summary, "differences": [], "metrics": metrics},
        results=full_run.results[full_run.results["kind"] == "ANN"],
    )
    assert "receptive-field" not in "".join(figure.sentences(alone))
    assert len(figure.draw(alone)["adversarial_attacks"].axes) == 1
