"""Currents that are the same in every trial: steps, ramps, sines, expressions of time, recorded ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.drives.base import Drive, check_course
from bnsim.errors import InputError


@dataclass(frozen=True, repr=False)
class Current(Drive):
    """A current as a constant, as an expression of time, or as recorded.

    Parameters
    ----------
    amplitude : Quantity, Distribution, str or Binned
        In the neuron's input unit. An expression is text in Brian2's notation, of the time t and the index i of the
        cell, such as "sin(2*pi*10*Hz*t)*mV" or "i*0.5*mV". A recorded current is
        `Binned(values, width)`, 0 after its last bin.

    Notes
    -----
    I += amplitude(t), with t at the start of each time step, and constant within it. Time is counted from the beginning
    of the trial, or of the state of a continuous run.
    """

    amplitude: Any = field(default_factory=lambda: 10 * mV)

    current: ClassVar[str] = "amplitude"
    courses: ClassVar[dict[str, str]] = {"amplitude": "{input_unit}"}
    in_input_units: ClassVar[tuple[str, ...]] = ("amplitude",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_course("Current.amplitude", self.amplitude, None)


@dataclass(frozen=True, repr=False)
class StepCurrent(Drive):
    """A current that is on from one time to another.

    Parameters
    ----------
    amplitude : Quantity
        In the neuron's input unit.
    start, stop : Quantity
        When it is switched on and off; the current flows in the steps from `start` on, and no longer in that of `stop`.

    Raises
    ------
    InputError
        If it stops before it starts.

    Notes
    -----
    I += amplitude for start <= t < stop.
    """

    amplitude: Quantity = parameter(10 * mV, signed=True, any_unit=True)
    start: Quantity = parameter(0 * ms, minimum=0)
    stop: Quantity = parameter(100 * ms)

    # Half a step decides on which side of a grid point a time lies, not its last digit.
    current: ClassVar[str] = "amplitude * int(t + dt / 2 > start) * int(t + dt / 2 < stop)"
    in_input_units: ClassVar[tuple[str, ...]] = ("amplitude",)
    same_for_all: ClassVar[tuple[str, ...]] = ("start", "stop")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_order(self, self.start, self.stop)


@dataclass(frozen=True, repr=False)
class RampCurrent(Drive):
    """A current that changes at a constant rate from one value to another.

    Parameters
    ----------
    first, last : Quantity
        Its values at `start` and at `stop`, in the neuron's input unit; before and after, it keeps them.
    start, stop : Quantity
        When it begins and ends to change.

    Raises
    ------
    InputError
        If it ends before it begins.

    Notes
    -----
    I += first + (last - first) clip((t - start) / (stop - start), 0, 1), with t at the start of each time step.
    """

    first: Quantity = parameter(0 * mV, signed=True, any_unit=True)
    last: Quantity = parameter(20 * mV, signed=True, any_unit=True)
    start: Quantity = parameter(0 * ms, minimum=0)
    stop: Quantity = parameter(100 * ms)

    current: ClassVar[str] = "(first + (last - first) * clip((t - start) / (stop - start), 0, 1))"
    in_input_units: ClassVar[tuple[str, ...]] = ("first", "last")
    same_for_all: ClassVar[tuple[str, ...]] = ("start", "stop")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_order(self, self.start, self.stop)


@dataclass(frozen=True, repr=False)
class SineCurrent(Drive):
    """A sinusoidal current.

    Parameters
    ----------
    amplitude : Quantity
        Amplitude, in the neuron's input unit.
    frequency : Quantity
        Frequency.
    offset : Quantity
        Mean, in the neuron's input unit.
    phase : float
        Phase at t = 0, in radians.

    Notes
    -----
    I += offset + amplitude sin(2 pi frequency t + phase), with t at the start of each time step.
    """

    amplitude: Quantity = parameter(5 * mV, signed=True, any_unit=True)
    frequency: Quantity = parameter(10 * Hz, above=0)
    offset: Quantity = parameter(0 * mV, signed=True, any_unit=True)
    phase: float = parameter(0.0, signed=True)

    current: ClassVar[str] = "(offset + amplitude * sin(2 * pi * frequency * t + phase))"
    in_input_units: ClassVar[tuple[str, ...]] = ("amplitude", "offset")


def _check_order(drive: Drive, start: Quantity, stop: Quantity) -> None:
    if stop <= start:
        raise InputError(f"{type(drive).__name__}.stop: not after start; give a later time")
