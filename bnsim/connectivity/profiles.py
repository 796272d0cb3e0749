"""Probability of a connection as a function of the distance between two units."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from brian2.units import um
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.description import Description, parameter
from bnsim.errors import InputError


@dataclass(frozen=True, repr=False)
class Profile(Description, abstract=True):
    """Probability of a connection as a function of distance. Subclass it to write your own.

    Parameters
    ----------
    peak : float
        Largest probability, at distance 0 in most profiles: above 0, at most 1.

    Raises
    ------
    InputError
        If the peak is above 1.
    """

    peak: float = parameter(1.0, above=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.peak > 1:
            raise InputError(f"{type(self).__name__}.peak: {self.peak} is above 1; give a probability")

    @abstractmethod
    def probability(self, distance: Float64Array) -> Float64Array:
        """Return the probability of a connection.

        Parameters
        ----------
        distance : array of float
            Distances in metres.

        Returns
        -------
        array of float
            From 0 to `peak`.
        """


@dataclass(frozen=True, repr=False)
class GaussianProfile(Profile):
    """Gaussian profile: p(d) = peak x exp(-d^2 / (2 width^2)).

    Parameters
    ----------
    peak : float
        Probability at distance 0: above 0, at most 1.
    width : Quantity
        Standard deviation, a length.
    """

    width: Quantity = parameter(100 * um, above=0)

    def probability(self, distance: Float64Array) -> Float64Array:
        """Return the probability of a connection.

        Parameters
        ----------
        distance : array of float
            Distances in metres.

        Returns
        -------
        array of float
            From 0 to `peak`.
        """
        probability: Float64Array = float(self.peak) * np.exp(-((distance / float(self.width)) ** 2) / 2)
        return probability


@dataclass(frozen=True, repr=False)
class ExponentialProfile(Profile):
    """Exponential profile: p(d) = peak x exp(-d / width).

    Parameters
    ----------
    peak : float
        Probability at distance 0: above 0, at most 1.
    width : Quantity
        Length over which the probability falls to 1 / e.
    """

    width: Quantity = parameter(100 * um, above=0)

    def probability(self, distance: Float64Array) -> Float64Array:
        """Return the probability of a connection.

        Parameters
        ----------
        distance : array of float
            Distances in metres.

        Returns
        -------
        array of float
            From 0 to `peak`.
        """
        probability: Float64Array = float(self.peak) * np.exp(-distance / float(self.width))
        return probability
