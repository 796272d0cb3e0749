"""The counter-based generator: the published answers, the layout of its counters, uniform and uncorrelated numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bnsim import random_numbers
from bnsim.random_numbers import Numbers

# Random123, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, answer.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Philox4x32-10 as its paper has it, in whole numbers of Python."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        (high_0, low_0), (high_1, low_1) = divmod(0xD2511F53 * x0, 2**32), divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high_1 ^ x1 ^ k0, low_1, high_0 ^ x3 ^ k1, low_0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3


def halves(number: int) -> tuple[int, int]:
    """Low and high word."""
    return number % 2**32, number >> 32


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers(counter: str, key: str, answer: str) -> None:
    c0, c1, c2, c3 = words(counter)
    k0, k1 = words(key)
    assert tuple(int(word) for word in random_numbers.philox4x32((c0, c1, c2, c3), (k0, k1))) == words(answer)
    assert philox(words(counter), words(key)) == words(answer)


def test_streams_are_stable() -> None:
    # Pinned: another hash would change every spike of every published run.
    assert random_numbers.stream("input:spikes") == 0x42361041
    assert random_numbers.stream("input:weights") != random_numbers.stream("input:spikes")


@pytest.mark.parametrize("step", [0, 7, 2**32 - 1, 2**32, 5 * 2**40 + 3])
@pytest.mark.parametrize("trial", [0, 1, 2**32 + 9])
def test_layout_of_a_run(trial: int, step: int) -> None:
    """(unit div 4, step low, stream, step high) under the trial"s key; unit mod 4 is the word."""
    key, units = 2**63 + 17, [0, 1, 2, 3, 4, 1001]
    high, low, _, _ = philox((*halves(trial), 0xFFFFFFFF, 0xFFFFFFFF), halves(key))
    (found,) = random_numbers.trial_keys(key, np.array([trial], np.uint64))
    assert found.tolist() == [high, low]
    step_low, step_high = halves(step)
    expected = [philox((unit // 4, step_low, 9, step_high), (high, low))[unit % 4] for unit in units]
    numbers = random_numbers.uniform(high, low, 9, step, np.array(units))
    assert numbers.tolist() == [(word + 0.5) / 2**32 for word in expected]


@pytest.mark.parametrize("key", [0, 2**64 - 1])
def test_layout_of_construction(key: int) -> None:
    """(place div 4, row, stream, 0) under the key of construction; place mod 4 is the word."""
    high, low, _, _ = philox((0, 0, 0xFFFFFFFE, 0xFFFFFFFF), halves(key))
    stream = random_numbers.stream("input_to_cells:weights")
    rows, places = [0, 3, 70_000], [0, 1, 2, 3, 4, 31]
    expected = [
        [(philox((place // 4, row, stream, 0), (high, low))[place % 4] + 0.5) / 2**32 for place in places]
        for row in rows
    ]
    assert Numbers(key, "input_to_cells:weights").at(np.array(rows)[:, None], places).tolist() == expected


def test_numbers_that_never_change() -> None:
    """Written down when the layout was settled: from then on no number changes."""
    (key,) = random_numbers.trial_keys(1, np.array([2], np.uint64))
    assert [number.hex() for number in random_numbers.uniform(*key, 3, 2**40, np.arange(4))] == RUN
    assert [number.hex() for number in Numbers(1, "a:edges").at(5, np.arange(4))] == CONSTRUCTION


RUN = ["0x1.a31d12c600000p-2", "0x1.22af96bc00000p-3", "0x1.4243cac800000p-4", "0x1.9b0d037a00000p-2"]
CONSTRUCTION = ["0x1.db53342100000p-1", "0x1.377dbe0400000p-3", "0x1.dfc6e0e400000p-3", "0x1.90481d7900000p-1"]


def test_rows_and_ragged_rows_hold_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, lengths = Numbers(3, "a:b"), np.array([5, 0, 1, 8, 30, 0, 4, 3, 0])
    row = np.repeat(np.arange(9), lengths)
    place = np.concatenate([np.arange(length) for length in lengths])
    expected = numbers.at(row, place)
    for calls in (1, 3, 1000):  # however many are drawn at once
        monkeypatch.setattr(random_numbers, "CALLS", calls)
        assert np.array_equal(np.concatenate(list(numbers.ragged(lengths))), expected)
        assert np.array_equal(numbers.rows(np.array([4, 2]), 30), numbers.at([[4], [2]], np.arange(30)))
    for first in (8, 10, 11):
        assert np.array_equal(numbers.rows(np.array([4]), 7, first), numbers.at([[4]], first + np.arange(7)))
    (later,) = numbers.ragged(lengths[3:5], first_row=3)
    assert np.array_equal(later, expected[6:44])
    assert list(numbers.ragged(np.zeros(0, int))) == list(numbers.ragged([0, 0])) == []


def test_other_streams_and_keys_are_other_numbers() -> None:
    sets = [Numbers(3, "a"), Numbers(4, "a"), Numbers(3, "b"), Numbers(3, "a").apart("b"), Numbers(3, "a").apart("c")]
    assert len({numbers.at(0, 0).item() for numbers in sets}) == len(sets)
    assert Numbers(3, "a").apart("b") == Numbers(3, "a:b")


def neighbours() -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """40,000 numbers for each axis, and the numbers one further along it."""
    index = np.arange(40_001)
    fixed = {"key_high": 0x1234, "key_low": 0x5678, "stream": 9, "step": 3, "unit": 5}
    numbers = {axis: random_numbers.uniform(**{**fixed, axis: index}) for axis in fixed}
    numbers["step high"] = random_numbers.uniform(**{**fixed, "step": index << 32})
    key_high, key_low, _, _ = random_numbers.philox4x32((0, 0, 0xFFFFFFFF, 0xFFFFFFFF), (index, 0))  # of trial 0
    numbers["key"] = random_numbers.uniform(key_high, key_low, 9, 3, 5)
    trials = random_numbers.trial_keys(1, index.astype(np.uint64))
    numbers["trial"] = random_numbers.uniform(trials[:, 0], trials[:, 1], 9, 3, 5)
    numbers["row"] = Numbers(1, "a:weights").at(index, 3)
    numbers["place"] = Numbers(1, "a:weights").at(3, index)
    return {axis: (values[:-1], values[1:]) for axis, values in numbers.items()}


AXES = neighbours()


@pytest.mark.parametrize("axis", AXES)
def test_uniform_along_every_axis(axis: str) -> None:
    values, _ = AXES[axis]
    assert values.min() > 0
    assert values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 1e-3  # the keys are fixed, so this cannot fail by chance


@pytest.mark.parametrize("axis", AXES)
def test_neighbours_are_uncorrelated(axis: str) -> None:
    # Of independent numbers the correlation has standard deviation 1 / sqrt(n) = 0.005; four of them are allowed.
    values, following = AXES[axis]
    assert abs(np.corrcoef(values, following)[0, 1]) < 4 / np.sqrt(len(values))
    # So must a nonlinear trace of the neighbour be: the distance from the middle.
    assert abs(np.corrcoef(np.abs(values - 0.5), np.abs(following - 0.5))[0, 1]) < 4 / np.sqrt(len(values))


def test_trials_keys_and_construction_do_not_share_streams() -> None:
    """Trial k of key j is none of the others, nor the construction of any: the words of all go through it."""
    trials = np.array([0, 1, 2, 2**32, 2**32 + 1, 2**63], dtype=np.uint64)
    keys = [0, 1, 2, 2**32, 2**32 + 1, 2**64 - 1]
    pairs = np.concatenate([random_numbers.trial_keys(key, trials) for key in keys]).tolist()
    pairs += [[int(word) for word in Numbers(key, "")._key] for key in keys]
    assert len({tuple(pair) for pair in pairs}) == len(trials) * len(keys) + len(keys)


UNITS, STEPS = np.arange(1000), np.arange(1000)[:, None]
"""A million numbers, as a run draws them."""


def test_normal_numbers_follow_the_distribution() -> None:
    """Five standard errors of each moment; in the tails five of the binomial deviation of the counts."""
    (key,) = random_numbers.trial_keys(11, np.zeros(1, np.uint64))
    z = random_numbers.normal(*key, 3, STEPS, UNITS).ravel()
    n = z.size
    assert stats.kstest(z, "norm").statistic < 1.95 / np.sqrt(n)  # exceeded with probability 0.001
    assert abs(z.mean()) < 5 / np.sqrt(n)
    assert abs(z.var() - 1) < 5 * np.sqrt(2 / n)
    assert abs(stats.skew(z)) < 5 * np.sqrt(6 / n)
    assert abs(stats.kurtosis(z)) < 5 * np.sqrt(24 / n)
    for bound in (2, 3, 4, -2, -3, -4):
        expected = n * stats.norm.sf(abs(bound))
        assert abs((z * np.sign(bound) > abs(bound)).sum() - expected) < 5 * np.sqrt(expected)


@pytest.mark.parametrize("mean", [0.02, 2.0, 30.0, 800.0])
def test_poisson_numbers_follow_the_distribution(mean: float) -> None:
    """The largest distance of the distribution functions, at whole numbers, is no larger than Kolmogorov and Smirnov"s
    for continuous ones; moments within five standard errors; tails as above."""
    (key,) = random_numbers.trial_keys(12, np.zeros(1, np.uint64))
    k = random_numbers.poisson(mean, *key, 3, STEPS, UNITS).ravel()
    n, distribution = k.size, stats.poisson(mean)
    values = np.arange(k.max() + 1)
    found = np.cumsum(np.bincount(k.astype(int))) / n
    assert np.abs(found - distribution.cdf(values)).max() < 1.95 / np.sqrt(n)
    assert abs(k.mean() - mean) < 5 * np.sqrt(mean / n)
    assert abs(k.var() - mean) < 5 * np.sqrt((mean + 2 * mean**2) / n)
    for share in (1e-2, 1e-3, 1e-4):
        bound = distribution.isf(share)
        expected = n * distribution.sf(bound)
        assert abs((k > bound).sum() - expected) < 5 * np.sqrt(expected)
