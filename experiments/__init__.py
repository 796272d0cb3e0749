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
    from experiments.points.sweep import sweep
    from experiments.run.carry_out import compare, resume, run_study
    from experiments.run.repeat import repeat
    from experiments.run_directory import Run, read_run

require_own("models")

__all__ = ["Run", "compare", "convert", "fit", "read_run", "repeat", "resume", "run_study", "sweep"]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line answers `--help` before pandas is loaded."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    homes = {"Run": "run_directory", "read_run": "run_directory", "repeat": "run.repeat", "convert": "conversion"}
    homes |= {each: f"points.{each}" for each in ("fit", "sweep")}
    return getattr(import_module(f"experiments.{homes.get(name, 'run.carry_out')}"), name)
