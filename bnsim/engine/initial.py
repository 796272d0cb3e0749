"""The state before the first run: edges, weights and delays drawn from a key, variables at their initial value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bnsim.engine.limits import check_drawn
from bnsim.program import Program, Variable
from bnsim.program.layout import in_flight
from bnsim.random_numbers import Numbers
from bnsim.recipe import MANY, RECIPE, RECIPE_VALUES
from bnsim.state import POSITIONS, SHAPE, UNIT


def initial_arrays(program: Program, key: int, many: float = MANY) -> dict[str, np.ndarray]:
    """Return all arrays of the state before the first run.

    Parameters
    ----------
    program : Program
        The program.
    key : int
        Key of connectivity, weights and delays.
    many : float
        Number of synapses from which on a projection gets a recipe, where it can.

    Returns
    -------
    dict of str to ndarray
        Arrays of a `State` by name, in SI units.
    """
    arrays = connectivity_arrays(program, key, many)
    for variable in program.variables:
        if variable.role != "weight":
            arrays[variable.name] = _start(program, variable, key, arrays)
    return arrays | {array.name: np.zeros(0, array.dtype) for array in in_flight(program)}


def _start(program: Program, variable: Variable, key: int, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Values at the start; parameters come first, since others may depend on them."""
    start = program.population(variable.owner).starts.get(variable.symbol) if variable.place == "population" else None
    if start is None:
        return np.full(program.length(variable, arrays), variable.initial, dtype=variable.dtype)
    cells = {v.symbol: arrays[v.name] for v in program.parameters if v.owner == variable.owner and v.name in arrays}
    return start(Numbers(key, f"{variable.name}:start"), cells).astype(variable.dtype)


def connectivity_arrays(program: Program, key: int, many: float) -> dict[str, np.ndarray]:
    """Draw the positions of all populations, and the edges, weights and delays of all projections.

    Parameters
    ----------
    program : Program
        The program.
    key : int
        Key of the random numbers. The arrays depend on it and on the projection's name only.
    many : float
        As in `initial_arrays`.

    Returns
    -------
    dict of str to ndarray
        `<population>.positions`, where there are any; `<projection>.source`, `.target`, `.w` and, where there are
        delays, `.delay`, in SI units; or a recipe for these.

    Raises
    ------
    InputError
        If the connectivity does not fit the populations, or a weight leaves its limits.
    """
    arrays: dict[str, np.ndarray] = {}
    for population in program.populations:
        if population.positions is not None:
            arrays[f"{population.name}{POSITIONS}"] = population.positions(Numbers(key, f"{population.name}:positions"))
    for projection in program.projections:
        name, data = projection.name, projection.data
        arrays[f"{name}{SHAPE}"] = np.array([projection.n_source, projection.n_target])
        arrays[f"{name}{UNIT}"] = np.array(projection.weight_unit)
        recipe = data.recipe(key)
        if recipe is not None and recipe.n_expected >= many:
            arrays |= dict(zip((f"{name}{RECIPE}", f"{name}{RECIPE_VALUES}"), recipe.numbers(), strict=True))
            if projection.delay == "shared":
                arrays[f"{name}.delay"] = data.delays(None, Numbers(key, f"{name}:delays"))
            continue
        source, target = (arrays.get(f"{end}{POSITIONS}") for end in (projection.source, projection.target))
        edges = data.edges(source, target, Numbers(key, f"{name}:edges"))
        arrays[f"{name}.source"] = edges.source
        arrays[f"{name}.target"] = edges.target
        arrays[f"{name}.w"] = data.weights(edges, Numbers(key, f"{name}:weights"))
        if projection.delay != "none":
            arrays[f"{name}.delay"] = data.delays(edges, Numbers(key, f"{name}:delays"))
    check_drawn(program, arrays)
    return arrays
