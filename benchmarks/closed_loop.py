"""What a decision in a closed loop costs: the actor-critic of spiking neurons of a game, one run a decision.

    python benchmarks/closed_loop.py [--game cartpole] [--decisions 2000] [--critic-cells 20]

An observation is held, so that no environment takes part; every decision learns from an error. Each figure is time
on a clock; a decision is 20 ms of biological time in 20 steps, in the water maze ten times as much. Results are kept
in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from experiments.classics.cartpole import measure as cartpole
from experiments.classics.water_maze import measure as water_maze
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings

GAMES = {
    "cartpole": (cartpole.PLACES, 2, ActorCriticSettings()),
    "water-maze": (water_maze.PLACES, 8, water_maze.SPIKING_SETTINGS),
}
"""Place cells, number of actions and settings."""


def main() -> None:
    """Print quantiles of the time of a decision."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=tuple(GAMES), default="cartpole", help="whose network it is")
    parser.add_argument("--decisions", type=int, default=2000, help="how many decisions are timed")
    parser.add_argument("--critic-cells", type=int, default=20, help="size of the critic")
    arguments = parser.parse_args()
    place, n_actions, settings = GAMES[arguments.game]
    agent = SpikingActorCritic(place, n_actions, 0, replace(settings, critic_cells=arguments.critic_cells))
    observation = np.zeros(len(place.numbers))
    agent.begin(observation)
    milliseconds = []
    for _ in range(arguments.decisions):
        started = time.perf_counter()
        agent.step(0.0, observation)
        milliseconds.append(1e3 * (time.perf_counter() - started))
    quantiles = np.quantile(milliseconds, [0, 0.1, 0.5, 0.9])
    spikes = {name: round(n / arguments.decisions, 1) for name, n in agent.spikes.items()}
    print(f"{agent.n_parameters} weights that learn, spikes of a decision: {spikes}")
    print("time of a decision in ms: least {:.2f}, tenth {:.2f}, median {:.2f}, nine tenths {:.2f}".format(*quantiles))


if __name__ == "__main__":
    main()
