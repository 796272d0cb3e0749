"""The contract of agents: what acts in an environment, decision by decision, and learns from reward alone.

It is no classifier: nothing tells it which action would have been right, and what it does decides what it sees next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bnsim.arrays import Float64Array, FloatArray

__all__ = ["Agent", "Outlook"]


@dataclass(frozen=True)
class Outlook:
    """What an agent makes of an observation.

    Parameters
    ----------
    value
        The reward that it expects from there on.
    chances
        Chance of each action (n_actions,), as the agent takes it to be: that by which it learns. Where noise decides,
        as in networks of spikes, it may decide with another.
    """

    value: float
    chances: Float64Array


class Agent(Protocol):
    """An agent that learns while it acts.

    An episode is one call of `begin`, one of `step` after each action but the last, and one of `end`.
    """

    @property
    def n_parameters(self) -> int:
        """Number of weights that learn."""
        ...

    @property
    def spikes(self) -> Mapping[str, int]:
        """Spikes in all decisions so far, by population; empty for networks of rates."""
        ...

    def begin(self, observation: FloatArray) -> int:
        """Begin an episode.

        Parameters
        ----------
        observation
            The first observation (dimension,).

        Returns
        -------
        int
            The action.
        """
        ...

    def step(self, reward: float, observation: FloatArray) -> int:
        """Learn from what the last action has brought, and decide on the next one.

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
        ...

    def end(self, reward: float, terminated: bool) -> None:
        """Learn from the end of an episode.

        Parameters
        ----------
        reward
            Reward for the last action.
        terminated
            Whether nothing can follow, so that the value of what comes next is 0. False where the episode was cut off.
        """
        ...

    def look(self, observation: FloatArray) -> Outlook:
        """Return what the agent makes of an observation; nothing is learned, and nothing else changes.

        Parameters
        ----------
        observation
            The observation (dimension,).

        Returns
        -------
        Outlook
            Value and chances of the actions.
        """
        ...
