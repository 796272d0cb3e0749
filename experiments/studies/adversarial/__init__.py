"""How little must an input be changed to deceive each network?

Attacks change test samples by at most epsilon in every feature; epsilon is in units of the range of the training
samples' values. Networks are trained without adversarial examples and then classify the attacked samples. All attacks
use the true labels, and no attack changes a network.

fgsm, pgd   White box, along the gradient of the margin between the right class and the best wrong one: in one step, and
            in many small ones from a random start. For artificial networks of rectifiers, and converted ones, the
            gradient is their own. That of a spiking network is taken from a rate network with the same weights and
            filters: `surrogate_agreement` tells how often the two answer alike.
black_box   Uses only answers, at most `queries` per sample. Scores would not help, since small changes of an input do
            not change spike counts. The same for both kinds.
transfer    pgd on the twin, tested on this network.
noise       Control: every feature moved by epsilon up or down at random.

White-box attacks on a spiking network are thus weaker than those on an artificial one. Twins are therefore compared by
the most successful of fgsm, pgd and black_box on each sample. If input spikes are random, they are drawn anew for every
sample that differs in any bit. Answers near a boundary then vary by chance, and the black-box attack may try many of
them.

References
----------
Athalye, Carlini & Wagner (2018), ICML: masked gradients are detected by black-box and transfer attacks that succeed
more often than gradient attacks. Others in `attacks`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options, Study

WORST = ("fgsm", "pgd", "black_box")
"""The attacks that twins are compared by."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples that are attacked.
    epsilons
        Largest changes of a feature, in units of the range.
    steps
        Steps of pgd.
    queries
        Number of answers that the black box is given for each sample.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    epsilons: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    steps: PositiveInt
    queries: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Adversarial examples",
    order=120,
    brief=False,
    opens_test_set=True,
    samples="static",
    metrics=(
        Metric(
            "clean_accuracy",
            "fraction",
            "Accuracy without attack",
            "Fraction of the first `n_measured` test samples classified correctly.",
            better="more",
        ),
        Metric(
            "black_box_distance",
            "ratio",
            "Change that deceives half of the samples",
            "Median, over the samples classified correctly, of the smallest epsilon that the black box found; 1, the "
            "whole range, where it found none. Not where no sample is classified correctly.",
            better="more",
            bounds=(0, 1),
        ),
        Metric(
            "surrogate_agreement",
            "fraction",
            "Agreement with the network that is differentiated",
            "Fraction of these samples that the network that is differentiated classifies as the model does.",
            better="more",
        ),
        Metric(
            "twin_accuracy",
            "fraction",
            "Accuracy of the twin under the network's attack",
            "Fraction of the samples, as pgd made them on this brain-like network, that its twin classifies correctly.",
            facts={"attack": str, "epsilon": float},
        ),
        Metric(
            "accuracy",
            "fraction",
            "Accuracy under attack",
            "Fraction of these samples classified correctly under an attack; worst: those that withstand fgsm, pgd and "
            "black_box.",
            better="more",
            facts={"attack": str, "epsilon": float},
        ),
        Metric(
            "adversarial_mean",
            "fraction",
            "Mean accuracy under the worst attack",
            "Mean over the epsilons of the accuracy under the worst attack.",
            better="more",
            primary=True,
        ),
        Metric(
            "masking_gap",
            "fraction",
            "Masking gap",
            "Largest amount by which noise, fgsm, black_box or transfer leave a lower accuracy than pgd does at the "
            "same epsilon: where it is large, the gradient is hidden or, of a rate network, wrong.",
            better="less",
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=100, epsilons=(0.05, 0.1, 0.2, 0.4), steps=20, queries=100),
        "full": Config(
            max_train=None, n_measured=200, epsilons=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), steps=50, queries=500
        ),
        "tiny": Config(max_train=600, n_measured=20, epsilons=(0.05, 0.15, 0.4), steps=5, queries=30),
    },
)
