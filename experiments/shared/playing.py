"""The closed loop: an agent plays episodes in an environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Float64Array, Int64Array
from experiments.environments import Environment
from models.agent import Agent


@dataclass(frozen=True)
class Episode:
    """One episode, decision by decision.

    Parameters
    ----------
    observations
        What was observed before the first decision, and after each (n_decisions + 1, dimension).
    actions
        What was done (n_decisions,).
    """

    observations: Float64Array
    actions: Int64Array


@dataclass(frozen=True)
class Play:
    """Episodes that an agent has played.

    Parameters
    ----------
    lengths
        Number of steps of each episode.
    rewards
        Sum of the rewards of each episode.
    terminated
        Whether each episode came to its end, and was not cut off.
    seconds
        Time on a clock that passed from observations to actions, in all of them.
    kept
        By number, from 0 on: those episodes that were to be kept.
    """

    lengths: tuple[int, ...]
    rewards: tuple[float, ...]
    terminated: tuple[bool, ...]
    seconds: float
    kept: Mapping[int, Episode]


def play(
    agent: Agent,
    environment: Environment,
    seeds: Sequence[int],
    shown: Callable[[int], None],
    keep: Collection[int] = (),
) -> Play:
    """Let an agent play.

    Parameters
    ----------
    agent
        The agent, which learns meanwhile.
    environment
        Where it acts.
    seeds
        Seed of each episode.
    shown
        Is told after each episode how many have been played.
    keep
        Numbers, from 0 on, of episodes of which each decision is kept.

    Returns
    -------
    Play
        What was played.
    """
    lengths, rewards, ends = list[int](), list[float](), list[bool]()
    kept, seconds = dict[int, Episode](), 0.0
    for number, seed in enumerate(seeds):
        observation, _ = environment.reset(seed)
        observations, actions, total, ended = [observation], list[int](), 0.0, False
        started = time.perf_counter()
        actions.append(agent.begin(observation))
        seconds += time.perf_counter() - started
        while not ended:
            observation, reward, terminated, truncated, _ = environment.step(actions[-1])
            observations.append(observation)
            total += reward
            ended = terminated or truncated
            if not ended:
                started = time.perf_counter()
                actions.append(agent.step(reward, observation))
                seconds += time.perf_counter() - started
        agent.end(reward, terminated)
        lengths.append(len(actions))
        rewards.append(total)
        ends.append(terminated)
        if number in keep:
            kept[number] = Episode(np.array(observations, float), np.array(actions))
        shown(len(lengths))
    return Play(tuple(lengths), tuple(rewards), tuple(ends), seconds, kept)


def episode_seeds(seed: int, number: int) -> Int64Array:
    """Return seeds of episodes: the same for all agents with the same seed, and others for another one.

    Parameters
    ----------
    seed
        Seed of the run.
    number
        How many episodes.

    Returns
    -------
    array of int64, shape (number,)
        The seeds.
    """
    return np.random.default_rng([seed, 0xE915]).integers(2**31, size=number)


def running_means(lengths: Sequence[int], width: int) -> Float64Array:
    """Return the mean of each group of consecutive episodes.

    Parameters
    ----------
    lengths
        Number of steps of each episode.
    width
        Episodes in a group.

    Returns
    -------
    array of float64, shape (max(n_episodes - width + 1, 0),)
        Means; the first is that of the first `width` episodes.
    """
    sums = np.concatenate([[0], np.cumsum(lengths)])
    return (sums[width:] - sums[:-width]) / width if len(lengths) >= width else np.zeros(0)


def solved_after(lengths: Sequence[int], threshold: float, width: int) -> int | None:
    """Return after how many episodes an environment counts as solved.

    Parameters
    ----------
    lengths
        Number of steps of each episode.
    threshold
        The mean that must be reached.
    width
        Of how many consecutive episodes.

    Returns
    -------
    int or None
        Number of episodes, None if it is not solved.
    """
    reached = np.flatnonzero(running_means(lengths, width) >= threshold)
    return int(reached[0]) + width if len(reached) else None
