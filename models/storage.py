"""One .npz a classifier: a JSON header and plain arrays, never pickle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NotRequired

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from bnsim import archive
from bnsim.documents import STRICT, checked
from bnsim.errors import InputError, MachineError, first_line, refuse_path
from bnsim.files import replacing

HEADER = "header"
TEXT = "text/"
"""Prefix of arrays of strings that were Python objects (scikit-learn keeps labels as they were given)."""


class _Point(TypedDict):
    """A point of the learning curve."""

    __pydantic_config__ = ConfigDict(**STRICT, extra="forbid")  # type: ignore[misc]

    samples_seen: Annotated[int, Field(ge=0)]
    validation_accuracy: float


class Header(TypedDict):
    """What JSON holds of a fitted classifier, besides further whole numbers of its class."""

    __pydantic_config__ = ConfigDict(strict=True)  # type: ignore[misc]  # a parameter may be infinite

    parameters: dict[str, Any]
    n_features_in_: Annotated[int, Field(ge=1, lt=2**31)]
    random_state_: Annotated[int, Field(ge=0, lt=2**64)]
    presentations_seen_: NotRequired[Annotated[int, Field(ge=0, lt=2**62)]]
    n_trainable_: NotRequired[Annotated[int, Field(ge=0, lt=2**62)]]
    history_: list[_Point]
    warnings_: list[str]
    feature_names_in_: NotRequired[list[str]]


def plain(owner: str, value: Any) -> Any:
    """Return a parameter as JSON holds it.

    Parameters
    ----------
    owner : str
        What an error names.
    value : object
        The parameter.

    Returns
    -------
    object
        None, bool, int, float, str or a list of them.

    Raises
    ------
    InputError
        For a value that JSON cannot hold.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (tuple, list)):
        return [plain(owner, item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise InputError(f"{owner}: {value!r} cannot be saved; give a number, a string or a tuple of them")


def with_tuples(value: Any) -> Any:
    """Return a value with its lists, as JSON has them, as tuples.

    Parameters
    ----------
    value : object
        What JSON gave.

    Returns
    -------
    object
        The value.
    """
    return tuple(with_tuples(item) for item in value) if isinstance(value, list) else value


def write(path: Path, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write header and arrays under a temporary name, then rename: a file that exists is complete.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    header : mapping
        What JSON holds.
    arrays : mapping of str to ndarray
        Arrays by name; of Python objects, only strings.

    Raises
    ------
    InputError
        For arrays of mixed Python objects.
    MachineError
        For a file that cannot be written.
    """
    stored = {HEADER: np.array(json.dumps(header))}
    for name, array in arrays.items():
        if array.dtype != object:
            stored[name] = array
        elif all(isinstance(item, str) for item in array):
            stored[TEXT + name] = array.astype(str)
        else:
            raise InputError(f"{name}: mixed Python objects cannot be saved; give labels of one type")
    try:
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez(file, allow_pickle=False, **stored)
    except OSError as error:
        refuse_path(error)
        raise MachineError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


@contextmanager
def reading(path: Path, class_name: str) -> Iterator[tuple[dict[str, Any], dict[str, NDArray[Any]]]]:
    """Read header and arrays of a saved classifier; a failure to make sense of them inside is an InputError.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    class_name : str
        Class that it must hold.

    Raises
    ------
    InputError
        For a missing or damaged file, or one that holds another class.

    Yields
    ------
    header : dict
        What JSON held.
    arrays : dict of str to ndarray
        Arrays by name.
    """
    stored = archive.read(class_name, path)
    try:
        header = json.loads(str(stored.pop(HEADER)))
        saved_class = str(header["class"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise archive.foreign(class_name, path, error) from None
    if saved_class != class_name:
        raise InputError(f"{path}: holds a {saved_class}, not a {class_name}; use {saved_class}.load")
    try:
        checked(Header, header)
        yield (
            header,
            {
                name.removeprefix(TEXT): array.astype(object) if name.startswith(TEXT) else array
                for name, array in stored.items()
            },
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise InputError(
            f"{path}: a saved {class_name} with missing or damaged parts ({first_line(error)}); save it again"
        ) from None
