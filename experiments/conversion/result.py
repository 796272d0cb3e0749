"""What a conversion came to: the spiking network, and its accuracy by time step beside that of its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bnsim.arrays import Float64Array
from bnsim.errors import MachineError, refuse_path
from bnsim.files import replacing

if TYPE_CHECKING:
    from models.spiking.converted_keras import ConvertedKeras

CLOSE = 0.3
"""Percentage points that count as little lost."""
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Time steps of which tables show the accuracy, besides the last."""
CLASSIFIER, FIGURES, NUMBERS = "classifier.npz", ("accuracy.svg", "accuracy.png"), "conversion.json"


@dataclass(frozen=True, eq=False)
class Conversion:
    """A network that was converted.

    Parameters
    ----------
    classifier
        The spiking network.
    model
        Path of the source.
    task
        Name of the task.
    scaling
        How samples were scaled.
    seed
        Seed of the split.
    source_accuracy
        Share of test samples that Keras itself answers right.
    accuracy
        Share that the spiking network answers right after 1, 2, ... time steps.
    agreement
        Share of test samples to which both give the same answer after the last step.
    n_test
        Number of test samples.
    seconds
        Wall-clock time of the simulation for one sample, in s, compilation left out.
    """

    classifier: ConvertedKeras
    model: str
    task: str
    scaling: str
    seed: int
    source_accuracy: float
    accuracy: Float64Array
    agreement: float
    n_test: int
    seconds: float

    @property
    def lost(self) -> float:
        """Percentage points lost after the last step; negative where the spiking network is better."""
        return float(100 * (self.source_accuracy - self.accuracy[-1]))

    def steps_until(self, points: float = CLOSE) -> int | None:
        """Return the first step from which on no more than so many percentage points are lost, up to the last.

        Parameters
        ----------
        points
            Percentage points.

        Returns
        -------
        int or None
            The step, counted from 1; None where more is lost after the last step.
        """
        # One sample more or less is told apart, rounding is not.
        far = np.flatnonzero(100 * (self.source_accuracy - self.accuracy) > points + 1e-9)
        first = int(far[-1]) + 2 if far.size else 1
        return first if first <= len(self.accuracy) else None

    def rows(self) -> list[tuple[int, float, float]]:
        """Return the step, the accuracy and the points lost, in per cent, at some steps.

        Returns
        -------
        list of (int, float, float)
            The last step is among them.
        """
        steps = sorted({step for step in SHOWN if step < len(self.accuracy)} | {len(self.accuracy)})
        return [
            (step, 100 * self.accuracy[step - 1], 100 * (self.source_accuracy - self.accuracy[step - 1]))
            for step in steps
        ]

    def numbers(self) -> dict[str, Any]:
        """Return what JSON holds of it.

        Returns
        -------
        dict
            Plain numbers and texts.
        """
        return {
            "model": self.model,
            "task": self.task,
            "scaling": self.scaling,
            "seed": self.seed,
            "test_samples": self.n_test,
            "percentile": self.classifier.percentile,
            "neuron": str(self.classifier.neuron),
            "neurons": self.classifier.network_.n_units,
            "source_accuracy": self.source_accuracy,
            "accuracy": float(self.accuracy[-1]),
            "points_lost": self.lost,
            "points_close": CLOSE,
            "steps_until_close": self.steps_until(),
            "agreement": self.agreement,
            "seconds_per_sample": self.seconds,
            "accuracy_by_step": self.accuracy.tolist(),
        }

    def save(self, folder: str | Path) -> None:
        """Write the classifier, the numbers and a figure of the accuracy by time step.

        Parameters
        ----------
        folder
            A folder, which is made where there is none: `classifier.npz`, which `ConvertedKeras.load` reads,
            `conversion.json`, `accuracy.svg` and `accuracy.png`.

        Raises
        ------
        MachineError
            If it cannot be written.
        """
        from bnsim.plotting.style import save
        from experiments.shared.drawing.conversion import accuracy_by_step

        folder = Path(folder)
        make_folder(folder)
        self.classifier.save(folder / CLASSIFIER)
        save(accuracy_by_step(self), *(folder / name for name in FIGURES))
        with replacing(folder / NUMBERS) as partial:
            partial.write_text(json.dumps(self.numbers(), indent=1) + "\n", encoding="utf-8")


def make_folder(folder: Path) -> None:
    """Make a folder where there is none.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    MachineError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse_path(error)
        raise MachineError(f"{folder}: cannot be made ({error.strerror}); choose another place") from error
