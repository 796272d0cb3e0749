"""Linear differential equations with constant coefficients: which of a population's are, and their propagators.

dx/dt = A x + B u with inputs u that are constant within a step is solved by the matrix exponential: x(t + dt) = P x(t)
+ Q u, with P and Q computed once, in numbers. No formula has denominators that vanish where two time constants are
equal, or takes longer to derive the more synapses a neuron has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from scipy.linalg import expm, matrix_balance

from bnsim.affine import REST, NotAffine, affine, names_in
from bnsim.arrays import Float64Array


@dataclass(frozen=True)
class System:
    """Linear equations: rows of coefficients, of which some variables are the unknowns and the others inputs.

    Parameters
    ----------
    unknowns : tuple of str
        Variables that are integrated.
    inputs : mapping of str to str
        Names of what is constant within a step, and the expressions that they stand for.
    rows : mapping of str to mapping of str to str
        For each unknown, the coefficients of its rate of change by unknown or input.
    still : frozenset of str
        Unknowns that are constant while a neuron is refractory.
    """

    unknowns: tuple[str, ...]
    inputs: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]]
    still: frozenset[str] = frozenset()

    @cached_property
    def refractory(self) -> System:
        """The same equations while a neuron is refractory."""
        return replace(self, rows={name: {} if name in self.still else row for name, row in self.rows.items()})

    def waits(self, name: str) -> bool:
        """Return whether an unknown depends on another one that stands still while a neuron is refractory.

        Parameters
        ----------
        name : str
            The unknown.

        Returns
        -------
        bool
            Whether it does.
        """
        return bool(self.still - {name} & set(self.reached[name]))

    @property
    def columns(self) -> tuple[str, ...]:
        """Unknowns and inputs, in the order of a matrix."""
        return (*self.unknowns, *self.inputs)

    def matrix(self, evaluate: Callable[[str], Float64Array]) -> Float64Array:
        """Return the coefficients as a square matrix, whose rows of inputs are zeros.

        Parameters
        ----------
        evaluate : callable
            Function that returns the value of an expression, for all cells or for each.

        Returns
        -------
        ndarray of float64, shape (n, n) or (cell, n, n)
            The matrix, in the order of `columns`.
        """
        entries = {
            (row, self.columns.index(column)): evaluate(text)
            for row, name in enumerate(self.unknowns)
            for column, text in self.rows[name].items()
        }
        shape = np.broadcast_shapes(*(entry.shape for entry in entries.values()))
        matrix = np.zeros((*shape, len(self.columns), len(self.columns)))
        for (row, column), entry in entries.items():
            matrix[..., row, column] = entry
        return matrix

    @cached_property
    def reached(self) -> dict[str, list[str]]:
        """For each unknown, the columns that its value after a step depends on."""
        found = {name: {name, *self.rows[name]} for name in self.unknowns}
        for _ in self.unknowns:
            for name, columns in found.items():
                found[name] = columns | {far for near in columns if near in found for far in found[near]}
        return {name: [column for column in self.columns if column in columns] for name, columns in found.items()}


def linear_part(rates: Mapping[str, str], constants: set[str], still: frozenset[str]) -> System:
    """Return those equations that are linear with constant coefficients, and depend on no others.

    Parameters
    ----------
    rates : mapping of str to str
        Rate of change of each variable.
    constants : set of str
        Names of what is no variable.
    still : frozenset of str
        Variables that are constant while a neuron is refractory.

    Returns
    -------
    System
        The equations; without unknowns if there are none.
    """
    known = {*constants, *DEFAULT_UNITS, *DEFAULT_FUNCTIONS, "plastic"}
    unknowns = set(rates)
    while True:
        rows: dict[str, dict[str, str]] = {}
        inputs: dict[str, str] = {}
        for name in sorted(unknowns):
            try:
                rows[name] = _row(rates[name], unknowns, set(rates), known, inputs)
            except NotAffine:
                continue
        if set(rows) == unknowns:
            return System(tuple(sorted(unknowns)), inputs, rows, still & unknowns)
        unknowns = set(rows)


def _row(
    rate: str, unknowns: set[str], integrated: set[str], known: set[str], inputs: dict[str, str]
) -> dict[str, str]:
    form = affine(rate, unknowns)
    rest = form.pop(REST, None)
    if any(names_in(text) - known for text in form.values()):
        raise NotAffine(rate)
    if rest is None:
        return form
    if names_in(rest) & integrated:
        raise NotAffine(rate)
    given = {name for name in names_in(rest) - known if _is_linear_in(rest, name, known)}
    for source, part in affine(rest, given).items():
        if source != REST:
            inputs[source] = source
            form[source] = part
        elif names_in(part) <= known:
            inputs["constant"] = "1"
            form["constant"] = part
        else:  # an expression as a whole is the input
            column = next((name for name, text in inputs.items() if text == part), f"input_{len(inputs)}")
            inputs[column] = part
            form[column] = "1"
    return form


def _is_linear_in(text: str, name: str, known: set[str]) -> bool:
    try:
        return names_in(affine(text, {name})[name]) <= known
    except NotAffine:
        return False


def part_for(system: System, wanted: Iterable[str]) -> System:
    """Return the part of a system that some unknowns depend on.

    Parameters
    ----------
    system : System
        The equations.
    wanted : iterable of str
        The unknowns.

    Returns
    -------
    System
        Their equations, and those of what they depend on.
    """
    reached = system.reached
    needed = {column for name in wanted for column in reached[name]}
    unknowns = tuple(name for name in system.unknowns if name in needed)
    inputs = {name: text for name, text in system.inputs.items() if name in needed}
    return System(unknowns, inputs, {name: system.rows[name] for name in unknowns}, system.still & {*unknowns})


def propagators(matrix: Float64Array, dt: float) -> Float64Array:
    """Return the matrix exponential of a matrix times a time step.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, n) or (cell, n, n)
        Coefficients of linear differential equations, whose units may differ by many orders of magnitude.
    dt : float
        Time step in seconds.

    Returns
    -------
    ndarray of float64, shape (n, n) or (cell, n, n)
        The propagator. Rows of zeros give rows of the unit matrix, exactly.
    """
    # In units in which no variable outweighs another: a large norm would cost the exponential digits.
    typical = np.abs(matrix).reshape(-1, *matrix.shape[-2:]).mean(axis=0)
    _, (scale, _) = matrix_balance(typical * dt, permute=False, separate=True)
    scaled = matrix * dt * scale / scale[:, None]
    # Most cells are like others, and an exponential takes as long as a thousand steps of its cell.
    different, which = np.unique(scaled.reshape(-1, scale.size**2), axis=0, return_inverse=True)
    found: Float64Array = expm(different.reshape(-1, scale.size, scale.size))[which.ravel()].reshape(matrix.shape)
    found = found * scale[:, None] / scale
    still = ~typical.any(axis=1)
    found[..., still, :] = np.eye(len(scale))[still]
    return found
