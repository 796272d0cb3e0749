"""Decode the class from the layers of a trained network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import entropy

from bnsim.arrays import FloatArray, Int64Array
from bnsim.errors import InputError
from experiments.shared.fitted import fitted
from experiments.shared.probe import decoded
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.information import STUDY, Config
from experiments.studies.information.mutual_information import mutual_information, symbols, unit_information
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Layer


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Decode the class from the layers of one trained network with one seed.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The model, with its data and its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.

    Raises
    ------
    InputError
        If a class has only one sample among those that are measured, or of strings nearly all symbols are rare.
    """
    found = fitted(subject, config.max_train, progress)
    test = found.split.held_out.first(config.n_measured)
    if subject.dataset.predict_next:
        test = followed_often(test, config.folds)
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


def followed_often(strings: Samples, least: int) -> Samples:
    """Return the strings before symbols that follow enough of them.

    Parameters
    ----------
    strings
        Strings with the symbols that follow.
    least
        Strings that a symbol follows at least.

    Returns
    -------
    Samples
        In the same order.

    Raises
    ------
    InputError
        If fewer than two symbols follow so many.
    """
    counts = np.bincount(strings.y)
    if np.count_nonzero(counts >= least) < 2:
        raise InputError(
            f"information.n_measured: of {len(strings)} strings, no two symbols follow {least} each; measure more"
        )
    return strings.chosen(np.flatnonzero(counts[strings.y] >= least))


def _folds(config: Config, test: Samples, classes: tuple[str, ...]) -> int:
    counts = np.bincount(test.y)
    if np.any(counts == 1):
        raise InputError(
            f"class {classes[int(np.flatnonzero(counts == 1)[0])]!r} has one sample only among the {len(test)} that "
            "are measured; give more of them: --set information.n_measured"
        )
    return min(config.folds, int(counts[counts > 0].min()))


class Reader:
    """Decodes classes from responses to the same samples, with true and with shuffled labels.

    Parameters
    ----------
    config
        Options of the study.
    test
        The samples.
    folds
        Number of folds of the cross-validation.
    seed
        Seed of the folds and the shuffled labels.
    """

    def __init__(self, config: Config, test: Samples, folds: int, seed: int) -> None:
        generator = np.random.default_rng([seed, 0x1F0])
        self._config = config
        self._labels = test.y
        self._shuffled = [generator.permutation(test.y) for _ in range(config.shuffles)]
        self._folds = folds
        self._seed = seed

    def layer(self, layer: Layer, width: float) -> Iterator[Measurement]:
        """Yield the measurements of a layer and, if it has spikes, those of the spikes up to several times.

        Parameters
        ----------
        layer
            Responses and, if the layer has spikes, counts in time bins.
        width
            Width of a time bin in ms.

        Returns
        -------
        iterator of Measurement
            The measurements.
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
        """Return all measures of some responses.

        Parameters
        ----------
        responses
            Responses (sample, unit).

        Returns
        -------
        dict of str to float
            Values by metric.
        """
        levels = symbols(responses, self._config.levels)
        true = self._read(responses, levels, self._labels)
        chance = [self._read(responses, levels, labels) for labels in self._shuffled]
        shuffled = {metric: float(np.mean([found[metric] for found in chance])) for metric in true}
        less = {metric: true[metric] - shuffled[metric] for metric in ("probe_bits", "unit_bits")}
        return {**true, **less, **{f"{metric}_shuffled": value for metric, value in shuffled.items()}}

    def _read(self, responses: FloatArray, levels: NDArray[np.integer], labels: Int64Array) -> dict[str, float]:
        answers = decoded(responses, labels, self._folds, self._seed)
        table = np.zeros((labels.max() + 1,) * 2, np.int64)
        np.add.at(table, (labels, answers), 1)
        return {
            "probe_accuracy": float(np.mean(answers == labels)),
            "probe_bits": float(mutual_information(table)),
            "unit_bits": float(np.mean(unit_information(levels, labels))),
        }
