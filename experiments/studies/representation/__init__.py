"""Do twins represent the same samples alike, layer by layer, and from when on?

Each network is trained, and so is its artificial twin where the run has it. All layers of both are compared by their
responses to the same `n_measured` test samples: spike counts of the trial, or activations. Networks with spikes are
also compared over time, by the spikes up to the end of each time bin. Similarity is neither good nor bad, so there is
no verdict.

Two measures are taken: debiased linear CKA (`cka`), and the rank correlation of dissimilarities (`rsa`).

The control is the same comparison of both networks before training, with their initial weights: any similarity there
comes from the shared input, front end or topology.

The noise ceiling is the square root of the similarity between two presentations of the same samples to one spiking
network; it is 1 if no spike is drawn at random. It is the largest similarity that a noisy population can have to a
population without noise. The second presentation differs only by chance: one feature is changed in its last bit, and a
classifier draws the spikes of a test sample from its bytes.

A layer that responds identically to all samples, such as a read-out with initial weights of zero, has no similarity and
no row.

References
----------
Li et al. (2023), arXiv:2304.13098: spiking and artificial layers compared by CKA. Spearman (1904), American Journal of
Psychology 15:72-101: why noise lowers a likeness by the root of what two measurements share.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study

LEAST_SAMPLES = 4
"""With fewer, debiased CKA is not defined."""

_MEASURES = {"cka": ("CKA", (-1.0, 1.0)), "rsa": ("RSA", (-1.0, 1.0))}
"""Label and bounds of each measure of similarity."""

_TIME = "Time since the start of the trial (ms)"


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples whose responses are compared.
    """

    max_train: PositiveInt | None
    n_measured: int = Field(ge=LEAST_SAMPLES)


def _likeness(name: str, measure: str, label: str, definition: str, facts: str = "", step: str | None = None) -> Metric:
    """Create a metric of similarity; `facts` are the names of its facts, all of which are layers."""
    named = dict.fromkeys(facts.split(), str)
    return Metric(name, "", label, definition, facts=named, step=step, bounds=_MEASURES[measure][1])


def _of_layers() -> Iterator[Metric]:
    """What is compared of whole trials, by either measure."""
    for measure, (label, _) in _MEASURES.items():
        two = "of two layers of the network (`layer`, `other`), or of a layer and one of its twin's (`layer`, `twin`)"
        yield _likeness(measure, measure, label, f"{label} {two}.", "layer other twin")
        yield _likeness(
            f"{measure}_before",
            measure,
            f"{label} before training",
            f"{label} {two}, of the networks before training.",
            "layer other twin",
        )
        yield _likeness(
            f"{measure}_kept",
            measure,
            f"{label} with itself before training",
            f"{label} of a layer after training and before.",
            "layer",
        )
        yield Metric(
            f"{measure}_ceiling",
            "",
            f"Noise ceiling of {label}",
            f"Most that noise in its spikes lets the {label} of a layer reach; of networks with spikes.",
            facts={"layer": str},
            bounds=(0.0, 1.0),
        )


STUDY = Study(
    __name__,
    __doc__,
    title="Representation",
    order=80,
    opens_test_set=True,
    metrics=(
        *_of_layers(),
        _likeness(
            "cka_course",
            "cka",
            "CKA up to a moment",
            "CKA of a layer's spikes up to this time with a layer of the twin; of layers with spikes.",
            "layer twin",
            _TIME,
        ),
        _likeness(
            "cka_course_before",
            "cka",
            "CKA up to a moment, before training",
            "CKA of a layer's spikes up to this time with a layer of the twin, both before training.",
            "layer twin",
            _TIME,
        ),
        Metric(
            "cka_course_ceiling",
            "",
            "Noise ceiling of CKA up to a moment",
            "Most that noise in the spikes up to this time lets the CKA of a layer reach; of networks with spikes.",
            facts={"layer": str},
            step=_TIME,
            bounds=(0.0, 1.0),
        ),
        _likeness(
            "cka_last_hidden",
            "cka",
            "CKA of the last hidden layers of twins",
            "CKA of the last hidden layers of the network and its twin.",
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=300),
        "full": Config(max_train=None, n_measured=500),
        "tiny": Config(max_train=600, n_measured=60),
    },
)
