"""Random connectivity with a probability that depends on distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.arrays import Float64Array, Int32Array
from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.connectivity.profiles import Profile
from bnsim.errors import InputError
from bnsim.pairs import by_probability
from bnsim.random_numbers import Numbers


@dataclass(frozen=True, repr=False)
class DistanceDependent(Connectivity):
    """Connect each pair independently with a probability that is a function of the distance between its units.

    Parameters
    ----------
    profile : Profile
        The probability, such as `GaussianProfile`.
    autapses : bool
        Whether a unit may be connected to itself, in a projection of a population onto itself.

    Raises
    ------
    InputError
        If the profile is none.

    Notes
    -----
    Both populations have positions, in one space: `Population(positions=...)` says where units lie, and whether space
    repeats itself.

    Pairs are chosen with the profile's peak as in `FixedProbability`, then each is kept with its own probability
    divided by the peak, by random numbers of a stream apart, "<projection>:edges:kept", whose place is that of the pair
    among those chosen. So a profile with a small peak costs little.

    Examples
    --------
    ::

        ring = bnsim.Population("E", 800, bnsim.LIF(), positions=bnsim.Ring(8 * mm))
        near = bnsim.DistanceDependent(bnsim.ExponentialProfile(0.5, 100 * um))
        bnsim.Projection("E", "E", bnsim.Delta(), 0.1 * mV, near)
    """

    profile: Profile
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.profile, Profile):
            raise InputError(f"DistanceDependent.profile: {self.profile!r} is no Profile; give one")

    @property
    def spatial(self) -> bool:
        """Whether both populations must have positions."""
        return True

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw the connected pairs.

        Parameters
        ----------
        ends : Ends
            The populations, with their positions.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target.

        Raises
        ------
        InputError
            If the profile exceeds its peak.
        """
        sources, targets = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for source, target in by_probability(ends.n_source, ends.n_target, float(self.profile.peak), numbers):
            if not len(source):
                continue
            keep = _uniform(source, numbers.apart("kept")) < self._share(ends.distance(source, target))
            if ends.recurrent and not self.autapses:
                keep &= source != target
            sources.append(source[keep])
            targets.append(target[keep])
        return Edges(np.concatenate(sources), np.concatenate(targets))

    def _share(self, distance: Float64Array) -> Float64Array:
        """Probability of each pair, divided by the peak."""
        probability = self.profile.probability(distance)
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
