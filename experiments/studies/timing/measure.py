"""Train each network anew for every task, jitter and bin width, and test it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.studies.timing import DURATION, STUDY, TASKS, Config
from experiments.studies.timing.spike_patterns import Trials, draw_templates, presented, reversal, row_after_row
from experiments.tasks import load_task
from experiments.tasks.dataset import Split, validation_split
from models.sequences import SequenceShape, as_rows

if TYPE_CHECKING:
    from models.classifier import Classifier

HIDDEN = (300,)
SPIKING: dict[str, Any] = {
    "hidden": HIDDEN,
    "duration": float(DURATION),
    "max_rate": 500.0,
    "learning_rate": 5e-3,
    "hidden_learning_rate": 5e-3,
}
"""As for small images; `max_rate` is that of the bias unit."""
HIDDEN_WEIGHT = {"patterns": 1.0, "reversal": 1.0, "rows": 0.4}
"""With which neurons fire about twice a trial: few spikes need strong weights."""
DENSE: dict[str, Any] = {"hidden": HIDDEN, "learning_rate": 3e-3}
RECURRENT: dict[str, Any] = {"units": 40, "learning_rate": 1e-2, "batch_size": 64, "memory": 1}
"""With 40 units there are 6,890 weights and biases for the first task; the brain-like network has 6,910."""


@dataclass(frozen=True)
class Task:
    """Trials of one task.

    Parameters
    ----------
    train, test
        Trials to learn from and to be tested on.
    """

    train: Trials
    test: Trials

    @classmethod
    def of(cls, name: str, config: Config, jitter: float, seed: int) -> Task:
        """Return a task; its patterns and digits are the same at every jitter.

        Parameters
        ----------
        name
            One of `TASKS`.
        config
            Options of the study.
        jitter
            Standard deviation in ms.
        seed
            Seed of patterns, digits and jitter.
        """
        generator = np.random.default_rng([seed, list(TASKS).index(name), 0x71E])
        if name == "rows":
            split = _digits(config, seed)
            shown = [(part.X.reshape(-1, 8, 8), part.y) for part in (split.train, split.held_out)]
            return cls(*(row_after_row(images, y, jitter, generator) for images, y in shown))
        drawn = draw_templates(config.classes, config.units, generator)
        templates = drawn if name == "patterns" else reversal(drawn[0])
        return cls(*(presented(templates, config.trials, jitter, generator) for _ in range(2)))

    def counts_alone(self, seed: int) -> Task:
        """Return the same trials with every spike at a random time.

        Parameters
        ----------
        seed
            Seed of the times.

        Returns
        -------
        Task
            The trials, which differ only in their counts.
        """
        generator = np.random.default_rng([seed, 0x5CA7])
        return Task(self.train.scattered(generator), self.test.scattered(generator))


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Train one kind of network anew for every task, jitter and bin width, and test it.

    Parameters
    ----------
    config
        Options of the study.
    subject
        Kind of network, with its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    digits = _digits(config, subject.seed)
    measurements: list[Measurement] = []
    for number, name in enumerate(TASKS, start=1):
        tasks = {jitter: Task.of(name, config, jitter, subject.seed) for jitter in config.all_jitters}
        measure = _spiking if subject.kind == "BNS" else _artificial
        measurements += measure(config, name, tasks, subject)
        n_classes = len(np.unique(tasks[config.at_jitter].train.y))
        measurements.append(STUDY["chance"](1 / n_classes, task=name))
        progress(number, len(TASKS))
    # Only digits are split anew by each seed, of which intervals must know; patterns are all new.
    return Outcome(len(digits.train), len(digits.held_out), tuple(measurements))


def _digits(config: Config, seed: int) -> Split:
    return validation_split(load_task("digits"), seed, max_train=config.images)


def _spiking(config: Config, name: str, tasks: dict[float, Task], subject: Untrained) -> Iterator[Measurement]:
    from models.spiking.spike_time_network import SpikeTimeNetwork

    def accuracy(task: Task) -> float:
        model = SpikeTimeNetwork(
            **SPIKING, hidden_weight=HIDDEN_WEIGHT[name], passes=config.passes, random_state=subject.seed
        ).fit(task.train.flat(), task.train.y)
        return float(np.mean(model.predict(task.test.flat()) == task.test.y))

    for jitter, task in tasks.items():
        yield STUDY["accuracy"](accuracy(task), task=name, jitter=jitter)
    alone = accuracy(tasks[config.at_jitter].counts_alone(subject.seed))
    yield STUDY["accuracy_of_counts"](alone, task=name)


def _artificial(config: Config, name: str, tasks: dict[float, Task], subject: Untrained) -> Iterator[Measurement]:
    def accuracy(task: Task, width: int) -> float:
        train, test = task.train.binned(width), task.test.binned(width)
        if subject.model == "dense":
            model: Classifier = _dense(subject.seed, config.artificial_passes)
        else:
            n_bins = DURATION // width
            train, test = (as_rows(trials.reshape(len(trials), n_bins, -1)) for trials in (train, test))
            model = _recurrent(subject.seed, config.artificial_passes, (n_bins, train.shape[1] // n_bins))
        model.fit(train, task.train.y)
        return float(np.mean(model.predict(test) == task.test.y))

    widths = {*config.bin_widths, DURATION}
    places = {(jitter, config.at_bin) for jitter in tasks} | {(config.at_jitter, width) for width in widths}
    found = {(jitter, width): accuracy(tasks[jitter], width) for jitter, width in sorted(places)}
    for (jitter, width), value in found.items():
        yield STUDY["accuracy"](value, task=name, jitter=jitter, bin=width)
    yield STUDY["accuracy_of_counts"](found[config.at_jitter, DURATION], task=name)


def _dense(seed: int, passes: int) -> Classifier:
    from models.artificial.dense import Dense

    return Dense(**DENSE, passes=passes, random_state=seed)


def _recurrent(seed: int, passes: int, shape: SequenceShape) -> Classifier:
    from models.artificial.gated_recurrent import GatedRecurrent

    return GatedRecurrent(shape, **RECURRENT, passes=passes, random_state=seed)
