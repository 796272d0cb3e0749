"""N-grams against counts by hand, and against a slow version that keeps its counts by text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from experiments.studies.language.n_grams import NONE, Strings, witten_bell
from models.sequences import as_rows


def strings(texts: Sequence[str], symbols: str) -> Strings:
    """Strings of the last symbols with those before them, by way of rows."""
    longest = max(map(len, texts)) - 1
    steps = np.zeros((len(texts), longest, len(symbols)))
    for place, text in enumerate(texts):
        for step, symbol in enumerate(text[:-1]):
            steps[place, step, symbols.index(symbol)] = 1
    lengths = [len(text) - 1 for text in texts]
    y = np.array([symbols.index(text[-1]) for text in texts])
    return Strings.of(as_rows(steps, lengths), y, (longest, len(symbols) + 1))


def test_strings_lie_one_after_the_other() -> None:
    found = strings(["abca", "cb"], "abc")
    assert found.stream.tolist() == [NONE, 0, 1, 2, 0, NONE, 2, 1, NONE, NONE]
    assert found.ends.tolist() == [4, 7]


def test_probabilities_are_those_of_counts_by_hand() -> None:
    """Of abac, bb, the symbols b, a, c, b follow another: b twice, a and c once, after a b and c, after b a and b."""
    found = witten_bell(strings(["abac", "bb"], "abc"), strings(["ab", "cb", "bac"], "abc"), 3, 3)
    one = [(2 + 3 / 3) / (4 + 3), (2 + 3 / 3) / (4 + 3), (1 + 3 / 3) / (4 + 3)]
    np.testing.assert_allclose(found[0], one)
    two = [(1 + 2 * one[0]) / (2 + 2), one[1], (1 + 2 * one[2]) / (2 + 2)]  # nothing follows c
    np.testing.assert_allclose(found[1], two)
    three = [two[0], two[1], (1 + 1 * two[2]) / (1 + 1)]  # c alone follows ba, once
    np.testing.assert_allclose(found[2], three)


def slow(learned: Sequence[str], asked: str, symbols: str, order: int) -> float:
    if order == 0:
        return 1 / len(symbols)
    before, last = asked[-order:-1], asked[-1]
    following = Counter(
        text[place + order - 1]
        for text in learned
        for place in range(len(text) - order + 1)
        if text[place : place + order - 1] == before and place + order > 1
    )
    lower = slow(learned, asked, symbols, order - 1)
    if not following or len(asked) < order:
        return lower
    return (following[last] + len(following) * lower) / (following.total() + len(following))


def test_it_agrees_with_a_slow_version() -> None:
    generator = np.random.default_rng(0)
    texts = ["".join(generator.choice(list("abcd"), size, p=[0.5, 0.3, 0.15, 0.05])) for size in range(2, 50)]
    learned, asked = texts[::2], texts[1::2]
    found = witten_bell(strings(learned, "abcd"), strings(asked, "abcd"), 4, 5)
    expected = [[slow(learned, text, "abcd", order) for text in asked] for order in range(1, 6)]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("before", ["a", "ca", "dcbab"])
def test_probabilities_add_up_to_one(before: str) -> None:
    learned = strings(["abcabcabd", "bca"], "abcd")
    asked = strings([before + symbol for symbol in "abcd"], "abcd")
    np.testing.assert_allclose(witten_bell(learned, asked, 4, 6).sum(axis=1), 1)


def test_orders_beyond_the_strings_change_nothing() -> None:
    found = witten_bell(strings(["ab", "ba"], "ab"), strings(["aab"], "ab"), 2, 5)
    assert (found[1:] == found[1]).all()
