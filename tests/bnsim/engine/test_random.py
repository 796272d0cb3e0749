"""The generator's compiled forms: the same bits in three languages, one call for four units."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import ms
from numpy.typing import NDArray

import bnsim
from bnsim import quantiles
from bnsim.drives.encoder import BY_CHANCE
from bnsim.engine import random
from bnsim.engine.compiler import FLAGS
from bnsim.engine.driver import DRAWS, GENERATOR
from bnsim.engine.rows import TEAM
from bnsim.engine.simulator import Simulator

CPP_MAIN = """
int main() {
    int64_t a[5];
    double mean;
    while (fread(a, sizeof(a), 1, stdin) == 1 && fread(&mean, sizeof(mean), 1, stdin) == 1) {
        const double numbers[3] = {
            bnsim_uniform(a[0], a[1], a[2], a[3], a[4]),
            bnsim_normal(a[0], a[1], a[2], a[3], a[4]),
            bnsim_poisson(mean, a[0], a[1], a[2], a[3], a[4]),
        };
        fwrite(numbers, sizeof(numbers), 1, stdout);
    }
}
"""
HEADERS = "".join(f"#include <{name}>\n" for name in ("algorithm", "cmath", "cstdint", "cstdio", "cstring", "vector"))
CPP = (
    random.UNIFORM_CPP
    + random.NORMAL_QUANTILE_CPP
    + random.NORMAL_CPP
    + random.POISSON_QUANTILE_CPP
    + random.POISSON_CPP
)


def test_cpp_gives_the_same_bits(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    jobs = np.zeros(20_000, [("words", np.int64, 5), ("mean", np.float64)])
    jobs["words"] = generator.integers(0, 2**32, (len(jobs), 5), dtype=np.int64)
    jobs["words"][:, 3] <<= generator.integers(0, 2, len(jobs)) * 20  # steps beyond 2**32
    jobs["words"][0], jobs["words"][1] = 0, 2**32 - 1
    jobs["mean"] = generator.choice([0.0, 0.01, 1.7, 40.0, 500.0, 501.0, 1e5], len(jobs))
    answer = answered(tmp_path, CPP + CPP_MAIN, jobs.tobytes())
    place = jobs["words"].T
    expected = np.stack([random.uniform(*place), random.normal(*place), random.poisson(jobs["mean"], *place)], axis=1)
    assert np.array_equal(np.frombuffer(answer, np.uint64).reshape(-1, 3), expected.view(np.uint64))


def answered(folder: Path, source: str, question: bytes) -> bytes:
    """What a C++ program answers to its standard input."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    (folder / "main.cpp").write_text(HEADERS + source)
    subprocess.run([compiler, *FLAGS, "main.cpp", "-o", "main"], cwd=folder, check=True)
    return subprocess.run([folder / "main"], input=question, capture_output=True, check=True).stdout


MEANS = (-3.0, 0.0, 1e-12, 2.0**-33, 1e-9, 0.01, 0.3, 1.28, 2.0, 7.5, 8.0, 22.0, 22.9, 23.0, 40.0, 123.4, 499.0, 500.0)
PROBABILITIES = np.array([0.0, 1e-300, 2.0**-34, 2.0**-33, 0.1, 0.5, 1 - 2.0**-33, 1 - 2.0**-53, 1.0, 2.0])
WAYS_MAIN = """
template <class T> T get() { T value; if (fread(&value, sizeof(T), 1, stdin) != 1) exit(1); return value; }
template <class T> void put(const T* values, size_t n) { if (n) fwrite(values, sizeof(T), n, stdout); }
int main() {
    for (int64_t n = get<int64_t>(); n; n--) {
        const uint64_t n_words = bnsim_words_below(get<double>());
        put(&n_words, 1);
    }
    for (int64_t n = get<int64_t>(); n; n--) {
        std::vector<uint32_t> thresholds;
        const int64_t least = bnsim_poisson_thresholds(get<double>(), thresholds), size = thresholds.size();
        put(&least, 1);
        put(&size, 1);
        put(thresholds.data(), size);
    }
    for (int64_t n_cases = get<int64_t>(); n_cases; n_cases--) {
        bnsim::Poisson poisson;
        const int64_t n_units = get<int64_t>(), n_steps = get<int64_t>();
        std::vector<double> mean(n_units), number(n_units);
        for (int64_t step = 0; step < n_steps; step++) {
            for (int64_t k = 0; k < n_units; k++) mean[k] = get<double>();
            poisson.expect(mean.data(), number.data(), n_units);
            poisson.draw(3, 4, 5, step, number.data(), n_units);
            const int64_t way = poisson.way;
            put(&way, 1);
            put(number.data(), n_units);
        }
    }
}
"""


def constant(mean: Any, n_units: int, n_steps: int = 3) -> NDArray[np.float64]:
    return np.array(np.broadcast_to(mean, (n_steps, n_units)), np.float64)


