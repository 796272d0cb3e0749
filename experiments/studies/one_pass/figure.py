"""Figure of the one-pass study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.run_directory import Run
from experiments.shared.drawing.curves import accuracy_figure
from experiments.shared.wording import by_model, twin_sentences
from experiments.spec import Plate
from experiments.studies.one_pass import STUDY

PLATES = (
    Plate(
        "one_pass",
        "Accuracy while every sample is seen once",
        "On the validation split, with learning frozen; all models learn after each single sample.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `one_pass`: validation accuracy by samples seen, each of them once.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"one_pass": accuracy_figure(run, STUDY["validation_accuracy"])}


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
    metric = STUDY["one_pass_accuracy"]
    return twin_sentences(run, metric, "validation samples", "After seeing every sample once, ") or [
        f"{metric.label}: {by_model(run, metric)}."
    ]
