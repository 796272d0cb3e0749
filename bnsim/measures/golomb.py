"""Synchrony of a population: how much of the units' fluctuation is left in their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.arrays import FloatArray, Int64Array
from bnsim.binning import Bins
from bnsim.errors import InputError
from bnsim.measures.trains import GridTrains, Source, grid_trains
from bnsim.selection import Indices
from bnsim.times import Time, positive


@dataclass(frozen=True)
class PopulationSynchrony:
    """Synchrony of a population, with what it is by chance.

    Parameters
    ----------
    value : float
        The measure, from 0 to 1. NaN where it is not defined.
    chance : float
        What independent units have: 1 / sqrt(n_units).
    interval : (float, float)
        Of the surrogates, 95 % lie within. A value above it is more than chance.
    n_units : int
        Number of units that fired, of which the measure is.
    """

    value: float
    chance: float
    interval: tuple[float, float]
    n_units: int

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} (by chance {self.chance:.3f}, 95 % within {low:.3f} to {high:.3f})"


def synchrony(
    source: Source,
    population: str | None = None,
    *,
    trial: int | None = None,
    units: Indices | None = None,
    bin_width: Time = 0.001,
    surrogates: int = 200,
    seed: int = 0,
    duration: Time | None = None,
    dt: Time | None = None,
) -> PopulationSynchrony:
    """Return Golomb and Rinzel's measure of synchrony of the units in one trial, with its chance level.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    units : int or sequence of int, optional
        The units to compare, all if not given. Silent units are left out.
    bin_width : float or Quantity
        Width of the bins that spikes are counted in: a whole number of time steps. It is the precision with which
        spikes must coincide.
    surrogates : int
        Number of surrogates, from which the interval of chance is.
    seed : int
        Of the surrogates' random numbers.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain spike times lie, a nanosecond if not given.

    Returns
    -------
    PopulationSynchrony
        The value, its chance level, and the interval in which 95 % of the surrogates lie. All are NaN where fewer than
        two units fired, or no count varies.

    Raises
    ------
    InputError
        If the population, trial or a unit is unknown, spike times were not recorded, a time is no time, the trial is
        shorter than two bins, or there are fewer than 20 surrogates.

    Notes
    -----
    With x_i(t) the number of spikes of unit i in bin t,

        chi^2 = var_t(mean_i x_i(t)) / mean_i(var_t x_i(t)).

    Units with equal trains have chi = 1. Of independent ones, chi^2 is 1 / N on average, whatever their trains are
    like, so that values of populations that differ in size must be held against their own chance levels. Each surrogate
    shifts every train by a random whole number of bins, around the end of the trial: rates, intervals and the
    denominator stay, and what trains share in time goes; the mean of chi^2 over all shifts is 1 / N exactly. Changes of
    rate that all units share, of whatever origin, are synchrony. A last bin that would be shorter is left out.

    References
    ----------
    D. Golomb and J. Rinzel, Physica D 72, 259-282 (1994), doi:10.1016/0167-2789(94)90214-3; D. Golomb, Scholarpedia
    2(1), 1347 (2007), doi:10.4249/scholarpedia.1347.

    Examples
    --------
    A hundred independent Poisson trains of 20 Hz, whose chance level is 0.1::

        generator = np.random.default_rng(1)
        trains = [np.sort(generator.uniform(0, 10, 200)) for _ in range(100)]
        print(bnsim.measures.synchrony(trains, duration=10.0))
    """
    owner = "synchrony"
    if isinstance(surrogates, bool) or not isinstance(surrogates, (int, np.integer)) or surrogates < 20:
        raise InputError(f"{owner}.surrogates: {surrogates!r}; give a whole number of at least 20")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"{owner}.seed: {seed!r}; give a whole number of at least 0")
    width = positive(f"{owner}.bin_width", bin_width)
    found = grid_trains(owner, source, population, trial, units, duration, dt)
    bins = Bins.of(f"{owner}.bin_width", width, found.dt, found.n_steps)
    n_bins = found.n_steps // bins.steps_per_bin
    if n_bins < 2:
        raise InputError(f"{owner}.bin_width: {width:g} s is more than half of the trial; choose shorter bins")
    place, unit, size = _binned(found, bins.steps_per_bin, n_bins)
    variance = _variance_of_units(place, unit, size, n_bins)
    if size < 2 or variance <= 0:
        return PopulationSynchrony(np.nan, np.nan, (np.nan, np.nan), size)
    generator = np.random.Generator(np.random.Philox(int(seed)))
    shifts = (generator.integers(0, n_bins, size)[unit] for _ in range(surrogates))
    by_chance = [_chi((place + shift) % n_bins, n_bins, size, variance) for shift in shifts]
    low, high = np.quantile(by_chance, [0.025, 0.975])
    return PopulationSynchrony(_chi(place, n_bins, size, variance), size**-0.5, (float(low), float(high)), size)


def _binned(trains: GridTrains, steps_per_bin: int, n_bins: int) -> tuple[Int64Array, Int64Array, int]:
    """Bin and unit of each spike, without silent units and the shorter bin at the end."""
    places = [steps // steps_per_bin for steps in trains.steps]
    firing = [place[place < n_bins] for place in places if len(place) and place[0] < n_bins]
    unit = np.repeat(np.arange(len(firing)), [len(place) for place in firing])
    return np.concatenate([np.zeros(0, np.int64), *firing]), unit, len(firing)


def _variance_of_units(place: Int64Array, unit: Int64Array, size: int, n_bins: int) -> float:
    """Sum over the units of the variance of their counts."""
    _, counts = np.unique(unit * n_bins + place, return_counts=True)
    totals: FloatArray = np.bincount(unit, minlength=size) / n_bins
    return float((counts.astype(np.float64) ** 2).sum() / n_bins - (totals**2).sum())


def _chi(place: Int64Array, n_bins: int, size: int, variance: float) -> float:
    return float(np.sqrt(np.bincount(place, minlength=n_bins).var() / (size * variance)))
