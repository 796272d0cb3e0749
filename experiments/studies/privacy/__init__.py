"""Local plasticity or backpropagation, which remembers its samples?

In membership inference an attacker sees how certain a network is of a sample and guesses whether the network was
trained on it. Each model is trained on few samples, and as many others of the same distribution are kept away from it.
Both are drawn from the training part of the data, so that the test set is never opened. Learning rates do not fall, and
images are shown as they are. Networks that fit their samples better reveal more; each is therefore attacked at the
first checkpoint at which it classifies the share `level` of its training samples correctly, or at its last checkpoint
where it never does (see `train_accuracy`). Small sets are trained on several times, each time with other samples, so
that all sizes rest on equally many samples.

The scores are the share of the winning class in the output (spike counts over their sum; softmax) and its lead over the
second class. The attacker calls members all samples that score at least a threshold. The threshold is chosen on one
half of members and other samples and judged on the other half, both ways, over 20 random halves. Spike counts tie:
equal scores get the same answer.

References
----------
Shokri, Stronati, Song & Shmatikov (2017), IEEE S&P, arXiv:1610.05820.
Yeom, Giacomelli, Fredrikson & Jha (2018), IEEE CSF, arXiv:1709.01604.
"""

from __future__ import annotations

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study

SIZE = "Training samples"


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    sizes
        Numbers of training samples, at most 1000, or there is little to find. Sizes beyond half of the training part
        become that half.
    level
        Training accuracy at which a model is attacked, in (0, 1].
    passes
        Number of passes of each training at most.
    """

    sizes: tuple[PositiveInt, ...] = Field(min_length=1)
    level: float = Field(gt=0, le=1)
    passes: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Privacy",
    order=140,
    brief=False,
    fixes={
        "passes": "privacy attacks every model at the same training accuracy; use privacy.passes",
        "final_rate": "privacy lets no learning rate fall; leave it out",
        "shift": "privacy shows images as they are; leave it out",
    },
    samples="classes",
    metrics=(
        Metric(
            "membership_advantage",
            "fraction",
            "Advantage of the attacker",
            "True minus false positive rate of the attack on a training set of so many samples, by the winning share "
            "or by the margin of the output; 0 for guessing.",
            better="less",
            facts={"score": str},
            step=SIZE,
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "membership_auc",
            "",
            "Area under the ROC curve of the attack",
            "Probability that a member scores higher than another sample, ties counting half.",
            better="less",
            facts={"score": str},
            step=SIZE,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "shuffled_advantage",
            "fraction",
            "Advantage of the attacker where membership is drawn at random",
            "The advantage where membership is drawn at random, 0 but for chance.",
            facts={"score": str},
            step=SIZE,
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "train_accuracy",
            "fraction",
            "Accuracy on members",
            "Fraction of the members classified correctly when the attack was made.",
            step=SIZE,
        ),
        Metric(
            "held_out_accuracy",
            "fraction",
            "Accuracy on other samples",
            "Fraction of the other samples classified correctly when the attack was made.",
            better="more",
            step=SIZE,
        ),
        Metric(
            "presentations_taken",
            "count",
            "Presentations before the attack",
            "Number of presentations learned when the attack was made.",
            step=SIZE,
            bounds=(0.0, None),
        ),
        Metric(
            "membership_advantage_mean",
            "fraction",
            "Advantage of an attacker who guesses membership",
            "Mean over the sizes of the advantage by the winning share.",
            better="less",
            primary=True,
            bounds=(-1.0, 1.0),
        ),
    ),
    presets={
        "quick": Config(sizes=(100, 300), level=0.95, passes=10),
        "full": Config(sizes=(100, 300, 1000), level=0.95, passes=30),
        "tiny": Config(sizes=(20, 60), level=0.95, passes=5),
    },
)
