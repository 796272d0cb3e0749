"""`SpikingActorCritic`: place cells, a critic and an actor of spiking neurons, in a closed loop with an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import numpy as np
from brian2.units import ms

from bnsim import checks
from bnsim.arrays import Float64Array, FloatArray, IntArray
from bnsim.errors import InputError
from models.agent import Outlook
from models.place_cells import PlaceCells
from models.spiking.actor_critic_network import LARGEST_RATE, ActorCriticSettings, network

__all__ = ["SpikingActorCritic"]

DEFAULTS = ActorCriticSettings()

Counts: TypeAlias = Mapping[str, IntArray]

STEP = 1.0
"""Time step of the simulation in ms."""
SETTLING, RESTING = 200.0, 2000.0
"""Time until the network has settled, and in which the critic's rate without learning is measured, in ms."""
BEFORE, BETWEEN = 100.0, 200.0
"""Time before an episode in which its first observation is seen, and without input after it, in ms."""
LOOK = 1000.0
"""Time in which an observation is seen that is only looked at, in ms; spikes are counted in it."""


class SpikingActorCritic:
    """Actor-critic of leaky integrate-and-fire neurons, which learns while it acts (see `models.agent.Agent`).

    Parameters
    ----------
    place : PlaceCells
        What place cells respond to.
    n_actions : int
        Number of actions.
    random_state : int
        Key of all spikes and of the noise.
    settings : ActorCriticSettings
        Sizes and rates.

    Raises
    ------
    InputError
        If there are fewer than two actions, or a place cell would fire more than once in a time step.

    Attributes
    ----------
    simulator : bnsim.Simulator
        The compiled network, with the populations "place", "critic" and "actor".
    state : bnsim.State
        Its present state.
    value : float
        What the critic makes of the present observation.

    Notes
    -----
    Place cell j fires Poisson spikes at input_rate times its activity. All place cells project to all critic and actor
    cells, which differ in their noise alone. In each decision of length T the network is simulated without a break,
    with the observation as its input. Of n_k spikes of the cells for action k, the largest decides; of equally many,
    the action taken before, else the first. The critic's mean rate, averaged with tau_value from decision to decision,
    stands for the value, and the temporal-difference error follows from two values and the reward r between them:

        V = (rate - rate without learning) / value_rate
        td_error = r + exp(-T / tau_discount) V' - V

    with V' = 0 after a terminal step. It acts as one signal on all synapses (`bnsim.TemporalDifferenceLTP`) in the next
    decision. An efference copy tells the cells for action k how far it is under way beyond what was to be expected,

        selected_k = (1 if k was taken, else 0) - exp(n_k / temperature) / sum_l exp(n_l / temperature)

    so that a decision by many spikes, which could hardly have been another one, leaves little to be changed. Where an
    episode is cut off, nothing is learned of its last step, whose outcome is not seen.

    References
    ----------
    N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology 9, e1003024 (2013), for place cells, critic and
    actor of spiking neurons and the rule. The paper was not at hand. Differences that are known: there the error is
    continuous in time, actions are a population vector of actor cells with lateral connections, which select, and cells
    have escape noise. Sizes and rates here are this project's.
    """

    def __init__(
        self,
        place: PlaceCells,
        n_actions: int,
        random_state: int,
        settings: ActorCriticSettings = DEFAULTS,
    ) -> None:
        self.place, self.settings = place, settings
        self._n_actions = checks.count("SpikingActorCritic.n_actions", n_actions, minimum=2)
        self._refuse_too_fast_cells()
        self.simulator = network(place.size, n_actions, settings).compile(dt=STEP * ms)
        self.state = self.simulator.initial_state(key=random_state)
        self._spikes = dict.fromkeys(("place", "critic", "actor"), 0)
        self._discount = float(np.exp(-settings.decision / settings.tau_discount))
        self._kept = float(np.exp(-settings.decision / settings.tau_value))
        self._unheard = np.zeros(n_actions * settings.actor_cells)
        self._dark = np.zeros(place.size)
        self.value, self._rate, self._error, self._action = 0.0, 0.0, 0.0, 0
        self._input, self._copy = self._dark, cast("Float64Array | None", None)
        self._resting_rate = self._rate_at_rest()

    @property
    def n_parameters(self) -> int:
        """Number of weights that learn."""
        return self.place.size * (self.settings.critic_cells + self._n_actions * self.settings.actor_cells)

    @property
    def spikes(self) -> Mapping[str, int]:
        """Spikes in all decisions so far, by population."""
        return dict(self._spikes)

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
        self._input = self._stimulus(observation)
        self._error, self._copy = 0.0, None
        self._rate = self._critic_rate(self._run(BEFORE, self._input), BEFORE)
        return self._decide()

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
        before = self.value
        self._input = self._stimulus(observation)
        action = self._decide()
        self._error = reward + self._discount * self.value - before
        return action

    def end(self, reward: float, terminated: bool) -> None:
        """Learn from the end of an episode, and rest; see `models.agent.Agent`.

        Parameters
        ----------
        reward
            Reward for the last action.
        terminated
            Whether nothing can follow.
        """
        self._run(self.settings.decision, self._input, self._error, self._copy)
        if terminated:
            self._run(self.settings.decision, self._dark, reward - self.value)
        self._run(BETWEEN, self._dark)

    def value_changes(self, observation: FloatArray, number: int, apart: float) -> Float64Array:
        """Return by how much an error of 1 would raise the value of a place, again and again; nothing is learned.

        Parameters
        ----------
        observation
            The observation (dimension,), which is held.
        number
            How often it is asked.
        apart
            Time between two times, in ms: so many time constants of the eligibility that they are independent.

        Returns
        -------
        ndarray of float64, shape (number,)
            Mean over critic cells of the sum over place cells of activity times eligibility: proportional to the rise
            of their input current.
        """
        activity, stimulus = self.place.activity(observation), self._stimulus(observation)
        state, changes = self.state, []
        for _ in range(number):
            state, _ = self.simulator.run_for(state, apart * ms, stimulus, plastic=False, signals=self._signals())
            # Synapses are those of all pairs, by place cell, then by critic cell.
            eligibility = np.asarray(state["place_to_critic.eligibility"]).reshape(self.place.size, -1)
            changes.append(float(activity @ eligibility.mean(axis=1)))
        return np.array(changes)

    def idle_errors(self, observation: FloatArray, number: int) -> Float64Array:
        """Return temporal-difference errors while nothing happens and nothing is learned: their spread is noise.

        Parameters
        ----------
        observation
            The observation (dimension,), which is held.
        number
            How many.

        Returns
        -------
        ndarray of float64, shape (number,)
            Errors of decisions that follow one another, without reward.
        """
        stimulus, length = self._stimulus(observation), self.settings.decision
        options: dict[str, Any] = {"plastic": False, "signals": self._signals()}
        state, recording = self.simulator.run_for(self.state, BEFORE * ms, stimulus, **options)
        rate, values = self._critic_rate(recording.counts, BEFORE), []
        for _ in range(number + 1):
            state, recording = self.simulator.run_for(state, length * ms, stimulus, **options)
            rate += (1 - self._kept) * (self._critic_rate(recording.counts, length) - rate)
            values.append(self._value_of(rate))
        return self._discount * np.array(values[1:]) - np.array(values[:-1])

    def look(self, observation: FloatArray) -> Outlook:
        """Return what the agent makes of an observation; see `models.agent.Agent`.

        Parameters
        ----------
        observation
            The observation (dimension,), which is held for a second.

        Returns
        -------
        Outlook
            Value and chances of the actions, from spikes, with the noise of these.
        """
        stimulus = self._stimulus(observation)
        options: dict[str, Any] = {"plastic": False, "signals": self._signals()}
        state, _ = self.simulator.run_for(self.state, BEFORE * ms, stimulus, **options)
        _, recording = self.simulator.run_for(state, LOOK * ms, stimulus, **options)
        votes = self._votes(recording.counts) * self.settings.decision / LOOK
        return Outlook(self._value_of(self._critic_rate(recording.counts, LOOK)), self._chances(votes))

    def _decide(self) -> int:
        """Simulate a decision, from which the value follows too."""
        counts = self._run(self.settings.decision, self._input, self._error, self._copy)
        for name in self._spikes:
            self._spikes[name] += int(counts[name].sum())
        self._rate += (1 - self._kept) * (self._critic_rate(counts, self.settings.decision) - self._rate)
        self.value = self._value_of(self._rate)
        votes = self._votes(counts)
        if votes[self._action] < votes.max():
            self._action = int(votes.argmax())
        told = (np.arange(self._n_actions) == self._action) - self._chances(votes)
        self._copy = np.repeat(told, self.settings.actor_cells)
        return self._action

    def _votes(self, counts: Counts) -> IntArray:
        """Spikes of the cells for each action."""
        return np.asarray(counts["actor"]).reshape(self._n_actions, -1).sum(axis=1)

    def _chances(self, votes: FloatArray | IntArray) -> Float64Array:
        chances = np.exp((votes - votes.max()) / self.settings.temperature)
        return np.asarray(chances / chances.sum())

    def _value_of(self, rate: float) -> float:
        """Value for which a rate of the critic cells in Hz stands."""
        return (rate - self._resting_rate) / self.settings.value_rate

    def _run(
        self, duration: float, stimulus: Float64Array, error: float = 0.0, copy: Float64Array | None = None
    ) -> Counts:
        """Go on for some ms with an error and an efference copy, and return the spikes of each cell by population."""
        self.state, recording = self.simulator.run_for(
            self.state, duration * ms, stimulus, signals=self._signals(error, copy)
        )
        return {name: recording.counts[name][0] for name in self._spikes}

    def _signals(self, error: float = 0.0, copy: Float64Array | None = None) -> dict[str, float | Float64Array]:
        return {
            "place_to_critic.td_error": error,
            "place_to_actor.td_error": error,
            "place_to_actor.selected": self._unheard if copy is None else copy,
        }

    def _stimulus(self, observation: FloatArray) -> Float64Array:
        """Rates of the place cells, relative to the largest."""
        return self.settings.input_rate / LARGEST_RATE * self.place.activity(observation)

    def _refuse_too_fast_cells(self) -> None:
        """A cell responds most where nothing but a corner of the grid is seen: there it has the fewest neighbours."""
        fastest = self.settings.input_rate * self.place.activity(self.place.places[0]).max()
        if fastest > LARGEST_RATE:
            raise InputError(
                f"SpikingActorCritic.place: a cell would fire at {fastest:.0f} Hz, more than once in a time step of "
                f"{STEP:g} ms; give more places, or lower input_rate"
            )

    def _critic_rate(self, counts: Counts, duration: float) -> float:
        """Mean rate of the critic cells in Hz."""
        return float(counts["critic"].mean()) * 1e3 / duration

    def _rate_at_rest(self) -> float:
        """Rate of the critic cells in the middle of all places, before anything is learned."""
        middle = self._stimulus(self.place.places.mean(axis=0))
        self._run(SETTLING, middle)
        return self._critic_rate(self._run(RESTING, middle), RESTING)
