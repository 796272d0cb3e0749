"""How long is what was seen early kept, and in what?

Each network is trained on sequences and then shown test samples. The answer comes at the end of a sequence: its
accuracy is measured by the length of the sequence, which where only the delay varies is accuracy against delay.

At `points` moments, as a step of the sequence begins, a linear probe reads the class from what the hidden units hold
then: of a recurrent spiking network their membrane potentials, the rise of their thresholds (adaptation), and their
spikes in the step before; of leaky rates their rates. The probe is a logistic regression on standardised values,
trained on `n_probe` training samples at this moment and tested on the test samples. What no probe finds before the
answer is due, the network does not hold in that form. Sequences that have ended count no more; a moment that fewer than
`least` of either reach is left out.

A network that shows no course of its hidden units, such as one that sees a sequence as a whole, has accuracies alone.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study


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
        Number of moments, at equal distances over the longest sequence.
    lengths
        Number of groups of sequences of similar length; fewer are made where few lengths differ.
    least
        Least number of sequences that a probe is trained or tested on, and that a group has.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    n_probe: PositiveInt
    points: PositiveInt
    lengths: PositiveInt
    least: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Memory",
    order=65,
    brief=False,
    opens_test_set=True,
    samples="sequences",
    metrics=(
        Metric(
            "accuracy",
            "fraction",
            "Accuracy",
            "Fraction of the test samples classified correctly.",
            better="more",
        ),
        Metric(
            "accuracy_of_length",
            "fraction",
            "Accuracy by length of the sequence",
            "Fraction of the test samples of similar length that are classified correctly; the step is their mean "
            "length.",
            better="more",
            step="Length of the sequence (steps)",
        ),
        Metric(
            "held",
            "fraction",
            "Accuracy of a linear probe of what is held",
            "Fraction of the test samples whose class a linear probe finds from one variable of the hidden units as "
            "this step begins.",
            better="more",
            facts={"variable": str},
            step="Steps since the start of the sequence",
        ),
        Metric(
            "most_frequent",
            "fraction",
            "Share of the most frequent class",
            "Fraction of the test samples that are of the most frequent class: what a probe finds by chance.",
            bounds=(0, 1),
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=300, n_probe=600, points=8, lengths=4, least=40),
        "full": Config(max_train=None, n_measured=1000, n_probe=2000, points=16, lengths=6, least=40),
        "tiny": Config(max_train=300, n_measured=60, n_probe=60, points=2, lengths=2, least=10),
    },
)
