"""A pole on a cart, which is to be kept upright by pushing the cart to the left or to the right.

Cart, pole and time step of 20 ms are gymnasium's, after Barto, Sutton & Anderson (1983): a force of 10 N either way, at
every decision; a pole of 1 m. An episode ends when the pole is more than 12 degrees from upright or the cart more than
2.4 m from the middle, or is cut off after 200 (`CartPole-v0`) or 500 steps (`CartPole-v1`). The reward is theirs, too:
-1 for the fall, else 0.

References
----------
A. Barto, R. Sutton and C. Anderson, IEEE Transactions on Systems, Man, and Cybernetics 13, 834-846 (1983). M. Towers et
al., Gymnasium, arXiv:2407.17032 (2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np

from bnsim import checks
from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from bnsim.packages import with_extra

__all__ = ["CartPole", "Version"]

Version = Literal["CartPole-v0", "CartPole-v1"]


class CartPole:
    """Cart and pole; see `experiments.environments.Environment`.

    An observation is (place in m, speed in m/s, angle in rad, angular speed in rad/s).

    Parameters
    ----------
    version
        Which one of gymnasium's.

    Attributes
    ----------
    limit
        Steps after which an episode is cut off.
    threshold
        Mean number of steps of 100 episodes from which on it counts as solved.

    Raises
    ------
    InputError
        If there is no such version, or gymnasium is not installed.
    """

    n_actions = 2

    def __init__(self, version: Version = "CartPole-v0") -> None:
        checks.one_of("CartPole.version", version, get_args(Version))
        gymnasium = with_extra("CartPole", "gymnasium", "gymnasium", "games")
        physics = with_extra("CartPole", "gymnasium.envs.classic_control.cartpole", "gymnasium", "games")
        known = gymnasium.spec(version)
        self.limit, self.threshold = int(known.max_episode_steps), float(known.reward_threshold)
        self._physics = physics.CartPoleEnv(sutton_barto_reward=True)
        self._left = 0

    def reset(self, seed: int) -> tuple[FloatArray, Mapping[str, Any]]:
        """Begin an episode near the middle, almost upright.

        Parameters
        ----------
        seed
            Decides place, angle and speeds, each equally distributed within 0.05 of 0.

        Returns
        -------
        observation : array of float, shape (4,)
            The first observation.
        info : mapping
            Nothing.
        """
        observation, _ = self._physics.reset(seed=seed)
        self._left = self.limit
        return np.asarray(observation, float), {}

    def step(self, action: int) -> tuple[FloatArray, float, bool, bool, Mapping[str, Any]]:
        """Push the cart.

        Parameters
        ----------
        action
            0 to the left, 1 to the right.

        Returns
        -------
        observation : array of float, shape (4,)
            What is seen after it.
        reward : float
            -1 for the fall, else 0.
        terminated : bool
            Whether the pole has fallen or the cart has left its track.
        truncated : bool
            Whether the limit was reached.
        info : mapping
            Nothing.

        Raises
        ------
        InputError
            If there is no such action, or the episode has ended.
        """
        if action not in range(self.n_actions):
            raise InputError(f"CartPole.step(action): {action!r}; give 0 (to the left) or 1 (to the right)")
        if not self._left:
            raise InputError("CartPole.step: no episode is under way; call reset(seed)")
        observation, reward, terminated, _, _ = self._physics.step(int(action))
        self._left = 0 if terminated else self._left - 1
        return np.asarray(observation, float), float(reward), bool(terminated), not (self._left or terminated), {}
