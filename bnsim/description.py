"""Base class of descriptions: frozen, checked on construction, readable, with a canonical fingerprint.

A description is a frozen dataclass whose fields are made with `parameter`. The default carries the unit: a value with
other dimensions, a NaN or a value out of range is refused when the description is made, not when it runs.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABCMeta
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from itertools import takewhile
from typing import Any, ClassVar, Self

import numpy as np
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.errors import InputError, advice
from bnsim.signature import Signature
from bnsim.uncaught import told_plainly

__all__ = ["Description", "parameter"]

told_plainly()  # whoever describes something has imported Brian2, which has its own way


def parameter(
    default: Any,
    *,
    minimum: float | None = None,
    above: float | None = None,
    signed: bool = False,
    any_unit: bool = False,
) -> Any:
    """Declare a field of a description, with its unit: `tau: Quantity = parameter(20 * ms)`.

    Parameters
    ----------
    default : Quantity or float
        Value where none is given. Its dimensions are demanded of every value.
    minimum, above : float, optional
        Smallest value allowed, including or excluding it, in SI units. A time must be above 0 by default.
    signed : bool
        Whether the value may have any sign, as an adaptation that can be negative; instead of a smallest value.
    any_unit : bool
        Whether all dimensions are accepted. They are checked later, against the network around it.

    Raises
    ------
    InputError
        If the default is no number, or more than one of `minimum`, `above` and `signed` is given.
    """
    if (minimum is not None) + (above is not None) + bool(signed) > 1:
        raise InputError("parameter: minimum, above and signed exclude each other; give one of them")
    try:
        is_time = get_dimensions(default) == get_dimensions(Quantity(1.0, dim=_SECOND))
    except TypeError:
        raise InputError(
            f"parameter: {checks.shown(default)} is not a number; give one with its unit: 20 * ms"
        ) from None
    if minimum is None and above is None and not signed and is_time:
        above = 0.0
    return field(
        default_factory=lambda: default,
        metadata={"example": default, "minimum": minimum, "above": above, "signed": signed, "any_unit": any_unit},
    )


def _second() -> Any:
    from brian2.units import second

    return second.dim


_SECOND = _second()


class _Frozen(ABCMeta):
    """Refuses a decorator without `frozen=True` in our words, before `dataclass` does in its own."""

    def __setattr__(cls, name: str, value: Any) -> None:
        if name == "__dataclass_params__" and not value.frozen:  # the first thing that the decorator does
            raise InputError(f"{cls.__name__}: the dataclass is not frozen; {_DECORATE}")
        super().__setattr__(name, value)


_DECORATE = "write @dataclass(frozen=True, repr=False) above the class"


@dataclass(frozen=True)
class Description(metaclass=_Frozen):
    """Base class of all descriptions.

    `class Family(Description, abstract=True)` begins a family of descriptions; the family itself cannot be
    instantiated. A class attribute that has the name of an inherited parameter is this parameter's new default, with or
    without a type; with the type `ClassVar` it fixes the value, and the parameter is gone.

    Parameters
    ----------
    *args, **keywords : object
        Values of the fields, as in any dataclass.

    Attributes
    ----------
    STRUCTURE : tuple of str
        Names of the class attributes that are part of a description's identity.

    Raises
    ------
    InputError
        If the class is abstract, lacks something that its base class demands, or declares parameters without being a
        frozen dataclass, without `parameter` or without a type; or if there is no parameter of a name, or a value has
        the wrong unit, is not finite, or is out of range.
    """

    STRUCTURE: ClassVar[tuple[str, ...]] = ()
    _abstract: ClassVar[bool] = True
    __signature__: ClassVar[Any] = Signature(lambda value: readable(value))

    def __init_subclass__(cls, *, abstract: bool = False, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        cls._abstract = abstract
        _take_defaults(cls)
        _check_declared(cls)

    def __new__(cls, *args: Any, **keywords: Any) -> Self:
        if cls._abstract:
            raise InputError(f"{cls.__name__}: only a base; make one of its subclasses, or write one")
        missing = sorted(cls.__abstractmethods__)
        if missing:
            raise InputError(f"{cls.__name__}.{missing[0]}: missing; define it as its base class describes")
        for ancestor in cls.__mro__:
            if "__dataclass_fields__" not in vars(ancestor) and _declares_fields(ancestor):
                raise InputError(f"{ancestor.__name__}: declares parameters, but is no dataclass; {_DECORATE}")
        names = [item.name for item in in_order(cls) if item.init]
        for name in keywords:
            if name not in names:
                remedy = advice(name, names) if names else "it takes none"
                raise InputError(f"{cls.__name__}: no parameter {name!r}; {remedy}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name, item in declared_parameters(type(self)).items():
            bounds = item.metadata
            exclusive = bounds["above"] is not None
            minimum = bounds["above"] if exclusive else bounds["minimum"]
            self._check_parameter(name, None if bounds["any_unit"] else bounds["example"], minimum, exclusive)

    def _check_parameter(self, name: str, example: Quantity | None, minimum: float | None, exclusive: bool) -> None:
        """Refuse a value with the wrong unit, or out of range."""
        culprit = f"{type(self).__name__}.{name}"
        checks.quantity(culprit, getattr(self, name), example, minimum=minimum, exclusive=exclusive)

    @property
    def parameters(self) -> dict[str, Quantity]:
        """Name and value of every parameter with a unit, as handed to Brian2's namespace."""
        return {name: getattr(self, name) for name in declared_parameters(type(self))}

    def fingerprint(self) -> str:
        """Return the SHA-256 hash of the canonical form: equal for equal descriptions, in any process.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        text = json.dumps(canonical(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __repr__(self) -> str:
        inside = ", ".join(
            f"{item.name}={readable(getattr(self, item.name))}" for item in in_order(type(self)) if item.repr
        )
        return f"{type(self).__name__}({inside})"


def in_order(kind: type[Description]) -> list[Field[Any]]:
    """Return the fields of a description in the order of its arguments.

    Parameters
    ----------
    kind : type
        A class of descriptions.

    Returns
    -------
    list of dataclasses.Field
        Those that are given by keyword only come last.
    """
    return sorted(fields(kind), key=lambda item: item.kw_only is True)


def declared_parameters(kind: type[Description]) -> dict[str, Field[Any]]:
    """Return the fields that were made with `parameter`, and those in whose place a class variable stands now.

    Parameters
    ----------
    kind : type
        A class of descriptions.

    Returns
    -------
    dict of str to dataclasses.Field
        By name.
    """
    bases = [base for base in reversed(kind.__mro__) if is_dataclass(base)]
    return {item.name: item for base in bases for item in fields(base) if "example" in item.metadata}


def _take_defaults(cls: type[Description]) -> None:
    """Make each attribute that has the name of an inherited field the field's default, before `dataclass` reads them.

    Without a type, `dataclass` would leave it unused; without `parameter`, it would lose the checks of the field.
    """
    bases = [base for base in reversed(cls.__mro__[1:]) if is_dataclass(base)]
    inherited = {item.name: item for base in bases for item in fields(base)}
    # What stands before the first description is the class itself and classes of another kind that it is mixed with.
    mixed = list(takewhile(lambda base: base is cls or not issubclass(base, Description), cls.__mro__))
    values = {name: value for base in reversed(mixed) for name, value in vars(base).items()}
    types = vars(cls).get("__annotations__", {})
    for name in values.keys() & inherited.keys():
        if "ClassVar" not in str(types.get(name, "")):
            cls.__annotations__ = types = {name: inherited[name].type, **types}
            setattr(cls, name, _default(values[name], inherited[name]))


def _check_declared(cls: type[Description]) -> None:
    """Refuse a value with a unit that is no parameter, and a parameter without a type, in words of this package."""
    types = vars(cls).get("__annotations__", {})
    for name, value in vars(cls).items():
        held = value.default if isinstance(value, Field) else value
        if isinstance(held, Quantity) and "ClassVar" not in str(types.get(name, "")):
            problem = "a value with a unit stands there without parameter(...)"
        elif isinstance(value, Field) and name not in types:
            problem = "a parameter without its type"
        else:
            continue
        raise InputError(f"{cls.__name__}.{name}: {problem}; write {name}: Quantity = bnsim.parameter(...)")


def _default(value: Any, inherited: Field[Any]) -> Any:
    """Return a field with another default and all else as inherited."""
    if isinstance(value, Field):
        if value.kw_only is MISSING:
            value.kw_only = inherited.kw_only
        return value
    common: dict[str, Any] = {name: getattr(inherited, name) for name in ("repr", "compare", "kw_only", "metadata")}
    if type(value).__hash__ is None or hasattr(value, "__get__"):  # what a class attribute cannot hold for a dataclass
        return field(default_factory=lambda: value, **common)
    return field(default=value, **common)


def _declares_fields(cls: type) -> bool:
    """Whether a class body holds `parameter(...)`, sets an inherited one, or holds names with a type and no value."""
    own, types = vars(cls), vars(cls).get("__annotations__", {})
    bare = [name for name, kind in types.items() if "ClassVar" not in str(kind) and name not in own]
    known = {item.name for item in fields(cls)} if is_dataclass(cls) else set()
    return bool(bare) or any(isinstance(value, Field) for value in own.values()) or not known.isdisjoint(types)


def readable(value: Any) -> str:
    """Return a value as text for a reader.

    Parameters
    ----------
    value : object
        What a description is made with.

    Returns
    -------
    str
        A quantity in its best unit, the shape of an array, the `repr` of anything else.
    """
    if isinstance(value, Quantity):
        return checks.describe(value) if value.ndim == 0 else f"<array {value.shape}>"
    if isinstance(value, np.ndarray):
        return f"<array {value.shape}>"
    return repr(value)


def canonical(value: Any) -> Any:
    """Return a JSON tree that is the same for two values exactly when they mean the same.

    Parameters
    ----------
    value : object
        A description or another dataclass, a number, quantity, array, text, bool or None, or a tuple, list or dict of
        these.

    Returns
    -------
    object
        Dicts, lists, text, bools and None. Floats are written in hexadecimal, units as exponents, arrays as a hash.

    Raises
    ------
    InputError
        If the value, or one inside it, has another type.
    """
    if isinstance(value, Description):
        tree: dict[str, Any] = {"type": f"{type(value).__module__}.{type(value).__qualname__}"}
        tree |= {name: canonical(number) for name, number in value.parameters.items()}
        tree |= {item.name: canonical(getattr(value, item.name)) for item in fields(value) if item.compare}
        tree |= {f"class:{name}": canonical(getattr(value, name)) for name in value.STRUCTURE}
        return tree
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: canonical(getattr(value, item.name)) for item in fields(value) if item.compare}
    if isinstance(value, (Quantity, np.ndarray)) and np.ndim(value) > 0:
        data = np.ascontiguousarray(value, dtype=np.float64)
        return {
            "array": hashlib.sha256(data.tobytes()).hexdigest(),
            "shape": list(data.shape),
            "unit": _exponents(value),
        }
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (Quantity, int, float, np.number)):  # 1 and 1.0 mean the same
        return {"value": float(value).hex(), "unit": _exponents(value)}
    if isinstance(value, (tuple, list)):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    raise InputError(f"{type(value).__name__}: cannot be part of a description; use numbers, units, text or tuples")


def _exponents(value: Any) -> list[float]:
    return [float(exponent) for exponent in get_dimensions(value)._dims]
