"""Top floor: run studies on the networks and turn the results into numbers, figures and a report.

import experiments

run = experiments.compare(task="digits", seeds=5)
run.summary["differences"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bnsim.packages import require_own

if TYPE_CHECKING:
    from experiments.conversion import convert
    from experiments.points.fit import fit
    from experiments.points.fit_directory import Fit, read_fit
    from experiments.points.sweep import sweep
    from experiments.points.sweep_directory import Sweep, read_sweep
    from experiments.run.carry_out import compare, resume, run_study
    from experiments.run.repeat import repeat
    from experiments.run_directory import Run, read_run

require_own("models")

__all__ = [
    "Fit",
    "Run",
    "Sweep",
    "compare",
    "convert",
    "fit",
    "read_fit",
    "read_run",
    "read_sweep",
    "repeat",
    "resume",
    "run_study",
    "sweep",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line answers `--help` before pandas is loaded."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"experiments.{_HOMES.get(name, 'run.carry_out')}"), name)


_HOMES = {
    **dict.fromkeys(("Run", "read_run"), "run_directory"),
    **dict.fromkeys(("Sweep", "read_sweep"), "points.sweep_directory"),
    **dict.fromkeys(("Fit", "read_fit"), "points.fit_directory"),
    "sweep": "points.sweep",
    "fit": "points.fit",
    "repeat": "run.repeat",
    "convert": "conversion",
}
"""Modules of the names, where they are not in `experiments.run.carry_out`."""
