"""The generator's compiled forms: the same bits in three languages, one call for four units."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from brian2.units import ms
from numpy.typing import NDArray

import bnsim
from bnsim import quantiles
from bnsim.engine import random
from bnsim.engine.compiler import FLAGS
from bnsim.engine.simulator import Simulator

CPP_MAIN = """
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>
%s
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
CPP = (
    random.UNIFORM_CPP
    + random.NORMAL_QUANTILE_CPP
    + random.NORMAL_CPP
    + random.POISSON_QUANTILE_CPP
    + random.POISSON_CPP
)


def test_cpp_gives_the_same_bits(tmp_path: Path) -> None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    generator = np.random.default_rng(0)
    jobs = np.zeros(20_000, [("words", np.int64, 5), ("mean", np.float64)])
    jobs["words"] = generator.integers(0, 2**32, (len(jobs), 5), dtype=np.int64)
    jobs["words"][:, 3] <<= generator.integers(0, 2, len(jobs)) * 20  # steps beyond 2**32
    jobs["words"][0], jobs["words"][1] = 0, 2**32 - 1
    jobs["mean"] = generator.choice([0.0, 0.01, 1.7, 40.0, 500.0, 501.0, 1e5], len(jobs))
    jobs["mean"][len(jobs) // 2 :].sort()  # where a mean comes again, its sums are looked up
    (tmp_path / "main.cpp").write_text(CPP_MAIN % CPP)
    subprocess.run([compiler, *FLAGS, "main.cpp", "-o", "main"], cwd=tmp_path, check=True)
    answer = subprocess.run([tmp_path / "main"], input=jobs.tobytes(), capture_output=True, check=True).stdout
    place = jobs["words"].T
    expected = np.stack([random.uniform(*place), random.normal(*place), random.poisson(jobs["mean"], *place)], axis=1)
    assert np.array_equal(np.frombuffer(answer, np.uint64).reshape(-1, 3), expected.view(np.uint64))


@dataclass(frozen=True, repr=False)
class Threshold(bnsim.Poisson):
    """Fires where a number that is made from its uniform one lies below the stimulus."""

    silent_without_drive: ClassVar[bool] = False

    def drive(self, stimulus: object, n_units: int, timing: object) -> NDArray[np.float64]:
        return np.asarray(stimulus, np.float64)


class Dense(Threshold):
    """Draws for all units."""


class Sparse(Threshold):
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
SMALL = {f"sparse_{size}": size for size in (1, 2, 3, 4, 9)}
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
        populations += [bnsim.Population(name, size, Sparse()) for name, size in SMALL.items()]
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
    sizes = {"Sparse": SIZE, **SMALL}
    stimulus |= {name: 0.7 * (generator.random((40, size)) < 0.3) for name, size in sizes.items()}
    _, recording = simulator.run(
        simulator.initial_state(0), stimulus, key[0], record=[bnsim.Spikes(name) for name in sizes]
    )
    for name, size in sizes.items():
        expected = uniform(key, random.stream(f"{name}:spikes"), size) < stimulus[name][:, None]
        assert np.array_equal(recording.binned(name, 0.001), expected), name
        assert expected.any()
