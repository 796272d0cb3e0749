"""Figures of a stored run, and what is said of them.

A study's module has `draw(run) -> {name: Figure}`, empty where nothing is stored of it; `PLATES`, how the report shows
these figures; and `sentences(run)`, what came out, from the stored numbers alone. Nothing here runs a model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from experiments.studies import STUDIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.run_directory import Run
    from experiments.shared.plate import Plate


class StudyFigures(Protocol):
    """What the module of a study's figures has."""

    PLATES: tuple[Plate, ...]

    def draw(self, run: Run) -> dict[str, Figure]: ...

    def sentences(self, run: Run) -> list[str]: ...


def of_study(name: str) -> StudyFigures:
    """The module with the figures of a study: a hyphen in its name is an underscore in that of its file."""
    return cast(StudyFigures, import_module(f"experiments.studies.{name.replace('-', '_')}.figure"))


def draw(run: Run) -> dict[str, Figure]:
    """Every figure of a run by file name, without suffix; nothing is simulated."""
    from experiments.report import receptive_fields, side_by_side

    figures: dict[str, Figure] = {}
    for name in STUDIES:
        figures |= of_study(name).draw(run)
    return figures | receptive_fields.draw(run) | side_by_side.draw(run)
