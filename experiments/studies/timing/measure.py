"""What can each network learn of the times of spikes, where their counts tell nothing?

Three tasks, in trials of 64 ms. "patterns": each class is a random pattern, in which every input unit fires once.
"reversal": a random pattern and the same in reversed time. "rows": digits, one row after the other, a pixel as up to
four spikes of the unit of its column, a row in its eighth of the trial. In every trial each spike is moved by a
normally distributed time, the jitter. The brain-like network is that of `three-factor` with its rules and time
constants, whose input units play these spikes in steps of 1 ms. The artificial ones see the spike counts of all units
in successive bins: `dense`, with as many hidden units, all bins at once; `recurrent`, gated units with about as many
weights, one bin after the other. All learn from the same trials and are tested on others; digits are held out of the
training data, so that the test set stays closed.

Where a bin is as long as the trial, only counts are left. All units of the first two tasks fire once, so artificial
networks must then be at chance; of "rows" the sums of the columns are left. The same control of the brain-like network
is trained and tested on trials whose spikes were scattered to random times.

The rules of `three-factor` count spikes. Hidden neurons of the first two tasks, whose inputs fire equally often in
every trial, therefore cannot learn times: what tells these apart is the leak of neurons with random weights, which the
output learns to read.

Tuning was not equal: the settings of the brain-like network are the best of some seven, on digits of the first seed's
validation split; those of `recurrent` follow five that were tried, on all tasks of the first seed; those of `dense`
were not varied.

Metrics
-------
accuracy            fraction of the test trials classified correctly (condition "task=..,jitter=..", jitter in ms; of
                    artificial networks "task=..,jitter=..,bin=..", the width of a bin in ms)
accuracy_of_counts  the same where only counts are left, at the jitter `at_jitter` (condition "task=..")
chance              1 over the number of classes (condition "task=..")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, field_validator

from experiments.spec import Measurement, Outcome, Untrained, condition
from experiments.studies.timing.spike_patterns import (
    DURATION,
    Trials,
    draw_templates,
    presented,
    reversal,
    row_after_row,
)
from experiments.tasks import load_task
from experiments.tasks.dataset import Split, validation_split

if TYPE_CHECKING:
    from models.classifier import Classifier

TASKS = ("patterns", "reversal", "rows")
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
RECURRENT: dict[str, Any] = {"units": 40, "learning_rate": 1e-2, "batch_size": 64}
"""So many units have 6,890 weights and biases for the first task, where the brain-like network has 6,910."""


class Config(BaseModel):
    """classes, units: of the task "patterns"; "reversal" has as many units. trials: for training, and as many for the
    test. images: digits for training. passes, artificial_passes: presentations of each of them to the brain-like and to
    the artificial networks. jitters: in ms, with bins of `at_bin` ms; bin_widths: in ms, at the jitter `at_jitter`, and
    besides them one bin as long as the trial."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classes: int = Field(ge=2)
    units: PositiveInt
    trials: PositiveInt
    images: PositiveInt
    passes: PositiveInt
    artificial_passes: PositiveInt
    jitters: tuple[PositiveFloat, ...] = Field(min_length=1)
    bin_widths: tuple[PositiveInt, ...]
    at_jitter: PositiveFloat
    at_bin: PositiveInt

    @field_validator("bin_widths", "at_bin")
    @classmethod
    def _divide_the_trial(cls, value: Any) -> Any:
        wrong = [width for width in np.atleast_1d(value) if DURATION % width]
        if wrong:
            raise ValueError(f"{wrong[0]} ms does not divide a trial of {DURATION} ms; give one of its divisors")
        return value

    @property
    def all_jitters(self) -> list[float]:
        return sorted({*self.jitters, self.at_jitter})


