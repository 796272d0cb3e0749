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
from bnsim.program import Program, ProjectionProgram
from bnsim.state import CLOCK, KEY, State


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
        _check_edges(projection, state, passed)
        size = len(state[f"{projection.name}.source"])
        _check_values(state, f"{projection.name}.w", size, passed)
    given = [state[f"{projection.name}.{part}"] for projection in program.projections for part in _GIVEN]
    passed.once("limits of weights", given, lambda: check_given(program, state))
    for variable in program.variables:
        if variable.role != "weight" and (continuous or variable.place == "population"):
            _check_values(state, variable.name, program.length(variable, state), passed)
    if continuous:
        _check_in_time(state, passed)
        for projection, side in program.pathways:
            _check_in_flight(program, projection, side, state, passed)


_GIVEN = ("source", "target", "w")
"""What the limits of weights are held against."""


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
        name, longest = f"{projection.name}.delay", projection.data.longest_delay
        delays = _check_values(state, name, n_synapses if projection.delay == "each" else 1, passed)
        low, high = _range(state, name, passed)
        if delays.size and (low < 0 or high > longest * (1 + 1e-9)):
            raise _refusal(name, f"leaves the description's 0 to {longest * 1e3:g} ms")


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


def _check_in_flight(program: Program, projection: ProjectionProgram, side: str, state: State, passed: Known) -> None:
    name, n_synapses = f"{projection.name}.{side}", state[f"{projection.name}.source"].size
    delayed = side == "pre" and projection.delay != "none"
    longest = int(_range(state, f"{projection.name}.delay", passed)[1] / program.dt + 0.5) if delayed else 0
    synapse, ahead = (state[f"{name}.in_flight_{part}"] for part in ("synapse", "ahead"))
    if synapse.shape != ahead.shape:
        raise _refusal(f"{name}.in_flight_ahead", f"has shape {ahead.shape}, expected {synapse.shape}")
    for part, values, lowest, highest in (("synapse", synapse, 0, n_synapses - 1), ("ahead", ahead, 1, longest)):
        if values.size and (values.min() < lowest or values.max() > highest):
            raise _refusal(f"{name}.in_flight_{part}", f"leaves {lowest} to {highest}")


def _refusal(name: str, what: str) -> InputError:
    return InputError(f"Simulator.run(state): {name} {what}; correct the state")
