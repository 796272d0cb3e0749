"""Environments: where an agent's action decides what it sees next, one file each.

They have gymnasium's interface without needing gymnasium; those that come from it need the extra `games`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bnsim.arrays import FloatArray

__all__ = ["Environment"]


class Environment(Protocol):
    """An environment with observations in continuous dimensions and a few actions."""

    @property
    def n_actions(self) -> int:
        """Number of actions."""
        ...

    def reset(self, seed: int) -> tuple[FloatArray, Mapping[str, Any]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            Decides where it begins, and all else that is drawn in it.

        Returns
        -------
        observation : array of float, shape (dimension,)
            The first observation.
        info : mapping
            What else there is to know, which agents do not see.
        """
        ...

    def step(self, action: int) -> tuple[FloatArray, float, bool, bool, Mapping[str, Any]]:
        """Act.

        Parameters
        ----------
        action
            From 0 to `n_actions` - 1.

        Returns
        -------
        observation : array of float, shape (dimension,)
            What is seen after it.
        reward : float
            Reward for the action.
        terminated : bool
            Whether the episode has come to its end.
        truncated : bool
            Whether it was cut off, although it could go on.
        info : mapping
            What else there is to know, which agents do not see.

        Raises
        ------
        InputError
            If there is no such action, or the episode has ended.
        """
        ...
