"""How much of the class do the layers of each network hold, and from when on?

Each network is trained and then shown the same `n_measured` test samples. The responses of each layer, spike counts or
activations, are read in two ways. Layers with spikes are also read at `times` moments of the trial, from the spikes
counted up to then. Timing within that count is ignored, so spikes may carry more information. Of strings of symbols,
windows before a symbol that follows fewer than `folds` of them are left out.

All units together: a linear probe is trained on some of these samples and tested on the others (cross-validation), with
a new probe for each moment. The mutual information of the true and the decoded class is a lower bound of what the layer
holds.

Each unit alone: the mutual information of its response and the class. Up to `levels` different counts are taken as
they are. Where there are more, and for activations, the responses are cut into as many levels with equally many
samples.

All bits are corrected for the finite sample after Miller and Madow (`mutual_information`). The same is computed with
`shuffles` random orders of the labels and subtracted, which removes the bias that the correction leaves.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study

_READ = {
    "probe_accuracy": (
        "fraction",
        "Accuracy of a linear probe",
        "Fraction of the samples whose class the probe reads correctly",
    ),
    "probe_bits": ("bit", "Information read by a linear probe", "Information of true and decoded class"),
    "unit_bits": (
        "bit",
        "Information in one unit",
        "Information of one unit's response and the class, mean over the units of the layer",
    ),
}
"""What is read of a layer: unit, label, definition."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples whose responses are read.
    folds
        Folds of the cross-validation; fewer are made where a class has fewer samples.
    levels
        Largest number of different responses of a unit that are distinguished.
    times
        Number of moments of the trial, at equal distances.
    shuffles
        Number of random orders of the labels.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    folds: int = Field(ge=2)
    levels: int = Field(ge=2)
    times: PositiveInt
    shuffles: PositiveInt


def _of_layers() -> tuple[Metric, ...]:
    """Return all that is read of layers: with the labels and with shuffled ones, of the whole trial and up to a
    moment."""
    found = []
    for name, (unit, label, what) in _READ.items():
        corrected = "" if unit == "fraction" else ", less that with shuffled labels"
        for suffix, shuffled, labels in (("", "", corrected), ("_shuffled", ", labels shuffled", ", labels shuffled")):
            metric = Metric(
                f"{name}{suffix}",
                unit,
                f"{label}{shuffled}",
                f"{what}{labels}.",
                better=None if suffix else "more",
                facts={"layer": str},
            )
            course = replace(
                metric,
                name=f"{metric.name}_course",
                label=f"{metric.label}, up to a moment",
                definition=f"{what}{labels}, from the spikes up to this moment; of layers with spikes.",
                step="Time since the start of the trial (ms)",
            )
            found += [metric, course]
    return tuple(found)


STUDY = Study(
    __name__,
    __doc__,
    title="Information",
    order=70,
    brief=False,
    opens_test_set=True,
    metrics=(
        *_of_layers(),
        Metric(
            "last_hidden_bits",
            "bit",
            "Information read from the last layer before the output",
            "Information read by a linear probe (`probe_bits`) from the last layer before the output.",
            better="more",
        ),
        Metric(
            "class_entropy",
            "bit",
            "Entropy of the classes",
            "Bits that tell the class of these samples. No layer holds more; the correction can add one or two "
            "hundredths.",
            bounds=(0, None),
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=300, folds=5, levels=5, times=5, shuffles=1),
        "full": Config(max_train=None, n_measured=1000, folds=5, levels=5, times=10, shuffles=2),
        "tiny": Config(max_train=600, n_measured=100, folds=2, levels=3, times=2, shuffles=1),
    },
)
