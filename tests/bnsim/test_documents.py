"""JSON is held against a description of it; each fault names the entry."""

from __future__ import annotations

from typing import Any

import pytest
from typing_extensions import TypedDict

from bnsim.documents import STRICT, checked, of_json


class Entry(TypedDict):
    """Something in a file."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: str
    values: list[float]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"name": "a"}, "entry 'values' is missing"),
        ({"name": 1, "values": []}, "entry 'name' is 1: input should be a valid string"),
        ({"name": "a", "values": [1, "2"]}, "entry 'values.1' is '2': input should be a valid number"),
        ({"name": "a", "values": [True]}, "entry 'values.0' is True: input should be a valid number"),
        ({"name": "a", "values": [float("nan")]}, "entry 'values.0' is nan: input should be a finite number"),
        ([1], "it is [1]: input should be a valid dictionary"),
        (
            {"name": [0] * 100, "values": []},
            f"entry 'name' is {str([0] * 100)[:80]}...: input should be a valid string",
        ),
    ],
)
def test_what_is_not_as_described(content: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        checked(Entry, content)
    assert str(caught.value) == message


def test_what_is_as_described_is_returned_unchanged() -> None:
    content = {"name": "a", "values": [1, 2.5], "other": None}
    assert checked(Entry, content) is content
    assert checked(("name", "other"), content) is content
    with pytest.raises(ValueError, match=r"^entry 'x' is missing$"):
        checked(("name", "x"), content)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NaN", "NaN is no JSON"),
        ("-Infinity", "-Infinity is no JSON"),
        ("[1e999]", "1e999 is too large a number"),
        ("[" * 200_000, "it is nested too deeply"),
        ("9" * 5000, "Exceeds the limit"),
    ],
)
def test_what_is_no_json(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        of_json(text)
