"""Displace the squid axon's membrane, send pulses and currents through it, and count its spikes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from brian2.units import ms, mV, nA

import bnsim
from bnsim.arrays import FloatArray
from bnsim.recording import Recording
from experiments.classics.hodgkin_huxley import (
    CLASSIC,
    METHODS,
    PERIOD,
    RAISED,
    REST,
    STEADY,
    SWITCHED,
    Config,
)
from experiments.spec import Measurement, Outcome, Progress, Untrained

DENSITY = 0.1 * nA
"""Current of a patch of 10,000 um^2 for 1 uA/cm^2."""
CELLS = 60
"""Patches that are simulated side by side: one compiled network serves all experiments."""
SHOWN = (6.0, 7.0, 15.0, 90.0)
"""Displacements (mV) that the figure shows."""
FIRST, PULSE, FIRST_STRENGTH, STRONGEST = 5, 1, 20.0, 10.0
"""Onset and length of the first pulse (ms), its strength (uA/cm^2), and the strongest second pulse, relative to the
threshold at rest."""
RAMP = 300
"""Time in ms in which a current is raised slowly."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Carry out all experiments.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The neuron, with a seed that changes nothing.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    parts = (_membrane, _refractoriness, _rates, _onset, _stability, _errors)
    rows: list[Measurement] = []
    for number, part in enumerate(parts):
        rows += part(config)
        progress(number + 1, len(parts))
    return Outcome(1, 0, tuple(rows))


def respond(
    dt: float,
    duration: int,
    currents: FloatArray | None = None,
    displaced: FloatArray | float = 0.0,
    method: str = "exponential_midpoint",
    record: Any = (),
) -> Recording:
    """Simulate all patches.

    Parameters
    ----------
    dt
        Time step in ms.
    duration
        Length of the simulation in ms.
    currents
        Current densities in uA/cm^2 (part, cell) in equal parts of the simulation, none for no current.
    displaced
        Displacement of the membrane potential from rest at the start, in mV, for all patches or for each.
    method
        Integration method.
    record
        What is recorded besides spikes.

    Returns
    -------
    Recording
        What was recorded.
    """
    cells = bnsim.Population(
        "cells",
        CELLS,
        bnsim.HodgkinHuxley(method=method),  # type: ignore[arg-type]
        encoder=bnsim.ConstantCurrent(gain=DENSITY),
        initial={"v": np.broadcast_to(REST + np.asarray(displaced), CELLS) * mV},
    )
    simulator = bnsim.Network([cells]).compile(dt=dt * ms)
    given = np.zeros((1, CELLS)) if currents is None else currents
    _, recording = simulator.run_for(
        simulator.initial_state(key=0), duration * ms, {"cells": given}, record=[bnsim.Spikes("cells"), *record]
    )
    return recording


def _trains(recording: Recording) -> list[FloatArray]:
    """Spike times of each patch in ms."""
    return [1e3 * train for train in recording.spike_times("cells").trains(0)]


def _smallest(low: float, high: float, fires: Callable[[FloatArray], FloatArray], rounds: int) -> float:
    """The smallest strength between two at which a patch fires: all patches divide the interval, again and again."""
    for _ in range(rounds):
        strengths = np.linspace(low, high, CELLS)
        place = int(np.argmax(fires(strengths)))
        low, high = strengths[max(place - 1, 0)], strengths[place]
    return float(high)


def _membrane(config: Config) -> Iterator[Measurement]:
    """Resting potential, threshold, and the course of spikes after a displacement."""
    dt, trace = config.steps[0], bnsim.Trace("cells", "v", units=range(len(SHOWN)))
    still = respond(dt, 200, record=[bnsim.Trace("cells", "v", units=[0], every=1 * ms)])
    yield CLASSIC["rest"](1e3 * still.trace("cells", "v").values[0, -1, 0])
    displaced = np.pad(np.array(SHOWN), (0, CELLS - len(SHOWN)))
    courses = 1e3 * respond(dt, 20, displaced=displaced, record=[trace]).trace("cells", "v").values[0].T
    for displacement, course in zip(SHOWN, courses, strict=False):
        yield from CLASSIC["potential"].curve(course[:: round(0.1 / dt)], displacement=displacement)
    yield CLASSIC["amplitude"](courses[SHOWN.index(15.0)].max() - REST)

    def fires(strengths: FloatArray) -> FloatArray:
        return np.array([len(train) > 0 for train in _trains(respond(dt, 30, displaced=strengths))])

    yield CLASSIC["threshold"](_smallest(5.0, 9.0, fires, 2))


