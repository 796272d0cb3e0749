"""What a phase plane shows, in numbers: rates of change, distance from threshold, reset, and the path of a cell."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.units import mV, nA
from brian2.units.fundamentalunits import get_unit

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program.statements import assignments
from bnsim.rates_of_change import rates_of_change
from bnsim.recording import Recording
from bnsim.selection import checked_index, known_population
from bnsim.times import shown

_SPACE: dict[str, Any] = {
    **{name: float(unit) for name, unit in DEFAULT_UNITS.items() if np.ndim(unit) == 0},
    **{name: function.pyfunc for name, function in DEFAULT_FUNCTIONS.items()},
    "inf": np.inf,
    "pi": np.pi,
    "e": np.e,
}
_SCANNED = np.linspace(-0.2, 0.2, 4001)
"""Potentials (V) among which the threshold is looked for."""

Pair = tuple[Float64Array, Float64Array]


@dataclass(frozen=True)
class Plane:
    """Plane of the two variables of a model, in SI units.

    Parameters
    ----------
    model : NeuronModel
        The model.
    names : (str, str)
        The membrane potential and the other variable.
    units : (str, str)
        Their SI units, "" for none.
    constant_input : float
        The input in the model's SI unit.
    """

    model: NeuronModel
    names: tuple[str, str]
    units: tuple[str, str]
    constant_input: float

    @classmethod
    def of(cls, model: Any, constant_input: Any) -> Plane:
        """Return the plane of a model.

        Parameters
        ----------
        model : NeuronModel
            The model.
        constant_input : Quantity or None
            The input in the model's unit; None for none.

        Returns
        -------
        Plane
            The plane.

        Raises
        ------
        InputError
            If the model has other than two differential equations, or parameters that differ from cell to cell, or the
            input has another unit.
        """
        culprit = "phase_plane.model"
        if not isinstance(model, NeuronModel):
            raise InputError(f"{culprit}: {shown(model)} is no NeuronModel; give one, such as bnsim.Izhikevich()")
        if model.of_cells:
            raise InputError(
                f"{culprit}: {', '.join(model.of_cells)} of {type(model).__name__} differ from cell to cell; give the "
                "values of one cell"
            )
        equations = read_equations(f"{type(model).__name__}.equations", model.equations)
        found = list(rates_of_change(equations))
        if len(found) != 2 or model.membrane not in found:
            raise InputError(
                f"{culprit}: {type(model).__name__} has the variables {', '.join(found) or 'none'}; give a model with "
                f"two, of which one is its membrane potential {model.membrane!r}"
            )
        names = (model.membrane, next(name for name in found if name != model.membrane))
        units = ["" if equations[name].dim.is_dimensionless else str(get_unit(equations[name].dim)) for name in names]
        example = 10 * mV if model.input_unit == "volt" else 1 * nA
        given = 0 * example if constant_input is None else constant_input
        checks.quantity("phase_plane.constant_input", given, example, minimum=None, exclusive=False)
        return cls(model, names, (units[0], units[1]), float(np.asarray(given)))

    @property
    def example(self) -> Pair:
        """The point at which a cell starts."""
        start = {name: self.model.constant(text) for name, text in self.model.initial.items()}
        return tuple(np.asarray(float(start.get(name, 0.0))) for name in self.names)  # type: ignore[return-value]

    def rates(self, x: Float64Array, y: Float64Array) -> Pair:
        """Return how fast both variables change.

        Parameters
        ----------
        x, y : ndarray of float64
            The membrane potential and the other variable, of shapes that fit each other.

        Returns
        -------
        (ndarray of float64, ndarray of float64)
            Change of each per second.
        """
        texts = rates_of_change(read_equations(f"{type(self.model).__name__}.equations", self.model.equations))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            first, second = (np.broadcast_to(self._evaluated(texts[name], x, y), _shape(x, y)) for name in self.names)
        return first, second

    def beyond(self, x: Float64Array, y: Float64Array) -> Float64Array:
        """Return how far points lie beyond the threshold: above zero where a cell fires.

        Parameters
        ----------
        x, y : ndarray of float64
            The membrane potential and the other variable, of shapes that fit each other.

        Returns
        -------
        ndarray of float64
            The difference of both sides of the condition where it is a comparison, else 0.5 where it holds and -0.5
            elsewhere.
        """
        if not self.model.threshold:
            return np.full(_shape(x, y), -1.0)
        match ast.parse(self.model.threshold.strip(), mode="eval").body:
            case ast.Compare(left=low, ops=[ast.Lt() | ast.LtE()], comparators=[high]):
                text = f"({ast.unparse(high)}) - ({ast.unparse(low)})"
            case ast.Compare(left=high, ops=[ast.Gt() | ast.GtE()], comparators=[low]):
                text = f"({ast.unparse(high)}) - ({ast.unparse(low)})"
            case _:
                text = f"1.0 * ({self.model.threshold.strip()}) - 0.5"
        return np.broadcast_to(self._evaluated(text, x, y), _shape(x, y)).astype(float)

    def reset(self, x: Float64Array, y: Float64Array) -> Pair:
        """Return where a spike takes cells.

        Parameters
        ----------
        x, y : ndarray of float64
            The membrane potential and the other variable before the spike, of one shape.

        Returns
        -------
        (ndarray of float64, ndarray of float64)
            Both after it.
        """
        values = dict(zip(self.names, (x, y), strict=True))
        for name, node in assignments(f"{type(self.model).__name__}.reset", self.model.reset):
            text = ast.unparse(node.value)
            if isinstance(node, ast.AugAssign):
                text = ast.unparse(ast.BinOp(ast.Name(name), node.op, node.value))
            values[name] = np.broadcast_to(self._evaluated(text, *values.values()), np.shape(x))
        return values[self.names[0]], values[self.names[1]]

    def _evaluated(self, text: str, x: Any, y: Any) -> Any:
        constants = {name: float(np.asarray(value)) for name, value in self.model.parameters.items()}
        here = {**_SPACE, **constants, "I": self.constant_input, **dict(zip(self.names, (x, y), strict=True))}
        try:
            return eval(text, {"__builtins__": {}}, here)
        except Exception as error:
            raise InputError(
                f"phase_plane.model: cannot evaluate {text!r} of {type(self.model).__name__} ({error}); use its "
                "parameters, units and Brian2's functions"
            ) from None

    def extent(self) -> tuple[float, float] | None:
        """Return the least and the greatest membrane potential of interest.

        Returns
        -------
        (float, float) or None
            Start, reset and threshold; None where no threshold was found.
        """
        x, y = self.example
        crossed = np.flatnonzero(np.diff(np.sign(self.beyond(_SCANNED, np.full_like(_SCANNED, y)))) > 0)
        if not len(crossed):
            return None
        threshold = _SCANNED[crossed[0]]
        after, _ = self.reset(np.array([threshold]), np.array([y]))
        return float(min(x, after[0])), float(max(x, threshold))

    def nullclines(self, x: Float64Array) -> Pair:
        """Return the value of the other variable at which each variable stands still, where rates are linear in it.

        Parameters
        ----------
        x : ndarray of float64, shape (n,)
            Membrane potentials.

        Returns
        -------
        (ndarray of float64, ndarray of float64)
            That of the membrane potential and that of the other variable; not finite where there is none.
        """
        at_zero, at_one = self.rates(x, np.zeros_like(x)), self.rates(x, np.ones_like(x))
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (low / (low - high) for low, high in zip(at_zero, at_one, strict=True))
        return first, second


def path_of(
    recording: Recording, population: str | None, unit: int | None, trial: int | None, names: tuple[str, str]
) -> list[Pair]:
    """Return the path of a recorded cell in the plane, a piece from each reset to the next spike.

    Parameters
    ----------
    recording : Recording
        With traces of both variables and the spikes.
    population : str or None
        Name of the population.
    unit, trial : int or None
        The cell and the trial; None for the first.
    names : (str, str)
        The variables.

    Returns
    -------
    list of (ndarray of float64, ndarray of float64)
        Both variables in SI units.

    Raises
    ------
    InputError
        If the recording does not hold what is needed.
    """
    if not isinstance(recording, Recording):
        raise InputError(f"phase_plane.recording: {shown(recording)} is no Recording; give one")
    holding = [name for name, traces in recording.traces.items() if set(names) <= set(traces)]
    name = known_population("phase_plane.population", population, recording.populations, holding or None)
    index = checked_index("phase_plane.trial", 0 if trial is None else trial, recording.n_trials, "trial")
    traces = [recording.trace(name, variable) for variable in names]
    cell = int(traces[0].units[0]) if unit is None else unit
    checked_index("phase_plane.unit", cell, recording.populations[name], "unit")
    x, y = (trace.of(cell)[index] for trace in traces)
    if len(x) != len(y):
        raise InputError(
            f"phase_plane.recording: {len(x)} samples of {names[0]!r}, {len(y)} of {names[1]!r}; record both alike"
        )
    recording.spike_times(name).chosen("phase_plane.unit", cell, recording.populations[name])
    times, units = recording.spike_times(name).of_trial(index)
    # The sample of a spike's own step is the last one before the reset.
    ends = np.searchsorted(traces[0].times, times[units == cell] + recording.dt / 2)
    return [pair for pair in zip(np.split(x, ends), np.split(y, ends), strict=True) if len(pair[0])]


def _shape(x: Float64Array, y: Float64Array) -> tuple[int, ...]:
    return np.broadcast_shapes(np.shape(x), np.shape(y))
