"""Which of Brian2's methods integrates a population's equations to the same numbers, if one does."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

import brian2
import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import DIFFERENTIAL_EQUATION, SUBEXPRESSION
from brian2.stateupdaters.base import StateUpdateMethod
from brian2.units import ms

from bnsim.engine.build import expect_no_run
from bnsim.engine.runtime import runtime
from bnsim.notation import read_equations
from bnsim.program import PopulationProgram

_TOLERANCE = 1e-9
"""By which two formulas of the same step may differ, relatively: some thousand times the rounding of a formula with
near time constants, and a millionth of what another method would differ by."""


def exact_in_brian2(
    population: PopulationProgram,
    equations: str,
    coefficients: Mapping[str, np.ndarray],
    arrays: Mapping[str, np.ndarray],
    dt: float,
) -> bool:
    """Return whether Brian2's method "exact" gives what the engine's integration does.

    Parameters
    ----------
    population : PopulationProgram
        The population.
    equations : str
        Its equations without what the engine adds.
    coefficients : mapping of str to ndarray
        Coefficients of the engine's integration.
    arrays : mapping of str to ndarray
        The state at the start: parameters that differ from cell to cell.
    dt : float
        Time step in seconds.

    Returns
    -------
    bool
        False where Brian2 finds no exact solution, or only one with a vanishing denominator, or where the step of the
        engine's is another one while a neuron is refractory.
    """
    step = population.integration
    if step is None or any("_still_" in name or "_half_" in name for name in step.names):
        return False
    found = read_equations(population.name, equations)
    variables = [name for name, equation in found.items() if equation.type == DIFFERENTIAL_EQUATION]
    space = _numbers(population, dt)
    with runtime("numpy"):
        code = _code(population, equations)
    if not code:
        return False
    before = {name: 1e-3 * (place + 1) for place, name in enumerate(sorted(found)) if found[name].type != SUBEXPRESSION}
    if step.of_cells:  # those of the first cell
        before |= {n: float(arrays[f"{population.name}.{n}"][0]) for n in before if f"{population.name}.{n}" in arrays}
    own, theirs = dict(before), dict(before)
    with np.errstate(all="ignore"):
        exec(step.code, {**space, **{name: float(values[0]) for name, values in coefficients.items()}}, own)
        try:
            exec(code, space, theirs)
        except ZeroDivisionError:
            return False
    return all(np.isclose(theirs[name], own[name], rtol=_TOLERANCE, atol=0) for name in variables)


def _numbers(population: PopulationProgram, dt: float) -> dict[str, Any]:
    """What names in the statements of a step stand for besides variables."""
    space = {name: float(np.asarray(value)) for name, value in {**DEFAULT_UNITS, **population.constants}.items()}
    functions: dict[str, Any] = {name: function.pyfunc for name, function in DEFAULT_FUNCTIONS.items()}
    return {**space, **functions, "bnsim_select": np.where, "not_refractory": True, "dt": dt, "t": 0.0123, "i": 3}


def _code(population: PopulationProgram, equations: str) -> str:
    """The statements that Brian2 makes of the equations; "" where it has none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        group = brian2.NeuronGroup(
            1,
            equations,
            method="exact",
            refractory=1 * ms if "unless refractory" in equations else False,
            namespace=dict(population.constants),
            name="bnsim_trial*",
        )
        for item in (group, *group.contained_objects):
            expect_no_run(item, "trial")
        names = group.equations.names | group.equations.identifiers | {"dt"}
        found = group.resolve_all(names, {}, user_identifiers=set())
        return str(StateUpdateMethod.apply_stateupdater(group.equations, found, "exact", group_name=group.name))
    except Exception:  # whatever Brian2 or SymPy does not solve
        return ""
    finally:
        if collects:
            gc.enable()
