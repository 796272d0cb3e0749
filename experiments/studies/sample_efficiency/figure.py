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
        "Each point is a separate training, measured on the validation split. Larger sets contain the smaller ones.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `sample_efficiency`: validation accuracy by number of training samples per class.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"sample_efficiency": accuracy_figure(run, STUDY["validation_accuracy"])}


def sentences(run: Run) -> list[str]:
    """Describe the accuracies, between twins if there are any.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    metric = STUDY["sample_efficiency_mean"]
    when = "On average over small and large training sets, "
    return twin_sentences(run, metric, "validation samples", when) or [
        f"Mean over the training sets: {by_model(run, metric)}."
    ]
