"""Scripts of pages, carried out in this process: it has imported what takes seconds in a process of their own."""

from __future__ import annotations

import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


def carry_out(script: str, folder: Path) -> None:
    """Carry out a script in a folder, with a namespace of its own."""
    mpl.use("Agg")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.chdir(folder)
        warnings.simplefilter("ignore")
        try:
            exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
        finally:
            plt.close("all")
