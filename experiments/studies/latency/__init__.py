"""When does the answer arrive?

A spiking network has an answer at any time of a trial. An artificial network has no answer before the computation is
complete: its accuracy does not depend on time. Each network is trained and then shown test samples, and the study
measures what the answer would be if the trial ended early. The spikes up to that time decide, by the rule that decides
at the end: the output unit with most spikes wins; among equals, the one whose last spike came first; a converted
network decides by its own rule. A recurrent network whose readout does not spike has the mean of the readout's softmax
over the time steps in which an answer has been asked for; before the first of them, the softmax at that time. The trial
lasts as long as the longest sequence; one that is over keeps its answer. Where the answer is none of these, as in
`diehl-cook`, only the probes tell when it is there.

A probe is a linear reader of one layer: a logistic regression on standardised spike counts, trained on `n_probe`
training samples. An early exit ends the trial as soon as the best output unit leads the second by a given number of
spikes.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study

_TIME = "Time since the start of the trial (ms)"


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples shown.
    n_probe
        Number of training samples that the linear probes are trained on.
    points
        Number of times at which the answer is read, at equal distances over a trial, rounded to whole ms, or to whole
        time steps where these are longer.
    margins
        Leads, in spikes, at which a trial may end.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    n_probe: PositiveInt
    points: PositiveInt
    margins: tuple[PositiveInt, ...]


STUDY = Study(
    __name__,
    __doc__,
    title="Time to the answer",
    order=60,
    opens_test_set=True,
    metrics=(
        Metric(
            "final_accuracy",
            "fraction",
            "Final accuracy",
            "Fraction of the samples classified correctly at the end of the trial; artificial networks have no other.",
            better="more",
        ),
        Metric(
            "first_spike",
            "ms",
            "First spike of a layer",
            "Time of a layer's first spike in a trial, mean over the trials in which it has one. Neurons with a "
            "background current may fire before their input arrives.",
            facts={"layer": str},
            bounds=(0, None),
        ),
        Metric(
            "first_spike_latency",
            "ms",
            "First spike of a unit",
            "Time of a unit's first spike in a trial, mean over all units of a layer and trials with one.",
            facts={"layer": str},
            bounds=(0, None),
        ),
        Metric(
            "probe_accuracy_after",
            "fraction",
            "Accuracy of a linear probe after some time",
            "Fraction of the samples whose class a linear probe finds from a layer's spike counts up to this time: "
            "what a reader of this layer could know.",
            better="more",
            facts={"layer": str},
            step=_TIME,
        ),
        Metric(
            "twin_correlation",
            "ratio",
            "Correlation with the twin's activations",
            "Pearson's correlation, over samples and units, of a layer's spike counts up to this time with the "
            "activations of the twin's layer of the same name and size (its output after the softmax), as of a "
            "converted network with its source. Hidden units that were learned apart do not correspond, and stand near "
            "0.",
            facts={"layer": str},
            step=_TIME,
            bounds=(-1, 1),
        ),
        Metric(
            "accuracy_after",
            "fraction",
            "Accuracy after some time",
            "Fraction of the samples classified correctly by what the network has done up to this time.",
            better="more",
            step=_TIME,
        ),
        Metric(
            "time_to_90",
            "ms",
            "Time to 90 % of the final accuracy",
            "Time after which the accuracy has first reached 90 % of the final accuracy.",
            better="less",
            bounds=(0, None),
        ),
        Metric(
            "early_exit_accuracy",
            "fraction",
            "Accuracy with early exit",
            "Fraction classified correctly where a trial ends as soon as the best output unit is `margin` spikes ahead "
            "of the second.",
            better="more",
            facts={"margin": int},
        ),
        Metric(
            "early_exit_time",
            "ms",
            "Time of the early exit",
            "Mean time at which a trial then ended.",
            better="less",
            facts={"margin": int},
            bounds=(0, None),
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=200, n_probe=300, points=10, margins=(1, 2, 3, 5, 8)),
        "full": Config(max_train=None, n_measured=1000, n_probe=2000, points=20, margins=(1, 2, 3, 4, 5, 6, 8, 10, 15)),
        "tiny": Config(max_train=600, n_measured=60, n_probe=60, points=4, margins=(1, 1000)),
    },
)
