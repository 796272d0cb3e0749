"""Give each cell its current, and tell its firing pattern."""

from __future__ import annotations

import numpy as np
from brian2.units import ms, mV, nS, pA, pF

import bnsim
from bnsim.arrays import FloatArray
from bnsim.recording import Recording
from experiments.classics.adex_patterns import CLASSIC, PATTERNS, Cell, Config
from experiments.shared.firing_patterns import abrupt_rises, period, shift
from experiments.spec import Measurement, Outcome, Progress, Untrained

SHOWN, SAMPLE = 400, 0.5
"""Time in ms that the figure shows, and between its samples."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate all cells with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The model, with a seed that changes nothing.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    rows: list[Measurement] = []
    finest: list[FloatArray] = []
    for number, dt in enumerate(config.steps):
        recording = respond(config, dt)
        trains = [1e3 * train for train in recording.spike_times("cells").trains(0)]
        finest = finest or trains
        for (pattern, cell), train, best in zip(PATTERNS.items(), trains, finest, strict=True):
            told = recognised(train, config.duration, cell)
            rows.append(CLASSIC["recognised"](told == pattern, pattern=pattern, dt=dt))
            rows.append(CLASSIC["spikes"](len(train), pattern=pattern, dt=dt))
            rows += [CLASSIC["latency"](time, pattern=pattern, dt=dt) for time in train[:1]]
            if number:
                rows.append(CLASSIC["shift"](shift(train, best), pattern=pattern, dt=dt))
            else:
                rows += CLASSIC["spike"].curve(train, pattern=pattern)
        if number == 0:
            rows += _courses(recording)
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(rows))


def respond(config: Config, dt: float) -> Recording:
    """Simulate all cells.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms.

    Returns
    -------
    Recording
        Spikes, potentials and adaptation currents of the cells, in the order of the patterns.
    """
    of_cells = {name: np.array([getattr(cell, name) for cell in PATTERNS.values()], float) for name in Cell._fields}
    model = bnsim.AdaptiveExponentialLIF(
        c_m=of_cells["c_m"] * pF,
        g_leak=of_cells["g_leak"] * nS,
        e_leak=of_cells["e_leak"] * mV,
        v_threshold=-50 * mV,
        slope_factor=2 * mV,
        v_peak=-40 * mV,
        v_reset=of_cells["v_reset"] * mV,
        tau_w=of_cells["tau_w"] * ms,
        a=of_cells["a"] * nS,
        b=of_cells["b"] * pA,
    )
    cells = bnsim.Population("cells", len(PATTERNS), model, encoder=bnsim.ConstantCurrent(gain=1 * pA))
    simulator = bnsim.Network([cells]).compile(dt=dt * ms)
    record: list[bnsim.Spikes | bnsim.Trace] = [
        bnsim.Spikes("cells"),
        bnsim.Trace("cells", "v", every=SAMPLE * ms),
        bnsim.Trace("cells", "adaptation", every=SAMPLE * ms),
    ]
    state = simulator.initial_state(key=0)
    _, recording = simulator.run_for(state, config.duration * ms, of_cells["current"], record=record)
    return recording


def _courses(recording: Recording) -> list[Measurement]:
    samples, rows = round(SHOWN / SAMPLE), list[Measurement]()
    for metric, variable, scale in (("potential", "v", 1e3), ("adaptation", "adaptation", 1e12)):
        values = scale * recording.trace("cells", variable).values[0, :samples]
        for pattern, course in zip(PATTERNS, values.T, strict=True):
            rows += CLASSIC[metric].curve(course, pattern=pattern)
    return rows


def recognised(train: FloatArray, duration: float, cell: Cell) -> str:
    """Tell the firing pattern of a cell.

    Parameters
    ----------
    train
        Its spike times, in ms.
    duration
        Length of the simulation, in ms.
    cell
        Its parameters.

    Returns
    -------
    str
        One of the names in `PATTERNS`.
    """
    lasting = train[train > duration / 2]
    if len(lasting) < 3:
        return "transient"
    intervals, steady = np.diff(train), np.diff(lasting)
    delayed = train[0] > 1.5 * cell.c_m / cell.g_leak
    repeats = period(steady, 6, 0.02)
    if repeats is None:
        return "irregular"
    if repeats > 1:
        return "delayed regular bursting" if delayed else "regular bursting"
    first = intervals[0] / steady.mean()
    if first > 1.2 and delayed:
        return "delayed accelerating"
    if len(abrupt_rises(train)):
        return "initial burst"
    return "adapting" if first < 0.8 else "tonic"