def _refractoriness(config: Config) -> Iterator[Measurement]:
    """Thresholds of a second pulse, by bisection, for all intervals at once."""
    intervals = np.array(config.intervals)
    onsets = FIRST + np.pad(intervals, (0, CELLS - len(intervals)), mode="edge")
    duration = int(onsets.max()) + 15

    def fires(strengths: FloatArray, first: float) -> FloatArray:
        currents = np.zeros((duration, CELLS))
        currents[FIRST : FIRST + PULSE] = first
        for part in range(PULSE):
            currents[onsets + part, np.arange(CELLS)] = strengths
        trains = _trains(respond(config.steps[0], duration, currents))
        return np.array([(train > onset).any() for train, onset in zip(trains, onsets, strict=True)])

    def alone(strengths: FloatArray) -> FloatArray:
        return fires(strengths, 0.0)

    resting = _smallest(0.0, FIRST_STRENGTH, alone, 2)
    yield CLASSIC["pulse"](resting)
    low, high = np.zeros(CELLS), np.full(CELLS, STRONGEST * resting)
    reachable = fires(high, FIRST_STRENGTH)
    for _ in range(config.bisections):
        middle = (low + high) / 2
        fired = fires(middle, FIRST_STRENGTH)
        low, high = np.where(fired, low, middle), np.where(fired, middle, high)
    for interval, strength, fired in zip(intervals, high, reachable, strict=False):
        if fired:
            yield CLASSIC["second_threshold"](strength / resting, interval=interval)
    yield CLASSIC["absolute_refractoriness"](intervals[np.argmax(reachable[: len(intervals)])])


def _rates(config: Config) -> Iterator[Measurement]:
    """Rates in response to currents that are switched on, and that are raised slowly."""
    switched = np.pad(np.array(config.currents), (0, CELLS - len(config.currents)))
    courses = {SWITCHED: switched[None], RAISED: _raised(switched, config.duration)}
    for approach, currents in courses.items():
        duration = config.duration + (RAMP if approach == RAISED else 0)
        trains = _trains(respond(config.steps[0], duration, currents))
        for current, train in zip(config.currents, trains, strict=False):
            yield CLASSIC["rate"](_rate(train, duration), current=current, approach=approach)


def _raised(currents: FloatArray, duration: int) -> FloatArray:
    """Currents (part, cell) of 1 ms each, raised from 0 and held."""
    return np.minimum(np.arange(RAMP + duration) / RAMP, 1)[:, None] * currents


def _rate(train: FloatArray, duration: int) -> float:
    """The rate in Hz of a patch that still fires at the end, 0 of another one."""
    lasting = train[train > duration / 2]
    if len(lasting) < 2 or duration - lasting[-1] > 2 * (lasting[-1] - lasting[-2]):
        return 0.0
    return float(1e3 * (len(lasting) - 1) / (lasting[-1] - lasting[0]))


def _onset(config: Config) -> Iterator[Measurement]:
    """The smallest current that makes a patch fire for good when it is switched on, and the rate there."""
    dt, duration = config.steps[0], config.duration

    def fires(strengths: FloatArray) -> FloatArray:
        trains = _trains(respond(dt, duration, strengths[None]))
        return np.array([_rate(train, duration) > 0 for train in trains])

    current = _smallest(6.0, 7.0, fires, 2)
    (rate, *_) = [_rate(train, duration) for train in _trains(respond(dt, duration, np.full((1, CELLS), current)))]
    yield CLASSIC["onset"](current)
    yield CLASSIC["onset_rate"](rate)


def _stability(config: Config) -> Iterator[Measurement]:
    """The current at which the oscillation after a slow rise neither decays nor grows."""
    currents = np.linspace(9.5, 10.0, CELLS)
    trace = bnsim.Trace("cells", "v", every=0.5 * ms)
    recording = respond(config.steps[0], RAMP + 400, _raised(currents, 400), record=[trace])
    courses = recording.trace("cells", "v").values[0]
    early, late = (courses[2 * (RAMP + start) : 2 * (RAMP + start + 150)].std(axis=0) for start in (100, 250))
    growth = np.log(late / early)
    place = int(np.argmax(growth > 0))
    share = growth[place] / (growth[place] - growth[place - 1])
    yield CLASSIC["stability"](currents[place] - share * (currents[place] - currents[place - 1]))


def _errors(config: Config) -> Iterator[Measurement]:
    """Errors of the interspike interval at a steady current."""
    for method, largest in METHODS.items():
        for dt in config.steps:
            if dt <= largest:
                train = _trains(respond(dt, 500, np.full((1, CELLS), STEADY), method=method))[0]
                intervals = np.diff(train[len(train) // 3 :])
                yield CLASSIC["interval_error"](abs(intervals.mean() / PERIOD - 1), method=method, dt=dt)
