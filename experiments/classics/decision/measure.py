"""Simulate trials, read choices from them, and describe how they depend on coherence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from brian2.units import Hz, ms
from scipy.optimize import minimize

import bnsim
from bnsim.arrays import FloatArray
from bnsim.binning import steps_of
from experiments.classics.decision import BEFORE, CLASSIC, SELECTIVE, SHOWN, Config
from experiments.classics.decision.circuit import SIZES, Decision, course, decision, network, stimulus
from experiments.spec import Measurement, Outcome, Progress, Untrained

SETTLING, PIECE = 1000.0, 500.0
"""Time until the network has settled, which all trials of a seed share, and time after which a trial may end, in ms."""
LAST = 500.0
"""Time at the end of a stimulus in which rates are measured, in ms."""
SHOWN_STEP = 1e-3
"""Resolution of the spikes that are shown, in s."""
_SPIKES = [bnsim.Spikes(name) for name in SIZES]


@dataclass(frozen=True, eq=False)
class Trial:
    """What was recorded in a trial, and what was decided.

    Parameters
    ----------
    recording
        Spikes of all populations, from before the stimulus on.
    rates
        Courses of the rates of A and B.
    decision
        What was decided; None where it was nothing.
    """

    recording: bnsim.Recording
    rates: Mapping[str, FloatArray]
    decision: Decision | None


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate trials with each coherence, and the network without stimulus with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of initial potentials, of the stimuli and of the spikes from outside.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    first, *others = config.steps
    total = len(config.coherences) * config.trials + len(others)
    trials = Trials(first, subject.seed)
    rows = [*_resting(trials.settled, first)]
    decided: dict[float, list[Decision]] = {}
    for done, (coherence, number) in enumerate(product(config.coherences, range(config.trials))):
        trial = trials(coherence, done, config.duration, whole=number == 0)
        decided.setdefault(coherence, []).extend([trial.decision] if trial.decision else [])
        if number == 0:
            rows += _active(trial, coherence)
            rows += _shown(trial, coherence) if subject.seed == 0 else ()
        progress(done + 1, total)
    for coherence, decisions in decided.items():
        rows += _decided(coherence, decisions)
    rows += _described(decided)
    for number, dt in enumerate(others):
        rows += _resting(Trials(dt, subject.seed).settled, dt)
        progress(total - len(others) + number + 1, total)
    return Outcome(1, 0, tuple(rows))


class Trials:
    """The network, settled without stimulus; each trial begins there.

    Parameters
    ----------
    dt
        Time step in ms.
    seed
        Seed of initial potentials, and with the number of a trial of its stimulus and its spikes from outside.

    Attributes
    ----------
    settled
        What was recorded without stimulus, after the network had settled.
    """

    def __init__(self, dt: float, seed: int) -> None:
        self._seed = seed
        self._simulator = network(dt).compile(dt=dt * ms)
        state, _ = self._resting(self._simulator.initial_state(key=seed), SETTLING)
        self._start, self.settled = self._resting(state, SETTLING)

    def _resting(self, state: bnsim.State, duration: float) -> tuple[bnsim.State, bnsim.Recording]:
        nothing = {f"to_{name}": np.zeros(SIZES[name]) for name in SELECTIVE}
        return self._simulator.run_for(state, duration * ms, nothing, record=_SPIKES)

    def __call__(self, coherence: float, number: int, duration: float, whole: bool = False) -> Trial:
        """Simulate a trial.

        Parameters
        ----------
        coherence
            Share of the motion that has a direction, in percent.
        number
            Number of the trial, which decides its random numbers.
        duration
            Length of the stimulus in ms.
        whole
            Whether the trial goes on when the choice has been made.

        Returns
        -------
        Trial
            The trial.
        """
        generator = np.random.default_rng([self._seed, number, 0xDEC1])
        given = stimulus(coherence, duration, generator)
        state, recording = self._resting(self._start.with_key(int(generator.integers(2**63))), BEFORE)
        parts = len(next(iter(given.values())))
        width = duration / parts
        held = round(PIECE / width)
        for first in range(0, parts, held):
            piece = {name: rates[first : first + held] * Hz for name, rates in given.items()}
            length = min(held, parts - first) * width
            state, more = self._simulator.run_for(state, length * ms, piece, record=_SPIKES)
            recording = bnsim.Recording.joined([recording, more])
            rates = {name: course(recording, name) for name in SELECTIVE}
            decided = decision(rates, BEFORE)
            if decided and not whole:
                break
        return Trial(recording, rates, decided)


def _resting(recording: bnsim.Recording, dt: float) -> Iterator[Measurement]:
    """Return the rates of all populations without stimulus."""
    for name in SIZES:
        yield CLASSIC["rate"](_rate(recording, name), population=name, dt=dt)


def _active(trial: Trial, coherence: float) -> Iterator[Measurement]:
    """Return the rates of the population that was chosen and of the other one at the end of the stimulus."""
    if trial.decision is None:
        return
    end = (trial.recording.first_step + trial.recording.n_steps) * trial.recording.dt
    last = trial.recording.window(end - LAST / 1e3, end)
    for name in SELECTIVE:
        role = "chosen" if name == trial.decision.choice else "other"
        yield CLASSIC["active_rate"](_rate(last, name), coherence=coherence, population=role)


def _rate(recording: bnsim.Recording, name: str) -> float:
    return float(recording.counts[name].mean() / recording.duration)


def _decided(coherence: float, decisions: Sequence[Decision]) -> Iterator[Measurement]:
    """Return how many choices there were, how many of A, and their times."""
    yield CLASSIC["choices"](len(decisions), coherence=coherence)
    times = {name: [made.time for made in decisions if made.choice == name] for name in SELECTIVE}
    if decisions:
        yield CLASSIC["correct"](len(times["A"]) / len(decisions), coherence=coherence)
        yield CLASSIC["time"](np.mean(times["A"] + times["B"]), coherence=coherence)
    for name in SELECTIVE:
        if times[name]:
            yield CLASSIC["time_of_choice"](np.mean(times[name]), coherence=coherence, choice=name)


def _described(decided: Mapping[float, Sequence[Decision]]) -> Iterator[Measurement]:
    """Return threshold and slope of the Weibull function with the largest likelihood, if choices decide them."""
    shown = {coherence: made for coherence, made in decided.items() if coherence > 0}
    choices = np.array([len(made) for made in shown.values()], float)
    correct = np.array([sum(each.choice == "A" for each in made) for made in shown.values()], float)
    described = weibull(np.array(tuple(shown), float), choices, correct)
    if described is not None:
        yield CLASSIC["threshold"](described[0])
        yield CLASSIC["slope"](described[1])


def weibull(coherences: FloatArray, choices: FloatArray, correct: FloatArray) -> tuple[float, float] | None:
    """Return threshold and slope of the Weibull function of coherence with the largest likelihood.

    Parameters
    ----------
    coherences
        Coherences above 0, in percent.
    choices, correct
        Number of choices with each, and of those that are correct.

    Returns
    -------
    tuple of (float, float), or None
        Alpha in percent and beta of p = 1 - exp(-(c / alpha)^beta) / 2. None where the choices do not decide them:
        fewer than two coherences at which choices are correct in part.
    """
    undecided = (correct > choices / 2) & (correct < choices)
    if np.count_nonzero(undecided) < 2:
        return None

    def loss(logarithms: FloatArray) -> float:
        alpha, beta = np.exp(logarithms)
        wrong = np.clip(np.exp(-((coherences / alpha) ** beta)) / 2, 1e-12, 0.5)
        return -float(np.sum(correct * np.log(1 - wrong) + (choices - correct) * np.log(wrong)))

    best = minimize(loss, np.log([float(np.median(coherences[undecided])), 1.0]), method="Nelder-Mead")
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def _shown(trial: Trial, coherence: float) -> Iterator[Measurement]:
    """Return the courses of both rates, and spikes of some neurons."""
    for place, name in enumerate(SELECTIVE):
        yield from CLASSIC["course"].curve(trial.rates[name], coherence=coherence, population=name)
        spikes = trial.recording.spike_times(name)
        chosen = spikes.unit < SHOWN
        steps = steps_of(spikes.time[chosen], trial.recording.dt) - trial.recording.first_step
        moments = steps // round(SHOWN_STEP / trial.recording.dt)
        for step, unit in zip(moments, spikes.unit[chosen], strict=True):
            yield CLASSIC["spike"](1, step=step, coherence=coherence, neuron=place * SHOWN + unit)
