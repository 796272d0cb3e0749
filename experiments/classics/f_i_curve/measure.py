"""Give neurons constant currents, and measure their intervals."""

from __future__ import annotations

import math

import numpy as np
from brian2.units import ms, mV

import bnsim
from bnsim.arrays import FloatArray
from experiments.classics.f_i_curve import CLASSIC, REFRACTORY, TAU, THRESHOLD, Config
from experiments.spec import Measurement, Outcome, Progress, Untrained


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate one neuron for each current, with each time step.

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
    measured: list[Measurement] = [
        CLASSIC["theory"](closed_solution(current), current=current) for current in config.currents
    ]
    for number, dt in enumerate(config.steps):
        errors = [0.0]
        for current, intervals in zip(config.currents, _intervals(config, dt), strict=True):
            rate = 1e3 / float(np.mean(intervals)) if len(intervals) else 0.0
            measured.append(CLASSIC["rate"](rate, current=current, dt=dt))
            if len(intervals):
                errors.append(float(np.abs(intervals - 1e3 / closed_solution(current)).max()))
        measured.append(CLASSIC["interval_error"](max(errors), dt=dt))
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(measured))


def closed_solution(current: float) -> float:
    """Return the firing rate in continuous time.

    Parameters
    ----------
    current
        The potential above rest that the current would reach, in mV.

    Returns
    -------
    float
        The rate in Hz.
    """
    if current <= THRESHOLD:
        return 0.0
    return 1e3 / (REFRACTORY + TAU * math.log(current / (current - THRESHOLD)))


def _intervals(config: Config, dt: float) -> list[FloatArray]:
    """Return the interspike intervals in ms of one neuron for each current."""
    cell = bnsim.LIF(
        tau_m=TAU * ms,
        v_rest=0 * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=0 * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    cells = bnsim.Population("cells", len(config.currents), cell, encoder=bnsim.ConstantCurrent(gain=1 * mV))
    simulator = bnsim.Network([cells]).compile(dt=dt * ms)
    stimulus = {"cells": np.array(config.currents)}
    state = simulator.initial_state(key=0)
    _, recording = simulator.run_for(state, config.duration * ms, stimulus, record=[bnsim.Spikes("cells")])
    return [1e3 * intervals for intervals in bnsim.measures.interspike_intervals(recording, "cells")]
