"""Classic experiments carried out in this process, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.names import DEFAULT_MODELS
from experiments.run_directory import Run
from tests.experiments.here import run_here


def run_tiny(classic: str, out: Path, **settings: Any) -> Run:
    """The experiment with the preset tiny, one seed."""
    keyed = {f"{classic}.{name}": value for name, value in settings.items()}
    return run_here(classic, DEFAULT_MODELS, keyed, out, preset="tiny")


def passed(run: Run) -> dict[str, bool]:
    """The yardsticks that the run was held against: name -> whether they passed."""
    return {entry["name"]: entry["passed"] for entry in run.summary["references"]}
