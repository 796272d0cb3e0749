"""Learned receptive fields: the weights into each unit as an image, with the class that the unit represents."""

from __future__ import annotations

from matplotlib.figure import Figure

from bnsim import plotting
from bnsim.plotting.style import style
from experiments.run_directory import Run


def draw(run: Run) -> dict[str, Figure]:
    """Draw `receptive_fields-<model>` for every model whose units have receptive fields.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix; empty if no model has receptive fields.
    """
    figures: dict[str, Figure] = {}
    for example in run.examples():
        name = f"receptive_fields-{example.model}"
        if example.fields is not None and name not in figures:
            with style():
                figure = Figure(figsize=(7.2, 6.6))
                ax = figure.add_subplot()
                plotting.receptive_fields(example.fields, names=example.field_classes, ax=ax)
                ax.set_title(f"{example.model}: weights into each cell, and the class that it stands for")
            figures[name] = figure
    return figures