BY_FUNCTION, ALL_ZERO, BY_LEVELS, BY_SEARCH = range(4)
DRAWN = np.random.default_rng(1)
WAYS: dict[str, tuple[NDArray[np.float64], int]] = {
    "none": (constant(0.0, 301), ALL_ZERO),
    "negative": (constant(-2.0, 301), ALL_ZERO),
    "one small mean": (constant(0.001, 1030), BY_LEVELS),
    "one mean of few units": (constant(1.5, 7), BY_LEVELS),
    "one mean of many": (constant(2.0, 5003), BY_LEVELS),
    "one large mean": (constant(60.0, 1030), BY_SEARCH),
    "one too large": (constant(501.0, 301), BY_FUNCTION),
    "not a number": (constant(np.nan, 301), BY_FUNCTION),
    "its own": (constant(DRAWN.uniform(0, 3, 2501), 2501), BY_LEVELS),
    "one after the other": (constant([0.5, 1.2, 0.0], 3).repeat(1500, axis=1), BY_LEVELS),
    "few": (constant(DRAWN.choice([0.0, 0.2, 90.0], 1030), 1030), BY_SEARCH),
    "many large ones": (constant(DRAWN.uniform(40, 60, 1030), 1030), BY_FUNCTION),
    "one too large among small": (constant([*np.ones(99), 501.0], 100), BY_FUNCTION),
    "one for all, new in each step": (constant(DRAWN.uniform(0, 9, (6, 1)), 301, 6), BY_LEVELS),
    "its own, new in each step": (DRAWN.uniform(0, 9, (6, 301)), BY_FUNCTION),
    "for three steps each": (DRAWN.uniform(0, 3, (4, 301)).repeat(3, axis=0), BY_LEVELS),
    "until there is none": (constant([[9.0], [9.0], [0.0]], 301), ALL_ZERO),
    "until it differs": (np.concatenate([constant(9.0, 301), constant(np.arange(301) / 100, 301)]), BY_LEVELS),
}
"""Means (step, unit), and how the numbers of the last step are made."""


@cache
def ways() -> bytes:
    """What C++ makes of all probabilities, means and series of means."""
    question = [np.int64(len(PROBABILITIES)), PROBABILITIES, np.int64(len(MEANS)), np.array(MEANS), np.int64(len(WAYS))]
    for means, _ in WAYS.values():
        question += [np.array(means.shape[::-1]), means]
    with tempfile.TemporaryDirectory() as folder:
        program = random.UNIFORM_CPP + TEAM + GENERATOR + DRAWS + WAYS_MAIN
        return answered(Path(folder), program, b"".join(part.tobytes() for part in question))


class Answer:
    """The answer, read from its beginning."""

    def __init__(self) -> None:
        self.bytes, self.place = ways(), 0

    def next(self, dtype: type[np.generic], n: int) -> NDArray[Any]:
        start, self.place = self.place, self.place + n * np.dtype(dtype).itemsize
        return np.frombuffer(self.bytes[start : self.place], dtype)


def of_words(words: NDArray[np.int64]) -> NDArray[np.float64]:
    return (words + 0.5) / 2**32


def test_thresholds_lie_where_numbers_change() -> None:
    """At every threshold the number of the word is the one before, at the next word the one after; numbers do not fall
    with the word, so that all words are right."""
    answer = Answer()
    for probability, n_words in zip(PROBABILITIES, answer.next(np.uint64, len(PROBABILITIES)).tolist(), strict=True):
        around = np.arange(max(n_words - 2, 0), min(n_words + 2, 2**32))
        assert ((of_words(around) < probability) == (around < n_words)).all(), probability
    for mean in MEANS:
        least, n = answer.next(np.int64, 2)
        words = answer.next(np.uint32, n).astype(np.int64)
        numbers = least + np.arange(n)
        assert (np.diff(words) >= 0).all()
        assert (quantiles.poisson_quantile(mean, of_words(words)) <= numbers).all()
        assert (quantiles.poisson_quantile(mean, of_words(words + 1)) > numbers).all()
        ends = quantiles.poisson_quantile(mean, of_words(np.array([0, 2**32 - 1])))
        assert ends.tolist() == [least, least + n], mean


def test_poisson_numbers_are_the_same_however_they_are_made() -> None:
    answer = Answer()
    answer.next(np.uint64, len(PROBABILITIES))
    for _ in MEANS:
        answer.next(np.uint32, answer.next(np.int64, 2)[1])
    for name, (means, expected) in WAYS.items():
        for step, mean in enumerate(means):
            (way,) = answer.next(np.int64, 1)
            numbers = answer.next(np.float64, len(mean))
            wanted = random.poisson(mean, 3, 4, 5, step, np.arange(len(mean)))
            assert np.array_equal(numbers, wanted, equal_nan=True), (name, step)
        assert way == expected, name


@dataclass(frozen=True, repr=False)
class Threshold(bnsim.Poisson):
    """Fires where a number that is made from its uniform one lies below the stimulus."""

    silent_without_drive: ClassVar[bool] = False

    def drive(self, stimulus: object, n_units: int, timing: object) -> NDArray[np.float64]:
        return np.asarray(stimulus, np.float64)


class Chance(Threshold):
    """Compares words with a limit for each unit."""


class Dense(Threshold):
    """Draws for all units."""

    threshold = f"{BY_CHANCE} and True"


