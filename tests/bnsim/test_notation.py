"""What is said of texts that a neuron, a synapse, a rule or a drive of one's own states wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity, get_dimensions

import bnsim
from bnsim import InputError, Jump
from bnsim.dimensions import check_equations, unit_name
from bnsim.drives.base import Drive
from bnsim.notation import read_equations

RATE = "dv/dt = (I - v) / tau_m : volt"

OF_NEURONS: list[tuple[dict[str, Any], str]] = [
    (
        {"equations": "dv/dt = (I - v) / tau_m"},
        'equations: \'dv/dt = (I - v) / tau_m\' declares no unit; end it with ": volt", say, or ": 1" for a number '
        "without unit",
    ),
    (
        {"equations": f"{RATE}  # leak\n\n  du/dt = -u / tau_m"},
        'equations, line 3: \'du/dt = -u / tau_m\' declares no unit; end it with ": volt", say, or ": 1" for a '
        "number without unit",
    ),
    (
        {"equations": f"dv/dt = (I - v)\n/ tau_m : mV\n{RATE.replace('v', 'u')}"},
        "equations, line 1: 'dv/dt = (I - v) / tau_m : mV' declares the unit 'mV'; declare the base unit, ': volt'",
    ),
    ({"equations": RATE.replace("volt", "vlt")}, f"equations: '{RATE[:-4]}vlt' declares the unit 'vlt'; did you mean"),
    (
        {"equations": RATE.replace("volt", "bool")},
        f"equations: '{RATE[:-4]}bool' declares the unit 'bool'; write 'b",
    ),
    (
        {"equations": RATE.replace("volt", "zork")},
        f"equations: '{RATE[:-4]}zork' declares the unit 'zork'; declare a base unit, such as ': volt', or ': 1' for",
    ),
    (
        {"equations": "dv/dt = I - v : volt"},
        "equations: 'dv/dt = I - v : volt': its right side has the unit V, dv/dt the unit V/s; divide it by a time "
        "constant, such as (10*ms)",
    ),
    (
        {"equations": f"{RATE}\ndn/dt = v / tau_m / mV * mV : 1"},
        "equations, line 2: 'dn/dt = v / tau_m / mV * mV : 1': its right side has the unit V/s, dn/dt the unit Hz; "
        "correct its units",
    ),
    (
        {"equations": f"{RATE}\nu = 2 * v : 1"},
        "equations, line 2: 'u = 2 * v : 1': its right side has the unit V, u no unit; correct its units, or declare "
        'it ": volt"',
    ),
    (
        {"equations": "dv/dt = (I - v + 3) / tau_m : volt"},
        "equations: 'dv/dt = (I - v + 3) / tau_m : volt': adds 'I - v' (the unit V) to '3' (no unit); write 3*mV, say",
    ),
    (
        {"equations": "dv/dt = (I - v + mV*exp(v)) / tau_m : volt", "method": "rk4"},
        "equations: 'dv/dt = (I - v + mV*exp(v)) / tau_m : volt': the argument of exp, 'v', has the unit V, and must "
        "have no unit; divide it by a value with that unit",
    ),
    (
        {"equations": "dv/dt = (I - 2**v * mV) / tau_m : volt", "method": "rk4"},
        "equations: 'dv/dt = (I - 2**v * mV) / tau_m : volt': the exponent 'v' has a unit; divide it by its unit",
    ),
    (
        {"equations": "dv/dt = (I - v / tau_m : volt"},
        "equations: 'dv/dt = (I - v / tau_m : volt' cannot be read ('(' was never closed); correct the expression",
    ),
    (
        {"equations": "dv/dt = (I - v^2/mV) / tau_m : volt"},
        "equations: 'dv/dt = (I - v^2/mV) / tau_m : volt' cannot be read; write ** for a power, not ^",
    ),
    (
        {"equations": "dv/dt = (I - np.exp(v/mV)*mV) / tau_m : volt"},
        "equations: 'dv/dt = (I - np.exp(v/mV)*mV) / tau_m : volt' cannot be read; write exp(x), say, not np.exp(x)",
    ),
    (
        {"equations": "dv/dt = (I if v > 0*mV else -v) / tau_m : volt"},
        "equations: 'dv/dt = (I if v > 0*mV else -v) / tau_m : volt' cannot be read; write int(condition) * value, not",
    ),
    ({"equations": f"{RATE}\nN : 1"}, "equations: 'N' has a meaning of its own in equations; rename it"),
    ({"equations": f"{RATE}\nmV : 1"}, "equations: 'mV' has a meaning of its own in equations; rename it"),
    ({"equations": f"{RATE}\n_x : 1"}, "equations: '_x' has a meaning of its own in equations; rename it"),
    ({"equations": f"{RATE}\nI : volt"}, "equations: 'I' is the summed input, which is given; leave its line out, or"),
    ({"equations": f"{RATE}\ntau_m : second"}, "equations: 'tau_m' is a parameter of the class already; leave one out"),
    (
        {"equations": f"{RATE} (event-driven)"},
        "equations: the equation of 'v' cannot be (event-driven); it can be (unless refractory)",
    ),
    ({"rearmed": 3}, "rearmed: missing; give it as a class attribute, a string in Brian2's notation"),
    ({"initial": ["v"]}, "initial: ['v']; give a dict, such as {'v': '-70*mV'}"),
    ({"equations": "v' = (I - v) / tau_m : volt"}, 'equations: "v\' = (I - v) / tau_m : volt" cannot be read; write'),
    ({"equations": "dv/dt : volt"}, "equations: 'dv/dt : volt' has no right side; write 'dv/dt = ... : volt', say"),
    ({"equations": f"{RATE}\nv : volt"}, "equations, line 2: 'v : volt': 'v' has an equation already; leave one out"),
    (
        {"equations": f"{RATE} (unless_refractory)"},
        "equations: 'v' has an unknown flag 'unless_refractory'; did you mean '(unless refractory)'?",
    ),
    (
        {"equations": f"{RATE}\na = b : volt\nb = a + v : volt"},
        "equations: 'a' is computed from itself; give it a differential equation, or compute it from others",
    ),
    ({"equations": RATE.replace("volt", "{volts}")}, "equations: in braces: unknown 'volts'; choose from input_unit"),
    (
        {"equations": "dv/dt = (I*10*Mohm - v) / tau_m : volt"},
        "input_unit: I, the input, is in volt, and the equations take it in amp; write input_unit = 'amp' in the class",
    ),
    (
        {"equations": "dv/dt = (I + v**2/mV) / tau_m : volt"},
        "equations: the equation of 'v' is not linear, so that the method 'exact' cannot integrate it; write method = "
        '"rk4" in the class, or give Mine(method="rk4")',
    ),
    ({"equations": "dV/dt = (I - V) / tau_m : volt"}, "membrane: the equations have no 'v'; write membrane = 'V' in"),
    ({"equations": "dv = (I - 3*mV) : volt"}, "membrane: the equations have no 'v'; write 'dv/dt = ...'"),
    ({"equations": ""}, "membrane: the equations have no 'v'; write its equation, such as 'dv/dt = (I - v) / tau_m : "),
    ({"threshold": "v > 10"}, "threshold: 'v > 10': compares 'v' (the unit V) with '10' (no unit); write 10*mV, say"),
    ({"threshold": "v = 10*mV"}, "threshold: 'v = 10*mV' cannot be read (invalid syntax); write == or > to compare"),
    ({"threshold": "v >"}, "threshold: 'v >' cannot be read (invalid syntax); write a condition, such as 'v > 10*mV'"),
    ({"threshold": "v"}, "threshold: 'v' is no condition; compare it with a value, as in 'v > 10*mV'"),
    ({"rearmed": "v < 0"}, "rearmed: 'v < 0': compares 'v' (the unit V) with '0' (no unit); write 0*mV, say"),
    ({"reset": "v = 0"}, "reset: 'v = 0': '0' has no unit, v the unit V; write 'v = 0*mV'"),
    ({"reset": "v = v_reset\nv *= 2*mV"}, "reset, line 2: 'v *= 2*mV': '2 * mV' has the unit V, and must have none; "),
    ({"reset": "v == 0*mV"}, "reset: 'v == 0*mV' is no assignment; write each as `name = value` or `name += value`"),
    ({"reset": "v = (0*mV"}, "reset: 'v = (0*mV' cannot be read ('(' was never closed); write each as `name = "),
    (
        {"reset": "v = v_reset\nv += (1 +\n 2)  # twice"},
        "reset, line 2: 'v += (1 + 2)': '1 + 2' has no unit, v the unit V; write 'v += (1 + 2)*mV'",
    ),
    ({"initial": {"v": -70 * mV}}, "initial['v']: -70. mV is no text; write '-70*mV'"),
    ({"initial": {"v": "-70mV"}}, "initial['v']: '-70mV' cannot be read (invalid decimal literal); write a value with"),
]


@pytest.mark.parametrize(("text", "message"), OF_NEURONS)
def test_a_neuron_is_refused_when_it_is_made(text: dict[str, Any], message: str) -> None:
    method = text.pop("method", "exact")
    with pytest.raises(InputError) as caught:
        type("Mine", (bnsim.LIF,), text)(method=method)
    assert str(caught.value).startswith(f"Mine.{message}")
    assert "\n" not in str(caught.value)


class Current(bnsim.SynapseModel):
    equations: ClassVar[str] = "dg/dt = -g / (5*ms) : {input_unit}"
    current: ClassVar[str] = "g"
    jumps: ClassVar[Any] = (Jump("g"),)
    weight: ClassVar[Any] = "input"


class Rule(bnsim.PairSTDP):
    """With texts of its own."""


class Noise(Drive):
    equations: ClassVar[str] = "dx/dt = -x / (5*ms) : {input_unit}"
    current: ClassVar[str] = "x"


@pytest.mark.parametrize(
    ("base", "text", "message"),
    [
        (Current, {"equations": "dg/dt = -g / (5*ms)"}, "equations: 'dg/dt = -g / (5*ms)' declares no unit; end it"),
        (Current, {"equations": "dg/dt = -g : {input_unit}"}, "equations: 'dg/dt = -g : volt': its right side has the"),
        (Current, {"equations": "dg/dt = -g / tau : {input_unit}"}, "equations: unknown name 'tau' in 'dg/dt = -g / t"),
        (Current, {"current": "g / ms"}, "current: 'g / ms' has the unit V/s, the neurons' input the unit V; correct"),
        (Current, {"current": "g * (0 - {membrane})"}, "current: 'g * (0 - membrane)': subtracts 'membrane' (the unit"),
        (
            Current,
            {"jumps": (Jump("g", "w / ms"),)},
            "jumps: 'g_post += w / ms': 'w / ms' has the unit V/s, g_post the",
        ),
        (
            Current,
            {"on_pre": "g_post += 1"},
            "on_pre: 'g_post += 1': '1' has no unit, g_post the unit V; write 'g_post",
        ),
        (Current, {"on_pre": "g_post + w"}, "on_pre: 'g_post + w' is no assignment; write each as `name = value` or"),
        (Current, {"of_each": "ds/dt = -s : 1 (event-driven)"}, "of_each: 'ds/dt = -s : 1 (event-driven)': its right"),
        (Rule, {"on_pre": "w = w - 0.01"}, "on_pre: 'w = w - 0.01': subtracts '0.01' (no unit) from 'w' (the unit V);"),
        (Rule, {"on_pre": "w = clip(w, 0, w_max)"}, "on_pre: 'w = clip(w, 0, w_max)': compares '0' (no unit) with 'w'"),
        (
            Rule,
            {"on_post": "w += gain"},
            "on_post: unknown name 'gain' in 'w += gain'; declare it in the equations, or",
        ),
        (
            Rule,
            {"on_post": "w += (1*mV"},
            "on_post: 'w += (1*mV' cannot be read ('(' was never closed); write each as `name",
        ),
        (Rule, {"equations": "a"}, "equations: 'a' declares no unit; end it with"),
        (Rule, {"postsynaptic": "dq/dt = -q : 1"}, "postsynaptic: 'dq/dt = -q : 1': its right side has no unit, dq/dt"),
        (
            Rule,
            {"trial_end": (("synapse", "w = 1"),)},
            "trial_end: 'w = 1': '1' has no unit, w the unit V; write 'w = ",
        ),
        (Noise, {"equations": "dx/dt = -x / (5*ms)"}, "equations: 'dx/dt = -x / (5*ms)' declares no unit; end it with"),
        (Noise, {"equations": "dx/dt = -x : {input_unit}"}, "equations: 'dx/dt = -x : volt': its right side has the"),
        (
            Noise,
            {"current": "x * 3*mV"},
            "current: 'x * 3*mV' has the unit V^2, the neurons' input the unit V; correct",
        ),
        (Noise, {"current": "x * k"}, "current: unknown name 'k' in 'x * k'; declare it in the equations, or as a"),
        (Noise, {"at_start": "x += 1"}, "at_start: 'x += 1': '1' has no unit, x the unit V; write 'x += 1*mV'"),
        (Noise, {"arrivals": "{membrane} += 3"}, "arrivals: 'membrane += 3': '3' has no unit, membrane the unit V; w"),
    ],
)
def test_other_parts_name_their_class_and_attribute(base: Any, text: dict[str, Any], message: str) -> None:
    mine = type("Mine", (base,), text)

    def compiled() -> None:
        made = mine()
        cells = bnsim.Population("cells", 2, bnsim.LIF(), drive=made if base is Noise else ())
        rule = made if base is Rule else None
        synapse = made if base is Current else bnsim.Delta()
        projection = bnsim.Projection("input", "cells", synapse, 0.5 * mV, plasticity=rule)
        network = bnsim.Network([bnsim.Population("input", 2, bnsim.Poisson(20 * Hz)), cells], [projection])
        network.compile(dt=1 * ms, trial=10 * ms if "trial_end" in text else None, backend="numpy")

    with pytest.raises(InputError) as caught:
        compiled()
    where, said = f"Mine.{message}", str(caught.value)
    assert said.startswith((where, f"Population('cells').drive: {where}"))
    assert "\n" not in said


def test_an_exponent_may_be_a_parameter() -> None:
    check_equations("Mine.equations", "dv/dt = -v**n / mV**n * mV / ms : volt", {"n": 2})


def test_an_equation_may_go_on_over_lines() -> None:
    text = "dv/dt = (I\n  - v)  # the leak\n  / tau : volt\nu = v : volt"
    assert list(read_equations("Mine.equations", text)) == ["v", "u"]
    check_equations("Mine.equations", text, {"I": 1 * mV, "tau": 5 * ms})


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (Quantity(1.0), "no unit"),
        (mV, "the unit V"),
        (mV / ms, "the unit V/s"),
        (mV**2, "the unit V^2"),
        (Hz, "the unit Hz"),
    ],
)
def test_units_in_words(unit: Any, name: str) -> None:
    assert unit_name(get_dimensions(unit)) == name


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        (
            "dv/dt = (I - v) / bare : volt",
            "its right side has the unit V, dv/dt the unit V/s; bare has no unit: give it one, such as ms",
        ),
        (
            "dv/dt = -v / tau_m + I / bare : volt",
            "adds '-v / tau_m' (the unit V/s) to 'I / bare' (the unit V); bare has no unit: give it one, such as ms",
        ),
        ("dv/dt = (bare - v + I) / tau_m : volt", "(no unit); bare has no unit: give it one, such as mV"),
        # Which parameter is without unit by mistake is not said where none makes the units fit.
        ("dv/dt = bare * (I - v) : volt", "divide it by a time constant, such as (10*ms)"),
        ("dv/dt = (I - v) / bare / bare : volt", "divide it by a time constant, such as (10*ms)"),
    ],
)
def test_a_parameter_without_unit_is_named_where_it_keeps_units_from_fitting(equation: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        check_equations("Mine.equations", equation, {"I": mV, "tau_m": ms, "bare": 20.0}, ["tau_m", "bare"])
    assert str(raised.value).endswith(message)
    assert "\n" not in str(raised.value)


def test_a_forgotten_unit_is_told_when_a_model_is_made() -> None:
    @dataclass(frozen=True, repr=False)
    class Mine(bnsim.NeuronModel):
        tau_m: float = bnsim.parameter(20)
        equations = RATE
        threshold = "v > 10*mV"
        reset = "v = 0*mV"

    with pytest.raises(InputError, match=r"; tau_m has no unit: give it one, such as ms$"):
        Mine()
