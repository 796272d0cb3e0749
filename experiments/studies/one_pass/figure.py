"""Figure of the one-pass study."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.run_directory import Run
from experiments.shared.drawing.curves import accuracy_figure
from experiments.shared.plate import Plate
from experiments.shared.wording import by_model, twin_sentences

PLATES = (
    Plate(
        "one_pass",
        "Accuracy while every sample is seen once",
        "On the validation split, with learning frozen; all models learn after each single sample.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """`one_pass`: validation accuracy by samples seen, each once; empty without the study."""
    figure = accuracy_figure(run, "one-pass", "Training samples seen, each once")
    return {} if figure is None else {"one_pass": figure}


def sentences(run: Run) -> list[str]:
    """What came out, between twins where there are any."""
    when = "Having seen every sample once, "
    return twin_sentences(run, "one-pass", "one_pass_accuracy", "validation samples", when) or [
        f"Validation accuracy after one pass: {by_model(run, 'one-pass', 'one_pass_accuracy')}."
    ]
