"""Let a learner play, and say how long its episodes were."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, Int64Array
from experiments.classics.cartpole import BLOCK, CLASSIC, WINDOW, Config
from experiments.environments.cart_pole import CartPole
from experiments.shared.learners import RATES, SPIKING, costs
from experiments.shared.playing import Play, episode_seeds, play, running_means, solved_after
from experiments.spec import Measurement, Outcome, Progress, Untrained, part_of
from models.agent import Agent
from models.place_cells import PlaceCells
from models.rate.actor_critic import RateActorCritic
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings

REACH = (2.4, 2.0, 0.21, 2.5)
"""How far place cells reach from the middle, in m, m/s, rad and rad/s."""
PLACES = PlaceCells(tuple(-each for each in REACH), REACH, (3, 3, 5, 5))
APART = 500.0
"""Time between two looks at what the same error changes, in ms: five time constants of the eligibility."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Let a learner play all episodes; the spiking one with each critic.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The learner, with the seed of the episodes and of all that it draws.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    environment, seeds = CartPole(config.version), episode_seeds(subject.seed, config.episodes)
    if subject.model != SPIKING:
        agent = _agent(subject)
        return Outcome(1, 0, tuple(measured(config, environment, agent, played(agent, environment, seeds, progress))))
    rows: list[Measurement] = []
    critics = list(product(config.critic_cells, config.eligibilities))
    for place, (cells, eligibility) in enumerate(critics):
        settings = ActorCriticSettings(critic_cells=cells, eligibility=eligibility)
        spiking = SpikingActorCritic(PLACES, environment.n_actions, subject.seed, settings)
        middle = np.zeros(len(REACH))
        changes = spiking.value_changes(middle, config.samples, APART)
        if eligibility == config.eligibilities[0]:  # what is not learned does not depend on it
            errors = spiking.idle_errors(middle, config.samples)
            rows.append(CLASSIC["error_noise"](errors.std(ddof=1), critic_cells=cells))
        part = part_of(progress, place * config.episodes, len(critics) * config.episodes)
        found = played(spiking, environment, seeds, part)
        rows += measured(config, environment, spiking, found) if place == 0 else ()
        rows += _of_critic(environment, found, changes, critic_cells=cells, eligibility=eligibility)
    return Outcome(1, 0, tuple(rows))


def played(agent: Agent, environment: CartPole, seeds: Int64Array, progress: Progress) -> Play:
    """Let an agent play one episode a seed.

    Parameters
    ----------
    agent
        The agent.
    environment
        Cart and pole.
    seeds
        Seed of each episode.
    progress
        Receives the episodes that are played, and their number.

    Returns
    -------
    Play
        What was played.
    """
    return play(agent, environment, seeds.tolist(), lambda done: progress(done, len(seeds)))


def _agent(subject: Untrained) -> Agent:
    if subject.model == RATES:
        return RateActorCritic(PLACES, CartPole.n_actions, subject.seed)
    from models.artificial.policy_gradient import PolicyGradient  # TensorFlow takes seconds

    return PolicyGradient(np.array(REACH), CartPole.n_actions, subject.seed)


def measured(config: Config, environment: CartPole, agent: Agent, found: Play) -> Iterator[Measurement]:
    """Yield the curve, when the task was solved, what came then, and what a decision takes.

    Parameters
    ----------
    config
        Options of the experiment.
    environment
        Cart and pole.
    agent
        The learner, after it has played.
    found
        What was played.

    Yields
    ------
    Measurement
        All that is measured of one learner.
    """
    lengths = found.lengths
    for first in range(0, len(lengths), BLOCK):
        yield CLASSIC["length"](np.mean(lengths[first : first + BLOCK]), step=first + BLOCK)
    solved = solved_after(lengths, environment.threshold, WINDOW)
    yield CLASSIC["solved"](solved is not None, version=config.version, episodes=config.episodes)
    if solved is not None:
        yield CLASSIC["episodes_to_solve"](solved)
        yield CLASSIC["steps_to_solve"](sum(lengths[:solved]))
        if len(after := lengths[solved:]):
            yield CLASSIC["afterwards"](np.mean(after))
        if len(means := running_means(after, BLOCK)):
            yield CLASSIC["worst_afterwards"](means.min())
    yield from costs(CLASSIC, agent, sum(found.lengths), found.seconds)


def _of_critic(environment: CartPole, found: Play, changes: Float64Array, **facts: Any) -> Iterator[Measurement]:
    """Yield how well the network with a critic has learned, and how much the change by the same error varies."""
    yield CLASSIC["length_of_critic"](np.mean(found.lengths), **facts)
    yield CLASSIC["solved_of_critic"](solved_after(found.lengths, environment.threshold, WINDOW) is not None, **facts)
    yield CLASSIC["variation"](changes.std(ddof=1) / changes.mean(), **facts)
