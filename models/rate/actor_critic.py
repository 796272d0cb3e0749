"""`RateActorCritic`: the actor-critic of `SpikingActorCritic` without spikes and without noise in its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, FloatArray
from models.agent import Outlook
from models.place_cells import PlaceCells

__all__ = ["RateActorCritic", "RateActorCriticSettings"]


@dataclass(frozen=True)
class RateActorCriticSettings:
    """Settings of `RateActorCritic`.

    Parameters
    ----------
    decision : float
        Time of a decision, in ms.
    tau_eligibility : float
        Time constant of the eligibility, in ms.
    tau_discount : float
        Time constant with which later reward counts less, in ms.
    critic_learning_rate, actor_learning_rate : float
        Change of a weight by an activity of 1 and an error of 1.
    """

    decision: float = 20.0
    tau_eligibility: float = 100.0
    tau_discount: float = 1000.0
    critic_learning_rate: float = 1.0
    actor_learning_rate: float = 40.0


class RateActorCritic:
    """Linear actor-critic on the activities of place cells (see `models.agent.Agent`).

    Parameters
    ----------
    place : PlaceCells
        What place cells respond to.
    n_actions : int
        Number of actions.
    random_state : int
        Seed of the actions that are drawn.
    settings : RateActorCriticSettings
        Rates and time constants.

    Attributes
    ----------
    value : float
        What the critic makes of the present observation.

    Notes
    -----
    With activities f of the place cells, V = w f; action k has the probability exp(h_k) / sum_l exp(h_l), h_k = w_k f.
    With kept = exp(-decision / tau_eligibility), each decision does

        e = kept e + f                                     critic
        e_k = kept e_k + selected_k f                      actor
        td_error = r + exp(-decision / tau_discount) V' - V
        w += critic_learning_rate td_error e        w_k += actor_learning_rate td_error e_k

    selected_k is 1 for the action taken, else 0, less the probability of action k: the rule of `SpikingActorCritic`
    (`bnsim.TemporalDifferenceLTP`), whose postsynaptic spikes and traces are replaced by their mean. The noise that
    makes cells of spikes try different actions is replaced by the draw. Where an episode is cut off, nothing is learned
    of its last step, whose outcome is not seen.
    """

    def __init__(
        self,
        place: PlaceCells,
        n_actions: int,
        random_state: int,
        settings: RateActorCriticSettings = RateActorCriticSettings(),
    ) -> None:
        self.place, self.settings = place, settings
        self._n_actions = checks.count("RateActorCritic.n_actions", n_actions, minimum=2)
        self._generator = np.random.default_rng(random_state)
        self._critic, self._actor = np.zeros(place.size), np.zeros((n_actions, place.size))
        self._discount = float(np.exp(-settings.decision / settings.tau_discount))
        self._kept = float(np.exp(-settings.decision / settings.tau_eligibility))
        self.value = 0.0
        self._forget()

    @property
    def n_parameters(self) -> int:
        """Number of weights that learn."""
        return self._critic.size + self._actor.size

    @property
    def spikes(self) -> Mapping[str, int]:
        """There are none."""
        return {}

    def begin(self, observation: FloatArray) -> int:
        """Begin an episode; see `models.agent.Agent`.

        Parameters
        ----------
        observation
            The first observation (dimension,).

        Returns
        -------
        int
            The action.
        """
        self._forget()
        return self._decide(self.place.activity(observation))

    def step(self, reward: float, observation: FloatArray) -> int:
        """Learn from the last action and decide on the next one; see `models.agent.Agent`.

        Parameters
        ----------
        reward
            Reward for the last action.
        observation
            The observation (dimension,) after it.

        Returns
        -------
        int
            The action.
        """
        activity = self.place.activity(observation)
        self._learn(reward + self._discount * float(self._critic @ activity) - self.value)
        return self._decide(activity)

    def end(self, reward: float, terminated: bool) -> None:
        """Learn from the end of an episode; see `models.agent.Agent`.

        Parameters
        ----------
        reward
            Reward for the last action.
        terminated
            Whether nothing can follow.
        """
        if terminated:
            self._learn(reward - self.value)

    def look(self, observation: FloatArray) -> Outlook:
        """Return what the agent makes of an observation; see `models.agent.Agent`.

        Parameters
        ----------
        observation
            The observation (dimension,).

        Returns
        -------
        Outlook
            Value and chances of the actions.
        """
        activity = self.place.activity(observation)
        return Outlook(float(self._critic @ activity), self._chances(activity))

    def _chances(self, activity: Float64Array) -> Float64Array:
        preferences = self._actor @ activity
        chances = np.exp(preferences - preferences.max())
        return np.asarray(chances / chances.sum())

    def _forget(self) -> None:
        self._of_critic, self._of_actor = np.zeros_like(self._critic), np.zeros_like(self._actor)

    def _learn(self, error: float) -> None:
        self._critic += self.settings.critic_learning_rate * error * self._of_critic
        self._actor += self.settings.actor_learning_rate * error * self._of_actor

    def _decide(self, activity: Float64Array) -> int:
        self.value = float(self._critic @ activity)
        chances = self._chances(activity)
        bounds = np.cumsum(chances)
        action = int(np.searchsorted(bounds, self._generator.random() * bounds[-1], side="right"))
        selected = (np.arange(self._n_actions) == action) - chances
        self._of_critic = self._kept * self._of_critic + activity
        self._of_actor = self._kept * self._of_actor + selected[:, None] * activity
        return action
