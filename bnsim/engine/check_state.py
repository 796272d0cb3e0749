"""Whether a state fits a compiled network: the binary takes arrays as they come, so they are checked before."""

from __future__ import annotations

import numpy as np

from bnsim.engine.limits import check_given
from bnsim.errors import InputError
from bnsim.expected import WHOLE
from bnsim.program import Program, ProjectionProgram
from bnsim.recipe import RECIPE, Recipe
from bnsim.state import CLOCK, KEY, State


def check_state(program: Program, state: State, continuous: bool) -> None:
    """Check the shapes, ranges and finite values of all that a run reads from a state.

    Parameters
    ----------
    program : Program
        The program to be run.
    state : State
        The state to check.
    continuous : bool
        Whether the run is continuous: everything carries over then.

    Raises
    ------
    InputError
        If it is not a state, lacks an array, or an array does not fit the program.
    """
    if not isinstance(state, State):
        raise InputError("Simulator.run(state): not a State; give what initial_state or an earlier run returned")
    for projection in program.projections:
        n_synapses = _check_edges(projection, state)
        if state.recipe(projection.name) is None:
            _check_values(state, f"{projection.name}.w", n_synapses)
    check_given(program, state)
    for variable in program.variables:
        if variable.role != "weight" and (continuous or variable.place == "population"):
            _check_values(state, variable.name, program.length(variable, state))
    if continuous:
        _check_in_time(state)
    for projection in program.projections if continuous else ():
        if projection.delay != "none":
            recipe = state.recipe(projection.name) if projection.delay == "each" else None
            delays = state[f"{projection.name}.delay"] if recipe is None else np.array(recipe.longest_delay)
            longest = float(np.max(delays, initial=0))
            _check_in_flight(state, projection, int(longest / program.dt + 0.5))


def _check_in_time(state: State) -> None:
    for name, kind in ((CLOCK, "i"), (KEY, "u")):
        array = _check_values(state, name, 1)
        if array.dtype.kind != kind or int(array[0]) < 0:
            raise _refusal(name, "is no whole number of at least 0")


def _check_edges(projection: ProjectionProgram, state: State) -> int:
    """Check the edges and delays of a projection and return the number of synapses."""
    if (recipe := state.recipe(projection.name)) is not None:
        _check_recipe(projection, state, recipe)
        return 0
    n_synapses = state[f"{projection.name}.source"].size
    for part, size in (("source", projection.n_source), ("target", projection.n_target)):
        index = _check_values(state, f"{projection.name}.{part}", n_synapses)
        if index.dtype.kind not in WHOLE:
            raise _refusal(f"{projection.name}.{part}", f"is of type {index.dtype}, not whole numbers")
        if index.size and (index.min() < 0 or index.max() >= size):
            raise _refusal(f"{projection.name}.{part}", f"leaves 0 to {size - 1}")
    if projection.delay != "none":
        number = n_synapses if projection.delay == "each" else 1
        _check_delays(projection, _check_values(state, f"{projection.name}.delay", number))
    return n_synapses


def _check_recipe(projection: ProjectionProgram, state: State, recipe: Recipe) -> None:
    name, sizes = f"{projection.name}{RECIPE}", (projection.n_source, projection.n_target)
    if (recipe.n_source, recipe.n_target) != sizes:
        raise _refusal(name, f"is of {recipe.n_source} and {recipe.n_target} units, not {sizes[0]} and {sizes[1]}")
    if (projection.delay == "each") != (recipe.delays is not None):
        raise _refusal(name, f"does not fit the delays of {projection.name!r}")
    delays = [recipe.longest_delay, 0.0 if recipe.delays is None else recipe.delays.extent[0]]
    if projection.delay == "shared":
        delays += _check_values(state, f"{projection.name}.delay", 1).tolist()
    _check_delays(projection, np.array(delays))


def _check_delays(projection: ProjectionProgram, delays: np.ndarray) -> None:
    longest = projection.data.longest_delay
    if delays.size and (delays.min() < 0 or delays.max() > longest * (1 + 1e-9)):
        raise _refusal(f"{projection.name}.delay", f"leaves the description's 0 to {longest * 1e3:g} ms")


def _check_values(state: State, name: str, size: int) -> np.ndarray:
    values = state[name]
    if values.shape != (size,):
        raise _refusal(name, f"has shape {values.shape}, expected ({size},)")
    if not np.isfinite(values).all():
        raise _refusal(name, "holds NaN or infinite values")
    return values


def _check_in_flight(state: State, projection: ProjectionProgram, longest: int) -> None:
    name = projection.name
    unit, age = (state[f"{name}.in_flight_{part}"] for part in ("unit", "age"))
    if unit.shape != age.shape:
        raise _refusal(f"{name}.in_flight_age", f"has shape {age.shape}, expected {unit.shape}")
    for part, values, below in (("unit", unit, projection.n_source), ("age", age, longest)):
        if values.size and (values.min() < 0 or values.max() >= below):
            raise _refusal(f"{name}.in_flight_{part}", f"leaves 0 to {below - 1}")


def _refusal(name: str, what: str) -> InputError:
    return InputError(f"Simulator.run(state): {name} {what}; correct the state")
