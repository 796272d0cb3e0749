"""How much of the class do the layers of each network hold, and from when on?

Responses of each layer to the same `n_measured` test samples, spike counts or activations, are read in two ways; those
of layers with spikes also at `times` moments of the trial, counting the spikes up to then. Timing within that is not
read, so that spikes may hold more.

All units together: a linear probe is trained on parts of these samples and reads the others (cross-validation), a new
one for each moment. The information of the true and the decoded class is a lower bound of what the layer holds.

Each unit alone: the information of its response and the class. Up to `levels` different counts are taken as they are;
more, and activations, are cut into as many levels with equally many samples.

All bits are corrected for the finite sample after Miller and Madow (`mutual_information`), and the
same of `shuffles` random orders of the labels is subtracted, which takes away what the correction leaves.

Metrics
-------
Of each layer (condition "layer=..")
probe_accuracy   fraction of the samples whose class the probe reads correctly
probe_bits       information of true and decoded class, less that with shuffled labels
unit_bits        information of one unit's response and the class, less that with shuffled labels: mean over units
*_shuffled       the same with shuffled labels

*_course         all of these of layers with spikes, counted up to `step` ms
last_hidden_bits probe_bits of the last layer before the output
class_entropy    bits that tell the class of these samples: no layer holds more (the
                 correction can add one or two hundredths)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt
from scipy.stats import entropy

from bnsim.errors import InputError
from experiments.shared.fitted import fitted
from experiments.shared.probe import decoded
from experiments.spec import Measurement, Outcome, Subject
from experiments.studies.information.mutual_information import mutual_information, symbols, unit_information
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Layer

FloatArray = NDArray[np.floating]
Labels = NDArray[np.int64]
UNITS = {"probe_accuracy": "fraction", "probe_bits": "bit", "unit_bits": "bit"}


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them.
    n_measured: test samples whose responses are read. folds: of the cross-validation, fewer where a class has fewer
    samples. levels: most different responses of a unit. times: moments of the trial, at equal distances. shuffles:
    random orders of the labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt
    folds: int = Field(ge=2)
    levels: int = Field(ge=2)
    times: PositiveInt
    shuffles: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, n_measured=300, folds=5, levels=5, times=5, shuffles=1),
    "full": Config(max_train=None, n_measured=1000, folds=5, levels=5, times=10, shuffles=2),
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Read the class from the layers of one trained network with one seed."""
    found = fitted(subject, config.max_train, progress)
    test = found.split.held_out.first(config.n_measured)
    reader = Reader(config, test, _folds(config, test, subject.dataset.classes), subject.seed)
    activity = found.model.activity(test.X)
    rows: list[Measurement] = []
    for number, layer in enumerate(activity.layers):
        rows += reader.layer(layer, 1e3 * (activity.bin_width or 0))
        progress(number + 1, len(activity.layers))
    if len(activity.layers) > 1:
        place = f"layer={activity.layers[-2].name}"
        (bits,) = [row.value for row in rows if (row.metric, row.condition) == ("probe_bits", place)]
        rows.append(Measurement("last_hidden_bits", bits, "bit"))
    rows.append(Measurement("class_entropy", float(entropy(np.bincount(test.y), base=2)), "bit"))
    return Outcome(len(found.split.train), len(test), tuple(rows))


def _folds(config: Config, test: Samples, classes: tuple[str, ...]) -> int:
    counts = np.bincount(test.y)
    if np.any(counts == 1):
        raise InputError(
            f"class {classes[int(np.flatnonzero(counts == 1)[0])]!r} has one sample only among the {len(test)} that "
            "are measured; give more of them: --set information.n_measured"
        )
    return min(config.folds, int(counts[counts > 0].min()))


class Reader:
    """Reads classes from responses to the same samples, with their labels and with shuffled ones."""

    def __init__(self, config: Config, test: Samples, folds: int, seed: int) -> None:
        generator = np.random.default_rng([seed, 0x1F0])
        self._config = config
        self._labels = test.y
        self._shuffled = [generator.permutation(test.y) for _ in range(config.shuffles)]
        self._folds = folds
        self._seed = seed

    def layer(self, layer: Layer, width: float) -> Iterator[Measurement]:
        """Of a layer, and where it has spikes, in time bins of this width (ms), of those up to some moments."""
        place = f"layer={layer.name}"
        whole = self.read(layer.responses)
        for metric, value in whole.items():
            yield Measurement(metric, value, _unit(metric), place)
        if layer.binned is None:
            return
        bins, times = layer.binned.shape[1], self._config.times
        for end in sorted({-(-bins * part // times) for part in range(1, times + 1)}):
            fired = layer.binned[:, :end].sum(axis=1)
            found = whole if np.array_equal(fired, layer.responses) else self.read(fired)
            for metric, value in found.items():
                yield Measurement(f"{metric}_course", value, _unit(metric), place, round(end * width))

    def read(self, responses: FloatArray) -> dict[str, float]:
        """All metrics of responses (sample, unit)."""
        levels = symbols(responses, self._config.levels)
        true = self._read(responses, levels, self._labels)
        chance = [self._read(responses, levels, labels) for labels in self._shuffled]
        shuffled = {metric: float(np.mean([found[metric] for found in chance])) for metric in true}
        less = {metric: true[metric] - shuffled[metric] for metric in ("probe_bits", "unit_bits")}
        return {**true, **less, **{f"{metric}_shuffled": value for metric, value in shuffled.items()}}

    def _read(self, responses: FloatArray, levels: NDArray[np.integer], labels: Labels) -> dict[str, float]:
        answers = decoded(responses, labels, self._folds, self._seed)
        table = np.zeros((labels.max() + 1,) * 2, np.int64)
        np.add.at(table, (labels, answers), 1)
        return {
            "probe_accuracy": float(np.mean(answers == labels)),
            "probe_bits": float(mutual_information(table)),
            "unit_bits": float(np.mean(unit_information(levels, labels))),
        }


def _unit(metric: str) -> str:
    return UNITS[metric.removesuffix("_shuffled")]
