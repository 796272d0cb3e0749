"""What a study is given and what it gives back: one model or untrained network, one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.tasks.dataset import Dataset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.classifier import Classifier


DEFAULT_BATCH = 32
"""Batch size of the Keras models unless it is set."""


@dataclass(frozen=True)
class Subject:
    """The model to be examined, on which data, with which seed.

    shelf: folder of the fitted classifiers of a run (see `fitted`), None for none. common_batch: a multiple
    of the batch sizes of all models of the run (see `RunConfig.common_batch`). twin: of a BNS, its artificial twin
    with the same seed, where that is in the run and agrees in all that twins share (see `RunConfig.twins`).
    """

    dataset: Dataset
    model: str
    parameters: Mapping[str, Any]
    seed: int
    shelf: Path | None = None
    common_batch: int = DEFAULT_BATCH
    twin: Subject | None = None

    def create(self) -> Classifier:
        """The unfitted classifier. Errors: InputError for an unknown parameter."""
        from models import registry

        return registry.create(self.model, **self.parameters, random_state=self.seed)


@dataclass(frozen=True)
class Untrained:
    """A unit or a network that a study names itself (`Study.subjects`), and the seed to draw it with. No training comes
    before the study; what is to learn learns in it."""

    model: str
    kind: str
    seed: int


def condition(**facts: float | str) -> str:
    """The `Measurement.condition` that these facts make, as in "scale=0.9,layer=3"."""
    return ",".join(f"{name}={value if isinstance(value, str) else f'{value:.6g}'}" for name, value in facts.items())


@dataclass(frozen=True)
class Measurement:
    """One number: `step` is its place on a curve (samples seen, samples of each class, time steps gone by), `condition`
    what else sets it apart."""

    metric: str
    value: float
    unit: str
    condition: str = ""
    step: int | None = None


def curve(metric: str, values: Iterable[float], unit: str, condition: str) -> Iterator[Measurement]:
    """One metric at steps 0, 1, ..., as from layer to layer."""
    return (Measurement(metric, float(value), unit, condition, step) for step, value in enumerate(values))


def part_of(progress: Callable[[int, int], None], before: int, total: int) -> Callable[[int, int], None]:
    """The progress of a part of the work, of which `before` is done when that part begins."""
    return lambda done, _: progress(before + done, total)


@dataclass(frozen=True)
class Predictions:
    """Final test predictions: class indices (sample,)."""

    true: NDArray[np.int64]
    predicted: NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """All that one study found out about one model with one seed.

    n_train, n_held_out: sizes of the training set and of the set that was measured on. derived: settings that the study
    chose itself, as config.toml tells them: a value that is the same for all models, or {model: value}.
    """

    n_train: int
    n_held_out: int
    measurements: tuple[Measurement, ...] = field(default=())
    predictions: Predictions | None = None
    derived: Mapping[str, Any] = field(default_factory=dict)
