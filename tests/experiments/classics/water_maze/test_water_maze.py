"""The water maze: what is measured of given trials, where the pool is looked at, a small run, and its figure."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.classics.water_maze import MOST, figure, measure
from experiments.environments.water_maze import LIMIT, STRIDE
from experiments.run_directory import Run
from experiments.shared.learners import KERAS, RATES, SPIKING
from experiments.shared.playing import Episode, Play
from models.rate.actor_critic import RateActorCritic
from tests.experiments.classics.runs import passed, run_tiny

KEPT = {4: Episode(np.array([[1.0, 0.0], [0.94, 0.0], [0.94, 0.06]]), np.array([4, 2]))}


def test_the_limit_is_that_of_the_environment_and_a_step_takes_its_time() -> None:
    assert MOST == LIMIT
    assert STRIDE / measure.SPIKING_SETTINGS.decision == pytest.approx(0.3 / 1000)  # 0.3 m/s
    assert measure.RATE_SETTINGS.decision == measure.SPIKING_SETTINGS.decision


@pytest.mark.parametrize(("late", "learned"), [(60, 1), (61, 0)])
def test_what_is_said_of_given_trials(late: int, learned: int) -> None:
    lengths = (600,) * 15 + (20, 600, 30, 25, 22) + (late - 5, late + 5) * 5 + (600,)
    found = Play(lengths, (0.0,) * 31, tuple(length < 600 for length in lengths), 4.5, {})
    agent = RateActorCritic(measure.PLACES, 8, 0, measure.RATE_SETTINGS)
    told = {(each.metric, each.step): each.value for each in measure.measured(agent, found)}
    assert [told["length", step] for step in range(1, 32)] == list(lengths)
    assert told["reached", None] == pytest.approx(14 / 31)
    assert (told["soon", None], told["late", None], told["learned", None]) == (25, late, learned)
    assert told["afterwards", None] == 600
    assert told["decision_time", None] == pytest.approx(4500 / sum(lengths))
    assert told["parameters", None] == agent.n_parameters == 121 * 9
    few = Play(lengths[:19], (0.0,) * 19, (True,) * 19, 4.5, {})
    assert not {"soon", "late", "learned", "afterwards"} & {each.metric for each in measure.measured(agent, few)}


def test_a_path_is_told_place_by_place() -> None:
    told = [(each.metric, each.step, each.value) for each in measure.paths(Play((2,), (0.0,), (True,), 0.0, KEPT))]
    assert told == [
        *(("path_east", 0, 1.0), ("path_east", 1, 0.94), ("path_east", 2, 0.94)),
        *(("path_north", 0, 0.0), ("path_north", 1, 0.0), ("path_north", 2, 0.06)),
    ]


def test_the_pool_is_looked_at_everywhere_and_a_newcomer_knows_no_way() -> None:
    assert measure.places(0.5).tolist() == [
        *([-1, 0], [-0.5, -0.5], [-0.5, 0], [-0.5, 0.5]),
        *([0, -1], [0, -0.5], [0, 0], [0, 0.5], [0, 1]),
        *([0.5, -0.5], [0.5, 0], [0.5, 0.5], [1, 0]),
    ]
    agent = RateActorCritic(measure.PLACES, 8, 0, measure.RATE_SETTINGS)
    told = list(measure.looked_at(agent, 1.0))
    assert len(told) == 3 * 5
    assert [each.value for each in told] == pytest.approx([0] * 15, abs=1e-12)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("water-maze", tmp_path_factory.mktemp("water-maze"))


@pytest.mark.slow
def test_a_small_run_is_measured_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}  # one trial is held against nothing
    results = run.results
    for learner, n_weights in ((SPIKING, 12100), (RATES, 1089), (KERAS, 12177)):
        of_learner = results[results["model"] == learner]
        (length,) = of_learner[of_learner["metric"] == "length"]["value"]
        (reached,) = of_learner[of_learner["metric"] == "reached"]["value"]
        assert 10 < length <= MOST  # a straight way has 11 steps
        assert reached == (length < MOST)
        assert of_learner[of_learner["metric"] == "parameters"]["value"].tolist() == [n_weights]
        assert (of_learner["metric"] == "path_east").sum() == length + 1
        assert (of_learner["metric"] == "value").sum() == 13
    spikes = {row.facts["population"]: row.value for row in results.query("metric == 'spikes'").itertuples()}
    # 600 spikes of place cells are drawn in 200 ms; a standard deviation of the mean of 100 decisions is 2.4.
    assert spikes["place"] == pytest.approx(600, abs=10)
    assert 0 < spikes["critic"] < spikes["actor"]
    (drawn,) = figure.draw(run).values()
    assert len(drawn.axes) == 2 + 1 + 3 + 1
    told = figure.sentences(run)
    assert [sentence.partition(":")[0] for sentence in told[:3]] == [SPIKING, RATES, KERAS]
    assert all("reaches the platform in " in sentence and " of 1 trial" in sentence for sentence in told[:3])
    assert told[3].startswith("A decision of the spiking network takes ")
