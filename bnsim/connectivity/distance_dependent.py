"""Random connectivity with a probability that depends on distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units import metre, um
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array, Int32Array
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.connectivity.fixed_probability import chosen_pairs
from bnsim.connectivity.profiles import Profile
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class DistanceDependent(Connectivity):
    """Connect each pair independently with a probability that is a function of the distance between its units.

    Parameters
    ----------
    profile : Profile
        The probability, such as `GaussianProfile`.
    source_positions : Quantity, shape (source, dimension)
        Positions of the source units, such as `grid((20, 20), 50 * um)`.
    target_positions : Quantity, shape (target, dimension), optional
        Those of the target units. Default: the source's, for a projection of a population onto itself.
    period : Quantity, optional
        Length after which space repeats itself, one for all dimensions or one for each: the units lie on a ring or
        torus, and distances are the shortest ones. Default: space has borders.
    autapses : bool
        Whether a unit may be connected to itself, in a projection of a population onto itself.

    Raises
    ------
    InputError
        If positions or period are no lengths, are not finite, or differ in their dimensions.

    Notes
    -----
    Pairs are chosen with the profile's peak as in `FixedProbability`, then each is kept with its own probability
    divided by the peak, by random numbers of a stream apart, "<projection>:edges:kept", whose place is that of the pair
    among those chosen. So a profile with a small peak costs little.

    Examples
    --------
    ::

        ring = bnsim.DistanceDependent(
            bnsim.ExponentialProfile(0.5, 100 * um), bnsim.grid((800,), 10 * um), period=8000 * um
        )
    """

    profile: Profile
    source_positions: Any
    target_positions: Any = None
    period: Any = None
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.profile, Profile):
            raise InputError(f"DistanceDependent.profile: {self.profile!r} is no Profile; give one")
        dimensions = _check_positions("source_positions", self.source_positions)
        if self.target_positions is not None:
            found = _check_positions("target_positions", self.target_positions)
            if found != dimensions:
                raise InputError(
                    f"DistanceDependent.target_positions: {found} dimensions, source_positions has {dimensions}; "
                    "give as many"
                )
        if self.period is not None:
            _check_period(self.period, dimensions)

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the connected pairs.

        Parameters
        ----------
        ends : Ends
            The populations.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If there is not one position for each unit, or the profile exceeds its peak.
        """
        source_positions, target_positions = self._positions(ends)
        sources, targets = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for source, target in chosen_pairs(ends, float(self.profile.peak), numbers):
            if not len(source):
                continue
            share = self._share(source_positions[:, source], target_positions[:, target])
            keep = _uniform(source, numbers.apart("kept")) < share
            if ends.recurrent and not self.autapses:
                keep &= source != target
            sources.append(source[keep])
            targets.append(target[keep])
        return Edges(np.concatenate(sources), np.concatenate(targets))

    def _positions(self, ends: Ends) -> tuple[Float64Array, Float64Array]:
        """Positions (dimension, unit) of source and target."""
        given = self.source_positions if self.target_positions is None else self.target_positions
        name = "source_positions" if self.target_positions is None else "target_positions"
        arrays = []
        for which, positions, size in (
            ("source_positions", self.source_positions, ends.n_source),
            (name, given, ends.n_target),
        ):
            if len(positions) != size:
                raise InputError(
                    f"DistanceDependent.{which}: {len(positions)} positions for a population of {size}; "
                    "give one for each unit"
                )
            arrays.append(np.ascontiguousarray(np.asarray(positions, np.float64).T))
        return arrays[0], arrays[1]

    def _share(self, source: Float64Array, target: Float64Array) -> Float64Array:
        """Probability of each pair, divided by the peak, from positions (dimension, pair)."""
        between = target - source
        if self.period is not None:
            period = np.broadcast_to(np.asarray(self.period, np.float64), len(between))[:, None]
            between -= period * np.round(between / period)
        probability = self.profile.probability(np.sqrt((between**2).sum(axis=0)))
        if probability.max() > float(self.profile.peak) * (1 + 1e-12):
            raise InputError(
                f"{type(self.profile).__name__}.probability: {probability.max():g} is above the peak "
                f"{float(self.profile.peak):g}; state the largest probability as peak"
            )
        share: Float64Array = probability / float(self.profile.peak)
        return share


def _uniform(source: Int32Array, numbers: Numbers) -> Float64Array:
    """A random number for each pair of some rows, whose place is that in its row."""
    first = int(source[0])
    return np.concatenate(list(numbers.ragged(np.bincount(source - first), first)))


def _check_positions(name: str, positions: Any) -> int:
    """Check positions and return their number of dimensions."""
    culprit = f"DistanceDependent.{name}"
    if np.ndim(positions) != 2:
        raise InputError(
            f"{culprit}: an array of {np.ndim(positions)} axes; give positions (unit, dimension), "
            "such as grid((20, 20), 50*um)"
        )
    for value in (np.min(positions), np.max(positions), np.sum(positions)):  # NaN and infinities reach one of them
        checks.quantity(culprit, Quantity(value, dim=get_dimensions(positions)), 1 * um, minimum=None, exclusive=False)
    return int(np.shape(positions)[1])


def _check_period(period: Any, dimensions: int) -> None:
    if np.ndim(period) > 0 and np.shape(period) != (dimensions,):
        raise InputError(
            f"DistanceDependent.period: an array of shape {np.shape(period)}; "
            f"give one length, or one for each of the {dimensions} dimensions"
        )
    for value in np.ravel(np.asarray(period)):
        side = Quantity(value, dim=get_dimensions(period))
        checks.quantity("DistanceDependent.period", side, 1 * um, minimum=0, exclusive=True)


def grid(shape: tuple[int, ...], spacing: Quantity) -> Quantity:
    """Return the positions of units on a grid, for `DistanceDependent`.

    Parameters
    ----------
    shape : tuple of int
        Units along each dimension: (800,) for a line or ring, (20, 20) for a square.
    spacing : Quantity
        Distance between neighbours.

    Returns
    -------
    Quantity, shape (unit, dimension)
        Positions from 0, the last dimension running fastest.

    Raises
    ------
    InputError
        If the shape is no tuple of whole numbers, or the spacing no length above 0.
    """
    if not isinstance(shape, tuple) or not shape:
        raise InputError(f"grid(shape): {shape!r}; give a tuple such as (20, 20)")
    for side in shape:
        checks.count("grid(shape)", side)
    checks.quantity("grid(spacing)", spacing, 1 * um, minimum=0, exclusive=True)
    index = np.stack(np.meshgrid(*(np.arange(side) for side in shape), indexing="ij"), axis=-1)
    return index.reshape(-1, len(shape)) * float(spacing) * metre
