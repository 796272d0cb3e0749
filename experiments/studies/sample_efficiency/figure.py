"""Figure of the sample-efficiency study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.run_directory import Run
from experiments.shared.drawing.curves import accuracy_figure
from experiments.shared.wording import by_model, twin_sentences
from experiments.spec import Plate
from experiments.studies.sample_efficiency import STUDY

PLATES = (
    Plate(
        "sample_efficiency",
        "Accuracy by training samples of each class",
        "Each point is a training of its own, measured on the validation split. Larger sets contain the smaller ones.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Return `sample_efficiency`: validation accuracy by training samples of each class."""
    return {"sample_efficiency": accuracy_figure(run, STUDY["validation_accuracy"])}


def sentences(run: Run) -> list[str]:
    """Return what came out, between twins where there are any."""
    metric = STUDY["sample_efficiency_mean"]
    when = "On average over small and large training sets, "
    return twin_sentences(run, metric, "validation samples", when) or [
        f"Mean over the training sets: {by_model(run, metric)}."
    ]
