"""What all descriptions share: checks of every parameter, fingerprints, readable printing."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from inspect import isabstract
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import Hz, amp, ms, mV, pF, second, um, volt
from brian2.units.fundamentalunits import Quantity, get_dimensions

import bnsim
from bnsim import Description, InputError, checks

BASES = {
    "Description",
    "NeuronModel",
    "SynapseModel",
    "PlasticityRule",
    "GradientDescent",
    "Encoder",
    "Connectivity",
    "Distribution",
    "Drive",
    "Positions",
    "Profile",
}
COMPOSED = {"Population", "Projection", "Network", "EdgeList", "Repetition", "Reward", "Jump", "Binned"}
COMPOSED |= {"FreePositions", "Grid", "RandomPositions", "Ring"}
COMPOSED |= {"FixedInDegree", "FixedOutDegree", "FixedTotalNumber", "DistanceDependent", "SmallWorld", "Blocks"}
"""Made of arguments that have no default; tested with what they are part of, or in tests of their own."""


def described_classes() -> list[type[Description]]:
    """Every description that stands on its own and can be made without arguments."""
    exported = [getattr(bnsim, name) for name in bnsim.__all__ if name not in BASES | COMPOSED]
    return [cls for cls in exported if isinstance(cls, type) and issubclass(cls, Description)]


CLASSES = described_classes()
PARAMETERS = [
    pytest.param(cls, item, id=f"{cls.__name__}.{item.name}")
    for cls in CLASSES
    for item in fields(cls)
    if "example" in item.metadata
]

POPULATION = "name, size, model, encoder, drive, initial, positions"

# The unit of the others depends on the network around them: see test_network.
OF_FIXED_UNIT = [item for item in PARAMETERS if not item.values[1].metadata["any_unit"]]


def refusal(cls: type[Description], name: str, value: Any) -> str:
    """The message of the refusal, after a check of its form: one line that names Class.parameter first."""
    with pytest.raises(InputError) as caught:
        cls(**{name: value})
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{cls.__name__}.{name}: ")
    return message


def in_unit_of(example: Any, number: float) -> Quantity:
    return Quantity(number, dim=get_dimensions(example))


def test_all_descriptions_are_covered() -> None:
    assert not any(isabstract(cls) for cls in CLASSES)
    assert {"LIF", "PairSTDP", "Poisson", "FixedProbability", "Uniform", "Delta"} <= {cls.__name__ for cls in CLASSES}
    assert len(PARAMETERS) > 40


@pytest.mark.parametrize(("cls", "item"), PARAMETERS)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(cls: type[Description], item: Any, number: float) -> None:
    assert "not finite" in refusal(cls, item.name, in_unit_of(item.metadata["example"], number))


@pytest.mark.parametrize(("cls", "item"), PARAMETERS)
def test_text_arrays_and_nothing_are_refused(cls: type[Description], item: Any) -> None:
    for value in ("much", None, in_unit_of(item.metadata["example"], 1.0) * np.ones((50, 50))):
        assert "is not a single number" in refusal(cls, item.name, value)


@pytest.mark.parametrize(("cls", "item"), OF_FIXED_UNIT)
def test_wrong_units_are_refused(cls: type[Description], item: Any) -> None:
    example = item.metadata["example"]
    assert "wrong unit, expected" in refusal(cls, item.name, Quantity(1.0, dim=get_dimensions(example)) * amp)
    if not get_dimensions(example).is_dimensionless:
        assert "1 has no unit; give 1 * " in refusal(cls, item.name, 1.0)


@pytest.mark.parametrize(("cls", "item"), PARAMETERS)
def test_negative_and_zero_values_are_refused_where_they_mean_nothing(cls: type[Description], item: Any) -> None:
    example, minimum, above = (item.metadata[key] for key in ("example", "minimum", "above"))
    if minimum is None and above is None:
        return  # see below: a potential or current may have any sign, and what is declared to
    assert "is negative; give a value" in refusal(cls, item.name, in_unit_of(example, -1e-3))
    if above is None:
        assert getattr(cls(**{item.name: in_unit_of(example, 0.0)}), item.name) == 0
    else:
        assert refusal(cls, item.name, in_unit_of(example, 0.0)).endswith("above 0")


@pytest.mark.parametrize("cls", CLASSES)
def test_every_time_and_capacity_has_a_bound(cls: type[Description]) -> None:
    """No new description can forget it: only potentials, currents and what is declared `signed` may be negative."""
    for item in fields(cls):
        if "example" in item.metadata and get_dimensions(item.metadata["example"]) not in (volt.dim, amp.dim):
            bounded = item.metadata["minimum"] is not None or item.metadata["above"] is not None
            assert bounded or item.metadata["signed"]


@pytest.mark.parametrize("cls", CLASSES)
def test_fingerprints_are_equal_for_equal_descriptions_only(cls: type[Description]) -> None:
    original = cls()
    assert cls().fingerprint() == original.fingerprint()
    others = [replace(original, **{item.name: other(original, item.name)}) for item in fields(cls)]
    prints = {original.fingerprint(), *(description.fingerprint() for description in others)}
    assert len(prints) == 1 + len(others)


def other(description: Description, name: str) -> Any:
    """Another value that the field accepts."""
    value = getattr(description, name)
    special = {"image_shape": (12, 11), "patch": 4, "wavelength": (3.0, 5.0), "sigma": (1.0, 2.0)}
    if name in special and isinstance(description, bnsim.GaborPatches):
        return special[name]
    if isinstance(value, bool):
        return not value
    if name == "method":
        return "euler" if value != "euler" else "rk4"
    if isinstance(value, bnsim.SynapseModel):
        return bnsim.ExponentialCurrent()
    if isinstance(value, Description):
        return bnsim.GaborPatches(patch=3)
    if isinstance(value, int):
        return value + 1
    if value is None:
        return (0.5 if name == "minimum" else 2) * mV
    return value * 0.99 if float(value) else Quantity(1e-3, dim=get_dimensions(value))


def test_fingerprints_do_not_depend_on_the_unit_or_number_type_used() -> None:
    assert bnsim.LIF(tau_m=20 * ms).fingerprint() == bnsim.LIF(tau_m=0.02 * second).fingerprint()
    assert bnsim.PairSTDP(a_plus=1).fingerprint() == bnsim.PairSTDP(a_plus=1.0).fingerprint()
    assert bnsim.PairSTDP(a_plus=np.float64(1)).fingerprint() == bnsim.PairSTDP(a_plus=1.0).fingerprint()


def test_fingerprints_of_different_kinds_differ() -> None:
    prints = [cls().fingerprint() for cls in CLASSES]
    assert len(set(prints)) == len(prints)


def test_fingerprints_see_changed_equations() -> None:
    def reset_to(statement: str) -> str:
        return type("Mine", (bnsim.LIF,), {"reset": statement})().fingerprint()

    assert reset_to("v = v_reset") == reset_to("v = v_reset")
    assert reset_to("v = v_reset") != reset_to("v = v_rest")


def test_a_field_that_is_no_plain_data_has_no_fingerprint() -> None:
    description = bnsim.AllToAll(autapses=object())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="object: cannot be part of a description; use numbers"):
        description.fingerprint()


@pytest.mark.parametrize("cls", CLASSES)
def test_descriptions_print_readably(cls: type[Description]) -> None:
    shown = repr(cls())
    assert shown.startswith(f"{cls.__name__}(")
    assert " at 0x" not in shown
    assert "Quantity" not in shown
    assert all(f"{item.name}=" in shown for item in fields(cls))


def test_values_print_with_their_unit() -> None:
    assert repr(bnsim.Poisson(max_rate=80 * Hz)) == "Poisson(max_rate=80 Hz)"
    assert "tau_m=12.5 ms" in repr(bnsim.LIF(tau_m=12.5 * ms))


@pytest.mark.parametrize("cls", CLASSES)
def test_signatures_show_every_default(cls: type[Description]) -> None:
    signature = inspect.signature(cls)
    assert "factory" not in str(signature)
    shown = (f"{name}={item.default!r}" for name, item in signature.parameters.items())
    assert repr(cls()) == f"{cls.__name__}({', '.join(shown)})"


def test_signatures_of_subclasses_and_of_what_needs_arguments() -> None:
    assert "tau_m: 'Quantity' = 20 ms" in str(inspect.signature(type("Mine", (bnsim.LIF,), {})))
    assert "delay: 'Any' = 0 s" in str(inspect.signature(bnsim.Projection))
    assert str(inspect.signature(bnsim.Binned)) == "(values: 'Any', width: 'Quantity' = 1 ms)"
    assert str(inspect.signature(Description)).startswith("(*args")


def test_a_neuron_takes_its_own_parameters_first() -> None:
    assert bnsim.LIF(7 * ms) == bnsim.LIF(tau_m=7 * ms)
    assert bnsim.HodgkinHuxley(1000 * um**2).area == 1000 * um**2
    assert bnsim.ConductanceLIF(150 * pF).c_m == 150 * pF  # which declares `refractory` anew
    for model in (bnsim.LIF, bnsim.ConductanceLIF, bnsim.ExponentialLIF):
        kinds = {name: item.kind for name, item in inspect.signature(model).parameters.items()}
        assert kinds["refractory"] == kinds["method"] == inspect.Parameter.KEYWORD_ONLY


def test_docstrings_of_neurons_say_what_holds_for_all() -> None:
    models = [cls for cls in CLASSES if issubclass(cls, bnsim.NeuronModel)]
    for model in models:
        text = " ".join(str(model.__doc__).split())
        assert text.count("A parameter may be one value for all cells, an array with one value for each cell") == 1
        assert ("ends one step earlier than in NEST" in text) == ("refractory" in inspect.signature(model).parameters)
    assert type("Mine", (bnsim.LIF,), {}).__doc__ is None
    assert "drawn; `start` and `stop` are the same for all." in " ".join(str(bnsim.StepCurrent.__doc__).split())


def test_units_print_as_papers_write_them() -> None:
    shown = repr(bnsim.HodgkinHuxley())
    assert "c_m=1 uF/cm^2, g_na=120 mS/cm^2, g_k=36 mS/cm^2, g_leak=0.3 mS/cm^2" in shown
    assert "a_minus=0.14 / V, " in repr(bnsim.ClopathSTDP())
    assert "a_plus=80 / V^2, " in repr(bnsim.ClopathSTDP())
    assert "gamma=1e-07 / s" in repr(bnsim.SynapticScaling())


@pytest.mark.parametrize(
    ("unit", "usual"), [(volt, "1 mV"), (amp, "100 pA"), (1e-9 * amp, "100 pA"), (second, "1 ms"), (3 * volt, "3 V")]
)
def test_messages_suggest_values_that_cells_have(unit: Any, usual: str) -> None:
    with pytest.raises(InputError) as caught:
        checks.quantity("x", 1 * Hz, unit, minimum=None, exclusive=False)
    assert str(caught.value).endswith(f"; give {usual}, say")


def test_descriptions_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        bnsim.LIF().tau_m = 1 * ms  # type: ignore[misc]


@pytest.mark.parametrize(
    ("cls", "name", "remedy"),
    [
        (bnsim.LIF, "tau", "did you mean 'tau_m'? choose from tau_m, v_rest, v_threshold, v_reset, refractory, method"),
        (bnsim.Poisson, "rate", "did you mean 'max_rate'? choose from max_rate"),
        (
            bnsim.Population,
            "encode",
            "did you mean 'encoder'? choose from name, size, model, encoder, drive, initial, positions",
        ),
        (bnsim.Delta, "tau", "it takes none"),
        (bnsim.LeakyReadout, "refractory", "choose from tau_m, v_rest, method"),
    ],
)
def test_unknown_parameters_are_refused(cls: type[Description], name: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        cls(**{name: 1 * ms})
    assert str(caught.value) == f"{cls.__name__}: no parameter {name!r}; {remedy}"


def test_parameters_by_name() -> None:
    assert bnsim.ExponentialConductance(tau=2 * ms).parameters == {"tau": 2 * ms, "reversal": 0 * mV}


@dataclass(frozen=True, repr=False)
class Signed(bnsim.LIF):
    """An adaptation that may be negative, a shift in time, and a plain number without bounds."""

    a: float = bnsim.parameter(-0.02, signed=True)
    shift: Quantity = bnsim.parameter(-1 * ms, signed=True)


def test_what_is_declared_signed_may_have_any_sign() -> None:
    assert Signed().a == -0.02
    assert Signed(a=1, shift=2 * ms).shift == Signed(shift=0.002 * second).shift
    with pytest.raises(InputError, match=r"^Signed\.a: nan is not finite"):
        Signed(a=np.nan)
    with pytest.raises(InputError, match=r"^Signed\.shift: 1 mV has the wrong unit, expected s"):
        Signed(shift=1 * mV)


@pytest.mark.parametrize(
    "bounds", [{"minimum": 0, "above": 0}, {"minimum": 0, "signed": True}, {"above": 0, "signed": True}]
)
def test_bounds_of_a_parameter_exclude_each_other(bounds: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        bnsim.parameter(1.0, **bounds)
    assert str(caught.value) == "parameter: minimum, above and signed exclude each other; give one of them"


@pytest.mark.parametrize("name", sorted(BASES))
def test_bases_are_not_made(name: str) -> None:
    with pytest.raises(InputError) as caught:
        getattr(bnsim, name)()
    assert str(caught.value) == f"{name}: only a base; make one of its subclasses, or write one"


@pytest.mark.parametrize(
    ("base", "method"),
    [
        (bnsim.Encoder, "drive"),
        (bnsim.Connectivity, "draw"),
        (bnsim.PlasticityRule, "weight_scale"),
        (bnsim.Distribution, "bounds"),
    ],
)
def test_a_method_that_is_missing_is_named(base: type[Description], method: str) -> None:
    with pytest.raises(InputError) as caught:
        type("Mine", (base,), {})()
    assert str(caught.value) == f"Mine.{method}: missing; define it as its base class describes"


def test_a_forgotten_decorator_is_named() -> None:
    class Forgotten(bnsim.LIF):
        tau: Quantity = bnsim.parameter(10 * ms)

    class Bare(bnsim.LIF):
        tau: Quantity

    class Below(Forgotten):
        pass

    for cls, culprit in ((Forgotten, "Forgotten"), (Bare, "Bare"), (Below, "Forgotten")):
        with pytest.raises(InputError) as caught:
            cls()
        assert str(caught.value) == (
            f"{culprit}: declares parameters, but is no dataclass; "
            "write @dataclass(frozen=True, repr=False) above the class"
        )


FAMILIES = (bnsim.NeuronModel, bnsim.SynapseModel, bnsim.PlasticityRule, bnsim.Drive)


@pytest.mark.parametrize("base", FAMILIES)
@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"tau": 20 * ms, "__annotations__": {"tau": "Quantity"}}, "a value with a unit stands there wi"),
        ({"tau": 20 * ms}, "a value with a unit stands there without parameter(...)"),
        ({"tau": field(default=20 * ms), "__annotations__": {"tau": Quantity}}, "a value with a unit stands there wi"),
        ({"tau": bnsim.parameter(20 * ms)}, "a parameter without its type"),
    ],
)
def test_a_parameter_that_is_half_declared_is_named(base: type, attributes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        type("Mine", (base,), dict(attributes))
    assert str(caught.value).startswith(f"Mine.tau: {problem}")
    assert str(caught.value).endswith("; write tau: Quantity = bnsim.parameter(...)")


@pytest.mark.parametrize("base", FAMILIES)
def test_a_decorator_that_does_not_freeze_is_refused(base: type) -> None:
    for decorate in (dataclass, dataclass(repr=False)):
        with pytest.raises(InputError) as caught:
            decorate(type("Mine", (base,), {}))
        assert str(caught.value) == (
            "Mine: the dataclass is not frozen; write @dataclass(frozen=True, repr=False) above the class"
        )


def test_a_parameter_whose_default_is_text_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        bnsim.parameter("20*ms")
    assert str(caught.value) == "parameter: '20*ms' is not a number; give one with its unit: 20 * ms"


def test_a_subclass_that_only_changes_texts_needs_no_decorator() -> None:
    class Mine(bnsim.LIF):
        reset: ClassVar[str] = "v = v_rest"
        threshold = "v > v_threshold"

    assert Mine(tau_m=3 * ms).tau_m == 3 * ms


def described(base: type, **attributes: Any) -> Any:
    """A subclass as `class Mine(base)` with these attributes, none with a type, below the decorator."""
    return dataclass(frozen=True, repr=False)(type("Mine", (base,), attributes))


def test_an_attribute_named_like_an_inherited_parameter_is_its_default() -> None:
    mine = described(bnsim.LIF, method="euler", refractory=5 * ms, tau_m=bnsim.parameter(7 * ms))
    assert (mine().method, mine().refractory, mine().tau_m) == ("euler", 5 * ms, 7 * ms)
    assert mine.method == "euler"
    assert mine(refractory=1 * ms, method="rk4") == mine(refractory=0.001 * second, method="rk4")
    assert mine().fingerprint() != mine(refractory=1 * ms).fingerprint()
    assert described(bnsim.ExponentialCurrent, tau=3 * ms)().parameters == {"tau": 3 * ms}

    @dataclass(frozen=True, repr=False)
    class Typed(bnsim.LIF):
        refractory: Quantity = 5 * ms
        method: Any = "euler"

    assert (Typed().refractory, Typed().method, described(Typed)().refractory) == (5 * ms, "euler", 5 * ms)


def test_an_attribute_of_a_class_mixed_in_is_a_default_too() -> None:
    class Slow:
        refractory = 5 * ms
        method = "euler"

    @dataclass(frozen=True, repr=False)
    class First(Slow, bnsim.LIF):
        method = "rk2"

    @dataclass(frozen=True, repr=False)
    class Last(bnsim.LIF, Slow):
        pass

    assert (First().refractory, First().method) == (5 * ms, "rk2")
    assert (Last().refractory, Last().method) == (0 * ms, "exact")


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ({"refractory": 5 * mV}, "Mine.refractory: 5 mV has the wrong unit, expected s"),
        ({"refractory": -1 * ms}, "Mine.refractory: -1 ms is negative; give a value at least 0"),
        ({"refractory": property(lambda cell: 5 * ms)}, "Mine.refractory: <property object at "),
        ({"method": "rk5"}, "Mine.method: unknown 'rk5'; did you mean 'rk4'? choose from exact, exponential_mid"),
    ],
)
def test_a_new_default_is_checked_like_any_value(attribute: dict[str, Any], message: str) -> None:
    mine = described(bnsim.LIF, **attribute)
    with pytest.raises(InputError) as caught:
        mine()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_new_default_without_the_decorator_is_refused() -> None:
    class Fixed(bnsim.LIF):
        method: ClassVar[str] = "euler"

    class Mixed(type("Slow", (), {"refractory": 5 * ms}), bnsim.LIF):  # type: ignore[misc]
        pass

    bare = type("Bare", (bnsim.LIF,), {"refractory": 5 * ms})
    for cls, culprit in ((bare, "Bare"), (Fixed, "Fixed"), (Mixed, "Mixed"), (described(bare), "Bare")):
        with pytest.raises(InputError) as caught:
            cls()
        assert str(caught.value).startswith(f"{culprit}: declares parameters, but is no dataclass; write @dataclass(")


def test_a_class_variable_takes_the_place_of_a_parameter() -> None:
    @dataclass(frozen=True, repr=False)
    class Fixed(bnsim.LIF):
        method: ClassVar[str] = "euler"  # type: ignore[misc]
        tau_m: ClassVar[Quantity] = 5 * ms  # type: ignore[misc]

    @dataclass(frozen=True, repr=False)
    class Wrong(bnsim.LIF):
        tau_m: ClassVar[Quantity] = -5 * ms  # type: ignore[misc]

    assert (Fixed().method, Fixed().parameters["tau_m"]) == ("euler", 5 * ms)
    for name in ("method", "tau_m"):
        with pytest.raises(InputError, match=rf"^Fixed: no parameter '{name}'; choose from v_rest"):
            Fixed(**{name: 1})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^Wrong\.tau_m: -5 ms is negative; give a value above 0"):
        Wrong()


@pytest.mark.parametrize(
    ("base", "text", "message"),
    [
        (
            bnsim.PairSTDP,
            {"signals": {"reward": "rewad"}},
            "Mine.signals['reward']: unknown 'rewad'; did you mean 'rew",
        ),
        (bnsim.ErrorModulated, {"trial_end": (("synapses", "w = w"),)}, "Mine.trial_end: unknown 'synapses'; did you "),
        (
            bnsim.ErrorModulated,
            {"signal_defaults": {"targt": 1}},
            "Mine.signal_defaults: unknown 'targt'; did you mean",
        ),
        (
            bnsim.ErrorModulated,
            {"agreeing": ("learning_rate_factor",)},
            "Mine.agreeing: unknown 'learning_rate_factor'; choose from target",
        ),
        (bnsim.ErrorModulated, {"agreeing": ("targt",)}, "Mine.agreeing: unknown 'targt'; did you mean 'target'?"),
        (
            bnsim.PairSTDP,
            {"postsynaptic_traces": {"y": ("tau_mius", "y += 1")}},
            "Mine: time constant of 'y': unknown 'tau_mius'; did you mean 'tau_minus'?",
        ),
        (bnsim.PairSTDP, {"weight_scale": "w_mx"}, "Mine.weight_scale: unknown 'w_mx'; did you mean 'w_max'?"),
        (
            bnsim.Poisson,
            {"form": "value"},
            "Mine.form: unknown 'value'; did you mean 'values'? choose from values, spik",
        ),
        (bnsim.Delta, {"weight": "potental"}, "Mine.weight: unknown 'potental'; did you mean 'potential'? choose from"),
    ],
)
def test_kinds_that_do_not_exist_are_refused(base: type, text: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        type("Mine", (base,), text)()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
