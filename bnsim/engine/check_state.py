"""Whether a state fits a compiled network: the binary takes arrays as they come, so they are checked before.

What passes is remembered as long as the arrays are the same ones: a check of millions of synapses takes longer than a
presentation.
"""

from __future__ import annotations

import math

import numpy as np

from bnsim.engine.known import Known
from bnsim.engine.limits import check_given
from bnsim.errors import InputError
from bnsim.expected import WHOLE
from bnsim.memory import check_fits
from bnsim.program import Program, ProjectionProgram
from bnsim.recipe import RECIPE, RECIPE_VALUES, Recipe
from bnsim.state import CLOCK, KEY, State

MOST_SYNAPSES = 2**31 - 1
"""Of a projection: synapses are numbered in four bytes."""


def check_state(program: Program, state: State, continuous: bool, passed: Known) -> None:
    """Check the shapes, ranges and finite values of all that a run reads from a state.

    Parameters
    ----------
    program : Program
        The program to be run.
    state : State
        The state to check.
    continuous : bool
        Whether the run is continuous: everything carries over then.
    passed : Known
        Arrays that have passed for this program, which are not checked again. Is told which pass now.

    Raises
    ------
    InputError
        If it is not a state, lacks an array, or an array does not fit the program.
    """
    if not isinstance(state, State):
        raise InputError("Simulator.run(state): not a State; give what initial_state or an earlier run returned")

    whole = "continuous" if continuous else "trials"
    passed.once(whole, tuple(state.values()), lambda: _check(program, state, continuous, passed))


def _check(program: Program, state: State, continuous: bool, passed: Known) -> None:
    for projection in program.projections:
        if (recipe := state.recipe(projection.name)) is not None:
            _check_recipe(projection, state, recipe, passed)
            continue
        _check_edges(projection, state, passed)
        size = len(state[f"{projection.name}.source"])
        _check_values(state, f"{projection.name}.w", size, passed)
    given = [state[name] for projection in program.projections for name in _weighed(projection, state)]
    passed.once("limits of weights", given, lambda: check_given(program, state))
    for variable in program.variables:
        carried = continuous or variable.place == "population" or variable.role == "persistent"
        if variable.role != "weight" and carried:
            _check_values(state, variable.name, program.length(variable, state), passed)
    if continuous:
        _check_in_time(state, passed)
        for projection in program.projections:
            if projection.delay != "none":
                _check_in_flight(program, projection, state, passed)


def _weighed(projection: ProjectionProgram, state: State) -> list[str]:
    """What the limits of weights are held against."""
    parts = (".source", ".target", ".w") if state.recipe(projection.name) is None else (RECIPE, RECIPE_VALUES)
    return [f"{projection.name}{part}" for part in parts]


def _check_in_time(state: State, passed: Known) -> None:
    for name, kind in ((CLOCK, "i"), (KEY, "u")):
        array = _check_values(state, name, 1, passed)
        if array.dtype.kind != kind or int(array[0]) < 0:
            raise _refusal(name, "is no whole number of at least 0")


def _check_edges(projection: ProjectionProgram, state: State, passed: Known) -> None:
    """Check the edges and delays of a projection."""
    n_synapses = state[f"{projection.name}.source"].size
    for part, size in (("source", projection.n_source), ("target", projection.n_target)):
        name = f"{projection.name}.{part}"
        index = _check_values(state, name, n_synapses, passed)
        if index.dtype.kind not in WHOLE:
            raise _refusal(name, f"is of type {index.dtype}, not whole numbers")
        low, high = _range(state, name, passed)
        if index.size and (low < 0 or high >= size):
            raise _refusal(name, f"leaves 0 to {size - 1}")
    if projection.delay != "none":
        name = f"{projection.name}.delay"
        _check_values(state, name, n_synapses if projection.delay == "each" else 1, passed)
        _check_delays(projection, _range(state, name, passed))


def _check_recipe(projection: ProjectionProgram, state: State, recipe: Recipe, passed: Known) -> None:
    name, sizes = f"{projection.name}{RECIPE}", (projection.n_source, projection.n_target)
    if (recipe.n_source, recipe.n_target) != sizes:
        raise _refusal(name, f"is of {recipe.n_source} and {recipe.n_target} units, not {sizes[0]} and {sizes[1]}")
    if (projection.delay == "each") != (recipe.delays is not None):
        raise _refusal(name, f"does not fit the delays of {projection.name!r}")
    if recipe.n_expected > MOST_SYNAPSES:
        n = f"{recipe.n_expected:,.3g} synapses, of at most {MOST_SYNAPSES:,} in one projection"
        raise InputError(f"Projection({projection.name!r}): {n}; divide it into several")
    a_target, a_weight = 2 if projection.near else 4, 0 if recipe.alike else 4 if recipe.single else 8
    n_bytes = recipe.n_expected * (a_target + a_weight)
    check_fits(f"Projection({projection.name!r})", n_bytes, "give it fewer synapses")
    if projection.delay == "shared":
        _check_values(state, f"{projection.name}.delay", 1, passed)
    if projection.delay != "none":
        _check_delays(projection, _delays(projection, state, passed))


def _check_delays(projection: ProjectionProgram, delays: tuple[float, float]) -> None:
    longest = projection.data.longest_delay
    if delays[0] < 0 or delays[1] > longest * (1 + 1e-9):
        raise _refusal(f"{projection.name}.delay", f"leaves the description's 0 to {longest * 1e3:g} ms")


def _delays(projection: ProjectionProgram, state: State, passed: Known) -> tuple[float, float]:
    """The least and the largest delay, drawn later or not."""
    recipe = state.recipe(projection.name)
    if recipe is not None and recipe.delays is not None:
        return recipe.delays.extent
    return _range(state, f"{projection.name}.delay", passed)


def _range(state: State, name: str, passed: Known) -> tuple[float, float]:
    """The least and the largest value of an array; 0 where it is empty."""
    values = state[name]
    return passed.once(name, [values], lambda: (values.min(), values.max()) if values.size else (0.0, 0.0))


def _check_values(state: State, name: str, size: int, passed: Known) -> np.ndarray:
    values = state[name]
    if values.shape != (size,):
        raise _refusal(name, f"has shape {values.shape}, expected ({size},)")
    if not all(map(math.isfinite, _range(state, name, passed))):  # NaN and infinities are among these
        raise _refusal(name, "holds NaN or infinite values")
    return values


def _check_in_flight(program: Program, projection: ProjectionProgram, state: State, passed: Known) -> None:
    name, longest = projection.name, int(_delays(projection, state, passed)[1] / program.dt + 0.5)
    unit, age = (state[f"{name}.in_flight_{part}"] for part in ("unit", "age"))
    if unit.shape != age.shape:
        raise _refusal(f"{name}.in_flight_age", f"has shape {age.shape}, expected {unit.shape}")
    for part, values, below in (("unit", unit, projection.n_source), ("age", age, longest)):
        if values.size and (values.min() < 0 or values.max() >= below):
            raise _refusal(f"{name}.in_flight_{part}", f"leaves 0 to {below - 1}")


def _refusal(name: str, what: str) -> InputError:
    return InputError(f"Simulator.run(state): {name} {what}; correct the state")
