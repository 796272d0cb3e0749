"""A water maze: a round pool in which an animal swims until it meets a platform that it cannot see.

It is told where it is, and may swim in one of eight directions. The pool has a radius of 1 m; the platform lies in the
middle of its north-eastern quadrant, with a radius of 0.1 m. An animal is put in at the wall, in the north, east, south
or west, and swims 6 cm a step: 0.3 m/s with a step of 200 ms, so that the shortest way in eight directions is 12 or 24
steps long. After 600 steps, or 120 s, it is taken out. The reward is 1 on the platform, and -0.02 for a step into the
wall, which ends at the wall. All these values are this project's own, of the order of those in experiments with
animals.

References
----------
R. Morris, Journal of Neuroscience Methods 11, 47-60 (1984), the experiment. As a task for an actor and a critic on
place cells: D. Foster, R. Morris and P. Dayan, Hippocampus 10, 1-16 (2000); for spiking neurons, E. Vasilaki et al.,
PLoS Computational Biology 5, e1000586 (2009), and N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology
9, e1003024 (2013). None of the four was at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, FloatArray
from bnsim.errors import InputError

__all__ = ["DIRECTIONS", "LIMIT", "PLATFORM", "PLATFORM_RADIUS", "STARTS", "STRIDE", "WaterMaze"]

STRIDE = 0.06
"""Way of a step, in m."""
LIMIT = 600
"""Steps after which a trial is cut off."""
PLATFORM, PLATFORM_RADIUS = (0.35, 0.35), 0.1
"""Middle of the platform, from the middle of the pool to the east and to the north, and its radius, in m."""
BUMP = -0.02
"""Reward for a step into the wall."""
DIRECTIONS = np.array([(np.cos(angle), np.sin(angle)) for angle in np.arange(8) * np.pi / 4])
"""Where each action leads (action, 2), counter-clockwise from the east."""
STARTS = DIRECTIONS[::2]
"""Where a trial may begin (start, 2), in m: at the wall, in the east, north, west and south."""


class WaterMaze:
    """Pool with a hidden platform; see `experiments.environments.Environment`.

    An observation is the place, in m from the middle of the pool to the east and to the north.
    """

    n_actions = len(DIRECTIONS)

    def __init__(self) -> None:
        self._place, self._left = np.zeros(2), 0

    def reset(self, seed: int) -> tuple[FloatArray, Mapping[str, Any]]:
        """Begin a trial at the wall.

        Parameters
        ----------
        seed
            Decides on which side.

        Returns
        -------
        observation : array of float, shape (2,)
            The place.
        info : mapping
            Nothing.
        """
        self._place = STARTS[np.random.default_rng(seed).integers(len(STARTS))].copy()
        self._left = LIMIT
        return self._place.copy(), {}

    def step(self, action: int) -> tuple[FloatArray, float, bool, bool, Mapping[str, Any]]:
        """Swim.

        Parameters
        ----------
        action
            From 0, to the east, counter-clockwise to 7, to the south-east.

        Returns
        -------
        observation : array of float, shape (2,)
            The place after it.
        reward : float
            1 on the platform, -0.02 for a step into the wall, else 0.
        terminated : bool
            Whether the platform was reached.
        truncated : bool
            Whether the limit was reached.
        info : mapping
            Nothing.

        Raises
        ------
        InputError
            If there is no such action, or the trial has ended.
        """
        if action not in range(self.n_actions):
            raise InputError(f"WaterMaze.step(action): {action!r}; give a whole number from 0 to {self.n_actions - 1}")
        if not self._left:
            raise InputError("WaterMaze.step: no trial is under way; call reset(seed)")
        self._place, bumped = _inside(self._place + STRIDE * DIRECTIONS[action])
        reached = bool(np.hypot(*(self._place - PLATFORM)) <= PLATFORM_RADIUS)
        self._left = 0 if reached else self._left - 1
        reward = 1.0 if reached else BUMP if bumped else 0.0
        return self._place.copy(), reward, reached, not (self._left or reached), {}


def _inside(place: Float64Array) -> tuple[Float64Array, bool]:
    """Return the nearest place in the pool, and whether it is another one."""
    distance = float(np.hypot(*place))
    return (place / distance, True) if distance > 1 else (place, False)
