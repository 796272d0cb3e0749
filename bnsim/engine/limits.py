"""Whether the weights of a network lie within their limits, when they are drawn and when a state is given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bnsim.errors import InputError
from bnsim.program import Program
from bnsim.recipe import RECIPE, RECIPE_VALUES, Recipe


def check_drawn(program: Program, arrays: Mapping[str, np.ndarray]) -> None:
    """Check the weights of a description, after the factors of its connectivity.

    Parameters
    ----------
    program : Program
        The program.
    arrays : mapping of str to ndarray
        What was drawn for it.

    Raises
    ------
    InputError
        If a weight leaves the limits of its synapse or rule, or the network is to keep to Dale's law and does not.
    """
    for projection in program.projections:
        fault = projection.data.drawn_limits.fault(*_synapses(arrays, projection.name))
        if fault:
            raise InputError(
                f"Projection({projection.name!r}).weights: {fault}; "
                "change the weights, or the factors of their connectivity"
            )
    fault = _both_signs(program, arrays)
    if fault:
        raise InputError(f"Network.dale: {fault}; give all weights of a population one sign")


def check_given(program: Program, arrays: Mapping[str, np.ndarray]) -> None:
    """Check the weights of a state, which may have learned.

    Parameters
    ----------
    program : Program
        The program.
    arrays : mapping of str to ndarray
        The state.

    Raises
    ------
    InputError
        As in `check_drawn`.
    """
    for projection in program.projections:
        fault = projection.data.limits.fault(*_synapses(arrays, projection.name))
        if fault:
            raise InputError(f"Simulator.run(state): {projection.name}.w: {fault}; correct the state")
    fault = _both_signs(program, arrays)
    if fault:
        raise InputError(f"Simulator.run(state): {fault}, against Network.dale; correct the state")


def _synapses(arrays: Mapping[str, np.ndarray], projection: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Source, target and weight of all synapses; where they are drawn later, the smallest and the largest weight."""
    if f"{projection}{RECIPE}" in arrays:
        recipe = Recipe.of(*(arrays[f"{projection}{part}"] for part in (RECIPE, RECIPE_VALUES)))
        return np.zeros(2, np.int32), np.zeros(2, np.int32), np.array(recipe.extent)
    return arrays[f"{projection}.source"], arrays[f"{projection}.target"], arrays[f"{projection}.w"]


def _both_signs(program: Program, arrays: Mapping[str, np.ndarray]) -> str:
    """Which population breaks Dale's law, where the network is to keep to it."""
    seen: dict[tuple[str, bool], str] = {}
    for projection in program.projections:
        *_, weights = _synapses(arrays, projection.name)
        for extreme in (weights.min(), weights.max()) if projection.data.dale and len(weights) else ():
            if extreme != 0:
                weight = projection.data.limits.describe(extreme)
                seen.setdefault((projection.source, bool(extreme > 0)), f"{weight} in {projection.name}")
    for source, positive in seen:
        if positive and (source, False) in seen:
            return f"population {source!r} has weights of both signs, {seen[source, False]} and {seen[source, True]}"
    return ""
