"""The lines of a script, and the arrays beside it."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent
from typing import Any

import brian2
import numpy as np
from brian2.units.fundamentalunits import DIMENSIONLESS

from bnsim.engine.plain import Given, timed
from bnsim.engine.script import literals
from bnsim.program import Program, Series


@dataclass
class Writer:
    """What a script is made of so far.

    Parameters
    ----------
    program : Program
        The network.
    arrays : mapping of str to ndarray
        The state at the start.
    inputs : Given
        What encoders are given.
    steps : int
        Length of the run in steps.
    lines : list of str
        The script's lines.
    data : dict of str to ndarray
        Arrays that are too long to be listed.
    random : bool
        Whether anything draws from Brian2's generator.
    names : dict of str to str
        The variable of each population and projection.
    """

    program: Program
    arrays: Mapping[str, np.ndarray]
    inputs: Given
    steps: int
    lines: list[str] = field(default_factory=list)
    data: dict[str, np.ndarray] = field(default_factory=dict)
    random: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def name(self, owner: str) -> str:
        """Return the variable that holds a population or projection.

        Parameters
        ----------
        owner : str
            Its name in the network.

        Returns
        -------
        str
            The same name, unless that means something else in the script.
        """
        if owner not in self.names:
            found = owner
            while found in (*self.names.values(), "data", "Path") or hasattr(brian2, found) or hasattr(builtins, found):
                found += "_"
            self.names[owner] = found
        return self.names[owner]

    def values(self, name: str, values: np.ndarray, dimensions: Any) -> str:
        """Return the text of values: one number, a list, or a place in the file beside the script.

        Parameters
        ----------
        name : str
            Name that they have in that file.
        values : ndarray
            In SI units.
        dimensions : Dimension
            Their dimensions.

        Returns
        -------
        str
            The text.
        """
        if values.ndim == 1 and (values == values[:1]).all():
            return literals.quantity(values[0], dimensions)
        return self.array(name, values, dimensions)

    def array(self, name: str, values: np.ndarray, dimensions: Any) -> str:
        """Return the text of values, a list or a place in the file beside the script; see `values`.

        Parameters
        ----------
        name : str
            Name that they have in that file.
        values : ndarray
            In SI units.
        dimensions : Dimension
            Their dimensions.

        Returns
        -------
        str
            The text.
        """
        if values.size <= literals.FEW:
            listed = literals.array(values, dimensions)
            if len(listed) <= literals.SHORT:
                return listed
        self.data[name] = values
        return f'data["{name}"]{literals.si(values, dimensions)}'

    def indices(self, name: str, values: np.ndarray) -> str:
        """Return the text of numbers of units.

        Parameters
        ----------
        name : str
            Name that they have in the file beside the script.
        values : ndarray of int
            The numbers.

        Returns
        -------
        str
            A list, or a place in that file.
        """
        return self.array(name, values, DIMENSIONLESS)

    def call(self, variable: str, function: str, *arguments: str) -> None:
        """Write an assignment of a call, one argument a line.

        Parameters
        ----------
        variable : str
            What it is assigned to.
        function : str
            What is called.
        *arguments : str
            Texts of the arguments.
        """
        inside = "".join(f"{indent(argument, '    ')},\n" for argument in arguments)
        self.lines.append(f"{variable} = {function}(\n{inside})")

    def timed(self, name: str, series: Series, dimensions: Any) -> str:
        """Write values in time bins.

        Parameters
        ----------
        name : str
            The variable that holds them.
        series : Series
            The values.
        dimensions : Dimension
            Their dimensions.

        Returns
        -------
        str
            Brian2's expression for the present ones.
        """
        values, width = timed(series, self.program.dt)
        arguments = self.array(name, values, dimensions), f"dt={literals.quantity(width, brian2.second.dim)}"
        self.lines.append(f"{name} = TimedArray({', '.join(arguments)})")
        return f"{name}(t{', i' if values.ndim == 2 else ''})"

    def regularly(self, name: str, statements: str, when: str, order: int = 0) -> None:
        """Write statements that are executed in every step.

        Parameters
        ----------
        name : str
            The variable that holds the group or the synapses.
        statements : str
            The statements; nothing is written where there are none.
        when : str
            Brian2's slot of a step.
        order : int
            Place within the slot.
        """
        if statements:
            arguments = [literals.text(statements), f'when="{when}"', *([f"order={order}"] if order else [])]
            several = "\n" in statements
            inside = indent(",\n".join(arguments), "    ") if several else ", ".join(arguments)
            self.lines.append(f"{name}.run_regularly(\n{inside},\n)" if several else f"{name}.run_regularly({inside})")
