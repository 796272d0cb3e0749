"""Integration over one time step: affine forms, the matrix exponential, exact and midpoint steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.equations.equations import parse_string_equations
from brian2.units import ms, mV, nS, pA, pF, second, volt
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import exprel

import bnsim
from bnsim.affine import REST, NotAffine, affine
from bnsim.errors import InputError
from bnsim.program.integration import exact, exponential_midpoint
from bnsim.program.linear import propagators

DT = 1e-4


@pytest.mark.parametrize(
    "expression",
    [
        "(e - v + r * (s + 2 * u)) / tau",
        "-(v - e) / tau",
        "+v * r - 3 * (s - v) + e * f(r)",
        "v - (v - s) / 2",
        "e * r",
    ],
)
def test_an_affine_form_has_the_value_of_the_expression(expression: str) -> None:
    values = {"v": 1.7, "s": -0.3, "u": 0.9, "e": 2.5, "r": -1.1, "tau": 0.4, "f": np.exp}
    form = affine(expression, {"v", "s", "u"})
    total = sum(eval(text, {}, values) * (1.0 if name == REST else values[name]) for name, text in form.items())
    assert total == pytest.approx(eval(expression, {}, values), rel=1e-14)
    assert all(name not in text.split() for name in ("v", "s", "u") for text in form.values())


@pytest.mark.parametrize("expression", ["v * s", "v**2", "exp(v)", "r / v", "v if r else s"])
def test_other_forms_are_refused(expression: str) -> None:
    with pytest.raises(NotAffine):
        affine(expression, {"v", "s"})


def equations(text: str) -> Any:
    return parse_string_equations(text)


@pytest.mark.parametrize("ratio", [0.25, 1 - 1e-3, 1 - 1e-9, 1 - 1e-12, 1.0, 1 + 2e-16, 1 + 1e-6, 8.0])
def test_a_current_moves_the_membrane_as_in_the_closed_form(ratio: float) -> None:
    """Whatever the distance between the time constants; s / C is in amp and farad, many orders of magnitude apart."""
    tau, capacitance = 0.01, 210e-12
    tau_s = ratio * tau
    text = "dv/dt = -v / tau + s / C : volt\nds/dt = -s / tau_s : amp"
    values = exact("model", equations(text), {"tau": tau, "tau_s": tau_s, "C": capacitance}, DT).values(True, {})
    # (exp(-t/tau) - exp(-t/tau_s)) / (1/tau_s - 1/tau), with the difference of rates as the argument of expm1.
    rate = 1 / tau_s - 1 / tau
    lag = DT if rate == 0 else -np.expm1(-rate * DT) / rate
    expected = np.exp(-DT / tau) * lag / capacitance
    assert values["propagator_v_s"] == pytest.approx(expected, rel=1e-12)
    assert values["propagator_s_s"] == pytest.approx(np.exp(-DT / tau_s), rel=1e-15)
    assert values["propagator_v_v"] == pytest.approx(np.exp(-DT / tau), rel=1e-15)


def test_the_propagator_of_a_chain_of_filters_is_a_polynomial_times_an_exponential() -> None:
    """Four equal filters in a row: dt^k / k! exp(-dt / tau), which no formula for different time constants gives."""
    rate, n = 200.0, 4
    chain = -rate * np.eye(n) + rate * np.eye(n, k=-1)
    found = propagators(chain, 1e-3)
    for row in range(n):
        for column in range(row + 1):
            order = row - column
            expected = (rate * 1e-3) ** order / float(np.prod(np.arange(1, order + 1))) * np.exp(-rate * 1e-3)
            assert found[row, column] == pytest.approx(expected, rel=1e-13)
    assert (found[np.triu_indices(n, 1)] == 0).all()


def test_two_steps_are_one_of_twice_the_length() -> None:
    """Membrane and adaptation act on each other, in units that differ by ten orders of magnitude."""
    coupled = np.array([[-50.0, 0.0, -5e9], [0.0, -200.0, 0.0], [1.4e-8, 0.0, -7.0]])
    np.testing.assert_allclose(propagators(coupled, 2e-3), np.linalg.matrix_power(propagators(coupled, 1e-3), 2), 1e-12)


def test_cells_that_are_alike_have_the_propagator_of_one_of_them() -> None:
    """Each is computed once, and goes to where it belongs."""
    one, other = np.array([[-100.0, 1.0], [0.0, -200.0]]), np.array([[-50.0, 1.0], [0.0, -200.0]])
    found = propagators(np.array([one, other, one, other, other]), 1e-3)
    for place, matrix in enumerate((one, other, one, other, other)):
        np.testing.assert_allclose(found[place], propagators(matrix, 1e-3), rtol=1e-14)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], found[4])


def test_what_stands_still_stays_to_the_last_bit() -> None:
    text = "dtheta/dt = int(plastic) * (-theta / tau) : volt\ndv/dt = (theta - v) / tau : volt"
    step = exact("model", equations(text), {"tau": 10 * ms}, DT)
    on, off = step.values(True, {}), step.values(False, {})
    assert off["propagator_theta_theta"] == 1.0
    assert on["propagator_theta_theta"] == pytest.approx(np.exp(-0.01), rel=1e-15)
    assert off["propagator_v_theta"] == pytest.approx(1 - np.exp(-0.01), rel=1e-13)
    assert on["propagator_v_theta"] == pytest.approx(0.01 * np.exp(-0.01), rel=1e-13)


def test_inputs_are_constant_within_a_step() -> None:
    """A parameter, an expression that is not linear in one, and a constant."""
    text = "dv/dt = (v_rest - v + I + k * sqrt(w)) / tau : volt\nI = 2 * drive : volt\ndrive : volt\nw : volt**2"
    step = exact("model", equations(text), {"tau": 10 * ms, "v_rest": -65 * mV, "k": 3.0}, DT)
    values, share = step.values(True, {}), 1 - np.exp(-0.01)
    assert values["propagator_v_drive"] == pytest.approx(2 * share, rel=1e-13)
    (name,) = set(step.names) - {"propagator_v_v", "propagator_v_drive"}
    # What is not linear in w is an input as a whole: (v_rest + k sqrt(w)) / tau.
    assert values[name] == pytest.approx(share * 0.01, rel=1e-13)
    (line,) = [line for line in step.code.splitlines() if line.startswith("_next_v")]
    given = {"v": 0.02, "drive": 0.003, "w": 1e-4, "tau": 0.01, "v_rest": -0.065, "k": 3.0, "sqrt": np.sqrt}
    expected = 0.02 * (1 - share) + share * (-0.065 + 2 * 0.003 + 3 * 0.01)
    assert eval(line.partition("=")[2], {}, {**given, **values}) == pytest.approx(expected, rel=1e-13)


def test_methods_that_do_not_fit_are_refused() -> None:
    quadratic = equations("dv/dt = v**2 / (volt * tau) : volt")
    with pytest.raises(InputError) as raised:
        exact("Quadratic.equations", quadratic, {"tau": 10 * ms}, DT)
    assert str(raised.value) == (
        "Quadratic.equations: the equation of 'v' is not linear with constant coefficients, so it cannot be integrated "
        'exactly; write method = "rk4" in the class, or give Quadratic(method="rk4")'
    )
    with pytest.raises(InputError) as raised:
        exponential_midpoint("Mine.equations", equations("dv/dt = arbitrary(v) / tau : 1"), {"tau": 10 * ms}, DT)
    assert str(raised.value) == (
        "Mine.equations: the equation of 'v' is not linear and has no derivative, so the exponential midpoint rule "
        'cannot integrate it; write method = "rk4" in the class, or give Mine(method="rk4")'
    )


def test_a_nonlinear_equation_is_linearised_in_each_step() -> None:
    """dv/dt = v^2 / tau is solved by v / (1 - v t / tau): the error falls with the square of the step."""
    errors = []
    for n in (40, 80, 160):
        dt = 5e-3 / n
        step = exponential_midpoint("Quadratic.equations", equations("dv/dt = v**2 / tau : 1"), {"tau": 10 * ms}, dt)
        space: dict[str, Any] = {"v": 1.0, "tau": 0.01, "dt": dt, "exprel": lambda x: np.expm1(x) / x}
        for _ in range(n):
            exec(step.code, space)
        errors.append(abs(space["v"] - 2))
    assert errors[-1] < 1e-4
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.03)


def test_equations_that_depend_on_each_other_meet_in_the_middle_of_the_step() -> None:
    """Prey and predator, against a solution of high precision: the error falls with the square of the step."""
    text = "du/dt = u * (1 - v) / tau : 1\ndv/dt = v * (u - 1) / tau : 1"

    def rates(t: float, y: NDArray[np.float64]) -> list[float]:
        return [y[0] * (1 - y[1]), y[1] * (y[0] - 1)]

    expected = solve_ivp(rates, (0, 2), [2.0, 1.0], rtol=1e-11, atol=1e-11).y[:, -1]
    errors = []
    for n in (40, 80, 160):
        dt = 20e-3 / n
        step = exponential_midpoint("Prey.equations", equations(text), {"tau": 10 * ms}, dt)
        space: dict[str, Any] = {"u": 2.0, "v": 1.0, "tau": 0.01, "dt": dt, "exprel": exprel}
        for _ in range(n):
            exec(step.code, space)
        errors.append(np.abs([space["u"], space["v"]] - expected).max())
    assert errors[-1] < 1e-4
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.03)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("step", [exact, exponential_midpoint])
def test_what_depends_on_a_refractory_membrane_sees_it_stand_still(step: Any) -> None:
    """w relaxes towards v, which does not move: w = v + (w - v) exp(-t / tau)."""
    text = "dv/dt = (u - v) / tau : 1 (unless refractory)\ndw/dt = (v - w) / tau : 1\nu : 1"
    found = step("Mine.equations", equations(text), {"tau": 10 * ms}, 1e-3)
    space: dict[str, Any] = {"v": 1.0, "w": 3.0, "u": 5.0, "not_refractory": False, **found.values(True, {})}
    exec(found.code, {"bnsim_select": np.where}, space)
    assert space["w"] == pytest.approx(1 + 2 * np.exp(-0.1), rel=1e-14)


def test_the_middle_of_a_refractory_step_is_its_start() -> None:
    """dw/dt = -w v^2 / tau with a v that would otherwise grow."""
    text = "dv/dt = v**2 / tau : 1 (unless refractory)\ndw/dt = -w * v**2 / tau : 1"
    found = exponential_midpoint("Mine.equations", equations(text), {"tau": 10 * ms}, 1e-3)
    space: dict[str, Any] = {"v": 1.0, "w": 3.0, "not_refractory": False, "tau": 0.01, "dt": 1e-3}
    exec(found.code, {"bnsim_select": np.where, "exprel": lambda x: np.expm1(x) / x}, space)
    assert space["w"] == pytest.approx(3 * np.exp(-0.1), rel=1e-14)


def response(synapse: bnsim.SynapseModel, weight: Any, dt: float, **model: Any) -> NDArray[np.float64]:
    """The membrane potential (mV) in the 30 ms after the arrival of one spike."""
    cells = bnsim.ConductanceLIF(v_threshold=1 * volt, refractory=0 * ms, **model)
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.SpikeTrains()), bnsim.Population("cells", 1, cells)],
        [bnsim.Projection("input", "cells", synapse, weight)],
    )
    simulator = network.compile(dt=dt * ms, backend="numpy")
    record = [bnsim.Trace("cells", "v")]
    _, recording = simulator.run_for(simulator.initial_state(0), 0.032 * second, ([1e-3], [0]), record=record)
    first = round(1 / dt) + 1
    return np.asarray(recording.trace("cells", "v").values[0, first : first + round(30 / dt), 0] * 1e3)


def test_a_conductance_is_integrated_to_second_order() -> None:
    reference = response(bnsim.ExponentialConductance(), 50 * nS, 0.0125)
    errors = []
    for dt in (0.4, 0.2, 0.1):
        found = response(bnsim.ExponentialConductance(), 50 * nS, dt)
        errors.append(np.abs(found - reference[:: round(dt / 0.0125)][: len(found)]).max())
    assert errors[-1] < 2e-4  # mV
    # Halving the step divides the error by four; the reference's own error is 1/64 of the last.
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.02)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.03)


def test_a_current_synapse_as_slow_as_the_membrane() -> None:
    """The alpha function: its peak is w / (g e)."""
    found = response(bnsim.ExponentialCurrent(tau=10 * ms), 2000 * pA, 0.1, c_m=210 * pF, g_leak=21 * nS)
    peak = 2000 * pA * (1 / (21 * nS)) / (1 * mV) / np.e
    assert found.max() + 60 == pytest.approx(float(peak), rel=1e-13)
    assert float(peak) == pytest.approx(35.04, abs=0.01)
    assert np.argmax(found) == 100


def onto_one(*synapses: bnsim.SynapseModel, **changed: Any) -> bnsim.Network:
    return bnsim.Network(
        [bnsim.Population("input", 1, bnsim.SpikeTrains()), bnsim.Population("cells", 1, bnsim.LIF())],
        [
            bnsim.Projection("input", "cells", synapse, (k + 1) * mV, name=f"p{k}", **changed)
            for k, synapse in enumerate(synapses)
        ],
    )


def test_equal_synapses_share_their_variables() -> None:
    one, other = bnsim.ExponentialCurrent(tau=5 * ms), bnsim.ExponentialCurrent(tau=7 * ms)
    simulator = onto_one(one, other, one).compile(dt=0.1 * ms, backend="numpy")
    found = {item.symbol for item in simulator.program.recordable if item.owner == "cells"}
    assert {name for name in found if name.endswith("_s")} == {"p0_s", "p1_s"}
    record = [bnsim.Trace("cells", name) for name in ("p0_s", "p1_s", "v")]
    _, recording = simulator.run_for(simulator.initial_state(0), 5 * ms, ([1e-3], [0]), record=record)
    # The spike arrives at the end of its step: 1 mV and 3 mV into one variable, 2 mV into the other.
    assert recording.trace("cells", "p0_s").values[0, 11, 0] == pytest.approx(4e-3, rel=1e-15)
    assert recording.trace("cells", "p1_s").values[0, 11, 0] == pytest.approx(2e-3, rel=1e-15)
    alone = sum(_potential(onto_one(synapse), weight) for synapse, weight in ((one, 4), (other, 2)))
    together = recording.trace("cells", "v").values[0, :, 0] + 65e-3
    np.testing.assert_allclose(together, alone, rtol=1e-10, atol=1e-18)


def _potential(network: bnsim.Network, weight: float) -> NDArray[np.float64]:
    simulator = network.compile(dt=0.1 * ms, backend="numpy")
    state = simulator.initial_state(0).replace({"p0.w": [weight * 1e-3]})
    record = [bnsim.Trace("cells", "v")]
    _, recording = simulator.run_for(state, 5 * ms, ([1e-3], [0]), record=record)
    return np.asarray(recording.trace("cells", "v").values[0, :, 0] + 65e-3)


def test_a_rule_that_reads_its_synapse_keeps_it_for_itself() -> None:
    class Reading(bnsim.PairSTDP):
        on_pre = "w = clip(w - a_minus * s_post, 0 * w_max, w_max)"

    synapse = bnsim.ExponentialCurrent()
    plain = bnsim.Projection("input", "cells", synapse, 0.1 * mV, name="plain")
    reading = bnsim.Projection("input", "cells", synapse, 0.1 * mV, name="reading", plasticity=Reading(w_max=1 * mV))
    network = onto_one()
    program = bnsim.Network(network.populations, [plain, reading]).compile(dt=1 * ms, backend="numpy").program
    found = {item.symbol for item in program.recordable if item.owner == "cells"}
    assert {"plain_s", "reading_s"} <= found
