"""Let a learner choose between arms that change places, and say what it chooses, loses and expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar

from bnsim.arrays import Float64Array, FloatArray, Int64Array
from experiments.classics.bandit import CLASSIC, PIECE, Config
from experiments.environments.bandit import Bandit
from experiments.shared.learners import RATES, SPIKING, costs
from experiments.shared.playing import episode_seeds, play
from experiments.spec import Measurement, Outcome, Progress, Untrained, part_of
from models.agent import Agent
from models.place_cells import PlaceCells
from models.rate.actor_critic import RateActorCritic, RateActorCriticSettings
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings

PLACES = PlaceCells((-1.0,), (1.0,), (2,))
HERE = np.zeros(1)
"""What is always observed: both place cells respond with an activity of 1/2."""
SPIKING_SETTINGS = ActorCriticSettings(input_rate=1500.0, weight=2 / 3)
RATE_SETTINGS = RateActorCriticSettings(critic_learning_rate=0.2, actor_learning_rate=0.4)


@dataclass(frozen=True)
class Choices:
    """What a learner chose, was paid, and expected.

    Parameters
    ----------
    chosen, best
        Chance of the arm that was chosen, and the largest of all arms, in each trial (n_trials,).
    rewards
        What it was paid in each trial (n_trials,).
    expected
        What it expected after each piece (n_trials / PIECE,).
    seconds
        Time on a clock that passed in its decisions.
    """

    chosen: Float64Array
    best: Float64Array
    rewards: Float64Array
    expected: Float64Array
    seconds: float

    @property
    def regret(self) -> float:
        """Mean of what was missed by not choosing the best arm."""
        return float((self.best - self.chosen).mean())


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Let a learner choose in all blocks.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The learner, with the seed of the rewards and of all that it draws.
    progress
        Receives the trials that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    seeds, n_arms = episode_seeds(subject.seed, config.block * config.blocks), len(config.chances)
    if subject.model != SPIKING:
        agent = _agent(subject, n_arms)
        return Outcome(1, 0, tuple(measured(agent, config, choices(agent, config, seeds, progress))))
    rows: list[Measurement] = []
    for place, temperature in enumerate(config.temperatures):
        settings = replace(SPIKING_SETTINGS, temperature=temperature)
        spiking = SpikingActorCritic(PLACES, n_arms, subject.seed, settings)
        part = part_of(progress, place * len(seeds), len(config.temperatures) * len(seeds))
        found = choices(spiking, config, seeds, part)
        rows += measured(spiking, config, found) if place == 0 else ()
        rows.append(CLASSIC["regret_of_temperature"](found.regret, temperature=temperature))
    return Outcome(1, 0, tuple(rows))


def _agent(subject: Untrained, n_arms: int) -> Agent:
    if subject.model == RATES:
        return RateActorCritic(PLACES, n_arms, subject.seed, RATE_SETTINGS)
    from models.artificial.policy_gradient import PolicyGradient, PolicyGradientSettings  # TensorFlow takes seconds

    return PolicyGradient(np.ones(1), n_arms, subject.seed, PolicyGradientSettings(hidden=(4,), learning_rate=0.1))


def choices(agent: Agent, config: Config, seeds: Int64Array, progress: Progress) -> Choices:
    """Let an agent choose in all blocks.

    Parameters
    ----------
    agent
        The agent.
    config
        Arms and blocks.
    seeds
        Seed of each trial.
    progress
        Receives the trials that are done, and their total.

    Returns
    -------
    Choices
        What it chose, was paid, and expected.
    """
    chosen, best, rewards, expected, seconds = list[float](), list[float](), list[float](), list[float](), 0.0
    for first in range(0, len(seeds), PIECE):
        chances = np.roll(config.chances, first // config.block)
        piece = seeds[first : first + PIECE].tolist()
        found = play(agent, Bandit(tuple(chances.tolist())), piece, lambda done: None, keep=range(PIECE))
        chosen += [float(chances[episode.actions[0]]) for episode in found.kept.values()]
        best += [float(chances.max())] * PIECE
        rewards += found.rewards
        expected.append(agent.look(HERE).value)
        seconds += found.seconds
        progress(first + PIECE, len(seeds))
    return Choices(np.array(chosen), np.array(best), np.array(rewards), np.array(expected), seconds)


def measured(agent: Agent, config: Config, found: Choices) -> Iterator[Measurement]:
    """Yield what was chosen around changes, what it lost, and how far the delta rule says what was expected.

    Parameters
    ----------
    agent
        The learner, after it has chosen.
    config
        Arms and blocks.
    found
        What it chose, was paid, and expected.

    Yields
    ------
    Measurement
        All that is measured of one learner.
    """
    right = (found.chosen == found.best).reshape(config.blocks, -1, PIECE)
    for piece, share in enumerate(right[1:].mean(axis=(0, 2)), start=1):
        yield CLASSIC["better"](share, step=piece * PIECE)
    for piece, value in enumerate(found.expected, start=1):
        yield CLASSIC["expected"](value, step=piece * PIECE)
    yield CLASSIC["regret"](found.regret)
    if np.ptp(found.expected):  # nothing is to be explained where nothing was ever paid
        rate, explained = fitted_delta_rule(found.rewards, found.expected)
        yield CLASSIC["delta_rule_rate"](rate)
        yield CLASSIC["explained"](explained)
    yield from costs(CLASSIC, agent, len(found.rewards), found.seconds)


def delta_rule(rewards: FloatArray, rate: float) -> Float64Array:
    """Return what the delta rule expects after each trial, from 0 on.

    Parameters
    ----------
    rewards
        Reward of each trial (n_trials,).
    rate
        Share of each error by which the expectation changes.

    Returns
    -------
    array of float64, shape (n_trials,)
        Expectations.
    """
    expected, value = np.empty(len(rewards)), 0.0
    for trial, reward in enumerate(rewards):
        value += rate * (reward - value)
        expected[trial] = value
    return expected


def fitted_delta_rule(rewards: FloatArray, expected: FloatArray) -> tuple[float, float]:
    """Return the learning rate with which the delta rule comes nearest to an expectation, and how much it explains.

    Parameters
    ----------
    rewards
        Reward of each trial (n_trials,).
    expected
        What was expected after each piece of `PIECE` trials; it must vary.

    Returns
    -------
    rate : float
        Learning rate, from 0 to 1.
    explained : float
        Share of the variance of what was expected that it explains; below 0 where its mean explains more.
    """

    def missed(rate: float) -> float:
        return float(np.square(expected - delta_rule(rewards, rate)[PIECE - 1 :: PIECE]).mean())

    # The error has several minima at times: the best of a grid is refined.
    grid = np.linspace(0.005, 1, 200)
    start = grid[np.argmin([missed(rate) for rate in grid])]
    best = minimize_scalar(missed, bounds=(max(start - 0.005, 0), min(start + 0.005, 1)), method="bounded")
    rate = round(float(best.x), 5)  # the method's own precision
    return rate, 1 - missed(rate) / float(np.var(expected))
