"""A neuron that listens to its afferents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from brian2.units import ms, mV

import bnsim
from bnsim.arrays import Float64Array, FloatArray, Int64Array
from bnsim.record import Request
from bnsim.recording import Recording
from experiments.classics.pattern_detection import PARTS, PIECE
from experiments.classics.pattern_detection.afferents import AFFERENTS, Spikes
from experiments.classics.pattern_detection.neuron import PostsynapticPotential, SpikeResponseNeuron

SHOWN = 500.0
"""Length of a shown potential, in ms."""


def network() -> bnsim.Network:
    """Return the network.

    Returns
    -------
    Network
        Afferents, whose spikes are given, and the neuron.
    """
    rule = bnsim.NearestReducedSTDP(
        tau_plus=16.8 * ms,
        tau_minus=33.7 * ms,
        a_plus=1 / 32,
        a_minus=0.85 / 32,
        w_max=1 * mV,
        mu_plus=0,
        mu_minus=0,
    )
    return bnsim.Network(
        [
            bnsim.Population("afferents", AFFERENTS, bnsim.SpikeTrains()),
            bnsim.Population("neuron", 1, SpikeResponseNeuron()),
        ],
        [bnsim.Projection("afferents", "neuron", PostsynapticPotential(), 0.475 * mV, plasticity=rule)],
    )


class Listener:
    """A neuron that listens to the same input several times.

    Parameters
    ----------
    spikes
        The input.
    duration
        How long it listens, in s.
    dt
        Time step in ms.

    Attributes
    ----------
    discharges
        Times of its spikes, in ms.
    presentations
        Beginnings of all presentations, in ms.
    weights
        Weight of each afferent at the end, relative to the largest.
    """

    def __init__(self, spikes: Spikes, duration: int, dt: float) -> None:
        part = 1e3 * duration / PARTS
        self.presentations = (part * np.arange(PARTS)[:, None] + spikes.presentations).ravel()
        self.duration, self.dt = 1e3 * duration, dt
        self.discharges = np.zeros(0)
        self._part = part
        self._steps, self._units = spikes.on_grid(dt)
        self._simulator = network().compile(dt=dt * ms)
        self._states = [self._simulator.initial_state(key=0)]

    def listen(self, shown: Callable[[int], None]) -> None:
        """Simulate the neuron from the beginning to the end.

        Parameters
        ----------
        shown
            Receives the number of pieces that are done.
        """
        found: list[Float64Array] = []
        for piece in range(round(self.duration / (1e3 * PIECE))):
            start = 1e3 * PIECE * piece
            state, recording = self._run(self._states[-1], start, start + 1e3 * PIECE, [bnsim.Spikes("neuron")])
            self._states.append(state)
            found.append(1e3 * recording.spike_times("neuron").time.astype(np.float64))
            shown(piece + 1)
        self.discharges = np.concatenate(found)

    @property
    def weights(self) -> FloatArray:
        return self._states[-1].weights("afferents_to_neuron", 1 * mV)

    def again(self, time: float) -> tuple[float, FloatArray]:
        """Simulate half a second again, for the membrane potential.

        Parameters
        ----------
        time
            A time that belongs to it, in ms.

        Returns
        -------
        start : float
            Its beginning, in ms: as long before the time as after it, within a piece of the simulation.
        potential : ndarray of float
            Membrane potential (step,), in mV.
        """
        piece = min(int(time // (1e3 * PIECE)), len(self._states) - 2)
        begin, end = 1e3 * PIECE * piece, 1e3 * PIECE * (piece + 1)
        start = min(max(np.floor(time) - SHOWN / 2, begin), end - SHOWN)
        state = self._states[piece]
        if start > begin:
            state, _ = self._run(state, begin, start)
        _, recording = self._run(state, start, start + SHOWN, [bnsim.Trace("neuron", "v")])
        return start, 1e3 * recording.trace("neuron", "v").values[0, :, 0]

    def spikes_between(self, start: float, end: float) -> tuple[Int64Array, Int64Array]:
        """Return the spikes of the afferents in an interval, which lies within one presentation of the input.

        Parameters
        ----------
        start, end
            The interval in ms.

        Returns
        -------
        steps, units : ndarray of int64
            Step from its beginning, and afferent, of each spike.
        """
        before = self._part * (start // self._part)
        first, last = (round((time - before) / self.dt) for time in (start, end))
        within = slice(*np.searchsorted(self._steps, [first, last]))
        return self._steps[within] - first, self._units[within]

    def _run(
        self, state: bnsim.State, start: float, end: float, record: Sequence[Request] = ()
    ) -> tuple[bnsim.State, Recording]:
        steps, units = self.spikes_between(start, end)
        return self._simulator.run_for(state, (end - start) * ms, (steps * self.dt / 1e3, units), record=record)
