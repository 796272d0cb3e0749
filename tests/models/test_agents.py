"""Agents: what they learn from reward alone, by hand where that is possible, and what place cells see."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.environments.bandit import Bandit
from experiments.shared.playing import play
from models.agent import Agent
from models.place_cells import PlaceCells
from models.rate.actor_critic import RateActorCritic, RateActorCriticSettings
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings

PLACE = PlaceCells((-1.0,), (1.0,), (2,))
SMALL = ActorCriticSettings(critic_cells=5, actor_cells=5, input_rate=1500.0, weight=0.67)
"""The same mean input as with the default settings, of two cells at most 1000 Hz each."""


def spiking(seed: int) -> Agent:
    return SpikingActorCritic(PLACE, 2, seed, SMALL)


def rates(seed: int) -> Agent:
    return RateActorCritic(PLACE, 2, seed, RateActorCriticSettings(critic_learning_rate=0.1, actor_learning_rate=1.0))


def gradient(seed: int) -> Agent:
    from models.artificial.policy_gradient import PolicyGradient, PolicyGradientSettings

    return PolicyGradient(np.ones(1), 2, seed, PolicyGradientSettings(hidden=(4,), learning_rate=0.03))


class Watched:
    """An agent whose actions are written down."""

    def __init__(self, agent: Agent) -> None:
        self.agent, self.actions = agent, list[int]()
        self.step, self.end, self.look = agent.step, agent.end, agent.look
        self.n_parameters, self.spikes = agent.n_parameters, agent.spikes

    def begin(self, observation: np.ndarray) -> int:
        self.actions.append(self.agent.begin(observation))
        return self.actions[-1]


@pytest.mark.parametrize(
    "agent",
    [
        pytest.param(spiking, marks=pytest.mark.slow),
        rates,
        pytest.param(gradient, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("better", [0, 1])
def test_it_comes_to_pull_the_arm_that_pays(agent: Callable[[int], Agent], better: int) -> None:
    watched = Watched(agent(1))
    chances = (1.0, 0.0) if better == 0 else (0.0, 1.0)
    play(watched, Bandit(chances), range(60), lambda done: None)
    # By chance alone 18 or more of 20 are right in one of 5000 tries.
    assert watched.actions[-20:].count(better) >= 18
    assert watched.n_parameters > 0
    outlook = watched.look(np.zeros(1))
    assert outlook.chances.sum() == pytest.approx(1)
    assert outlook.chances[better] > 0.6
    assert outlook.value > 0.3  # of 1, which the better arm always pays


@pytest.mark.slow
def test_spikes_are_those_of_the_seed() -> None:
    def actions(seed: int) -> list[int]:
        watched = Watched(spiking(seed))
        play(watched, Bandit((0.5, 0.5)), range(20), lambda done: None)
        return [*watched.actions, *watched.agent.spikes.values()]

    assert actions(1) == actions(1) != actions(2)


@pytest.mark.slow
def test_looks_at_noise_change_nothing() -> None:
    """With learning off nothing changes, and each look sees other spikes."""
    agent = SpikingActorCritic(PLACE, 2, 1, SMALL)
    before = agent.state["place_to_critic.w"].copy()
    first, again = (agent.look(np.zeros(1)) for _ in range(2))
    assert first.value == again.value
    np.testing.assert_array_equal(first.chances, again.chances)
    changes = agent.value_changes(np.zeros(1), 5, 500.0)
    assert (changes > 0).all()
    errors = agent.idle_errors(np.zeros(1), 50)
    assert len(set(changes)) == 5
    # What is not noise is 2 % of a value near 0. Values follow one another, so that errors nearly add up to nothing.
    assert errors.shape == (50,)
    assert abs(errors.mean()) < errors.std()
    np.testing.assert_array_equal(agent.state["place_to_critic.w"], before)


def test_a_decision_of_rates_by_hand() -> None:
    """In the middle both cells have an activity of 1/2; an eligibility of one decision; an error of 3, then of 0."""
    agent = RateActorCritic(PLACE, 2, 0, RateActorCriticSettings(critic_learning_rate=0.4, actor_learning_rate=0.2))
    agent.begin(np.zeros(1))
    agent.end(3.0, terminated=True)
    outlook = agent.look(np.zeros(1))
    assert outlook.value == pytest.approx(0.4 * 3 * 0.5 * 0.5 * 2)
    # The action taken had a chance of 1/2: its weights have grown by 0.2 x 3 x 1/2 x 1/2, those of the other fallen.
    assert sorted(outlook.chances) == pytest.approx([1 / (1 + np.exp(0.3)), 1 / (1 + np.exp(-0.3))])
    agent.begin(np.zeros(1))
    assert agent.value == pytest.approx(0.4 * 3 * 0.5 * 0.5 * 2)
    agent.end(agent.value, terminated=True)
    agent.begin(np.zeros(1))
    assert agent.value == pytest.approx(0.6)
    agent.end(100.0, terminated=False)  # cut off: nothing is known of what would have come
    agent.begin(np.zeros(1))
    assert agent.value == pytest.approx(0.6)


@pytest.mark.slow
def test_discounted_sums_of_reward() -> None:
    from models.artificial.policy_gradient import discounted

    assert discounted(np.array([1.0, 0.0, 4.0]), 0.5, 8.0).tolist() == [3.0, 4.0, 8.0]


def test_place_cells_see_what_is_near_and_together_always_as_much() -> None:
    place = PlaceCells((-1.0, 0.0), (1.0, 4.0), (3, 2))
    assert place.size == 6
    assert place.places.tolist() == [[-1, 0], [-1, 4], [0, 0], [0, 4], [1, 0], [1, 4]]
    assert place.activity([0.0, 4.0]).argmax() == 3
    assert place.activity([0.3, 1.7]).sum() == pytest.approx(1)
    near = np.exp(-0.5 * np.array([1, 2, 0, 1, 1, 2]))  # squares of distances in places
    np.testing.assert_allclose(place.activity([0.0, 0.0]), near / near.sum(), rtol=1e-12)
    np.testing.assert_array_equal(place.activity([9.0, -3.0]), place.activity([1.0, 0.0]))
    with pytest.raises(InputError, match=r"^PlaceCells\.activity\(observation\): shape \(3,\); give \(2,\)$"):
        place.activity([0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (((0.0,), (1.0, 1.0), (2,)), r"^PlaceCells: lowest, highest and numbers have 1, 2 and 1 dimensions; give each"),
        (((0.0,), (1.0,), (1,)), r"^PlaceCells\.numbers\[0\]: 1 is too small; give an integer of at least 2$"),
        (((0.0,), (0.0,), (2,)), r"^PlaceCells\.lowest\[0\]: 0, not below 0; lower it$"),
    ],
)
def test_place_cells_refuse_what_is_no_grid(given: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PlaceCells(*given)


def test_settings_refuse_unknown_eligibilities_and_no_cells() -> None:
    with pytest.raises(InputError, match=r"^ActorCriticSettings\.eligibility: unknown 'rate'; "):
        ActorCriticSettings(eligibility="rate")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^ActorCriticSettings\.critic_cells: 0 is too small; "):
        ActorCriticSettings(critic_cells=0)
    with pytest.raises(
        InputError, match=r"^SpikingActorCritic\.place: a cell would fire at 4980 Hz, more than once in"
    ):
        SpikingActorCritic(PLACE, 2, 0)
    with pytest.raises(InputError, match=r"^RateActorCritic\.n_actions: 1 is too small; "):
        RateActorCritic(PLACE, 1, 0)
