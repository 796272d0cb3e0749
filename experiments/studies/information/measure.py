"""Reads the class from the layers of a trained network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import entropy

from bnsim.errors import InputError
from experiments.shared.fitted import fitted
from experiments.shared.probe import decoded
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.information import STUDY, Config
from experiments.studies.information.mutual_information import mutual_information, symbols, unit_information
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Layer

FloatArray = NDArray[np.floating]
Labels = NDArray[np.int64]


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
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
        last = ("probe_bits", {"layer": activity.layers[-2].name})
        (bits,) = [row.value for row in rows if (row.metric, row.facts) == last]
        rows.append(STUDY["last_hidden_bits"](bits))
    rows.append(STUDY["class_entropy"](entropy(np.bincount(test.y), base=2)))
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
        """Yield what is read of a layer and, where it has spikes, of those up to some moments.

        Parameters
        ----------
        layer
            Its responses and, where it has spikes, their counts in time bins.
        width
            Of a time bin, in ms.
        """
        whole = self.read(layer.responses)
        for metric, value in whole.items():
            yield STUDY[metric](value, layer=layer.name)
        if layer.binned is None:
            return
        bins, times = layer.binned.shape[1], self._config.times
        for end in sorted({-(-bins * part // times) for part in range(1, times + 1)}):
            fired = layer.binned[:, :end].sum(axis=1)
            found = whole if np.array_equal(fired, layer.responses) else self.read(fired)
            for metric, value in found.items():
                yield STUDY[f"{metric}_course"](value, round(end * width), layer=layer.name)

    def read(self, responses: FloatArray) -> dict[str, float]:
        """Return all that is read of responses (sample, unit): metric -> value."""
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