class Sparse(Dense):
    """Draws for those that are driven."""

    silent_without_drive = True


class Normal(Threshold):
    threshold = "bnsim_normal_quantile(uniform) < drive"


class Counts(Threshold):
    threshold = "bnsim_poisson_quantile(3.5, uniform) < drive"


class Direct(Threshold):
    """Asks for numbers of streams of its own: normal ones and, with a small and a large mean in turn, Poisson ones."""

    threshold = (
        "uniform < 2 and bnsim_normal(trial_key_high, trial_key_low, 9, first_step + t_in_timesteps, i)"
        " + bnsim_poisson(3.5 + 700 * (i % 2), trial_key_high, trial_key_low, 10, first_step + t_in_timesteps, i)"
        " < drive"
    )


SIZE, STEPS = 50, 20
SMALL = {f"sparse_{size}": size for size in (1, 2, 3, 4, 9)} | {"chance_1": 1, "chance_7": 7}
"""Populations whose last call of the generator serves fewer than four units."""

Key = tuple[int, NDArray[np.uint64]]
"""Key of a run, and numbers of its trials."""


def uniform(key: Key, stream: int, size: int = SIZE) -> NDArray[np.float64]:
    """Numbers (trial, step, unit) of a run."""
    units, steps = np.arange(size), np.arange(STEPS)[:, None]
    return np.stack([random.uniform(high, low, stream, steps, units) for high, low in random.trial_keys(*key)])


def direct(key: Key) -> NDArray[np.float64]:
    means = 3.5 + 700 * (np.arange(SIZE) % 2)
    return quantiles.normal_quantile(uniform(key, 9)) + quantiles.poisson_quantile(means, uniform(key, 10))


MODELS: dict[type[Threshold], Callable[[Key], NDArray[np.float64]]] = {
    Chance: lambda key: uniform(key, random.stream("Chance:spikes")),
    Dense: lambda key: uniform(key, random.stream("Dense:spikes")),
    Sparse: lambda key: uniform(key, random.stream("Sparse:spikes")),
    Normal: lambda key: quantiles.normal_quantile(uniform(key, random.stream("Normal:spikes"))),
    Counts: lambda key: quantiles.poisson_quantile(3.5, uniform(key, random.stream("Counts:spikes"))),
    Direct: direct,
}
"""Each model, and the numbers (trial, step, unit) that decide whether its units fire."""


@cache
def compiled(backend: str) -> Simulator:
    """All of them; on `cython`, which compiles every population on its own, the one that needs all functions."""
    populations = [bnsim.Population("Direct", SIZE, Direct())]
    if backend != "cython":
        populations = [bnsim.Population(model.__name__, SIZE, model()) for model in MODELS]
    if backend == "cpp":
        made = {"sparse": Sparse(), "chance": Chance()}
        populations += [bnsim.Population(name, size, made[name.split("_")[0]]) for name, size in SMALL.items()]
    return bnsim.Network(populations).compile(trial=STEPS * ms, dt=1 * ms, backend=backend)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cython", marks=pytest.mark.slow), "cpp"])
def test_backends_give_the_same_bits(backend: str) -> None:
    """Each unit's stimulus is its own random number of one step: at that very bit it must not fire, one bit above it
    must. All other steps must agree too."""
    simulator, key = compiled(backend), (2**64 - 5, np.array([0, 7, 2**32, 2**63], dtype=np.uint64))
    sizes = {population.name: population.size for population in simulator.network.populations}
    numbers = {model.__name__: made(key) for model, made in MODELS.items() if model.__name__ in sizes}
    for above in (False, True):
        stimulus = {name: np.zeros((4, size)) for name, size in sizes.items()}
        stimulus |= {name: np.nextafter(v, np.inf)[:, 11] if above else v[:, 11] for name, v in numbers.items()}
        state = simulator.initial_state(0)
        _, recording = simulator.run(
            state, stimulus, key[0], trials=key[1], record=[bnsim.Spikes(name) for name in numbers]
        )
        for name, values in numbers.items():
            raster = recording.binned(name, 0.001)
            assert np.array_equal(raster, values < stimulus[name][:, None]), name
            assert (raster[:, 11] == above).all(), name


def test_which_units_are_driven_changes_no_number() -> None:
    """Whichever of the four units that a call serves: here, a few at random in each trial, or none."""
    simulator, key = compiled("cpp"), (5, np.arange(40, dtype=np.uint64))
    generator = np.random.default_rng(2)
    stimulus = {model.__name__: np.zeros((40, SIZE)) for model in MODELS}
    sizes = {"Sparse": SIZE, "Chance": SIZE, **SMALL}
    stimulus |= {name: 0.7 * (generator.random((40, size)) < 0.3) for name, size in sizes.items()}
    _, recording = simulator.run(
        simulator.initial_state(0), stimulus, key[0], record=[bnsim.Spikes(name) for name in sizes]
    )
    for name, size in sizes.items():
        expected = uniform(key, random.stream(f"{name}:spikes"), size) < stimulus[name][:, None]
        assert np.array_equal(recording.binned(name, 0.001), expected), name
        assert expected.any()
