"""Figures of a stored run: each module has `draw(run) -> {name: Figure}`, empty where nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.results import Run


def draw(run: Run) -> dict[str, Figure]:
    """Every figure of a run by file name, without suffix; nothing is simulated."""
    from experiments.figures import (
        accuracy,
        correlation_map,
        depth_activity,
        learning,
        one_pass,
        perturbation,
        receptive_fields,
        sample_efficiency,
        side_by_side,
        transfer,
    )

    of_studies = (
        accuracy,
        learning,
        sample_efficiency,
        one_pass,
        transfer,
        depth_activity,
        correlation_map,
        perturbation,
    )
    figures: dict[str, Figure] = {}
    for module in (*of_studies, receptive_fields, side_by_side):
        figures |= module.draw(run)
    return figures
