"""Distributions of values that differ from synapse to synapse: weights and delays.

A distribution is its quantile function. A value is the quantile of the random number at its own row and place, so it
depends on nothing else: not on how many values are drawn, in what order, or at once.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units import mV
from brian2.units.fundamentalunits import Quantity, get_dimensions
from scipy.special import ndtr

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import Description, parameter
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers
from bnsim.recipe import Values

__all__ = ["Distribution", "LogNormal", "Normal", "Uniform"]


@dataclass(frozen=True, repr=False)
class Distribution(Description, abstract=True):
    """Distribution from which values are drawn independently of each other. Subclass it to write your own."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[Quantity, Quantity]:
        """Smallest and largest value, infinite where there is none."""

    @abstractmethod
    def quantile(self, probability: Float64Array) -> Float64Array:
        """Return the quantiles at these probabilities.

        Parameters
        ----------
        probability : array of float
            Above 0 and below 1.

        Returns
        -------
        array of float
            Values in SI units, of the same shape.
        """

    def values(self, stream: int) -> Values | None:
        """Return how values are drawn, in numbers alone.

        Parameters
        ----------
        stream : int
            Identity of the stream of random numbers.

        Returns
        -------
        Values or None
            So that a compiled program can draw them; None where it cannot.
        """
        return None

    def draw(self, lengths: Any, numbers: Numbers) -> Float64Array:
        """Draw values in SI units, row by row.

        Parameters
        ----------
        lengths : array_like of int, shape (row,)
            How many values there are in each row.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        array of float, shape (sum(lengths),)
            The values of all rows, one after the other.
        """
        return numbers.quantiles(self.quantile, lengths)


