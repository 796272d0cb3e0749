"""The bandit: where the arms go, the delta rule and its fit, a small run, and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.classics.bandit import CLASSIC, DELTA_RULE_RATE, Config, figure, measure
from experiments.run_directory import Run
from experiments.shared.learners import KERAS, RATES, SPIKING
from experiments.shared.playing import episode_seeds
from models.rate.actor_critic import RateActorCritic
from tests.experiments.classics.runs import passed, run_tiny

SURE = Config(chances=(1.0, 0.0, 0.5), block=10, blocks=4, temperatures=(1.0,))


def newcomer() -> RateActorCritic:
    return RateActorCritic(measure.PLACES, 3, 0, measure.RATE_SETTINGS)


def test_chances_move_on_by_one_arm_with_each_block() -> None:
    """An agent that is sure of the first arm is paid in the first and the last of four blocks, and at times between."""
    agent, told = newcomer(), []
    agent._actor[0] = 100.0
    found = measure.choices(agent, SURE, episode_seeds(0, 40), lambda done, total: told.append((done, total)))
    assert found.chosen.tolist() == [1.0] * 10 + [0.5] * 10 + [0.0] * 10 + [1.0] * 10
    assert found.best.tolist() == [1.0] * 40
    assert found.regret == pytest.approx((10 * 0.5 + 10 * 1.0) / 40)
    paid = found.rewards.reshape(4, 10).mean(axis=1)
    assert paid[[0, 2, 3]].tolist() == [1, 0, 1]
    assert 0 < paid[1] < 1
    assert told == [(done, 40) for done in range(5, 41, 5)]


def test_rates_follow_the_delta_rule() -> None:
    found = measure.choices(newcomer(), SURE, episode_seeds(1, 40), lambda done, total: None)
    expected = measure.delta_rule(found.rewards, DELTA_RULE_RATE)
    np.testing.assert_allclose(found.expected, expected[4::5], rtol=1e-12)
    assert len(set(found.rewards)) == 2


def test_the_delta_rule_by_hand() -> None:
    assert measure.delta_rule(np.array([1.0, 1.0, 0.0]), 0.5).tolist() == [0.5, 0.75, 0.375]
    # With the same reward again and again, what is missing shrinks by 1 - rate.
    np.testing.assert_allclose(measure.delta_rule(np.ones(30), 0.2), 1 - 0.8 ** np.arange(1, 31), rtol=1e-12)


def test_the_fit_finds_the_rate_and_what_it_leaves_unexplained() -> None:
    rewards = (np.random.default_rng(0).random(500) < 0.5).astype(float)
    exact = measure.delta_rule(rewards, 0.3)[4::5]
    rate, explained = measure.fitted_delta_rule(rewards, exact)
    assert (rate, explained) == pytest.approx((0.3, 1.0), abs=1e-4)
    noise = np.random.default_rng(1).normal(0, exact.std(), 100)
    # As much noise as signal: half is explained; a standard deviation of the share is 0.05.
    assert measure.fitted_delta_rule(rewards, exact + noise)[1] == pytest.approx(0.5, abs=0.15)


def test_what_is_said_of_given_choices() -> None:
    config = Config(chances=(0.8, 0.2), block=10, blocks=3, temperatures=(1.0,))
    right = np.array([1] * 10 + [0] * 5 + [1] * 5 + [0, 0, 0, 1, 1] + [1] * 5, bool)
    found = measure.Choices(np.where(right, 0.8, 0.2), np.full(30, 0.8), np.ones(30), np.zeros(6), 0.06)
    told = {(each.metric, each.step): each.value for each in measure.measured(newcomer(), config, found)}
    assert told["better", 5] == pytest.approx((0 + 0.4) / 2)
    assert told["better", 10] == 1
    assert told["regret", None] == pytest.approx(0.6 * 8 / 30)
    assert told["decision_time", None] == pytest.approx(2)
    assert [told["expected", step] for step in range(5, 31, 5)] == [0] * 6
    assert ("explained", None) not in told  # what never varies is explained by nothing


def test_one_arm_must_be_the_best() -> None:
    with pytest.raises(ValidationError, match="two arms have the largest chance; give one of them less"):
        Config(chances=(0.5, 0.2, 0.5), block=10, blocks=2, temperatures=(1.0,))
    with pytest.raises(ValidationError, match="a temperature is given twice; give each once"):
        Config(chances=(0.5, 0.2), block=10, blocks=2, temperatures=(1.0, 1.0))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("bandit", tmp_path_factory.mktemp("bandit"))


@pytest.mark.slow
def test_a_small_run_is_measured_drawn_and_told(run: Run) -> None:
    assert set(passed(run).values()) == {True}
    assert len(passed(run)) == len(CLASSIC.yardsticks)
    results = run.results
    for learner in (SPIKING, RATES, KERAS):
        of_learner = results[results["model"] == learner]
        assert 0 <= of_learner.query("metric == 'regret'")["value"].item() <= 0.8
        assert (of_learner["metric"] == "better").sum() == 2
        assert (of_learner["metric"] == "expected").sum() == 4
    of_temperature = results[results["metric"] == "regret_of_temperature"]
    assert {facts["temperature"] for facts in of_temperature["facts"]} == {1.0, 10.0}
    first = [row.value for row in of_temperature.itertuples() if row.facts["temperature"] == 10.0]
    assert first == results.query("metric == 'regret' and model == @SPIKING")["value"].tolist()
    # 30 spikes of place cells are drawn in 20 ms; a standard deviation of the mean of 20 decisions is 1.2.
    spikes = {row.facts["population"]: row.value for row in results.query("metric == 'spikes'").itertuples()}
    assert spikes["place"] == pytest.approx(30, abs=5)
    (drawn,) = figure.draw(run).values()
    assert len(drawn.axes) == 3
    told = figure.sentences(run)
    assert [sentence.partition(":")[0] for sentence in told[:3]] == [SPIKING, RATES, KERAS]
    assert all(" of reward, where drawing an arm would cost 0.4; " in sentence for sentence in told[:3])
    assert "the delta rule with a learning rate of 0.1 explains 1 of the variance" in told[1]
    assert told[3].startswith("What a trial costs the spiking network, by its temperature in spikes: ")
    assert told[3].endswith(" at 10.")
    assert told[4].startswith("A decision of the spiking network takes ")
