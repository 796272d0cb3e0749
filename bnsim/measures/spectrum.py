"""Power spectrum of a population's activity."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import Float64Array
from bnsim.binning import whole_steps
from bnsim.errors import InputError
from bnsim.measures.trains import GridTrains, Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, positive


def power_spectrum(
    source: Source,
    population: str | None = None,
    *,
    trial: int | None = None,
    units: Indices | None = None,
    bin_width: Time = 0.001,
    segment: Time | None = None,
    duration: Time | None = None,
    dt: Time | None = None,
) -> tuple[Float64Array, Float64Array]:
    """Return the power spectral density of the mean firing rate of a population.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    units : int or sequence of int, optional
        The units over which the rate is the mean, all if not given.
    bin_width : float or Quantity
        Width of the bins in which spikes are counted: a whole number of time steps. Frequencies reach up to 1 / (2
        bin_width).
    segment : float or Quantity, optional
        Length of the segments: a whole number of bins. Frequencies are 1 / segment apart. If not given, an eighth of
        the trial.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain times lie, a nanosecond if not given.

    Returns
    -------
    frequencies : ndarray of float64, shape (n_frequencies,)
        In hertz, from 1 / segment on.
    density : ndarray of float64, shape (n_frequencies,)
        One-sided power spectral density in Hz^2 / Hz: its integral over frequency is the variance of the rate.

    Raises
    ------
    InputError
        If the population is unknown, its spike times were not recorded, a width or length does not fit, or a segment is
        shorter than two bins or longer than the trial.

    Notes
    -----
    The rate A(t) in a bin is the number of spikes, divided by the number of units and the width of the bin. Its
    spectrum is estimated by Welch's method (SciPy's): segments that overlap by half, each less its mean and weighted by
    a Hann window. A last bin or segment that is not whole is left out. N independent Poisson processes of the rate r
    have the density 2 r / N at all frequencies.

    References
    ----------
    P. Welch, IEEE Transactions on Audio and Electroacoustics 15 (1967).
    """
    from scipy import signal  # takes a third of a second

    trains = grid_trains("power_spectrum", source, population, trial, units, duration, dt)
    positive("power_spectrum.bin_width", bin_width)
    width = whole_steps("power_spectrum.bin_width", bin_width, trains.dt)
    bins = trains.n_steps // width
    length = _segment_bins(segment, width * trains.dt, bins)
    frequencies, density = signal.welch(_rate(trains, width, bins), 1 / (width * trains.dt), nperseg=length)
    return frequencies[1:], density[1:]


def _segment_bins(segment: Time | None, bin_width: float, bins: int) -> int:
    """Length of a segment in bins."""
    culprit = "power_spectrum.segment"
    if segment is None:
        length = bins // 8
        if length < 2:
            raise InputError(f"{culprit}: an eighth of {bins} bins is less than two; give a longer one, or finer bins")
        return length
    positive(culprit, segment)
    length = whole_steps(culprit, segment, bin_width)
    if not 2 <= length <= bins:
        raise InputError(
            f"{culprit}: {length * bin_width:g} s are {length} of {bins} bins; give a time of at least two bins, "
            "within the trial"
        )
    return length


def _rate(trains: GridTrains, width: int, bins: int) -> Float64Array:
    """Mean rate (Hz) of all trains in each whole bin."""
    steps = np.concatenate([np.zeros(0, np.int64), *trains.steps]) // width
    counts = np.bincount(steps[steps < bins], minlength=bins)
    return counts / (max(len(trains.steps), 1) * width * trains.dt)
