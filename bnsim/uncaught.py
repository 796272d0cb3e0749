"""Errors of this package that a script does not catch."""

from __future__ import annotations

import sys
from types import TracebackType

from bnsim.errors import BnsimError


def told_plainly() -> None:
    """Have Python tell errors of this package itself.

    Brian2 tells what a script does not catch: that it met an unexpected error, asks to report it, and keeps a log and a
    copy of the script. What this package refuses is neither unexpected nor Brian2's. All other errors are told as
    before.
    """
    others = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        (sys.__excepthook__ if issubclass(kind, BnsimError) else others)(kind, error, traceback)

    sys.excepthook = tell
