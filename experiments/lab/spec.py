"""What all experiments of the lab have in common: a name, knobs, plots, a script, and a run."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from bnsim.description import Description, declared_parameters
from bnsim.errors import InputError, advice
from experiments.lab.units import UNITS, quantity, sign, unit_of
from experiments.lab.views import Drawn

if TYPE_CHECKING:
    from experiments.lab.runs import Run
    from experiments.lab.setting import Setting

Values: TypeAlias = Mapping[str, Any]
"""Values of an experiment's knobs by name, each with its unit."""

LONGEST = 60.0
"""Longest simulation in seconds."""


@dataclass(frozen=True)
class Knob:
    """A parameter that has a slider.

    Parameters
    ----------
    name
        Its name, a Python identifier.
    label
        What it is, for a reader.
    low, high
        Ends of the slider, in `unit`.
    start
        Value at the beginning, in `unit`.
    step
        Distance between two values, in `unit`.
    unit
        A key of `units.UNITS`.
    compiled
        Whether a new value needs the compiler, once.
    whole
        Whether it counts something.

    Raises
    ------
    InputError
        If the value at the beginning is none of the slider's.
    """

    name: str
    label: str
    low: float
    high: float
    start: float
    step: float
    unit: str = ""
    compiled: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        steps = (self.start - self.low) / self.step
        if not self.low <= self.start <= self.high or abs(steps - round(steps)) > 1e-6:
            raise InputError(f"Knob.start: {self.start:g} of {self.name} is no value of the slider; change its ends")

    @property
    def sign(self) -> str:
        """The unit as it is written in print."""
        return sign(self.unit)

    def checked(self, number: Any) -> float:
        """Return a value of this knob in its unit.

        Parameters
        ----------
        number
            What was given.

        Returns
        -------
        float
            The number.

        Raises
        ------
        InputError
            If it is no number between the ends of the slider.
        """
        usable = isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number)
        if not usable or not self.low <= number <= self.high:
            raise InputError(f"{self.name}: {number!r}; give a number from {self.low:g} to {self.high:g} {self.sign}")
        if self.whole and number != round(number):
            raise InputError(f"{self.name}: {number!r}; give a whole number")
        return float(number)

    @classmethod
    def of(cls, kind: type[Description], name: str, low: float, high: float, step: float) -> Knob:
        """Return the knob of a description's parameter, with its default, its unit and what its docstring says.

        Parameters
        ----------
        kind
            Class of descriptions, such as `bnsim.LIF`.
        name
            Name of the parameter.
        low, high, step
            Ends and steps of the slider, in the unit in which the default reads best.

        Returns
        -------
        Knob
            The knob.
        """
        default = declared_parameters(kind)[name].metadata["example"]
        unit = unit_of(default) or ""
        start = float(f"{float(np.asarray(default)) / float(UNITS[unit]):.12g}")
        return cls(name, explained(kind, name), low, high, start, step, unit)


@dataclass(frozen=True)
class Experiment(ABC):
    """What can be chosen in the lab.

    Parameters
    ----------
    name
        Its name on the command line.
    title
        Its name in the menu.
    group
        Heading in the menu under which it stands.
    about
        What it shows and what to try, in a few sentences.
    knobs
        Its parameters.
    seconds
        Simulated time at the beginning; None where a run has no such length.
    piece
        The simulated time is a whole number of so many milliseconds.

    Attributes
    ----------
    takes_drawing
        Whether a digit can be drawn for it.
    """

    name: str
    title: str
    group: str
    about: str
    knobs: tuple[Knob, ...]
    seconds: float | None = None
    piece: int = 5
    takes_drawing: ClassVar[bool] = False

    @abstractmethod
    def plots(self) -> Drawn:
        """Return the plots, without data."""

    @abstractmethod
    def script(self, setting: Setting) -> str:
        """Return the Python script that does the same, without the lab.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        str
            The script.
        """

    @abstractmethod
    def run(self, setting: Setting) -> Run:
        """Return a run that has not begun.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        Run
            The run.
        """

    def values(self, given: Mapping[str, Any]) -> dict[str, float]:
        """Return the values of all knobs in their units.

        Parameters
        ----------
        given
            Values of some of them.

        Returns
        -------
        dict of str to float
            The given values, and those at the beginning for all others.

        Raises
        ------
        InputError
            If there is no such knob, or it does not take the value.
        """
        knobs = {knob.name: knob for knob in self.knobs}
        for name in given:
            if name not in knobs:
                raise InputError(f"{self.name}: no parameter {name!r}; {advice(name, knobs)}")
        return {name: knob.checked(given[name]) if name in given else knob.start for name, knob in knobs.items()}

    def with_units(self, values: Mapping[str, float]) -> Values:
        """Return the values of all knobs as quantities.

        Parameters
        ----------
        values
            From `values`.

        Returns
        -------
        mapping of str to Quantity or float
            By name.
        """
        return {knob.name: quantity(values[knob.name], knob.unit) for knob in self.knobs}


def explained(kind: type[Description], name: str) -> str:
    """Return what a docstring says of a parameter, in short.

    Parameters
    ----------
    kind
        A class with a docstring in numpydoc form.
    name
        Name of the parameter.

    Returns
    -------
    str
        The first sentence, or its part about this parameter; the name where none is found.
    """
    for base in kind.__mro__:
        text = base.__dict__.get("__doc__") or ""
        found = re.search(rf"^ +((?:\w+, )*{name}(?:, \w+)*) : [^\n]*\n((?: {{8,}}[^\n]+\n)+)", text, re.MULTILINE)
        if found:
            sentence = re.split(r"[.,;:] ", " ".join(found[2].split()) + " ")[0].rstrip(".").replace("`", "")
            return _part(" ".join(found[2].split()), found[1].split(", "), name) if "," in found[1] else sentence
    return name


def _part(sentence: str, names: list[str], name: str) -> str:
    """The part of "Threshold and reset potential", say, that is about one of two names."""
    first, *others = re.split(r", | and ", re.split("[.;]", sentence)[0])
    *parts, last = [first, *others]
    if len(parts) + 1 != len(names) or any(" " in part for part in parts):
        return name
    end = " ".join(last.split()[1:])
    return [*(f"{part} {end}" for part in parts), last][names.index(name)].capitalize()
