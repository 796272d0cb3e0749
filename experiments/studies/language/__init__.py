"""How well does each network predict the next character of a text?

Each network is trained on windows of a text and then, with learning frozen, asked which character follows windows of
another part of it. Its score is the mean of -log2 of the probability that it gives to the character that does follow:
bits per character. A network with a parameter `predict_next` learns in every step of a window which character follows,
as n-grams are counted in every step; any other learns one character a window. Who knows nothing needs log2 of the
number of symbols. A network that gives no probabilities is asked for its answer alone.

N-grams are the yardstick. They are counted on the same training windows, in which each character is predicted from
those before it in its window, and tested on the same test windows. An n-gram of order k knows the k - 1 characters
before. Where they have been seen N times, followed by T different characters and c times by the one in question, its
probability is (c + T p) / (N + T), with p that of the order below (Witten & Bell 1991, interpolated); the lowest order
takes p as equal for all symbols.

A network that gives probabilities also writes: from the end of `lines` test windows on it is asked for the next
character, one is drawn by the probabilities, and so on, for `characters` characters, each from the window before it.

References
----------
Shannon (1951), Bell System Technical Journal 30:50-64. Witten & Bell (1991), IEEE Transactions on Information Theory
37:1085-1094.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study

NETWORK, TEXT = "network", "text"
"""Who wrote a symbol: the network, or who wrote the test window."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training windows; None for all.
    n_measured
        Number of test windows, evenly spaced over the test set.
    orders
        Highest order of the n-grams.
    lines
        Number of test windows that each network goes on from.
    characters
        Number of characters that it writes from each.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    orders: PositiveInt
    lines: PositiveInt
    characters: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Language",
    order=15,
    opens_test_set=True,
    samples="strings",
    metrics=(
        Metric(
            "bits_per_character",
            "bit",
            "Bits per character",
            "Mean over the test windows of -log2 of the probability of the character that follows, of networks that "
            "give probabilities; these count as 1e-7 at least, as in the study accuracy.",
            better="less",
            primary=True,
            bounds=(0.0, None),
        ),
        Metric(
            "right",
            "fraction",
            "Characters predicted correctly",
            "Fraction of the test windows after which the network answers with the character that follows.",
            better="more",
        ),
        Metric(
            "n_gram_bits",
            "bit",
            "Bits per character of n-grams",
            "The same of n-grams, counted on the training windows of the networks.",
            better="less",
            step="Order of the n-gram",
            bounds=(0.0, None),
        ),
        Metric(
            "symbol",
            "",
            "Symbols of a text",
            "Place among the classes of each symbol of a test window, and of what the network writes after it.",
            facts={"line": int, "by": str},
            step="Place in the line",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(max_train=3000, n_measured=2000, orders=7, lines=3, characters=200),
        "full": Config(max_train=None, n_measured=10_000, orders=7, lines=3, characters=200),
        "tiny": Config(max_train=300, n_measured=100, orders=3, lines=2, characters=20),
    },
)
