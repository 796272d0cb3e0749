"""What state a network is in: what is measured of its spikes, and the rule that names the state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from brian2.units import ms

import bnsim
from bnsim.arrays import FloatArray
from bnsim.binning import Bins
from bnsim.recording import Recording
from experiments.classics.brunel import CLASSIC, STATES
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement

QUIET, REGULAR, MODULATED, FAST = 0.1, 0.2, 0.5**0.5, 63.0
"""Rate (Hz) below which a network is silent, coefficient of variation below which neurons are regular, modulation above
which a network is synchronous, and frequency (Hz) above which an oscillation is fast."""
BIN, COINCIDENCE, SEGMENT = 0.5, 1.0, 256.0
"""Bins of the activity and of synchrony, and segments of the spectrum (ms)."""
LOWEST, HIGHEST = 8.0, 1000.0
"""Range in which an oscillation is sought (Hz); below it there is slow drift."""
SURROGATES = 20
"""Of the measure of synchrony, as few as it takes: its mean by chance, which is kept, needs none."""


def state(recording: Recording, facts: dict[str, Any]) -> Iterator[Measurement]:
    """Measure the state at a point of the phase diagram, and name it.

    Parameters
    ----------
    recording
        Spikes of E and I after the warm-up.
    facts
        The point and the size of the network: g, eta, neurons, inputs.

    Yields
    ------
    Measurement
        One after the other.
    """
    rates = activity(recording, BIN)
    rate, modulation, frequency = rates.mean(), np.nan, np.nan
    irregular = variation(recording)
    yield CLASSIC["rate_at"](rate, **facts)
    yield from mean_of_defined(CLASSIC["variation_at"], irregular, **facts)
    synchrony = bnsim.measures.synchrony(recording, "E", bin_width=COINCIDENCE * ms, surrogates=SURROGATES)
    if not np.isnan(synchrony.value):
        yield CLASSIC["synchrony_at"](synchrony.value, **facts)
        yield CLASSIC["chance_at"](synchrony.chance, **facts)
    if rate >= QUIET:
        spectrum = bnsim.measures.power_spectrum(recording, "E", bin_width=BIN * ms, segment=SEGMENT * ms)
        modulation, frequency = rates.std() / rate, peak(*spectrum)
        yield CLASSIC["modulation_at"](modulation, **facts)
        yield CLASSIC["frequency_at"](frequency, **facts)
    found = named(rate, _mean(irregular), modulation, frequency)
    for each in STATES:
        yield CLASSIC["share_at"](each == found, **facts, regime=each)


def named(rate: float, irregular: float, modulation: float, frequency: float) -> str:
    """Name the state of a network.

    Parameters
    ----------
    rate
        Mean rate of all neurons (Hz).
    irregular
        Mean coefficient of variation; NaN, where no neuron has three spikes, counts as irregular.
    modulation
        Standard deviation of the rate of all neurons relative to its mean.
    frequency
        Frequency of the oscillation (Hz).

    Returns
    -------
    str
        One of `STATES`.
    """
    if rate < QUIET:
        return "silent"
    regular, synchronous = irregular < REGULAR, modulation > MODULATED
    if regular:
        return "SR" if synchronous else "AR"
    if not synchronous:
        return "AI"
    return "SI-fast" if frequency > FAST else "SI-slow"


def peak(frequencies: FloatArray, density: FloatArray) -> float:
    """Return the frequency at which a spectrum is largest, from 8 to 1000 Hz.

    Parameters
    ----------
    frequencies, density
        The spectrum, in Hz and Hz²/Hz.

    Returns
    -------
    float
        The frequency in Hz.
    """
    sought = (frequencies >= LOWEST) & (frequencies < HIGHEST)
    return float(frequencies[sought][np.argmax(density[sought])])


def variation(recording: Recording) -> FloatArray:
    """Return the coefficient of variation of each neuron.

    Parameters
    ----------
    recording
        Spikes of E and I.

    Returns
    -------
    array of float
        First E, then I; NaN for a neuron of less than three spikes.
    """
    return np.concatenate([bnsim.measures.coefficient_of_variation(recording, name) for name in ("E", "I")])


def activity(recording: Recording, width: float) -> FloatArray:
    """Return the mean rate of all neurons.

    Parameters
    ----------
    recording
        Spikes of E and I.
    width
        Width of the bins in ms.

    Returns
    -------
    array of float
        Rate in Hz, bin by bin.
    """
    times = np.concatenate([recording.spike_times(name).time for name in ("E", "I")])
    bins = Bins.of("width", width * ms, recording.dt, recording.n_steps, recording.first_step)
    return bins.count(times) * 1e3 / (width * sum(recording.populations[name] for name in ("E", "I")))


def _mean(values: FloatArray) -> float:
    """The mean of the values that are numbers, NaN where none is."""
    return float(np.nanmean(values)) if not np.isnan(values).all() else float("nan")
