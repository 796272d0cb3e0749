"""Numbers of a recording: rates, interspike intervals, latencies and synchrony.

Elephant does the arithmetic wherever it has the measure.

Source
------
Every function takes either a `Recording` with the name of a population, or a sequence of spike trains, one a
unit: Neo spike trains, or plain arrays of spike times in seconds since the start of the trial. Plain arrays
do not know how long the trial was, so that measures which need it take `duration` (s) then, and only then.

Shapes
------
With a recording of n trials and N units, a measure of each trial and unit is an array (n, N); with a sequence
of N trains it is (N,). Times are in seconds, rates in hertz.

Errors: InputError for an unknown population, trial or unit, and for spike times that were not recorded.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.errors import InputError
from bnsim.recording import Recording

if TYPE_CHECKING:
    import neo

FloatArray: TypeAlias = NDArray[np.floating]
Source: TypeAlias = "Recording | Sequence[ArrayLike | neo.SpikeTrain]"


def rates(source: Source, population: str | None = None, *, duration: float | None = None) -> FloatArray:
    """Mean firing rate (Hz) of each trial and unit: spikes divided by the length of the trial.

    Of a recording the spike counts suffice; spike times need not have been recorded.
    """
    if isinstance(source, Recording):
        _refuse_duration(duration)
        return source.counts[_known(source, population)] / source.duration
    trains, length = _trains_and_duration(source, population, duration)
    return np.array([len(train) for train in trains]) / length


def interspike_intervals(source: Source, population: str | None = None) -> list[FloatArray]:
    """Intervals (s) between successive spikes: one array a unit, the trials of a recording joined.

    An interval never spans two trials. A unit with fewer than two spikes in every trial has an empty array.
    """
    from elephant.statistics import isi

    if not isinstance(source, Recording):
        return [isi(train) for train in _plain_trains(source, population)]
    name = _known(source, population)
    spikes, size = source.spike_times(name), source.populations[name]
    trials = [[isi(train) for train in spikes.trains(size, trial)] for trial in range(source.n_trials)]
    return [np.concatenate(intervals) for intervals in zip(*trials, strict=True)]


def coefficient_of_variation(source: Source, population: str | None = None) -> FloatArray:
    """Standard deviation of a unit's interspike intervals over their mean, (N,); the trials joined.

    1 for a Poisson process, 0 for a clock. NaN for a unit with fewer than two intervals: three spikes in one
    trial, or two spikes in each of two trials, are the least from which a spread can be had.
    """
    from elephant.statistics import cv

    intervals = interspike_intervals(source, population)
    return np.array([cv(values) if len(values) > 1 else np.nan for values in intervals])


def first_spike_latency(source: Source, population: str | None = None) -> FloatArray:
    """Time (s) from the start of the trial to each unit's first spike, (n, N) or (N,); NaN where silent."""
    if not isinstance(source, Recording):
        return np.array([train[0] if len(train) else np.nan for train in _plain_trains(source, population)])
    name = _known(source, population)
    spikes = source.spike_times(name)
    latency = np.full((source.n_trials, source.populations[name]), np.inf)
    np.minimum.at(latency, (spikes.trial, spikes.unit), spikes.time)
    return np.where(np.isinf(latency), np.nan, latency)


def spike_time_tiling(
    source: Source,
    population: str | None = None,
    *,
    trial: int = 0,
    units: Sequence[int] | None = None,
    window: float = 0.005,
    duration: float | None = None,
) -> FloatArray:
    """Spike time tiling coefficient of every pair of units in one trial: a symmetric matrix (N, N).

    Between -1 and 1, free of the rates' influence. A spike of one train counts as met where the other has one
    within `window` seconds. The diagonal is 1; rows and columns of silent units are NaN. The cost grows with
    the square of the number of units, of which `units` chooses some.

    Reference: Cutts & Eglen (2014), J. Neurosci. 34, 14288-14303, doi:10.1523/JNEUROSCI.2767-14.2014.
    """
    import quantities as pq
    from elephant.spike_train_correlation import spike_time_tiling_coefficient

    _positive("spike_time_tiling", "window", window)
    trains = _neo_trains(source, population, trial, units, duration)
    matrix = np.full((len(trains), len(trains)), np.nan)
    for row, first in enumerate(trains):
        for column in range(row, len(trains)):
            value = spike_time_tiling_coefficient(first, trains[column], dt=window * pq.s)
            matrix[row, column] = matrix[column, row] = value
    return matrix


def spike_contrast(
    source: Source,
    population: str | None = None,
    *,
    trial: int = 0,
    units: Sequence[int] | None = None,
    min_bin: float = 0.01,
    duration: float | None = None,
) -> float:
    """Synchrony of all units in one trial, 0 to 1, at the time scale at which it is largest.

    Bins shrink from half the trial to `min_bin` (s). Silent units are left out. NaN where fewer than two
    units spiked, or none spiked twice, since the measure is not defined there.

    Reference: Ciba et al. (2018), J. Neurosci. Methods 293, 136-143, doi:10.1016/j.jneumeth.2017.09.008.
    """
    import quantities as pq
    from elephant.spike_train_synchrony import spike_contrast as elephant_spike_contrast

    _positive("spike_contrast", "min_bin", min_bin)
    trains = [train for train in _neo_trains(source, population, trial, units, duration) if len(train)]
    if len(trains) < 2 or max(len(train) for train in trains) < 2:
        return float("nan")
    if min_bin > float(trains[0].duration) / 2:
        raise InputError(f"spike_contrast.min_bin: {min_bin} s is more than half of the trial; choose a shorter bin")
    return float(elephant_spike_contrast(trains, min_bin=min_bin * pq.s))


