"""Values of a population's variables at the start: data, like connectivity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.affine import names_in
from bnsim.arrays import Float64Array
from bnsim.cells import CellValues, check_cells, is_of_cells
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program.integration import PREFIX
from bnsim.program.neurons import ENGINE, Cells
from bnsim.program.parts import Start
from bnsim.random_numbers import Numbers


def starts_of(cells: Cells, equations: str, constants: Mapping[str, Any]) -> dict[str, Start]:
    """Return how values at the start are drawn, where they are not one number for all cells.

    Parameters
    ----------
    cells : Cells
        A population.
    equations : str
        Its equations.
    constants : mapping of str to Quantity
        Values of the names that are no variables.

    Returns
    -------
    dict of str to callable
        By variable or parameter.

    Raises
    ------
    InputError
        If the population names a variable that it does not have, or values have the wrong unit or number.
    """
    population, model = cells.population, cells.population.model
    if not isinstance(model, NeuronModel):
        return {}
    starts: dict[str, Start] = {}
    of_cells = cells.of_cells
    for name, values in of_cells.items():
        starts[name] = partial(_drawn, values, population.size)
    for symbol, expression in cells.initial.items():
        if names_in(expression) & set(of_cells):
            starts[symbol] = partial(_evaluated, model, expression, constants)
    found = read_equations(f"Population({population.name!r})", equations)
    stored = [name for name, equation in found.items() if equation.type in (DIFFERENTIAL_EQUATION, PARAMETER)]
    known = [n for n in stored if n not in ENGINE and n not in of_cells and not n.startswith(PREFIX)]
    for symbol, given in population.initial.items():
        culprit = f"Population({population.name!r}).initial[{symbol!r}]"
        checks.one_of(f"Population({population.name!r}).initial", symbol, known)
        unit = Quantity(1.0, dim=found[symbol].dim)
        if is_of_cells(given):
            check_cells(culprit, given, unit)
        else:
            checks.quantity(culprit, given, unit, minimum=None, exclusive=False)
        starts[symbol] = partial(_drawn, CellValues(culprit, given), population.size)
    return starts


def _drawn(values: CellValues, size: int, numbers: Numbers, of_cells: Mapping[str, Float64Array]) -> Float64Array:
    return values.draw(size, numbers)


def _evaluated(
    model: NeuronModel,
    expression: str,
    constants: Mapping[str, Any],
    numbers: Numbers,
    of_cells: Mapping[str, Float64Array],
) -> Float64Array:
    plain = {name: np.asarray(value) for name, value in constants.items()}
    return np.asarray(model.constant(expression, {**plain, **of_cells}), dtype=np.float64)
