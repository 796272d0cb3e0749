"""What an experiment of the lab is made of."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

import bnsim
from bnsim.description import Description, declared_parameters
from bnsim.errors import InputError, advice
from bnsim.record import Request
from experiments.lab.units import UNITS, quantity, sign, unit_of
from experiments.lab.views import View

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
class Experiment:
    """A network with knobs, and what is looked at.

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
    network
        Makes the network of the knobs' values. What it makes of them must be a parameter of cells or drives, a weight,
        a delay or connectivity: those are data, so that no value needs a compiler.
    dt
        Time step in ms.
    seconds
        Duration at the beginning.
    record
        What is recorded.
    views
        What is drawn of it, from top to bottom.
    stimulus
        What encoders are given for the whole run, by population; values that hold for all of it.
    piece
        Runs, and the pieces in which they are carried out, are whole numbers of so many milliseconds.
    """

    name: str
    title: str
    group: str
    about: str
    knobs: tuple[Knob, ...]
    network: Callable[[Values], bnsim.Network]
    dt: float
    seconds: float
    record: tuple[Request, ...]
    views: tuple[View, ...]
    stimulus: Mapping[str, Any] = field(default_factory=dict)
    piece: int = 5

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
