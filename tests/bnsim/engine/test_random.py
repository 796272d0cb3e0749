"""The counter-based generator: the published answers, the same bits in three languages, uniform, uncorrelated."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from brian2.units import ms
from numpy.typing import NDArray
from scipy import stats

from bnsim.engine import random

from .networks import coins

# Random123, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, answer.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]

CPP_MAIN = """
#include <cstdint>
#include <cstdio>
%s
int main() {
    int64_t a[5];
    while (fread(a, sizeof(a), 1, stdin) == 1) {
        const double u = bnsim_uniform(a[0], a[1], a[2], a[3], a[4]);
        fwrite(&u, sizeof(u), 1, stdout);
    }
}
"""


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers(counter: str, key: str, answer: str) -> None:
    c0, c1, c2, c3 = words(counter)
    k0, k1 = words(key)
    assert tuple(int(word) for word in random.philox4x32((c0, c1, c2, c3), (k0, k1))) == words(answer)


def test_uniform_takes_53_bits_of_the_first_two_words() -> None:
    # With counter and key 0 the words are 6627e8d5 e169c58d: the upper 27 bits of the one, the upper 26 of the other.
    expected = ((0x6627E8D5 >> 5) * 2**26 + (0xE169C58D >> 6)) / 2**53
    assert random.uniform(0, 0, 0, 0, 0) == expected


def test_streams_are_stable() -> None:
    # Pinned: another hash would change every spike of every published run.
    assert random.stream("input:spikes") == 0x42361041
    assert random.stream("input:weights") != random.stream("input:spikes")


def test_cpp_gives_the_same_bits(tmp_path: Path) -> None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    draw = np.random.default_rng(0)
    arguments = draw.integers(0, 2**32, (20_000, 5), dtype=np.int64)
    arguments[0], arguments[1] = 0, 2**32 - 1
    (tmp_path / "main.cpp").write_text(CPP_MAIN % random.CPP)
    subprocess.run([compiler, "-O2", "main.cpp", "-o", "main"], cwd=tmp_path, check=True)
    answer = subprocess.run([tmp_path / "main"], input=arguments.tobytes(), capture_output=True, check=True).stdout
    expected = random.uniform(*arguments.T)
    assert np.array_equal(np.frombuffer(answer, np.uint64), expected.view(np.uint64))


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cython", marks=pytest.mark.slow), "cpp"])
def test_backends_give_the_same_bits(backend: str) -> None:
    """Each unit's probability is its own random number of one step: at that very bit it must not fire, one bit above
    it must. All other steps must agree too."""
    simulator = coins().compile(trial=20 * ms, dt=1 * ms, backend=backend)
    key, trials, units = 2**64 - 5, np.array([0, 7, 2**32, 2**63], dtype=np.uint64), np.arange(50)
    words = random.trial_keys(key, trials)
    numbers = np.stack(  # trial, step, unit
        [random.uniform(high, low, random.stream("coins:spikes"), np.arange(20)[:, None], units) for high, low in words]
    )
    exactly = numbers[:, 11, :]
    for stimulus, fires in ((exactly, False), (np.nextafter(exactly, 1), True)):
        _, recording = simulator.run(simulator.initial_state(0), stimulus, key, trials=trials, record=["coins"])
        raster = recording.binned("coins", 0.001)
        assert np.array_equal(raster, numbers < stimulus[:, None, :])
        assert (raster[:, 11, :] == fires).all()


def neighbours() -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """40,000 numbers for each axis, and the numbers one further along it."""
    index = np.arange(40_001)
    fixed = {"key_high": 0x1234, "key_low": 0x5678, "stream": 9, "step": 3, "unit": 5}
    numbers = {
        axis: random.uniform(**{**fixed, axis: index}) for axis in ("key_high", "key_low", "stream", "step", "unit")
    }
    keys = np.concatenate([random.trial_keys(key, np.zeros(1, np.uint64)) for key in index])
    numbers["key"] = random.uniform(keys[:, 0], keys[:, 1], 9, 3, 5)
    trials = random.trial_keys(1, index.astype(np.uint64))
    numbers["trial"] = random.uniform(trials[:, 0], trials[:, 1], 9, 3, 5)
    return {axis: (values[:-1], values[1:]) for axis, values in numbers.items()}


AXES = neighbours()


@pytest.mark.parametrize("axis", AXES)
def test_uniform_along_every_axis(axis: str) -> None:
    values, _ = AXES[axis]
    assert values.min() >= 0
    assert values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 1e-3  # the keys are fixed, so this cannot fail by chance


@pytest.mark.parametrize("axis", AXES)
def test_neighbours_are_uncorrelated(axis: str) -> None:
    # Of independent numbers the correlation has standard deviation 1 / sqrt(n) = 0.005; four of them are allowed.
    values, following = AXES[axis]
    assert abs(np.corrcoef(values, following)[0, 1]) < 4 / np.sqrt(len(values))
    # So must a nonlinear trace of the neighbour be: the distance from the middle.
    assert abs(np.corrcoef(np.abs(values - 0.5), np.abs(following - 0.5))[0, 1]) < 4 / np.sqrt(len(values))


def test_trials_and_keys_do_not_share_streams() -> None:
    """Trial k of key j is none of the others: the words of both go through the generator."""
    trials = np.array([0, 1, 2, 2**32, 2**32 + 1, 2**63], dtype=np.uint64)
    keys = [0, 1, 2, 2**32, 2**32 + 1, 2**64 - 1]
    pairs = np.concatenate([random.trial_keys(key, trials) for key in keys])
    assert len(np.unique(pairs, axis=0)) == len(trials) * len(keys)
