"""Cells that compete for images: their receptive fields while they form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.spec import Knob
from experiments.lab.training import Training

CELLS = 100


def parameters(values: Mapping[str, float]) -> dict[str, Any]:
    """Return the parameters of the model `diehl-cook`: those of `experiments.settings`, but for the knobs.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    dict
        By name.
    """
    return {
        "n_neurons": CELLS,
        "max_rate": 200.0,
        "total": values["total"],
        "theta_increment": values["theta_increment"],
        "passes": int(values["passes"]),
    }


EXPERIMENTS = (
    Training(
        "receptive-fields",
        "Receptive fields as they form (STDP)",
        "Learning",
        "A hundred cells see handwritten digits as spikes of 64 pixels. Without any label, spike-timing-dependent "
        "plasticity and mutual inhibition turn the weights of each cell into the picture of a digit; the labels only "
        "say afterwards what each cell has come to stand for. Try few images, or thresholds that do not rise.",
        (
            Knob("train", "Training images", 100, 1100, 1100, 100, whole=True),
            Knob("passes", "Presentations of each image", 1, 10, 3, 1, whole=True),
            Knob("theta_increment", "Rise of the threshold at a spike", 0, 0.05, 0.01, 0.005, "mV", compiled=True),
            Knob("total", "Sum of the weights into a cell", 10, 40, 20, 5, compiled=True),
        ),
        task="digits",
        model="diehl-cook",
        parameters=parameters,
        cells=CELLS,
        train=lambda values: int(values["train"]),
        validation=200,
        every=100,
    ),
)
