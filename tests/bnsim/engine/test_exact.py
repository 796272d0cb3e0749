"""Exact integration in parts against Brian2's of the whole system."""

from __future__ import annotations

from brian2 import Equations
from brian2.core.variables import Constant, Variable
from brian2.stateupdaters.exact import exact
from brian2.units import second, volt

from bnsim.engine.exact import exact_in_parts


def test_formulas_are_those_of_the_whole_system() -> None:
    """The current leads to the membrane by way of an expression; the threshold decays on its own."""
    equations = Equations("""
        dv/dt = (v_rest - v + I) / tau_m : volt
        I = s + w : volt
        ds/dt = -s / tau_s : volt
        w : volt (constant)
        dtheta/dt = -theta / tau_theta : volt
    """)
    known = {
        **{name: Constant(name, 0.01, second.dim) for name in ("tau_m", "tau_s", "tau_theta")},
        **{name: Variable(name, dimensions=volt.dim) for name in ("v", "s", "w", "theta", "I", "v_rest")},
    }
    in_parts = exact_in_parts(equations, known).splitlines()
    assert sorted(in_parts) == sorted(exact(equations, known).splitlines())
    assert in_parts[:2] == ["_theta = theta*exp(-dt/tau_theta)", "theta = _theta"]
