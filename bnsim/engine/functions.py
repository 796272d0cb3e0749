"""The functions that the engine adds to Brian2's equations, one implementation for each back end."""

from __future__ import annotations

import brian2
import numpy as np

from bnsim.engine import random

SELECT_CPP = """
static inline double bnsim_select(bool condition, double chosen, double other) { return condition ? chosen : other; }
"""
SELECT_CYTHON = """
cdef double bnsim_select(bint condition, double chosen, double other):
    return chosen if condition else other
"""


def make_uniform() -> brian2.Function:
    """bnsim_uniform(key_high, key_low, stream, step, unit): see `bnsim.engine.random`."""
    function = brian2.Function(
        random.uniform,
        arg_units=[1] * 5,
        arg_types=["integer"] * 5,
        return_unit=1,
        return_type="float",
        stateless=True,
    )
    function.implementations.add_implementation("numpy", random.uniform)
    function.implementations.add_implementation("cpp", random.CPP, name="bnsim_uniform")
    function.implementations.add_implementation("cython", random.CYTHON, name="bnsim_uniform")
    return function


def make_select() -> brian2.Function:
    """bnsim_select(condition, chosen, other): exact, where multiplying by a flag could round or turn -0 into 0."""
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
