"""The network of `SpikingActorCritic`: place cells that project to a critic and to an actor, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from brian2.units import Hz, ms, mV

import bnsim
from bnsim import checks

__all__ = ["ELIGIBILITIES", "LARGEST_RATE", "ActorCriticSettings", "Eligibility", "network"]

Eligibility = Literal["spikes", "intensity"]
"""Of what the critic's eligibility is made: the critic cells' own spikes, or their firing intensity."""
ELIGIBILITIES: tuple[Eligibility, ...] = get_args(Eligibility)

LARGEST_RATE = 1000.0
"""Rate of a place cell for a stimulus of 1, in Hz: a spike in every time step."""
INTENSITY_AT_THRESHOLD = 118.0
"""With it the mean intensity of a critic cell is its rate without learning, measured with the default settings; Hz."""


@dataclass(frozen=True)
class ActorCriticSettings:
    """Settings of `SpikingActorCritic`.

    Parameters
    ----------
    critic_cells : int
        Number of critic cells.
    actor_cells : int
        Number of actor cells for each action.
    eligibility : {"spikes", "intensity"}
        Of what the critic's eligibility is made.
    input_rate : float
        Rate of all place cells together, in Hz.
    weight : float
        Weight of all synapses at the beginning, in mV; the largest is four times as large.
    noise : float
        Strength of the white noise of each cell, in mV (see `bnsim.WhiteNoise`).
    decision : float
        Time in which a decision is made, in ms, a whole number of time steps of 1 ms.
    tau_value : float
        Time constant with which the critic's spikes are averaged, in ms.
    tau_eligibility : float
        Time constant of the eligibility, in ms.
    tau_discount : float
        Time constant with which later reward counts less, in ms.
    value_rate : float
        Rise of the critic's rate that stands for a value of 1, in Hz.
    temperature : float
        Spikes by which the expectation of an action grows e-fold.
    critic_learning_rate, actor_learning_rate : float
        Change of a weight by a pair of coincident spikes and an error of 1 that lasts, in mV.
    """

    critic_cells: int = 20
    actor_cells: int = 10
    eligibility: Eligibility = "spikes"
    input_rate: float = 8000.0
    weight: float = 0.125
    noise: float = 5.0
    decision: float = 20.0
    tau_value: float = 50.0
    tau_eligibility: float = 100.0
    tau_discount: float = 1000.0
    value_rate: float = 40.0
    temperature: float = 5.0
    critic_learning_rate: float = 5e-3
    actor_learning_rate: float = 2e-2

    def __post_init__(self) -> None:
        checks.count("ActorCriticSettings.critic_cells", self.critic_cells)
        checks.count("ActorCriticSettings.actor_cells", self.actor_cells)
        checks.one_of("ActorCriticSettings.eligibility", self.eligibility, ELIGIBILITIES)


def network(n_places: int, n_actions: int, settings: ActorCriticSettings) -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    n_places : int
        Number of place cells.
    n_actions : int
        Number of actions.
    settings : ActorCriticSettings
        Sizes and rates.

    Returns
    -------
    bnsim.Network
        Place cells "place", and the cells "critic" and "actor", the latter in groups of one action each.
    """
    cell, noise = bnsim.LIF(refractory=2 * ms), bnsim.WhiteNoise(settings.noise * mV)
    largest, tau = 4 * settings.weight * mV, settings.tau_eligibility * ms
    rate = settings.critic_learning_rate
    critic: bnsim.PlasticityRule = (
        bnsim.TemporalDifferenceLTP(tau_eligibility=tau, learning_rate=rate, w_max=largest)
        if settings.eligibility == "spikes"
        else bnsim.TemporalDifferenceIntensity(
            tau_eligibility=tau, learning_rate=rate, w_max=largest, rate=INTENSITY_AT_THRESHOLD * Hz
        )
    )
    actor = bnsim.TemporalDifferenceLTP(tau_eligibility=tau, learning_rate=settings.actor_learning_rate, w_max=largest)
    return bnsim.Network(
        [
            bnsim.Population("place", n_places, bnsim.Poisson(LARGEST_RATE * Hz)),
            bnsim.Population("critic", settings.critic_cells, cell, drive=noise),
            bnsim.Population("actor", n_actions * settings.actor_cells, cell, drive=noise),
        ],
        [
            bnsim.Projection("place", name, bnsim.Delta(), settings.weight * mV, plasticity=learned)
            for name, learned in (("critic", critic), ("actor", actor))
        ],
    )
