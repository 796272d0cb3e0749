"""Base class of encoders: how a stimulus becomes input current or spikes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from brian2.units.fundamentalunits import DimensionMismatchError, Quantity, get_dimensions, get_unit

from bnsim import checks
from bnsim.arrays import Float64Array, Int64Array
from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.timing import Timing


@dataclass(frozen=True)
class SpikeRaster:
    """Spikes to be replayed.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n_trials + 1,)
        The spikes of trial k are `index[offsets[k]:offsets[k + 1]]`.
    index : ndarray of int64, shape (n_spikes,)
        step x n_units + unit of each spike.
    """

    offsets: Int64Array
    index: Int64Array


Encoded = Float64Array | SpikeRaster
"""What an encoder hands to the engine for a number of trials: values (trial, unit), or spikes to be replayed."""

EncodedForm = Literal["values", "spikes"]

BY_CHANCE = "uniform < drive"
"""Threshold of an encoder whose units fire with the probability `drive` in each step."""


@dataclass(frozen=True, repr=False)
class Encoder(Description, abstract=True):
    """Encoder that turns one value for each trial and unit into a drive, in NumPy, once, for every back end.

    Attributes
    ----------
    spikes : bool
        True where the population itself emits the spikes; False where the drive is a current into a neuron.
    form : {"values", "spikes"}
        Whether `drive` returns an array (trial, unit) or a `SpikeRaster`.
    threshold : str
        Of an encoder that spikes, Brian2's condition for a spike in terms of `drive` and `uniform`, a random number in
        (0, 1) for each unit and step; `BY_CHANCE` is the fastest. Where spikes are replayed, `drive` is 1 in the step
        of a unit's spike and else 0.
    silent_without_drive : bool
        True where a unit whose drive is 0 never fires, whatever its random number is, so that none needs to be drawn.
    scale : str
        Name of the parameter that multiplies the stimulus, "" where there is none. A stimulus with its unit is divided
        by it; any other unit is refused.

    Raises
    ------
    InputError
        If `form` is not one of these options.
    """

    spikes: ClassVar[bool] = True
    form: ClassVar[EncodedForm] = "values"
    threshold: ClassVar[str] = ""
    silent_without_drive: ClassVar[bool] = False
    scale: ClassVar[str] = ""
    STRUCTURE: ClassVar[tuple[str, ...]] = ("spikes", "form", "threshold", "silent_without_drive", "scale")

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.one_of(f"{type(self).__name__}.form", self.form, get_args(EncodedForm))
        if self.scale:
            checks.one_of(f"{type(self).__name__}.scale", self.scale, self.parameters)

    @abstractmethod
    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Encoded:
        """Return the drive of a number of trials.

        Parameters
        ----------
        stimulus : array or sequence
            What a run is given for this population, one entry a trial.
        n_units : int
            Size of the population.
        timing : Timing
            The time grid.

        Returns
        -------
        array of float, shape (trial, unit), or SpikeRaster
            In SI units.

        Raises
        ------
        InputError
            If the stimulus does not fit.
        """


def as_array(stimulus: Any) -> Any:
    """Return a stimulus as an array that keeps the unit of its values.

    Parameters
    ----------
    stimulus : array_like
        What a run is given: an array, or a sequence of numbers or quantities.

    Returns
    -------
    ndarray or Quantity
        Of as many dimensions as the stimulus has.

    Raises
    ------
    InputError
        If values have different units.
    """
    if not isinstance(stimulus, (list, tuple)):
        return stimulus if isinstance(stimulus, np.ndarray) else np.asarray(stimulus)
    try:
        numbers = np.asarray(stimulus, dtype=np.float64)
    except (TypeError, ValueError):  # no numbers, or rows of different lengths, which an encoder refuses
        return np.asarray(stimulus, dtype=object)
    try:
        return Quantity(numbers, dim=Quantity(stimulus).dim, force_quantity=True)
    except (DimensionMismatchError, TypeError):
        raise InputError("stimulus: its values have different units; give one unit to all of them, or none") from None


def stimulus_array(encoder: Encoder, stimulus: Any, n_units: int) -> Float64Array:
    """Return the stimulus as an array of finite numbers.

    Parameters
    ----------
    encoder : Encoder
        Encoder that takes the stimulus; errors are reported under its name.
    stimulus : array_like, shape (trial, unit)
        What a run is given: numbers, or values in the unit of the encoder's `scale`.
    n_units : int
        Size of the population.

    Returns
    -------
    ndarray of float64, shape (trial, unit)
        The stimulus; values with a unit are divided by the encoder's `scale`.

    Raises
    ------
    InputError
        If the stimulus has another shape or unit, is not numeric, or holds NaN or infinite values.
    """
    culprit = type(encoder).__name__
    given = _plain(encoder, as_array(stimulus))
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{culprit}: the stimulus is not numeric; give an array (trial, {n_units})") from None
    if values.ndim != 2 or values.shape[1] != n_units:
        raise InputError(f"{culprit}: the stimulus has shape {values.shape}; give an array (trial, {n_units})")
    if not np.isfinite(values).all():
        raise InputError(f"{culprit}: the stimulus holds NaN or infinite values; replace them first")
    return values


def _plain(encoder: Encoder, values: Any) -> Any:
    """Values without a unit: what the encoder's scale must be multiplied by to give those that have one."""
    culprit = type(encoder).__name__
    if hasattr(values, "rescale"):
        raise InputError(f"{culprit}: the stimulus has a unit that is not Brian2's; give numbers, or brian2 quantities")
    if not isinstance(values, Quantity) or checks.is_plain(values):
        return values
    dimensions = get_dimensions(values)
    unit = get_unit(dimensions)
    if not encoder.scale:
        raise InputError(f"{culprit}: the stimulus has the unit {unit}; give numbers")
    scale = encoder.parameters[encoder.scale]
    if get_dimensions(scale) is not dimensions:
        raise InputError(
            f"{culprit}: the stimulus has the unit {unit}, and {encoder.scale} is {checks.describe(scale)}; give "
            f"numbers that {encoder.scale} multiplies, or values in {get_unit(get_dimensions(scale))}"
        )
    return np.asarray(values) / float(np.asarray(scale))


def intensities(encoder: Encoder, stimulus: Any, n_units: int) -> Float64Array:
    """Return the stimulus as an array of intensities.

    Parameters
    ----------
    encoder : Encoder
        Encoder that takes the stimulus; errors are reported under its name.
    stimulus : array_like, shape (trial, unit)
        What a run is given, in [0, 1], or in the unit of the encoder's `scale`.
    n_units : int
        Size of the population.

    Returns
    -------
    ndarray of float64, shape (trial, unit)
        The intensities.

    Raises
    ------
    InputError
        If `stimulus_array` refuses the stimulus, or a value is outside [0, 1].
    """
    values = stimulus_array(encoder, stimulus, n_units)
    if values.size and (values.min() < 0 or values.max() > 1):
        raise InputError(
            f"{type(encoder).__name__}: the stimulus leaves [0, 1]; scale it to intensities between 0 and 1"
        )
    return values
