"""What all descriptions share: checks of every parameter, fingerprints, readable printing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from inspect import isabstract
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, amp, ms, mV, second, volt
from brian2.units.fundamentalunits import Quantity, get_dimensions

import bnsim
from bnsim import Description, InputError

BASES = {"Description", "NeuronModel", "SynapseModel", "PlasticityRule", "Encoder", "Connectivity"}
COMPOSED = {"Population", "Projection", "Network", "EdgeList", "Repetition", "Reward"}
"""Made of arguments that have no default; tested with what they are part of."""


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
        assert "wrong unit, expected" in refusal(cls, item.name, 1.0)


@pytest.mark.parametrize(("cls", "item"), PARAMETERS)
def test_negative_and_zero_values_are_refused_where_they_mean_nothing(cls: type[Description], item: Any) -> None:
    example, minimum, above = (item.metadata[key] for key in ("example", "minimum", "above"))
    if minimum is None and above is None:
        assert get_dimensions(example) in (get_dimensions(volt), get_dimensions(amp))  # a potential may have any sign
        return
    assert "is too small; give a value" in refusal(cls, item.name, in_unit_of(example, -1e-3))
    if above is None:
        assert getattr(cls(**{item.name: in_unit_of(example, 0.0)}), item.name) == 0
    else:
        assert refusal(cls, item.name, in_unit_of(example, 0.0)).endswith("above 0")


@pytest.mark.parametrize("cls", CLASSES)
def test_every_time_and_capacity_has_a_bound(cls: type[Description]) -> None:
    """No new description can forget it: only potentials and currents may be negative."""
    for item in fields(cls):
        if "example" in item.metadata and get_dimensions(item.metadata["example"]) not in (volt.dim, amp.dim):
            assert item.metadata["minimum"] is not None or item.metadata["above"] is not None


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
    if name in special:
        return special[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, Description):
        return bnsim.GaborPatches(patch=3)
    return value * 1.1 if float(value) else Quantity(1e-3, dim=get_dimensions(value))


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
    description = bnsim.AllToAll(self_connections=object())  # type: ignore[arg-type]
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


def test_descriptions_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        bnsim.LIF().tau_m = 1 * ms  # type: ignore[misc]


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="tau_membrane"):
        bnsim.LIF(tau_membrane=1 * ms)  # type: ignore[call-arg]


def test_parameters_by_name() -> None:
    assert bnsim.ExponentialConductance(tau=2 * ms).parameters == {"tau": 2 * ms, "reversal": 0 * mV}
