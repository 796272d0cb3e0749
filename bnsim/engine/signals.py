"""Inputs of a run besides its stimulus: the signals of rules, and which decisions are rewarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.arrays import Float64Array, Int64Array
from bnsim.errors import InputError
from bnsim.program import Program, Signal

CORRECT = "reward.correct"

Signals = dict[tuple[str, str], Float64Array]


def check_signals(
    program: Program, given: Mapping[str, Any], n_trials: int, plastic: bool
) -> tuple[Signals, Int64Array]:
    """Return the signals and rewarded decisions of a run, with defaults filled in.

    Parameters
    ----------
    program : Program
        The program to be run.
    given : mapping of str to array_like
        What the run gives: "projection.signal", of shape (trial, unit) or (trial,), with one more axis behind the
        first where it varies within the trial, and "reward.correct", of shape (trial,).
    n_trials : int
        Number of trials.
    plastic : bool
        Whether learning is on; signals without a default may be left out where it is off.

    Returns
    -------
    signals : dict of (str, str) to ndarray of float64
        By projection and signal, of shape (trial, part, unit) or (trial, part); one part where it does not vary.
    correct : ndarray of int64, shape (trial,)
        The unit whose decision is rewarded; -1 where none is given.

    Raises
    ------
    InputError
        If no rule has a signal of that name, a shape or value does not fit, a signal is missing, or signals differ that
        must be equal.
    """
    known = {f"{signal.projection}.{signal.name}": signal for signal in program.told}
    for name in given:
        checks.one_of("Simulator.run(signals)", name, [*known, CORRECT] if program.reward is not None else known)
    told = {}
    for name, signal in known.items():
        shape = (n_trials,) if signal.shared else (n_trials, signal.size)
        if name in given:
            told[signal.projection, signal.name] = _in_parts(name, given[name], shape)
        elif signal.default is None and plastic:
            raise _missing(name, shape)
        else:
            told[signal.projection, signal.name] = np.full((shape[0], 1, *shape[1:]), signal.default or 0.0)
    if plastic:
        _check_agreement(program, told)
    return told, _correct(program, given, n_trials, plastic)


def _check_agreement(program: Program, told: Signals) -> None:
    """Refuse unequal signals of which one variable is made."""
    first: dict[tuple[str, str], Signal] = {}
    for signal in program.told:
        other = first.setdefault((signal.owner, signal.name), signal) if signal.agreeing else signal
        values, others = (told[each.projection, each.name] for each in (signal, other))
        if values is not others and not _equal(values, others):
            raise InputError(
                f"Simulator.run(signals): '{signal.projection}.{signal.name}' differs from "
                f"'{other.projection}.{other.name}', and "
                f"{signal.owner!r} makes one variable of both; give both the same"
            )


def _equal(one: Float64Array, other: Float64Array) -> bool:
    """Whether signals (trial, part, unit) are equal, of which one may be constant within the trial."""
    return (one.shape[1] == other.shape[1] or 1 in (one.shape[1], other.shape[1])) and bool((one == other).all())


def _correct(program: Program, given: Mapping[str, Any], n_trials: int, plastic: bool) -> Int64Array:
    if program.reward is None or CORRECT not in given:
        if program.reward is not None and plastic:
            raise _missing(CORRECT, (n_trials,))
        return np.full(n_trials, -1, dtype=np.int64)
    units = _numbers(CORRECT, given[CORRECT], (n_trials,))
    judged = program.reward.population
    size = program.population(judged).size
    if not np.array_equal(units, np.rint(units)) or (n_trials and not 0 <= units.min() <= units.max() < size):
        raise InputError(
            f"Simulator.run(signals): {CORRECT!r} names units of {judged!r}; give whole numbers from 0 to {size - 1}"
        )
    return units.astype(np.int64)


def _in_parts(name: str, given: Any, shape: tuple[int, ...]) -> Float64Array:
    """Numbers (trial, part, ...), which may be given without parts."""
    if np.ndim(given) != len(shape) + 1:
        return _numbers(name, given, shape)[:, None]
    return _numbers(name, given, (shape[0], max(1, np.shape(given)[1]), *shape[1:]))


def _numbers(name: str, given: Any, shape: tuple[int, ...]) -> Float64Array:
    if isinstance(given, Quantity) and not checks.is_plain(given):
        raise InputError(f"Simulator.run(signals): {name!r} has a unit; give plain numbers, as its rule says")
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"Simulator.run(signals): {name!r} is not numeric; give an array {shape}") from None
    if array.shape != shape or not np.isfinite(array).all():
        raise InputError(f"Simulator.run(signals): {name!r} needs finite values of shape {shape}, got {array.shape}")
    return array


def _missing(name: str, shape: tuple[int, ...]) -> InputError:
    return InputError(f"Simulator.run(signals): {name!r} is missing; give an array {shape} or plastic=False")
