"""What one model did with one test image: a file of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim import archive
from bnsim.expected import NUMBER, TEXT, WHOLE, Expected, check
from bnsim.recording import Recording
from bnsim.recording.arrays import fields


@dataclass(frozen=True)
class Example:
    """Response of one model, trained with the run's first seed, to one test image.

    The first BNS of the run (the first model if there is no BNS) determines the images: the first test image that it
    classifies correctly (case "correct"), the first that it misclassifies (case "wrong"; absent if there is none), and
    some of other classes ("further1", ...). All models are shown the same images, so their own predictions may differ.

    On disk, `recordings/<model>-<case>.npz` holds `example/index`, `example/image`, `example/true` and
    `example/predicted`; for a network without spikes also `activations/<layer>` (unit,) from input to output, and for a
    network with spikes the arrays that `bnsim.Recording.load` reads: one trial with the spike times of every
    population.

    Parameters
    ----------
    model
        Name of the model.
    case
        "correct" or "wrong", by the prediction of the model that determined the images; "further1", ... for others.
    index
        Position of the image in the test set of the first seed.
    image
        The image as presented, scaled: (height, width); a sequence as (channel, step), without its mask; or (features,)
        if the task has neither.
    true_class
        Class of the image.
    predicted_class
        Prediction of this model.
    recording
        Spike times and traces of this trial (trial 0 of the recording); None for a network without spikes.
    activations
        Activations (unit,) of each layer, from input to output. Empty for a network with spikes, except that it holds
        the output if the answer is not read from an output layer.
    fields
        Learned receptive fields (unit, height, width) of models that have them; stored only with the first example.
    field_classes
        Class that each of these units represents, "" for none.
    """

    model: str
    case: str
    index: int
    image: NDArray[np.floating]
    true_class: str
    predicted_class: str
    recording: Recording | None
    activations: Mapping[str, NDArray[np.floating]]
    fields: NDArray[np.floating] | None = None
    field_classes: tuple[str, ...] = ()

    def save(self, folder: Path) -> None:
        """Write `<model>-<case>.npz`.

        Parameters
        ----------
        folder
            Existing folder for the file.
        """
        arrays: dict[str, Any] = {
            "example/index": np.int64(self.index),
            "example/image": self.image,
            "example/true": np.str_(self.true_class),
            "example/predicted": np.str_(self.predicted_class),
        }
        arrays |= {f"activations/{layer}": values for layer, values in self.activations.items()}
        if self.recording is not None:
            arrays |= self.recording.arrays()
        if self.fields is not None:
            arrays["fields/weights"] = self.fields
        if self.field_classes:
            arrays["fields/classes"] = np.array(self.field_classes, dtype=str)
        np.savez_compressed(folder / f"{self.model}-{self.case}.npz", allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> Example:
        """Read a file that `save` wrote.

        Parameters
        ----------
        path
            Path of the .npz file.

        Returns
        -------
        Example
            The example.

        Raises
        ------
        InputError
            If the file is damaged or is not an example.
        """
        model, _, case = path.stem.rpartition("-")
        data = archive.read("Example", path)
        try:
            recorded = _check(data)
            return cls(
                model=model,
                case=case,
                index=int(data["example/index"]),
                image=data["example/image"],
                true_class=str(data["example/true"]),
                predicted_class=str(data["example/predicted"]),
                recording=Recording(**fields(recorded)) if recorded else None,
                activations={
                    key.removeprefix("activations/"): values
                    for key, values in data.items()
                    if key.startswith("activations/")
                },
                fields=data.get("fields/weights"),
                field_classes=tuple(map(str, data.get("fields/classes", ()))),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Example", path, error) from None


def _check(data: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Hold the arrays of an example against each other and return those of its recording."""
    expected = {
        "example/index": Expected(WHOLE, (), low=0),
        "example/image": Expected(NUMBER, ("height", "width")[: np.ndim(data.get("example/image", ()))]),
        "example/true": Expected(TEXT, ()),
        "example/predicted": Expected(TEXT, ()),
    }
    for name, array in data.items():
        if name.startswith("activations/"):
            expected[name] = Expected(NUMBER, tuple(f"axis {axis} of {name}" for axis in range(array.ndim)))
    if "fields/weights" in data:
        expected["fields/weights"] = Expected(NUMBER, ("fields", "rows", "columns"))
    if "fields/classes" in data:
        expected["fields/classes"] = Expected(TEXT, ("fields",))
    check(data, expected)
    recorded = {name: array for name, array in data.items() if name not in expected}
    if not (recorded or any(name.startswith("activations/") for name in data)):
        raise ValueError("it holds neither spikes nor activations")
    return recorded
