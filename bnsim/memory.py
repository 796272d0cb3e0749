"""Whether an array fits into this machine's memory, before one is made whose size a file or a user says."""

from __future__ import annotations

import math
import os

from bnsim.errors import InputError


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
    try:
        memory = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # a system that does not say
        memory = math.inf
    if n_bytes > memory:
        raise InputError(f"{culprit}: {n_bytes / 1e9:,.3g} GB are more than fit into memory; {remedy}")
