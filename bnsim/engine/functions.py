"""The functions that the engine adds to Brian2's equations, one implementation for each back end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brian2
import numpy as np

from bnsim.engine import random
from bnsim.quantiles import normal_quantile, poisson_quantile

SELECT_CPP = """
static inline double bnsim_select(bool condition, double chosen, double other) { return condition ? chosen : other; }
"""
SELECT_CYTHON = """
cdef double bnsim_select(bint condition, double chosen, double other):
    return chosen if condition else other
"""


def make_functions() -> dict[str, brian2.Function]:
    """Return all of them by name.

    Returns
    -------
    dict of str to brian2.Function
        bnsim_select(condition, chosen, other): exact, where multiplying by a flag could round or turn -0 into 0.
        bnsim_uniform, bnsim_normal(key_high, key_low, stream, step, unit) and bnsim_poisson(mean, key_high, key_low,
        stream, step, unit): random numbers (see `bnsim.random_numbers`). bnsim_normal_quantile(probability) and
        bnsim_poisson_quantile(mean, probability): the same from a uniform number that has been drawn.
    """
    place, number = ["integer"] * 5, ["any"]
    uniform = _random("bnsim_uniform", random.uniform, place, random.UNIFORM_CPP, random.UNIFORM_CYTHON)
    quantile = _random(
        "bnsim_normal_quantile", normal_quantile, number, random.NORMAL_QUANTILE_CPP, random.NORMAL_QUANTILE_CYTHON
    )
    counts = _random(
        "bnsim_poisson_quantile",
        poisson_quantile,
        number * 2,
        random.POISSON_QUANTILE_CPP,
        random.POISSON_QUANTILE_CYTHON,
        bnsim_normal_quantile=quantile,
    )
    return {
        "bnsim_select": _select(),
        "bnsim_uniform": uniform,
        "bnsim_normal_quantile": quantile,
        "bnsim_poisson_quantile": counts,
        "bnsim_normal": _random(
            "bnsim_normal",
            random.normal,
            place,
            random.NORMAL_CPP,
            random.NORMAL_CYTHON,
            bnsim_uniform=uniform,
            bnsim_normal_quantile=quantile,
        ),
        "bnsim_poisson": _random(
            "bnsim_poisson",
            random.poisson,
            number + place,
            random.POISSON_CPP,
            random.POISSON_CYTHON,
            bnsim_uniform=uniform,
            bnsim_poisson_quantile=counts,
        ),
    }


def _random(
    name: str, python: Callable[..., Any], types: list[str], cpp: str, cython: str, **dependencies: brian2.Function
) -> brian2.Function:
    """A function of numbers without unit that returns one."""
    function = brian2.Function(
        python, arg_units=[1] * len(types), arg_types=types, return_unit=1, return_type="float", stateless=True
    )
    function.implementations.add_implementation("numpy", python)
    function.implementations.add_implementation("cpp", cpp, name=name, dependencies=dependencies)
    function.implementations.add_implementation("cython", cython, name=name, dependencies=dependencies)
    return function


def _select() -> brian2.Function:
    function = brian2.Function(
        np.where,
        arg_units=[None, None, "chosen"],
        arg_names=["condition", "chosen", "other"],
        arg_types=["boolean", "float", "float"],
        return_unit=lambda condition, chosen, other: chosen,
        return_type="float",
        stateless=True,
    )
    function.implementations.add_implementation("numpy", np.where)
    function.implementations.add_implementation("cpp", SELECT_CPP, name="bnsim_select")
    function.implementations.add_implementation("cython", SELECT_CYTHON, name="bnsim_select")
    return function