PRESETS = {
    "quick": Config(
        classes=10, units=12, trials=150, images=200, passes=10, artificial_passes=15, jitters=(2.0, 8.0),
        bin_widths=(), at_jitter=8.0, at_bin=8,
    ),
    "full": Config(
        classes=10, units=12, trials=1000, images=1149, passes=15, artificial_passes=30,
        jitters=(1.0, 2.0, 4.0, 8.0, 16.0, 32.0), bin_widths=(1, 2, 4, 8, 16, 32), at_jitter=8.0, at_bin=8,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """Trials to learn from and to be tested on; `counts_alone`: the same with every spike at a random time."""

    train: Trials
    test: Trials

    @classmethod
    def of(cls, name: str, config: Config, jitter: float, seed: int) -> Task:
        """The same patterns and digits at every jitter."""
        generator = np.random.default_rng([seed, TASKS.index(name), 0x71E])
        if name == "rows":
            split = _digits(config, seed)
            shown = [(part.X.reshape(-1, 8, 8), part.y) for part in (split.train, split.held_out)]
            return cls(*(row_after_row(images, y, jitter, generator) for images, y in shown))
        drawn = draw_templates(config.classes, config.units, generator)
        templates = drawn if name == "patterns" else reversal(drawn[0])
        return cls(*(presented(templates, config.trials, jitter, generator) for _ in range(2)))

    def counts_alone(self, seed: int) -> Task:
        generator = np.random.default_rng([seed, 0x5CA7])
        return Task(self.train.scattered(generator), self.test.scattered(generator))


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Train one kind of network anew for every task, jitter and bin width, and test it."""
    digits = _digits(config, subject.seed)
    measurements: list[Measurement] = []
    for number, name in enumerate(TASKS, start=1):
        tasks = {jitter: Task.of(name, config, jitter, subject.seed) for jitter in config.all_jitters}
        measure = _spiking if subject.kind == "BNS" else _artificial
        measurements += measure(config, name, tasks, subject)
        n_classes = len(np.unique(tasks[config.at_jitter].train.y))
        measurements.append(Measurement("chance", 1 / n_classes, "fraction", condition(task=name)))
        progress(number, len(TASKS))
    # Only digits are split anew by each seed, of which intervals must know; patterns are all new.
    return Outcome(len(digits.train), len(digits.held_out), tuple(measurements))


def _digits(config: Config, seed: int) -> Split:
    return validation_split(load_task("digits"), seed, max_train=config.images)


def _spiking(config: Config, name: str, tasks: dict[float, Task], subject: Untrained) -> Iterator[Measurement]:
    from experiments.studies.timing.spike_time_network import SpikeTimeNetwork

    def accuracy(task: Task) -> float:
        model = SpikeTimeNetwork(
            **SPIKING, hidden_weight=HIDDEN_WEIGHT[name], passes=config.passes, random_state=subject.seed
        ).fit(task.train.flat(), task.train.y)
        return float(np.mean(model.predict(task.test.flat()) == task.test.y))

    for jitter, task in tasks.items():
        yield Measurement("accuracy", accuracy(task), "fraction", condition(task=name, jitter=jitter))
    alone = accuracy(tasks[config.at_jitter].counts_alone(subject.seed))
    yield Measurement("accuracy_of_counts", alone, "fraction", condition(task=name))


def _artificial(config: Config, name: str, tasks: dict[float, Task], subject: Untrained) -> Iterator[Measurement]:
    def accuracy(task: Task, width: int) -> float:
        model = _network(subject, DURATION // width, config.artificial_passes)
        model.fit(task.train.binned(width), task.train.y)
        return float(np.mean(model.predict(task.test.binned(width)) == task.test.y))

    widths = {*config.bin_widths, DURATION}
    places = {(jitter, config.at_bin) for jitter in tasks} | {(config.at_jitter, width) for width in widths}
    found = {(jitter, width): accuracy(tasks[jitter], width) for jitter, width in sorted(places)}
    for (jitter, width), value in found.items():
        yield Measurement("accuracy", value, "fraction", condition(task=name, jitter=jitter, bin=width))
    yield Measurement("accuracy_of_counts", found[config.at_jitter, DURATION], "fraction", condition(task=name))


def _network(subject: Untrained, n_bins: int, passes: int) -> Classifier:
    """The artificial network of a subject, for trials of so many bins."""
    if subject.model == "dense":
        from models.artificial.dense import Dense

        return Dense(**DENSE, passes=passes, random_state=subject.seed)
    from experiments.studies.timing.recurrent import Recurrent

    return Recurrent(**RECURRENT, n_steps=n_bins, passes=passes, random_state=subject.seed)
