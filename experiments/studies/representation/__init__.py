"""Do twins represent the same samples alike, layer by layer, and from when on?

Each network is trained, and so is its artificial twin where the run has it. All layers of both are compared by their
responses to the same `n_measured` test samples: spike counts of the trial, or activations. Networks with spikes are
also compared over time, by the spikes up to the end of each time bin. Similarity is neither good nor bad, so there is
no verdict.

Three measures are taken: debiased linear CKA (`cka`), the rank correlation of dissimilarities (`rsa`), and the
Procrustes distance of shapes (`procrustes`), an angle: 0 degrees where one network's responses are the other's but for
shift, rotation, reflection and scale, 90 where they have nothing in common. With finitely many samples, unrelated
responses are less than 90 degrees apart: how far, is measured with the samples of the twin in another order.

CKA alone can be high because of one or two directions of large variance. For the layers of twins it is therefore taken
once more without the two leading principal components of each layer (`cka_beyond`). Where a CKA of 0.5 or more falls to
less than half, the report warns that most of the likeness is owed to these directions (`cka.py`).

The control is the same comparison of both networks before training, with their initial weights: any similarity there
comes from the shared input, front end or topology.

The noise ceiling of CKA and RSA is the square root of the similarity between two presentations of the same samples to
one spiking network; it is 1 if no spike is drawn at random. It is the largest similarity that a noisy population can
have to a population without noise. The second presentation differs only by chance: one feature is changed in its last
bit, and a classifier draws the spikes of a test sample from its bytes. The Procrustes distance between the two
presentations is what noise alone brings.

A layer that responds identically to all samples, such as a read-out with initial weights of zero, has no similarity and
no row.

References
----------
Li et al. (2023), arXiv:2304.13098: spiking and artificial layers compared by CKA. Cloos et al. (2024),
arXiv:2407.07059: what raises CKA. Spearman (1904), American Journal of Psychology 15:72-101: why noise lowers a
likeness by the root of what two measurements share. Williams et al. (2021), arXiv:2110.14739: distances of shapes.
Pospisil et al. (2024), arXiv:2310.05742: their bias.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study

LEAST_SAMPLES = 4
"""With fewer, debiased CKA is not defined."""


@dataclass(frozen=True)
class _Measure:
    """What all metrics of one measure of likeness have in common: label, unit and bounds of its values."""

    label: str
    unit: str
    bounds: tuple[float, float]
    similarity: bool = True
    """Whether more is more alike; a distance has no noise ceiling."""


_MEASURES = {
    "cka": _Measure("CKA", "", (-1.0, 1.0)),
    "rsa": _Measure("RSA", "", (-1.0, 1.0)),
    "procrustes": _Measure("Procrustes distance", "degree", (0.0, 90.0), similarity=False),
}

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
    """Create a metric of similarity or distance; `facts` are the names of its facts, all of which are layers."""
    named, of = dict.fromkeys(facts.split(), str), _MEASURES[measure]
    return Metric(name, of.unit, label, definition, facts=named, step=step, bounds=of.bounds)


def _of_layers() -> Iterator[Metric]:
    """What is compared of whole trials, by every measure."""
    for measure, of in _MEASURES.items():
        label = of.label
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
        if of.similarity:
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
            "cka_beyond",
            "cka",
            "CKA without the leading principal components",
            "CKA of a layer and one of its twin's, both without their two leading principal components.",
            "layer twin",
        ),
        _likeness(
            "procrustes_again",
            "procrustes",
            "Procrustes distance of two presentations",
            "Procrustes distance of a layer's responses to two presentations of the same samples; of networks with "
            "spikes.",
            "layer",
        ),
        _likeness(
            "procrustes_chance",
            "procrustes",
            "Procrustes distance by chance",
            "Procrustes distance of a layer and one of its twin's whose samples are in another order.",
            "layer twin",
        ),
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
