"""`PolicyGradient`: a Keras network that learns to act by REINFORCE, with its own estimate of the value as baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, FloatArray
from models.agent import Outlook
from models.artificial.backend import keras, tf

__all__ = ["PolicyGradient", "PolicyGradientSettings"]

BLOCK = 512
"""Decisions to which an episode is filled up with ones that do not count, or a multiple: each length compiles anew."""


@dataclass(frozen=True)
class PolicyGradientSettings:
    """Settings of `PolicyGradient`.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer.
    learning_rate : float
        Of Adam.
    discount : float
        By how much reward counts less with each decision that it is later.
    value_weight : float
        Weight of the value's squared error in the loss.
    """

    hidden: tuple[int, ...] = (92, 92)
    learning_rate: float = 3e-3
    discount: float = float(np.exp(-0.02))
    value_weight: float = 1.0


class PolicyGradient:
    """Policy gradient with a baseline, by backpropagation (see `models.agent.Agent`).

    Parameters
    ----------
    scale : array_like, shape (n_dimensions,)
        What observations are divided by.
    n_actions : int
        Number of actions.
    random_state : int
        Seed of initial weights and of the actions that are drawn.
    settings : PolicyGradientSettings
        Sizes and rates.

    Notes
    -----
    Fully connected layers of rectified units see the observation itself, not place cells; above them are the logits of
    the actions and one value V. Learning waits for the end of an episode of n decisions: with the discounted sum of
    later rewards G_t (from the value of the last observation on, where the episode was cut off), Adam follows the
    gradient of

        L = mean_t [-(G_t - V_t) log pi(a_t) + value_weight (G_t - V_t)^2]

    in which G_t - V_t counts as a constant in the first term, and is divided by its standard deviation in the episode.

    References
    ----------
    R. Williams, Machine Learning 8, 229-256 (1992). D. Kingma and J. Ba, ICLR (2015).
    """

    def __init__(
        self,
        scale: FloatArray,
        n_actions: int,
        random_state: int,
        settings: PolicyGradientSettings = PolicyGradientSettings(),
    ) -> None:
        self.settings, self._scale = settings, np.asarray(scale, np.float32)
        checks.count("PolicyGradient.n_actions", n_actions, minimum=2)
        self._generator = np.random.default_rng(random_state)
        self._model = _network(len(self._scale), n_actions, settings.hidden, random_state)
        self._optimizer = keras.optimizers.Adam(settings.learning_rate)
        self._optimizer.build(self._model.trainable_variables)
        self._act = tf.function(lambda seen: self._model(seen), reduce_retracing=True)
        self._learn = tf.function(self._step, reduce_retracing=True)
        self._seen: list[Any] = []
        self._actions: list[int] = []
        self._rewards: list[float] = []

    @property
    def n_parameters(self) -> int:
        """Number of weights that learn."""
        return int(self._model.count_params())

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
        self._seen, self._actions, self._rewards = [], [], []
        return self._decide(observation)

    def step(self, reward: float, observation: FloatArray) -> int:
        """Keep the reward and decide on the next action; see `models.agent.Agent`.

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
        self._rewards.append(reward)
        return self._decide(observation)

    def end(self, reward: float, terminated: bool) -> None:
        """Learn from the whole episode; see `models.agent.Agent`.

        Parameters
        ----------
        reward
            Reward for the last action.
        terminated
            Whether nothing can follow.
        """
        self._rewards.append(reward)
        n = len(self._actions)
        after = 0.0 if terminated else self._value
        returns = discounted(np.array(self._rewards), self.settings.discount, after)
        padded = -n % BLOCK
        self._learn(
            tf.constant(np.pad(np.array(self._seen), ((0, padded), (0, 0)))),
            tf.constant(np.pad(self._actions, (0, padded)), tf.int32),
            tf.constant(np.pad(returns, (0, padded)), tf.float32),
            tf.constant(n, tf.float32),
        )

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
        return self._outlook(self._scaled(observation))

    def _scaled(self, observation: FloatArray) -> Any:
        return np.asarray(observation, np.float32) / self._scale

    def _outlook(self, seen: Any) -> Outlook:
        logits, value = (np.asarray(each)[0] for each in self._act(tf.constant(seen[None])))
        chances = np.exp(logits - logits.max(), dtype=np.float64)
        return Outlook(float(value[0]), chances / chances.sum())

    def _decide(self, observation: FloatArray) -> int:
        seen = self._scaled(observation)
        outlook = self._outlook(seen)
        self._value = outlook.value
        bounds = np.cumsum(outlook.chances)
        action = int(np.searchsorted(bounds, self._generator.random() * bounds[-1], side="right"))
        self._seen.append(seen)
        self._actions.append(action)
        return action

    def _step(self, seen: Any, actions: Any, returns: Any, n: Any) -> None:
        counts = tf.sequence_mask(n, tf.shape(seen)[0], tf.float32)
        with tf.GradientTape() as tape:
            logits, value = self._model(seen)
            error = counts * (returns - value[:, 0])
            spread = tf.sqrt(tf.reduce_sum(tf.square(error)) / n) + 1e-3
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(actions, logits)
            policy = tf.reduce_sum(tf.stop_gradient(error / spread) * surprise) / n
            loss = policy + self.settings.value_weight * tf.reduce_sum(tf.square(error)) / n
        variables = self._model.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)


def discounted(rewards: Float64Array, discount: float, after: float) -> Float64Array:
    """Return the discounted sum of all rewards from each decision on.

    Parameters
    ----------
    rewards : ndarray of float64, shape (n_decisions,)
        Rewards.
    discount : float
        Factor from one decision to the next.
    after : float
        Value of what comes after the last one.

    Returns
    -------
    ndarray of float64, shape (n_decisions,)
        G_t = r_t + discount G_{t+1}, with G = `after` at the end.
    """
    sums, total = np.empty(len(rewards)), after
    for place in range(len(rewards) - 1, -1, -1):
        total = rewards[place] + discount * total
        sums[place] = total
    return sums


def _network(n_dimensions: int, n_actions: int, hidden: tuple[int, ...], seed: int) -> Any:
    """Logits of the actions and the value; with zeros in the last layers actions are equally likely at first."""
    seeds = np.random.default_rng([seed, 0xAC7]).integers(2**31, size=len(hidden))
    start = [keras.initializers.GlorotUniform(int(each)) for each in seeds]
    seen = keras.Input((n_dimensions,))
    layer = seen
    for units, initial in zip(hidden, start, strict=True):
        layer = keras.layers.Dense(units, activation="relu", kernel_initializer=initial)(layer)
    logits = keras.layers.Dense(n_actions, kernel_initializer="zeros")(layer)
    value = keras.layers.Dense(1, kernel_initializer="zeros")(layer)
    return keras.Model(seen, [logits, value])
