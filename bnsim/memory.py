"""This machine's memory, and whether an array fits into it before one is made whose size a file or a user says."""

from __future__ import annotations

import math
import os

from bnsim.errors import InputError


def memory() -> float:
    """Return the size of this machine's memory.

    Returns
    -------
    float
        In bytes; infinite where the system does not say.
    """
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf


def check_fits(culprit: str, n_bytes: float, remedy: str) -> None:
    """Refuse an array that is larger than the memory.

    Parameters
    ----------
    culprit : str
        What asks for it, for the message of an error.
    n_bytes : float
        Its size.
    remedy : str
        What to do instead.

    Raises
    ------
    InputError
        If it is larger.
    """
    if n_bytes > memory():
        raise InputError(f"{culprit}: {n_bytes / 1e9:,.3g} GB are more than fit into memory; {remedy}")
