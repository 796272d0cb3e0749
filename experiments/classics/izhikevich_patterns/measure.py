"""Give each cell its currents, and tell its firing pattern."""

from __future__ import annotations

import numpy as np
from brian2.units import ms, mV

import bnsim
from bnsim.arrays import FloatArray
from bnsim.recording import Recording
from experiments.classics.izhikevich_patterns import CLASSIC, DURATION, PART, PATTERNS, Cell, Config
from experiments.shared.firing_patterns import abrupt_rises, lasts, shift
from experiments.spec import Measurement, Outcome, Progress, Untrained

SAMPLE = 0.5
"""Time in ms between samples of the potential."""


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
        recording = respond(dt)
        trains = [1e3 * train for train in recording.spike_times("cells").trains(0)]
        courses = 1e3 * recording.trace("cells", "v").values[0].T
        finest = finest or trains
        for (pattern, cell), train, course, best in zip(PATTERNS.items(), trains, courses, finest, strict=True):
            rows.append(CLASSIC["recognised"](recognised(train, course) == pattern, pattern=pattern, dt=dt))
            rows.append(CLASSIC["spikes"](len(train), pattern=pattern, dt=dt))
            if number:
                rows.append(CLASSIC["shift"](shift(train, best), pattern=pattern, dt=dt))
            else:
                rows += CLASSIC["spike"].curve(train, pattern=pattern)
                rows += CLASSIC["potential"].curve(course, pattern=pattern)
                rows += CLASSIC["current"].curve(currents(cell), pattern=pattern)
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(rows))


def respond(dt: float) -> Recording:
    """Simulate all cells.

    Parameters
    ----------
    dt
        Time step in ms.

    Returns
    -------
    Recording
        Spikes and potentials of the cells, in the order of the patterns.
    """
    kinds = PATTERNS.values()
    a, b, c, d, start = (np.array([cell[place] for cell in kinds], float) for place in range(5))
    model = bnsim.Izhikevich(a=a, b=b, c=c * mV, d=d * mV)  # type: ignore[arg-type]
    initial = {"v": start * mV, "u": b * start * mV}
    encoder = bnsim.ConstantCurrent(gain=1 * mV)
    cells = bnsim.Population("cells", len(PATTERNS), model, encoder=encoder, initial=initial)
    simulator = bnsim.Network([cells]).compile(dt=dt * ms)
    stimulus = np.array([currents(cell) for cell in kinds]).T
    record: list[bnsim.Spikes | bnsim.Trace] = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v", every=SAMPLE * ms)]
    _, recording = simulator.run_for(simulator.initial_state(key=0), DURATION * ms, stimulus, record=record)
    return recording


def currents(cell: Cell) -> FloatArray:
    """Return the current of a cell in each part of the simulation.

    Parameters
    ----------
    cell
        The cell.

    Returns
    -------
    array of float
        Currents in mV (part,).
    """
    given = np.zeros(DURATION // PART)
    for time, current in cell.currents.items():
        given[time // PART :] = current
    return given


def recognised(train: FloatArray, course: FloatArray) -> str:
    """Tell the firing pattern of a cell.

    Parameters
    ----------
    train
        Its spike times, in ms.
    course
        Its potential in mV, in steps of 0.5 ms.

    Returns
    -------
    str
        One of the names in `PATTERNS`; "" if it shows none of them.
    """
    intervals, rises = np.diff(train), abrupt_rises(train)
    if not lasts(train, DURATION):
        if len(train) >= 3:
            return "thalamo-cortical, released"
        before = course[: round(train[0] / SAMPLE) - 10] if len(train) else course
        return "resonator" if before.max() > before[-1] + 1 else ""
    if len(rises) > 1:
        return "chattering"
    if len(rises) == 1:
        return "intrinsically bursting" if rises[0] > 2 else "regular spiking"
    if intervals[-1] > 20:
        return "thalamo-cortical"
    return "low-threshold spiking" if intervals[-1] > 3 * intervals[0] else "fast spiking"
