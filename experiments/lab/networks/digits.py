"""Digits that are drawn, read by a brain-like network and by its artificial twin."""

from __future__ import annotations

import os

from experiments.lab.drawing import DigitReading
from experiments.lab.spec import Knob

NETWORKS = ("receptive-field", "receptive-dense")
ABOUT = (
    "Draw a digit, or choose an image of the test set. A network of spiking cells and its artificial twin, behind the "
    "same fixed receptive fields, say what it is, and the raster shows the spikes with which the first one does. {} "
    "Both are trained the first time, and kept. Train them with few images, and see which of the two errs first."
)


def experiment(name: str, title: str, task: str, train: Knob, images: int, about: str) -> DigitReading:
    """Return the experiment of a task.

    Parameters
    ----------
    name, title
        Of the experiment.
    task
        Name of the task.
    train
        Knob of the number of training images.
    images
        Number of test images.
    about
        A sentence about the images.

    Returns
    -------
    DigitReading
        The experiment.
    """
    return DigitReading(
        name,
        title,
        "Learning",
        ABOUT.format(about),
        (Knob("sample", "Test image", 0, images - 1, 0, 1, whole=True), train),
        task=task,
        networks=NETWORKS,
        layers={"hidden": 2000, "output": 10},
        milliseconds=50,
    )


EXPERIMENTS = (
    experiment(
        "drawn-digits",
        "Draw a digit",
        "digits",
        Knob("train", "Training images", 100, 1400, 1400, 100, whole=True),
        360,
        "The images have 8 x 8 pixels, which is little: write large, clear digits.",
    ),
    *(
        [
            experiment(
                "drawn-mnist",
                "Draw a digit (MNIST)",
                "mnist",
                Knob("train", "Training images", 1000, 60_000, 10_000, 1000, whole=True),
                10_000,
                "The images have 28 x 28 pixels.",
            )
        ]
        if os.environ.get("BNSIM_DATA")
        else []
    ),
)
