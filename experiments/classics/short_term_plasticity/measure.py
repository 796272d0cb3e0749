"""Send regular and Poisson trains through dynamic synapses onto passive membranes, and read what they release."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brian2.units import Hz, ms, mV, second
from scipy.optimize import curve_fit

import bnsim
from bnsim.arrays import Float64Array, FloatArray
from bnsim.recording import Recording
from experiments.classics.short_term_plasticity import AFTER, BEFORE, CLASSIC, Config
from experiments.classics.short_term_plasticity.theory import SYNAPSES, after_step, mean_field, regular
from experiments.spec import Measurement, Outcome, Progress, Untrained

SETTLING = 14.0
"""Length of the simulation before anything is measured, in s: 26 time constants of facilitation."""
WEIGHT = 1 * mV
_TAU = 30.0  # of the membrane, in ms
_PERIODS, _BIN = 10, 5  # of the steps of the rate, and width of a bin of the release after them (ms)
_CURVE = np.geomspace(1, 100, 61)


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate regular trains with each time step, and Poisson trains with the smallest.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The synapses, with the seed of Poisson trains.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    measured: list[Measurement] = []
    for name, synapse in SYNAPSES.items():
        for rate in _CURVE:
            measured.append(CLASSIC["closed"](regular(synapse, rate), synapse=name, rate=rate))
            measured.append(CLASSIC["mean_field"](mean_field(synapse, rate), synapse=name, rate=rate))
    for number, dt in enumerate(sorted(config.steps, reverse=True)):
        finest = dt == min(config.steps)
        measured += _Trains(config, dt, subject.seed).measured(finest)
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(measured))


class _Trains:
    """One simulation of all trains with one time step."""

    def __init__(self, config: Config, dt: float, seed: int) -> None:
        self.config, self.dt, self.seed = config, dt, seed
        self.rates = np.repeat(np.array(config.rates), config.synapses)
        self.decay = np.exp(-dt / _TAU)
        self.elapsed = 0.0
        self.simulator = network(config).compile(dt=dt * ms)
        self.state = self.simulator.initial_state(key=seed)

    def measured(self, finest: bool) -> Iterator[Measurement]:
        """Yield the error in regular trains and, with the finest time step, everything else."""
        onset = self._run(1.0, [bnsim.Trace(f"{name}_regular", "v") for name in SYNAPSES])
        self._run(SETTLING - 1, [])
        late = self._run(1.1, [bnsim.Trace(f"{name}_regular", "v") for name in SYNAPSES])
        settled = {name: self._jumps(late, f"{name}_regular").max(axis=0) for name in SYNAPSES}
        rates = 1e3 / np.array(self.config.intervals)
        closed = {name: np.array([regular(synapse, rate) for rate in rates]) for name, synapse in SYNAPSES.items()}
        error = max(np.abs(settled[name] / closed[name] - 1).max() for name in SYNAPSES)
        yield CLASSIC["error"](error, dt=self.dt)
        if not finest:
            return
        for name, values in settled.items():
            for rate, value in zip(rates, values, strict=True):
                yield CLASSIC["settled"](value, synapse=name, rate=rate)
        yield CLASSIC["optimum"](optimum(rates, settled["facilitating"]), train="regular")
        if self.seed == 0:
            yield from self._responses(onset)
        if self.config.synapses:
            yield from self._of_poisson_trains()
            yield from self._after_steps()

    def _responses(self, onset: Recording) -> Iterator[Measurement]:
        """Membrane potentials at 20 Hz, every ms."""
        if 50 not in self.config.intervals:
            return
        every = round(1 / self.dt)
        for name in SYNAPSES:
            values = onset.trace(f"{name}_regular", "v").of(self.config.intervals.index(50))[0, ::every]
            yield from CLASSIC["response"].curve(values / float(mV), synapse=name)

    def _of_poisson_trains(self) -> Iterator[Measurement]:
        record = [bnsim.Trace(f"{name}_poisson", "v", every=1 * ms) for name in SYNAPSES]
        recording = self._run(self.config.duration, record)
        shape = (len(self.config.rates), self.config.synapses)
        spikes = recording.counts["poisson"].reshape(shape).sum(axis=1)
        releases = {}
        for name in SYNAPSES:
            mean = recording.trace(f"{name}_poisson", "v").values[0].mean(axis=0) / float(WEIGHT)
            # A jump is seen with 1 + decay + decay^2 + ... of its size in the steps after it.
            released = mean * (1 - self.decay) * recording.n_steps
            releases[name] = released / spikes
            for rate, value in zip(self.config.rates, releases[name], strict=True):
                yield CLASSIC["release"](value, synapse=name, rate=rate)
        rates = np.array(self.config.rates)
        transmitted = rates * releases["depressing"]
        for rate, value in zip(rates, transmitted, strict=True):
            yield CLASSIC["transmitted"](value, rate=rate)
        U = SYNAPSES["depressing"].U
        (limit,), _ = curve_fit(lambda rate, limit: U / (1 + rate / limit), rates, releases["depressing"], p0=[1.0])
        yield CLASSIC["limiting_frequency"](limit)
        yield CLASSIC["optimum"](optimum(rates, releases["facilitating"]), train="Poisson")

    def _after_steps(self) -> Iterator[Measurement]:
        """Release after steps of the rate, 1.5 s at the lower one and 0.5 s at the higher one in turn."""
        record = [bnsim.Trace("depressing_poisson", "v")]
        parts = np.tile([BEFORE] * 3 + [AFTER], 1 + _PERIODS)
        recording = self._run(2.0 * (1 + _PERIODS), record, np.repeat(parts[:, None], len(self.rates), axis=1))
        jumps = self._jumps(recording, "depressing_poisson").sum(axis=1) / len(self.rates)
        steps = round(2e3 / self.dt)
        # The last step of the run has no successor that would show its jump.
        periods = np.append(jumps, np.nan).reshape(1 + _PERIODS, steps)[1:, 3 * steps // 4 :]
        bins = np.nanmean(periods, axis=0).reshape(500 // _BIN, -1).mean(axis=1) / (self.dt / 1e3)
        times = (np.arange(len(bins)) + 0.5) * _BIN / 1e3
        yield from CLASSIC["transient"].curve(bins)
        yield from CLASSIC["transient_theory"].curve(after_step(SYNAPSES["depressing"], BEFORE, AFTER, times))
        (last, extra, tau), _ = curve_fit(
            lambda time, last, extra, tau: last + extra * np.exp(-time / tau), times, bins, p0=[1.0, 5.0, 0.1]
        )
        yield CLASSIC["time_constant"](1e3 * tau)
        yield CLASSIC["overshoot"](1 + extra / last)

    def _run(self, length: float, record: list[bnsim.Trace], rates: Float64Array | None = None) -> Recording:
        """Go on for some seconds; regular trains begin with the simulation."""
        begin, end = self.elapsed, self.elapsed + length
        periods = [interval / 1e3 for interval in self.config.intervals]
        trains = [period * np.arange(np.ceil(begin / period - 1e-9), end / period - 1e-9) - begin for period in periods]
        units = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
        stimulus: dict[str, object] = {"regular": (np.concatenate(trains), units)}
        if self.config.synapses:
            stimulus["poisson"] = (self.rates if rates is None else rates) / 100
        self.state, recording = self.simulator.run_for(self.state, length * second, stimulus, record=record)
        self.elapsed = end
        return recording

    def _jumps(self, recording: Recording, population: str) -> FloatArray:
        """What the spikes of each step add to the membranes (step, unit), in units of the weight."""
        v = recording.trace(population, "v").values[0] / float(WEIGHT)
        return v[1:] - self.decay * v[:-1]


def network(config: Config) -> bnsim.Network:
    """Return all trains, synapses and membranes.

    Parameters
    ----------
    config
        Options of the experiment.

    Returns
    -------
    Network
        Regular trains, one synapse of each kind and one membrane for each; Poisson trains, with all synapses of one
        kind and rate on one membrane.
    """
    membrane = bnsim.LeakyReadout(tau_m=_TAU * ms)
    sizes = {"regular": len(config.intervals)}
    encoders: dict[str, bnsim.Encoder] = {"regular": bnsim.SpikeTrains()}
    if config.synapses:
        sizes["poisson"], encoders["poisson"] = len(config.rates), bnsim.Poisson(100 * Hz)
    populations, projections = [], []
    for train, size in sizes.items():
        inputs = size if train == "regular" else size * config.synapses
        wiring = bnsim.EdgeList(np.arange(inputs), np.arange(inputs) // (inputs // size))
        populations.append(bnsim.Population(train, inputs, encoders[train]))
        for name, synapse in SYNAPSES.items():
            populations.append(bnsim.Population(f"{name}_{train}", size, membrane))
            projections.append(
                bnsim.Projection(train, f"{name}_{train}", bnsim.Delta(), WEIGHT, wiring, short_term=synapse)
            )
    return bnsim.Network(populations, projections)


def optimum(rates: FloatArray, releases: FloatArray) -> float:
    """Return the rate with the largest release, from a polynomial of fourth degree in the logarithm of the rate.

    Parameters
    ----------
    rates
        Rates in Hz.
    releases
        Their releases.

    Returns
    -------
    float
        The rate in Hz.
    """
    logarithms = np.log(rates)
    near = np.abs(logarithms - logarithms[np.argmax(releases)]) <= np.log(2.5)
    curve = np.polynomial.Polynomial.fit(logarithms[near], releases[near], min(4, int(near.sum()) - 1))
    fine = np.linspace(logarithms[near].min(), logarithms[near].max(), 4001)
    return float(np.exp(fine[np.argmax(curve(fine))]))
