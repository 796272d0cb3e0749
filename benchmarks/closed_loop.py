"""What a decision in a closed loop costs: the actor-critic of spiking neurons of `cartpole`, one run a decision.

    python benchmarks/closed_loop.py [--decisions 2000] [--critic-cells 20]

An observation is held, so that no environment takes part; every decision learns from an error. Each figure is time
on a clock; a decision is 20 ms of biological time in 20 steps. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from experiments.classics.cartpole.measure import PLACES
from models.spiking.actor_critic import SpikingActorCritic
from models.spiking.actor_critic_network import ActorCriticSettings


def main() -> None:
    """Print quantiles of the time of a decision."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=2000, help="how many decisions are timed")
    parser.add_argument("--critic-cells", type=int, default=20, help="size of the critic")
    arguments = parser.parse_args()
    agent = SpikingActorCritic(PLACES, 2, 0, ActorCriticSettings(critic_cells=arguments.critic_cells))
    observation = np.zeros(4)
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
