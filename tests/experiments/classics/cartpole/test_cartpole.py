"""A pole on a cart: what is measured of given episodes, a small run, and its figure."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from experiments.classics.cartpole import CLASSIC, LIMITS, figure, measure
from experiments.environments.cart_pole import CartPole
from experiments.run_directory import Run
from experiments.shared.learners import KERAS, RATES, SPIKING
from experiments.shared.playing import Play
from models.rate.actor_critic import RateActorCritic
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny

pytestmark = pytest.mark.skipif(find_spec("gymnasium") is None, reason="needs the extra games")


def test_what_is_said_of_given_episodes() -> None:
    """Of 100 episodes two may have 10 steps, for a mean of 196.2; with three it is 194.3."""
    lengths = (10,) * 60 + (200,) * 100 + (50,) * 40
    agent = RateActorCritic(measure.PLACES, 2, 0)
    found = {
        (each.metric, each.step): each.value
        for each in measure.measured(
            tiny(CLASSIC), CartPole(), agent, Play(lengths, (-1.0,) * 200, (True,) * 200, 2.26, {})
        )
    }
    assert [found["length", step] for step in range(20, 201, 20)] == [10] * 3 + [200] * 5 + [50] * 2
    assert found["solved", None] == 1
    assert found["episodes_to_solve", None] == 158
    assert found["steps_to_solve", None] == 60 * 10 + 98 * 200
    assert found["afterwards", None] == pytest.approx((2 * 200 + 40 * 50) / 42)
    assert found["worst_afterwards", None] == 50
    assert found["decision_time", None] == pytest.approx(2260 / 22600)
    assert found["parameters", None] == agent.n_parameters == 225 * 3


def test_limits_are_those_of_the_environment() -> None:
    assert {version: CartPole(version).limit for version in LIMITS} == LIMITS  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("cartpole", tmp_path_factory.mktemp("cartpole"))


@pytest.mark.slow
def test_a_small_run_is_measured_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}  # it is held against nothing
    values = {(row.model, row.metric): row.value for row in run.results.itertuples()}
    lengths = [values[model, "length"] for model in (SPIKING, RATES, KERAS)]
    assert all(8 < length < 200 for length in lengths)
    assert values[SPIKING, "length_of_critic"] == lengths[0]
    # 160 spikes of place cells are drawn in 20 ms, and 2 standard deviations of the mean of 100 decisions are 3.
    spikes = {row.facts["population"]: row.value for row in run.results.query("metric == 'spikes'").itertuples()}
    assert spikes["place"] == pytest.approx(160, abs=3)
    assert 0 < spikes["critic"] < spikes["actor"]
    assert values[SPIKING, "parameters"] == 225 * (5 + 20)
    assert np.isclose(values[KERAS, "parameters"], 225 * 40, rtol=0.05)
    assert 0 < values[SPIKING, "variation"] < 1
    assert 0 < values[SPIKING, "error_noise"] < 0.5
    (drawn,) = figure.draw(run).values()
    assert len(drawn.axes) == 4
    told = figure.sentences(run)
    assert [sentence.partition(":")[0] for sentence in told[:3]] == [SPIKING, RATES, KERAS]
    assert "0 of 1 seed solved" in told[0]
    assert told[3].startswith("A decision of the spiking network takes ")
    assert told[4].startswith("Where nothing happens, the error scatters ")