def cross_correlation(
    source: Source,
    population: str | None = None,
    *,
    units: tuple[int, int],
    trial: int = 0,
    bin_width: float = 0.001,
    max_lag: float = 0.05,
    duration: float | None = None,
) -> tuple[FloatArray, NDArray[np.integer]]:
    """Cross-correlation histogram of two units in one trial: lags (s) and the number of spike pairs at each.

    Spikes are put into bins of `bin_width` seconds; a positive lag means that the second unit fired later.
    Lags run from -`max_lag` to `max_lag` and must fit into the trial.
    """
    import quantities as pq
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import cross_correlation_histogram

    _positive("cross_correlation", "bin_width", bin_width)
    first, second = _neo_trains(source, population, trial, units, duration)
    n_bins, n_lags = round(float(first.duration) / bin_width), round(max_lag / bin_width)
    if not 1 <= n_lags < n_bins:
        raise InputError(
            f"cross_correlation.max_lag: {max_lag} s does not lie between one bin ({bin_width} s) and "
            f"the length of the trial ({float(first.duration)} s); choose a lag between them"
        )
    with warnings.catch_warnings():
        # Elephant 1.2 still passes an argument that its unit library has deprecated.
        warnings.filterwarnings("ignore", message="The 'copy' argument in Quantity", category=DeprecationWarning)
        binned = [BinnedSpikeTrain(train, bin_size=bin_width * pq.s, n_bins=n_bins) for train in (first, second)]
        histogram, lags = cross_correlation_histogram(*binned, window=[-n_lags, n_lags])
    return np.asarray(lags) * bin_width, np.rint(histogram.magnitude.ravel()).astype(np.int64)


def _known(recording: Recording, population: str | None) -> str:
    """The population's name where the recording holds it."""
    if population is None or population not in recording.counts:
        wrong = "no population was named" if population is None else f"unknown population {population!r}"
        raise InputError(f"measures: {wrong}; the recording holds {', '.join(map(repr, recording.counts))}")
    return population


def _plain_trains(source: Sequence[ArrayLike | neo.SpikeTrain], population: str | None) -> list[FloatArray]:
    """Sorted spike times (s) since the start of the trial, one array a unit."""
    if population is not None:
        raise InputError(
            f"measures: population {population!r} was named with plain spike trains; leave it out or pass a Recording"
        )
    return [np.sort(_seconds(train)) for train in source]


def _seconds(train: ArrayLike | neo.SpikeTrain) -> FloatArray:
    if hasattr(train, "t_start"):
        return (train - train.t_start).rescale("s").magnitude
    return np.asarray(train, dtype=float)


def _trains_and_duration(
    source: Sequence[ArrayLike | neo.SpikeTrain], population: str | None, duration: float | None
) -> tuple[list[FloatArray], float]:
    trains = _plain_trains(source, population)
    if source and all(hasattr(train, "t_stop") for train in source):
        _refuse_duration(duration)
        duration = max(float((train.t_stop - train.t_start).rescale("s")) for train in source)  # type: ignore[union-attr]
    if duration is None:
        raise InputError("measures: plain spike times do not tell the length of the trial; pass duration in seconds")
    _positive("measures", "duration", duration)
    last = max((train[-1] for train in trains if len(train)), default=0.0)
    if last > duration:
        raise InputError(f"measures.duration: a spike at {last} s lies after the {duration} s given; pass a longer one")
    return trains, duration


def _neo_trains(
    source: Source,
    population: str | None,
    trial: int,
    units: Sequence[int] | None,
    duration: float | None,
) -> list[neo.SpikeTrain]:
    """Neo spike trains of one trial, the form that Elephant asks for."""
    import neo
    import quantities as pq

    if isinstance(source, Recording):
        _refuse_duration(duration)
        name = _known(source, population)
        if not 0 <= trial < source.n_trials:
            raise InputError(f"measures: no trial {trial}; the recording holds trials 0 to {source.n_trials - 1}")
        trains, length = source.spike_times(name).trains(source.populations[name], trial), source.duration
    else:
        trains, length = _trains_and_duration(source, population, duration)
    chosen = range(len(trains)) if units is None else units
    for unit in chosen:
        if not 0 <= unit < len(trains):
            raise InputError(f"measures: no unit {unit}; there are units 0 to {len(trains) - 1}")
    return [neo.SpikeTrain(trains[unit], units=pq.s, t_stop=length) for unit in chosen]


def _refuse_duration(duration: float | None) -> None:
    if duration is not None:
        raise InputError("measures.duration: recordings and Neo spike trains know their length; leave duration out")


def _positive(owner: str, name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise InputError(f"{owner}.{name}: {value} is not a positive time; pass seconds above 0")
