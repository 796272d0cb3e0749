"""Privacy: who is a member, when models are taken, what memory by heart gives away, blindness, the figure."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.privacy import STUDY, Config, figure
from experiments.studies.privacy.measure import FIXED, SCORES, drawn, run
from experiments.tasks.dataset import Dataset, _test_indices, final_split
from tests.experiments.digits import DIGITS, FIELD, SMALL, curve, ignore, value
from tests.experiments.here import run_here

pytestmark = pytest.mark.slow

CONFIG = Config(sizes=(40, 100), level=0.9, passes=60)


def measured(dataset: Dataset = DIGITS, config: Config = CONFIG) -> Outcome:
    return run(config, Subject(dataset, "dense", SMALL, 0), ignore)


@pytest.fixture(scope="module")
def dense() -> Outcome:
    return measured()


def test_members_and_others_are_stratified_apart_and_others_each_time() -> None:
    pool = final_split(DIGITS, 0).train
    pool = dataclasses.replace(pool, X=np.arange(len(pool))[:, None].astype(float))
    subject = Subject(DIGITS, "dense", SMALL, 0)
    members, others = drawn(subject, pool, 100, 0)
    assert len(members) == len(others) == 100
    assert not set(members.X.ravel()) & set(others.X.ravel())
    for samples in (members, others):
        assert np.ptp(np.bincount(samples.y)) <= 1
    np.testing.assert_array_equal(members.X, drawn(subject, pool, 100, 0)[0].X)
    assert set(members.X.ravel()) != set(drawn(subject, pool, 100, 1)[0].X.ravel())


def test_models_are_taken_when_they_reach_the_level(dense: Outcome) -> None:
    taken = curve(dense, "presentations_taken")
    assert list(taken) == [40, 100]
    for size, accuracy in curve(dense, "train_accuracy").items():
        assert 0.9 <= accuracy <= 1
        assert 32 <= taken[size] < 60 * (size or 0)
    assert (dense.n_train, dense.n_held_out) == (100, 100)


def test_a_model_that_never_reaches_the_level_is_taken_at_its_end() -> None:
    outcome = measured(config=Config(sizes=(2000,), level=1, passes=1))
    # Half of 1437 training samples, in whole batches of 32.
    assert curve(outcome, "presentations_taken") == {718: 704}
    assert curve(outcome, "train_accuracy")[718] < 1


def test_labels_learned_by_heart_give_members_away() -> None:
    """Where labels are drawn by lot, nothing but the samples themselves can be learned."""
    lot = dataclasses.replace(DIGITS, y=np.random.default_rng(0).permutation(DIGITS.y))
    config = Config(sizes=(100,), level=1, passes=300)
    outcome = run(config, Subject(lot, "dense", {**SMALL, "hidden": (100,)}, 0), ignore)
    assert curve(outcome, "train_accuracy")[100] == 1
    assert curve(outcome, "held_out_accuracy")[100] < 0.25
    for score in SCORES:
        # Of 100 members and 100 others, an advantage has a standard error of at most 0.07.
        assert curve(outcome, "membership_advantage", score=score)[100] > 0.2
        assert curve(outcome, "membership_auc", score=score)[100] > 0.6
        assert curve(outcome, "shuffled_advantage", score=score)[100] == pytest.approx(0, abs=0.1)


def test_the_mean_is_that_of_the_winning_share(dense: Outcome) -> None:
    found = curve(dense, "membership_advantage", score="share")
    assert value(dense, "membership_advantage_mean") == pytest.approx(np.mean(list(found.values())))


def test_it_is_blind_to_the_test_samples(dense: Outcome) -> None:
    _, test = _test_indices(DIGITS, seed=0)
    X = DIGITS.X.copy()
    X[test] = np.nan
    assert measured(dataclasses.replace(DIGITS, X=X)).measurements == dense.measurements


@pytest.mark.parametrize(
    ("parameters", "sizes", "message"),
    [
        (
            SMALL,
            (5,),
            r"^privacy\.sizes: 5 samples cannot hold the classes of digits in equal parts; give larger sets$",
        ),
        ({**SMALL, "early_stopping": True, "patience": 1}, (100,), r"^dense: it did not learn to the end"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(parameters: dict[str, Any], sizes: tuple[int], message: str) -> None:
    config = Config(sizes=sizes, level=1, passes=1)
    with pytest.raises(InputError, match=message):
        run(config, Subject(DIGITS, "dense", parameters, 0), ignore)


def test_what_it_fixes_cannot_be_set() -> None:
    assert set(STUDY.fixes) == {"passes", *FIXED}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = {f"models.receptive-field.{name}": setting for name, setting in FIELD.items()}
    out = tmp_path_factory.mktemp("runs")
    return run_here("privacy", models=("receptive-field",), out=out, settings=settings, preset="tiny")


def test_a_run_of_one_kind_and_one_seed_draws_itself(stored: Run) -> None:
    (picture,) = figure.draw(stored).values()
    attack, accuracy = picture.axes
    rows = stored.results
    advantages = rows[rows["metric"] == "membership_advantage"]
    found = advantages[[facts["score"] == "share" for facts in advantages["facts"]]]
    assert attack.lines[0].get_xdata().tolist() == [20, 60]
    np.testing.assert_allclose(attack.lines[0].get_ydata(), 100 * found["value"])
    for line, metric in zip(accuracy.lines, ("train_accuracy", "held_out_accuracy"), strict=True):
        np.testing.assert_allclose(line.get_ydata(), 100 * rows.loc[rows["metric"] == metric, "value"])
    assert "What an attacker learns" in (stored.directory / "report.html").read_text(encoding="utf-8")


def test_sentences_tell_advantage_and_training_accuracy(stored: Run) -> None:
    mean = stored.results.query("metric == 'membership_advantage_mean'")["value"].item()
    attack, taken = figure.sentences(stored)
    told = f"{100 * mean:.2f}\N{NO-BREAK SPACE}% in receptive-field.".replace("-0", "\N{MINUS SIGN}0")
    assert attack.endswith(told)
    assert taken.endswith("in receptive-field; the target was 95.00\N{NO-BREAK SPACE}%.")
