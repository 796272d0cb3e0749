"""What can each network learn of the times of spikes, where their counts tell nothing?

There are three tasks, in trials of 64 ms. "patterns": each class is a random pattern in which every input unit fires
once. "reversal": the two classes are a random pattern and the same pattern in reversed time. "rows": digits are shown
one row after the other, each row in its eighth of the trial, each pixel as up to four spikes of the unit of its column.
In every trial each spike is moved by a normally distributed time, the jitter.

The brain-like network is that of `three-factor` with its rules and time constants, whose input units emit these spikes
in steps of 1 ms. The artificial networks receive the spike counts of all units in successive bins: `dense`, with as
many hidden units, all bins at once; `recurrent`, with gated units and about as many weights, one bin after the other.
All learn from the same trials and are tested on others. Digits are held out of the training data, so that the test set
is never opened.

Where a bin is as long as the trial, only counts are left. All units of the first two tasks fire once, so that
artificial networks must then be at chance; of "rows" the sums of the columns are left. For the same control the
brain-like network is trained and tested on trials whose spikes were scattered to random times.

The rules of `three-factor` count spikes. The inputs of hidden neurons fire equally often in every trial of the first
two tasks, so that these neurons cannot learn times. What distinguishes the classes is the leak of neurons with random
weights, which the output learns to read.

Tuning was not equal. The settings of the brain-like network are the best of some seven, on digits of the first seed's
validation split; those of `recurrent` follow from five that were tried, on all tasks of the first seed; those of
`dense` were not varied.
"""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt, field_validator

from experiments.spec import Metric, Options, Study

DURATION = 64
"""Of a trial, in ms and steps."""

TASKS = {"patterns": "Random patterns", "reversal": "Reversed time", "rows": "Digits by rows"}
"""Name -> heading."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    classes
        Number of classes of the task "patterns".
    units
        Number of input units of the tasks "patterns" and "reversal".
    trials
        Number of trials of these tasks to train on; as many others are for the test.
    images
        Number of digits to train on.
    passes
        How often each trial is presented to the brain-like network.
    artificial_passes
        How often each trial is presented to the artificial networks.
    jitters
        Standard deviations of the jitter in ms, measured with bins of `at_bin`.
    bin_widths
        Widths of the bins in ms, measured at the jitter `at_jitter`. They must divide the trial; one bin as long as the
        trial is always measured too.
    at_jitter
        Jitter in ms at which bins are compared.
    at_bin
        Width in ms of the bins with which jitters are compared; it must divide the trial.
    """

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
    def _divide_the_trial(cls, value: tuple[int, ...] | int) -> tuple[int, ...] | int:
        for width in (value,) if isinstance(value, int) else value:
            if DURATION % width:
                raise ValueError(f"{width} ms does not divide a trial of {DURATION} ms; give one of its divisors")
        return value

    @property
    def all_jitters(self) -> list[float]:
        return sorted({*self.jitters, self.at_jitter})


STUDY = Study(
    __name__,
    __doc__,
    title="Spike times",
    order=100,
    brief=False,
    subjects={"three-factor": "BNS", "dense": "ANN", "recurrent": "ANN"},
    metrics=(
        Metric(
            "accuracy",
            "fraction",
            "Accuracy",
            "Fraction of the test trials of a task classified correctly, at a jitter in ms and, of artificial "
            "networks, with bins of a width in ms.",
            better="more",
            facts={"task": str, "jitter": float, "bin": int},
        ),
        Metric(
            "accuracy_of_counts",
            "fraction",
            "Accuracy of counts alone",
            "Fraction of the test trials of a task classified correctly where only counts are left, at the jitter "
            "`at_jitter`.",
            better="more",
            facts={"task": str},
        ),
        Metric("chance", "fraction", "Chance", "1 over the number of classes of a task.", facts={"task": str}),
    ),
    presets={
        "quick": Config(
            classes=10, units=12, trials=150, images=200, passes=10, artificial_passes=15, jitters=(2.0, 8.0),
            bin_widths=(), at_jitter=8.0, at_bin=8,
        ),
        "full": Config(
            classes=10, units=12, trials=1000, images=1149, passes=15, artificial_passes=30,
            jitters=(1.0, 2.0, 4.0, 8.0, 16.0, 32.0), bin_widths=(1, 2, 4, 8, 16, 32), at_jitter=8.0, at_bin=8,
        ),
        # As many units and classes as the digits by rows have: both tasks share one compiled network.
        "tiny": Config(
            classes=10, units=8, trials=60, images=40, passes=4, artificial_passes=10, jitters=(2.0,), bin_widths=(),
            at_jitter=2.0, at_bin=8,
        ),
    },
)  # fmt: skip
