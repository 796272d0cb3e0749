"""A bandit: one place, some arms, and a reward that is drawn with each arm's own chance.

References
----------
R. Sutton and A. Barto, Reinforcement Learning (2018), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.errors import InputError

__all__ = ["Bandit"]


class Bandit:
    """Bandit whose arms pay 1 with a chance of their own, else 0; see `experiments.environments.Environment`.

    An episode is one step; what is observed is always 0.

    Parameters
    ----------
    chances
        Chance of each arm, at least two.

    Raises
    ------
    InputError
        If there are fewer, or a chance is not within 0 and 1.
    """

    def __init__(self, chances: tuple[float, ...] = (0.2, 0.8)) -> None:
        if len(chances) < 2 or not all(0 <= chance <= 1 for chance in chances):
            raise InputError(f"Bandit.chances: {chances}; give at least two numbers from 0 to 1")
        self._chances = chances
        self._generator: np.random.Generator | None = None

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return len(self._chances)

    def reset(self, seed: int) -> tuple[FloatArray, Mapping[str, Any]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            Decides whether each arm pays.

        Returns
        -------
        observation : array of float, shape (1,)
            0.
        info : mapping
            Nothing.
        """
        self._generator = np.random.default_rng(seed)
        return np.zeros(1), {}

    def step(self, action: int) -> tuple[FloatArray, float, bool, bool, Mapping[str, Any]]:
        """Pull an arm.

        Parameters
        ----------
        action
            Which one.

        Returns
        -------
        observation : array of float, shape (1,)
            0.
        reward : float
            1 where the arm pays, else 0.
        terminated : bool
            True: an episode is one step.
        truncated : bool
            False.
        info : mapping
            Nothing.

        Raises
        ------
        InputError
            If there is no such arm, or the episode has ended.
        """
        if action not in range(self.n_actions):
            raise InputError(f"Bandit.step(action): {action!r}; give a whole number from 0 to {self.n_actions - 1}")
        if self._generator is None:
            raise InputError("Bandit.step: no episode is under way; call reset(seed)")
        pays = self._generator.random(self.n_actions) < self._chances
        self._generator = None
        return np.zeros(1), float(pays[action]), True, False, {}
