"""Samples of a variable, or of the weights of a projection, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bnsim import archive
from bnsim.arrays import FloatArray, IntArray
from bnsim.errors import InputError
from bnsim.selection import listed


@dataclass(frozen=True, eq=False, repr=False)
class SampledTrace:
    """Samples of a variable, or of the weights of a projection.

    Parameters
    ----------
    values : ndarray of float, shape (n_trials, n_samples, n_units)
        In the SI unit that `unit` names.
    times : ndarray of float, shape (n_samples,)
        When the samples were taken, at the start of a time step, in seconds.
    unit : str
        Such as ``"V"``; empty for a variable without unit.
    units : ndarray of int, shape (n_units,)
        The units of the population, or the synapses of the projection, that were sampled.

    Raises
    ------
    InputError
        If the shapes do not fit together.
    """

    values: FloatArray
    times: FloatArray
    unit: str
    units: IntArray

    def __post_init__(self) -> None:
        if self.values.shape[1:] != (len(self.times), len(self.units)):
            raise InputError(
                f"SampledTrace.values: of shape {self.values.shape} for {len(self.times)} times and "
                f"{len(self.units)} units; give an array (n_trials, n_samples, n_units)"
            )

    def __eq__(self, other: object) -> bool:
        """Return whether values, times, unit and units are the same; NaN equals NaN."""
        if not isinstance(other, SampledTrace):
            return NotImplemented
        return archive.equal(as_arrays("", self), as_arrays("", other))

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __repr__(self) -> str:
        trials, samples, units = self.values.shape
        unit = f" in {self.unit}" if self.unit else ""
        return f"<SampledTrace{unit}: {trials:,} trials, {samples:,} samples, {units:,} units>"

    def of(self, unit: int) -> FloatArray:
        """Return the samples of one unit.

        Parameters
        ----------
        unit : int
            Its number in the population or projection.

        Returns
        -------
        ndarray of float, shape (n_trials, n_samples)
            In the SI unit that `unit` names.

        Raises
        ------
        InputError
            If this unit was not sampled.
        """
        (place,) = np.nonzero(self.units == unit)
        if not len(place):
            raise InputError(f"SampledTrace.of(unit): {unit} was not sampled; the units are {listed(self.units)}")
        return self.values[:, :, place[0]]


def cut(trace: SampledTrace, edges: tuple[float, float]) -> SampledTrace:
    """Return the samples within a stretch of time.

    Parameters
    ----------
    trace : SampledTrace
        The samples.
    edges : (float, float)
        Where it begins and ends, in seconds: between time steps.

    Returns
    -------
    SampledTrace
        The part.
    """
    part = slice(*np.searchsorted(trace.times, edges))
    return SampledTrace(trace.values[:, part], trace.times[part], trace.unit, trace.units)


def joined(parts: Sequence[SampledTrace]) -> SampledTrace:
    """Return the samples of consecutive parts of a run.

    Parameters
    ----------
    parts : sequence of SampledTrace
        Of the same units, in order.

    Returns
    -------
    SampledTrace
        All of them.
    """
    values = np.concatenate([part.values for part in parts], axis=1)
    return SampledTrace(values, np.concatenate([part.times for part in parts]), parts[0].unit, parts[0].units)


def as_arrays(name: str, trace: SampledTrace) -> dict[str, np.ndarray]:
    """Return samples as plain arrays.

    Parameters
    ----------
    name : str
        What the names of the arrays begin with.
    trace : SampledTrace
        The samples.

    Returns
    -------
    dict of str to ndarray
        The arrays, by name.
    """
    parts = {"values": trace.values, "times": trace.times, "units": trace.units, "unit": np.array(trace.unit)}
    return {f"{name}/{part}": array for part, array in parts.items()}


def from_arrays(name: str, data: Mapping[str, np.ndarray]) -> SampledTrace:
    """Return samples that are held as plain arrays.

    Parameters
    ----------
    name : str
        What the names of the arrays begin with.
    data : mapping of str to ndarray
        The arrays, by name.

    Returns
    -------
    SampledTrace
        The samples.

    Raises
    ------
    KeyError
        If one of the arrays is missing.
    """
    values, times, units, unit = (data[f"{name}/{part}"] for part in ("values", "times", "units", "unit"))
    return SampledTrace(values, times, str(unit), units)
