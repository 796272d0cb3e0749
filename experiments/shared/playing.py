"""The closed loop: an agent plays episodes in an environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Float64Array, Int64Array
from experiments.environments import Environment
from models.agent import Agent


@dataclass(frozen=True)
class Play:
    """Episodes that an agent has played.

    Parameters
    ----------
    lengths
        Number of steps of each episode.
    seconds
        Time on a clock that passed from observations to actions, in all of them.
    """

    lengths: tuple[int, ...]
    seconds: float


def play(agent: Agent, environment: Environment, seeds: Sequence[int], shown: Callable[[int], None]) -> Play:
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

    Returns
    -------
    Play
        Lengths and time.
    """
    lengths, seconds = [], 0.0
    for seed in seeds:
        n_steps, ended = 0, False
        observation, _ = environment.reset(seed)
        started = time.perf_counter()
        action = agent.begin(observation)
        seconds += time.perf_counter() - started
        while not ended:
            observation, reward, terminated, truncated, _ = environment.step(action)
            n_steps += 1
            ended = terminated or truncated
            if not ended:
                started = time.perf_counter()
                action = agent.step(reward, observation)
                seconds += time.perf_counter() - started
        agent.end(reward, terminated)
        lengths.append(n_steps)
        shown(len(lengths))
    return Play(tuple(lengths), seconds)


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
