"""What the value of a setting may be, whichever study or model it is for: these say more of their own values."""

from __future__ import annotations

import math
from typing import Any

from bnsim.errors import InputError

LARGEST = 10_000_000
"""Largest number in a setting. No network, data set or training of this project comes near it, and a number beyond it
would end in a lack of memory or never, after some of the work."""

_DEEPEST = 3
"""Lists within lists."""


def check_value(key: str, value: Any, depth: int = 0) -> None:
    """Refuse what no setting can be.

    Parameters
    ----------
    key
        Name of the setting.
    value
        Its value.
    depth
        Number of lists around the value.

    Raises
    ------
    InputError
        For a number that is not finite or too large, lists nested too deeply, or anything but a number, a text, true,
        false, and lists of these.
    """
    if isinstance(value, (list, tuple)):
        if depth == _DEEPEST:
            raise InputError(f"--set {key}: lists within lists, {_DEEPEST} deep and more; give a flat list")
        for part in value:
            check_value(key, part, depth + 1)
    elif isinstance(value, (int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"--set {key}: got {value}; give a finite number")
        if abs(value) > LARGEST:  # not shown: Python refuses to write numbers of thousands of digits
            raise InputError(f"--set {key}: the number is too large; give at most {LARGEST:,}")
    elif not (value is None or isinstance(value, str)):
        kind = type(value).__name__
        raise InputError(f"--set {key}: got a {kind}; give a number, a text, true, false, or a list of these")
