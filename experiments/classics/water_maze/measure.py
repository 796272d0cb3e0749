"""Let a learner swim, and say how long it takes to the platform, and what it has made of the pool."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import Float64Array
from experiments.classics.water_maze import CLASSIC, ENOUGH, LATE, SOON, Config
from experiments.environments.water_maze import DIRECTIONS, WaterMaze
from experiments.shared.learners import RATES, SPIKING, costs
from experiments.shared.playing import Play, episode_seeds, play
from experiments.spec import Measurement, Outcome, Progress, Untrained
from models.agent import Agent
from models.place_cells import PlaceCells
from models.rate.actor_critic import RateActorCritic, RateActorCriticSettings
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings

PLACES = PlaceCells((-1.0, -1.0), (1.0, 1.0), (11, 11))
SPIKING_SETTINGS = ActorCriticSettings(
    input_rate=3000.0,
    weight=1 / 3,
    decision=200.0,
    tau_value=100.0,
    tau_eligibility=1000.0,
    tau_discount=4000.0,
    value_rate=80.0,
    critic_learning_rate=4e-3,
    actor_learning_rate=3e-3,
)
RATE_SETTINGS = RateActorCriticSettings(
    decision=200.0, tau_eligibility=1000.0, tau_discount=4000.0, critic_learning_rate=1.0, actor_learning_rate=80.0
)


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Let a learner swim all trials.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The learner, with the seed of the trials and of all that it draws.
    progress
        Receives the trials that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    agent, seeds = _agent(subject), episode_seeds(subject.seed, config.trials).tolist()
    found = play(agent, WaterMaze(), seeds, lambda done: progress(done, config.trials), keep=_drawn(config.trials))
    return Outcome(1, 0, (*measured(agent, found), *paths(found), *looked_at(agent, config.spacing)))


def _agent(subject: Untrained) -> Agent:
    if subject.model == SPIKING:
        return SpikingActorCritic(PLACES, WaterMaze.n_actions, subject.seed, SPIKING_SETTINGS)
    if subject.model == RATES:
        return RateActorCritic(PLACES, WaterMaze.n_actions, subject.seed, RATE_SETTINGS)
    from models.artificial.policy_gradient import PolicyGradient, PolicyGradientSettings  # TensorFlow takes seconds

    settings = PolicyGradientSettings(hidden=(104, 104), learning_rate=1e-2, discount=float(np.exp(-0.05)))
    return PolicyGradient(np.ones(2), WaterMaze.n_actions, subject.seed, settings)


def _drawn(trials: int) -> tuple[int, ...]:
    """Numbers of the trials that are drawn, from 0 on."""
    return tuple(sorted({0, min(4, trials - 1), trials - 1}))


def measured(agent: Agent, found: Play) -> Iterator[Measurement]:
    """Yield the steps of each trial, what they come to, and what a decision costs.

    Parameters
    ----------
    agent
        The learner, after it has swum.
    found
        What was played.

    Yields
    ------
    Measurement
        All that is measured of one learner, but for pictures.
    """
    lengths = np.array(found.lengths)
    for trial, length in enumerate(lengths, start=1):
        yield CLASSIC["length"](length, step=trial)
    yield CLASSIC["reached"](np.mean(found.terminated), trials=len(lengths))
    if len(soon := lengths[SOON[0] - 1 : SOON[1]]) == SOON[1] - SOON[0] + 1:
        yield CLASSIC["soon"](np.median(soon))
    if len(late := lengths[LATE[0] - 1 : LATE[1]]) == LATE[1] - LATE[0] + 1:
        yield CLASSIC["late"](late.mean())
        yield CLASSIC["learned"](late.mean() <= ENOUGH)
    if len(after := lengths[LATE[1] :]):
        yield CLASSIC["afterwards"](after.mean())
    yield from costs(CLASSIC, agent, sum(found.lengths), found.seconds)


def paths(found: Play) -> Iterator[Measurement]:
    """Yield the paths of the trials that were kept.

    Parameters
    ----------
    found
        What was played.

    Yields
    ------
    Measurement
        Places, step by step.
    """
    for trial, episode in found.kept.items():
        yield from CLASSIC["path_east"].curve(episode.observations[:, 0], trial=trial + 1)
        yield from CLASSIC["path_north"].curve(episode.observations[:, 1], trial=trial + 1)


def looked_at(agent: Agent, spacing: float) -> Iterator[Measurement]:
    """Yield value and heading at places all over the pool.

    Parameters
    ----------
    agent
        The learner.
    spacing
        Distance between places, in m.

    Yields
    ------
    Measurement
        Value, and both parts of the heading.
    """
    for east, north in places(spacing):
        outlook = agent.look(np.array([east, north]))
        heading = outlook.chances @ DIRECTIONS
        for metric, value in (("value", outlook.value), ("heading_east", heading[0]), ("heading_north", heading[1])):
            yield CLASSIC[metric](value, east=east, north=north)


def places(spacing: float) -> Float64Array:
    """Return places in the pool, on a grid of which one is its middle.

    Parameters
    ----------
    spacing
        Distance between places, in m.

    Returns
    -------
    array of float64, shape (number, 2)
        Places in m.
    """
    reach = int(1 / spacing)
    axis = spacing * np.arange(-reach, reach + 1)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.asarray(grid[np.hypot(*grid.T) <= 1])
