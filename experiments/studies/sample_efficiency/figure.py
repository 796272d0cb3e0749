"""Figure of the sample-efficiency study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.run_directory import Run
from experiments.shared.drawing.curves import accuracy_figure
from experiments.shared.plate import Plate
from experiments.shared.wording import by_model, twin_sentences

PLATES = (
    Plate(
        "sample_efficiency",
        "Accuracy by training samples of each class",
        "Each point is a training of its own, measured on the validation split. Larger sets hold the smaller ones.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """`sample_efficiency`: validation accuracy by training samples of each class; empty without the study."""
    figure = accuracy_figure(run, "sample-efficiency", "Training samples of each class")
    return {} if figure is None else {"sample_efficiency": figure}


def sentences(run: Run) -> list[str]:
    """What came out, between twins where there are any."""
    when = "On average over small and large training sets, "
    return twin_sentences(run, "sample-efficiency", "sample_efficiency_mean", "validation samples", when) or [
        f"Mean over the training sets: {by_model(run, 'sample-efficiency', 'sample_efficiency_mean')}."
    ]
