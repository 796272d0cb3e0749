"""The closed loop: who is asked when, and when a task counts as solved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bnsim.arrays import FloatArray
from experiments.shared.playing import episode_seeds, play, running_means, solved_after
from models.agent import Outlook


class Countdown:
    """Episodes of as many steps as the seed says, of which those with an even seed are cut off."""

    n_actions = 2

    def reset(self, seed: int) -> tuple[FloatArray, Mapping[str, Any]]:
        self.left, self.cut = seed, seed % 2 == 0
        return np.array([float(seed)]), {}

    def step(self, action: int) -> tuple[FloatArray, float, bool, bool, Mapping[str, Any]]:
        self.left -= 1
        ended = self.left == 0
        return np.array([float(self.left)]), 10.0 * action, ended and not self.cut, ended and self.cut, {}


class Diary:
    """An agent that writes down what it is told, and takes action 1 as soon as it has acted once."""

    n_parameters, spikes = 0, {}

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def begin(self, observation: FloatArray) -> int:
        self.told.append(("begin", *observation))
        return 0

    def step(self, reward: float, observation: FloatArray) -> int:
        self.told.append(("step", reward, *observation))
        return 1

    def end(self, reward: float, terminated: bool) -> None:
        self.told.append(("end", reward, terminated))

    def look(self, observation: FloatArray) -> Outlook:
        raise AssertionError("nobody asks")


def test_an_agent_is_told_what_its_actions_bring() -> None:
    diary, shown = Diary(), []
    found = play(diary, Countdown(), [1, 3, 2], shown.append, keep=[1])
    assert found.lengths == (1, 3, 2)
    assert found.rewards == (0.0, 20.0, 10.0)
    assert found.terminated == (True, True, False)
    assert list(found.kept) == [1]
    assert found.kept[1].observations.tolist() == [[3.0], [2.0], [1.0], [0.0]]
    assert found.kept[1].actions.tolist() == [0, 1, 1]
    assert found.seconds > 0
    assert shown == [1, 2, 3]
    assert diary.told == [
        *(("begin", 1.0), ("end", 0.0, True)),
        *(("begin", 3.0), ("step", 0.0, 2.0), ("step", 10.0, 1.0), ("end", 10.0, True)),
        *(("begin", 2.0), ("step", 0.0, 1.0), ("end", 10.0, False)),
    ]


@pytest.mark.parametrize(("threshold", "expected"), [(2.0, 3), (4.0, 4), (5.0, 5), (5.1, None)])
def test_solved_is_the_first_mean_that_is_high_enough(threshold: float, expected: int | None) -> None:
    """Means of two episodes: 1.5, 2, 4, 5."""
    lengths = [2, 1, 3, 5, 5]
    assert running_means(lengths, 2).tolist() == [1.5, 2.0, 4.0, 5.0]
    assert solved_after(lengths, threshold, 2) == expected
    assert solved_after(lengths, threshold, 6) is None


def test_seeds_of_episodes_belong_to_the_seed_alone() -> None:
    first = episode_seeds(0, 50)
    assert first[:20].tolist() == episode_seeds(0, 20).tolist()
    assert len({*first, *episode_seeds(1, 50)}) == 100
