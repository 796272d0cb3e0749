"""Environments: what they reward, when an episode ends, and what they refuse."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.environments.bandit import Bandit
from experiments.environments.cart_pole import CartPole
from experiments.environments.water_maze import LIMIT, PLATFORM, STARTS, WaterMaze

games = pytest.mark.skipif(
    "not __import__('importlib.util').util.find_spec('gymnasium')", reason="needs the extra games"
)


def test_a_bandit_pays_with_its_chances() -> None:
    bandit, paid = Bandit((0.0, 0.3, 1.0)), np.zeros((3, 200))
    for arm in range(3):
        for seed in range(200):
            assert bandit.reset(seed)[0].tolist() == [0]
            _, paid[arm, seed], terminated, truncated, _ = bandit.step(arm)
            assert (terminated, truncated) == (True, False)
    # 200 draws: a standard deviation of 0.032.
    assert paid.mean(axis=1) == pytest.approx([0, 0.3, 1], abs=0.1)


def test_a_bandit_refuses_what_is_no_arm_and_a_second_pull() -> None:
    bandit = Bandit()
    with pytest.raises(InputError, match=r"^Bandit\.step: no episode is under way; call reset\(seed\)$"):
        bandit.step(0)
    bandit.reset(0)
    with pytest.raises(InputError, match=r"^Bandit\.step\(action\): 2; give a whole number from 0 to 1$"):
        bandit.step(2)
    for chances in ((0.5,), (0.2, 1.2)):
        with pytest.raises(InputError, match=r"^Bandit\.chances: .*; give at least two numbers from 0 to 1$"):
            Bandit(chances)


def test_the_pole_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(InputError, match=r"^CartPole: needs gymnasium \(.*\); pip install 'bnsim\[games\]'$"):
        CartPole()


@games
def test_the_fall_of_the_pole_is_all_that_is_rewarded() -> None:
    environment, rewards, ended = CartPole(), [], False
    first, _ = environment.reset(seed=3)
    assert first.shape == (4,)
    assert np.abs(first).max() <= 0.05
    while not ended:  # always to the right: the pole falls to the left
        observation, reward, ended, truncated, _ = environment.step(1)
        rewards.append(reward)
        assert not truncated
    assert rewards == [0.0] * (len(rewards) - 1) + [-1.0]
    assert observation[2] < -12 * np.pi / 180
    with pytest.raises(InputError, match=r"^CartPole\.step: no episode is under way; call reset\(seed\)$"):
        environment.step(1)


@games
@pytest.mark.parametrize(("version", "limit", "threshold"), [("CartPole-v0", 200, 195), ("CartPole-v1", 500, 475)])
def test_an_episode_that_lasts_is_cut_off(version: str, limit: int, threshold: float) -> None:
    environment, n_steps, truncated = CartPole(version), 0, False  # type: ignore[arg-type]
    observation, _ = environment.reset(seed=0)
    while not truncated:  # against the fall, and back to the middle
        action = int(observation @ [0.1, 0.3, 3.0, 1.0] > 0)
        observation, reward, terminated, truncated, _ = environment.step(action)
        n_steps += 1
        assert (reward, terminated) == (0.0, False)
    assert (n_steps, environment.limit, environment.threshold) == (limit, limit, threshold)


@games
def test_the_pole_refuses_other_actions_and_versions() -> None:
    environment = CartPole()
    environment.reset(seed=0)
    with pytest.raises(
        InputError, match=r"^CartPole\.step\(action\): 2; give 0 \(to the left\) or 1 \(to the right\)$"
    ):
        environment.step(2)
    with pytest.raises(InputError, match=r"^CartPole\.version: unknown 'CartPole-v2'; "):
        CartPole("CartPole-v2")  # type: ignore[arg-type]


def test_a_trial_in_the_water_maze_begins_at_the_wall() -> None:
    maze = WaterMaze()
    begun = {tuple(maze.reset(seed)[0].round(12)) for seed in range(40)}
    # One of four is missed by 40 draws in one of 25,000 tries.
    assert begun == {tuple(start) for start in STARTS.round(12)} == {(1, 0), (0, 1), (-1, 0), (0, -1)}
    first, _ = maze.reset(3)
    np.testing.assert_array_equal(first, maze.reset(3)[0])


def test_a_step_in_the_water_maze_leads_where_its_action_says_and_the_wall_costs() -> None:
    maze = _begun_in_the_east()
    np.testing.assert_allclose(maze.step(4)[0], [0.94, 0], atol=1e-12)
    there, reward, *ended, _ = maze.step(2)
    np.testing.assert_allclose(there, [0.94, 0.06], atol=1e-12)
    assert (reward, ended) == (0.0, [False, False])
    there, reward, *ended, _ = maze.step(0)  # into the wall, whose nearest place is on the way to the middle
    np.testing.assert_allclose(there, np.array([1, 0.06]) / np.hypot(1, 0.06), atol=1e-12)
    assert (reward, ended) == (-0.02, [False, False])
    there[:] = 0  # what is handed out is a copy
    assert np.hypot(*maze.step(4)[0]) > 0.9


def test_the_platform_ends_a_trial_with_a_reward() -> None:
    maze, outcomes = _begun_in_the_east(), []
    for action in [4] * 11 + [2] * 5:  # to (0.34, 0), and north until 0.3, of which 0.24 is not near enough
        there, *outcome, _ = maze.step(action)
        outcomes.append(tuple(outcome))
    assert outcomes == [(0.0, False, False)] * 15 + [(1.0, True, False)]
    assert np.hypot(*(there - PLATFORM)) == pytest.approx(np.hypot(0.01, 0.05))
    with pytest.raises(InputError, match=r"^WaterMaze\.step: no trial is under way; call reset\(seed\)$"):
        maze.step(0)


def test_a_trial_that_finds_no_platform_is_cut_off() -> None:
    maze, outcomes = _begun_in_the_east(), []
    for _ in range(LIMIT):
        _, *outcome, _ = maze.step(0)
        outcomes.append(tuple(outcome))
    assert outcomes == [(-0.02, False, False)] * (LIMIT - 1) + [(-0.02, False, True)]


def test_the_water_maze_refuses_other_directions() -> None:
    with pytest.raises(InputError, match=r"^WaterMaze\.step\(action\): 8; give a whole number from 0 to 7$"):
        _begun_in_the_east().step(8)


def _begun_in_the_east() -> WaterMaze:
    maze = WaterMaze()
    assert any(maze.reset(seed)[0][0] == 1 for seed in range(40))
    return maze