@dataclass(frozen=True, repr=False)
class Uniform(Distribution):
    """Uniform between two values.

    Parameters
    ----------
    low : Quantity
        Smallest value.
    high : Quantity
        Largest value, in the same unit.
    """

    low: Quantity = parameter(0 * mV, any_unit=True)
    high: Quantity = parameter(1 * mV, any_unit=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_missing_unit(self, "low", "high")
        low, high = checks.describe(self.low), checks.describe(self.high)
        if get_dimensions(self.low) != get_dimensions(self.high):
            raise InputError(f"Uniform.high: {high} and low {low} differ in unit; give both the same unit")
        if self.low > self.high:
            raise InputError(f"Uniform.low: {low} is above high {high}; swap them")

    @property
    def bounds(self) -> tuple[Quantity, Quantity]:
        return self.low, self.high

    def quantile(self, probability: Float64Array) -> Float64Array:
        """Return the quantiles at these probabilities.

        Parameters
        ----------
        probability : array of float
            Above 0 and below 1.

        Returns
        -------
        array of float
            Values in SI units, of the same shape.
        """
        return self.values(0).quantile(probability)

    def values(self, stream: int) -> Values:
        """Return how values are drawn, in numbers alone.

        Parameters
        ----------
        stream : int
            Identity of the stream of random numbers.

        Returns
        -------
        Values
            The kind "uniform".
        """
        low, high = _plain(self.low), _plain(self.high)
        return Values("uniform", (low, high - low), stream)


@dataclass(frozen=True, repr=False)
class Normal(Distribution):
    """Normal distribution, truncated where bounds are given.

    Parameters
    ----------
    mean : Quantity
        Mean, before truncation.
    standard_deviation : Quantity
        Standard deviation, before truncation, in the same unit.
    minimum, maximum : Quantity, optional
        Bounds, in the same unit. The values are those of drawing again until one lies within the bounds: none
        accumulate at a bound, and their mean and standard deviation are no longer those given.
    """

    mean: Quantity = parameter(1 * mV, any_unit=True)
    standard_deviation: Quantity = parameter(0.1 * mV, above=0, any_unit=True)
    minimum: Quantity | None = None
    maximum: Quantity | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_missing_unit(self, "mean", "standard_deviation")
        if get_dimensions(self.mean) != get_dimensions(self.standard_deviation):
            raise InputError(
                f"Normal.standard_deviation: {checks.describe(self.standard_deviation)} and mean "
                f"{checks.describe(self.mean)} differ in unit; give both the same unit"
            )
        _check_bounds(self, self.mean, self.minimum, self.maximum)
        _refuse_no_mass(self, *self._standardised)

    @property
    def bounds(self) -> tuple[Quantity, Quantity]:
        return _or_infinite(self.minimum, -math.inf, self.mean), _or_infinite(self.maximum, math.inf, self.mean)

    @property
    def _standardised(self) -> tuple[float, float]:
        low, high = ((_plain(bound) - _plain(self.mean)) / _plain(self.standard_deviation) for bound in self.bounds)
        return low, high

    def quantile(self, probability: Float64Array) -> Float64Array:
        """Return the quantiles of the truncated distribution at these probabilities.

        Parameters
        ----------
        probability : array of float
            Above 0 and below 1.

        Returns
        -------
        array of float
            Values in SI units, of the same shape.
        """
        return self.values(0).quantile(probability)

    def values(self, stream: int) -> Values:
        """Return how values are drawn, in numbers alone.

        Parameters
        ----------
        stream : int
            Identity of the stream of random numbers.

        Returns
        -------
        Values
            The kind "normal".
        """
        mean, deviation, bounds = _plain(self.mean), _plain(self.standard_deviation), map(_plain, self.bounds)
        return Values("normal", (mean, deviation, *_truncation(*self._standardised), *bounds), stream)


@dataclass(frozen=True, repr=False)
class LogNormal(Distribution):
    """Log-normal distribution, truncated where bounds are given: the logarithm of the values is normal.

    Parameters
    ----------
    median : Quantity
        Median, before truncation, not 0. The mean is median x exp(sigma^2 / 2), the mode median x exp(-sigma^2).
    sigma : float
        Standard deviation of the natural logarithm.
    minimum, maximum : Quantity, optional
        Bounds, in the unit of the median; truncation is as in `Normal`.

    Notes
    -----
    value = median x exp(sigma x z), z standard normal. With a negative median all values are negative.
    """

    median: Quantity = parameter(1 * mV, any_unit=True)
    sigma: float = parameter(0.5, above=0)
    minimum: Quantity | None = None
    maximum: Quantity | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if _plain(self.median) == 0:
            raise InputError("LogNormal.median: 0 has no logarithm; give a value above or below 0")
        _check_bounds(self, self.median, self.minimum, self.maximum)
        _refuse_no_mass(self, *self._standardised)

    @property
    def bounds(self) -> tuple[Quantity, Quantity]:
        low, high = (0.0, math.inf) if _plain(self.median) > 0 else (-math.inf, 0.0)
        zero = 0 * self.median
        minimum, maximum = _or_infinite(self.minimum, low, zero), _or_infinite(self.maximum, high, zero)
        return (max(minimum, zero), maximum) if low == 0 else (minimum, min(maximum, zero))

    @property
    def _standardised(self) -> tuple[float, float]:
        """Bounds of z."""
        ratios = sorted(_plain(bound) / _plain(self.median) for bound in self.bounds)
        low, high = (math.log(ratio) / float(self.sigma) if ratio > 0 else -math.inf for ratio in ratios)
        return low, high

    def quantile(self, probability: Float64Array) -> Float64Array:
        """Return the quantiles of the truncated distribution at these probabilities.

        Parameters
        ----------
        probability : array of float
            Above 0 and below 1.

        Returns
        -------
        array of float
            Values in SI units, of the same shape.
        """
        low, high = self._standardised
        z = Values("normal", (0.0, 1.0, *_truncation(low, high), -math.inf, math.inf)).quantile(probability)
        values: Float64Array = _plain(self.median) * np.exp(float(self.sigma) * z)
        low, high = map(_plain, self.bounds)
        return np.clip(values, low, high)  # rounding alone would leave the bounds


def _truncation(low: float, high: float) -> tuple[float, float, float, float]:
    """Whether a standard normal distribution is truncated, and its probability below, within and above the bounds."""
    if low == -math.inf and high == math.inf:
        return 0.0, 0.0, 1.0, 0.0
    return 1.0, float(ndtr(low)), _mass(low, high), float(ndtr(-high))


def _mass(low: float, high: float) -> float:
    """Probability of a standard normal number between two bounds."""
    return float(ndtr(-low) - ndtr(-high) if low > 0 else ndtr(high) - ndtr(low))


def _check_bounds(owner: Distribution, example: Quantity, minimum: Quantity | None, maximum: Quantity | None) -> None:
    for name, bound in (("minimum", minimum), ("maximum", maximum)):
        if bound is not None:
            checks.quantity(f"{type(owner).__name__}.{name}", bound, example, minimum=None, exclusive=False)
    if minimum is not None and maximum is not None and minimum >= maximum:
        raise InputError(
            f"{type(owner).__name__}.minimum: {checks.describe(minimum)} is not below maximum "
            f"{checks.describe(maximum)}; lower minimum or raise maximum"
        )


def _refuse_missing_unit(distribution: Distribution, *names: str) -> None:
    """Of two values, one may have been given without the unit of the other."""
    given = {name: getattr(distribution, name) for name in names}
    usual = [value for value in given.values() if not checks.is_plain(value)]
    for name, value in given.items():
        if usual and checks.is_plain(value):
            raise InputError(checks.without_unit(f"{type(distribution).__name__}.{name}", value, usual[0]))


def _refuse_no_mass(owner: Distribution, low: float, high: float) -> None:
    if low >= high or _mass(low, high) == 0:
        raise InputError(
            f"{type(owner).__name__}: no value lies within the bounds; move minimum or maximum to where the values are"
        )


def _or_infinite(bound: Quantity | None, infinite: float, example: Quantity) -> Quantity:
    return Quantity(infinite, dim=get_dimensions(example)) if bound is None else bound


def _plain(value: Any) -> float:
    """The number in SI units."""
    return float(np.asarray(value))
