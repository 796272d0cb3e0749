"""Back ends by name: this package's own, and those of other packages."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from brian2.units import ms

import bnsim
from bnsim.engine import backends
from bnsim.engine.job import Job, Outcome, Reporter
from bnsim.program import Program

from .networks import coins


class Silent:
    """A back end in which nothing ever fires; and its compiled network."""

    profiles = False

    def compile(self, program: Program, cache: str | Path | None) -> Silent:
        self.program = program
        return self

    def run(self, job: Job, report: Reporter | None = None) -> Outcome:
        sizes = {population.name: population.size for population in self.program.populations}
        counts = {name: np.zeros((job.n_trials, size), np.int32) for name, size in sizes.items()}
        return Outcome({}, counts, {}, {}, np.ones(job.n_trials, np.int64))


SILENT = Silent()
NO_BACKEND = "silence"


def brought(monkeypatch: pytest.MonkeyPatch, *entries: tuple[str, str]) -> None:
    """As if another package brought back ends: (name, where they are)."""
    points: Sequence[EntryPoint] = [EntryPoint(name, value, backends.GROUP) for name, value in entries]
    monkeypatch.setattr(backends, "entry_points", lambda group: points if group == backends.GROUP else [])


def test_this_packages_own() -> None:
    assert list(backends.BACKENDS) == ["cpp", "cython", "numpy"]
    for backend in backends.BACKENDS.values():
        assert isinstance(backend, backends.Backend)


def test_another_packages_back_end(monkeypatch: pytest.MonkeyPatch) -> None:
    brought(monkeypatch, ("silent", f"{__name__}:SILENT"))
    simulator = coins().compile(trial=20 * ms, dt=1 * ms, backend="silent")
    assert simulator.backend == "silent"
    _, recording = simulator.run(simulator.initial_state(0), np.ones((3, 50)))
    assert recording.counts["coins"].shape == (3, 50)
    assert not recording.counts["coins"].any()
    with pytest.raises(bnsim.InputError, match=r"^Simulator\.profile: not on the back end 'silent'; compile with"):
        simulator.profile(simulator.initial_state(0), np.ones((3, 50)))


def test_names_of_all_are_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    brought(monkeypatch, ("silent", f"{__name__}:SILENT"))
    for find in (backends.backend_name, backends.find_backend):
        with pytest.raises(
            bnsim.InputError, match=r"^compile\(backend\): unknown 'silnt'; did you mean 'silent'\? cho"
        ):
            find("silnt")


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("no_such_package:BACKEND", bnsim.MachineError, "'mine' of another package cannot be loaded (No module named"),
        (
            f"{__name__}:NO_BACKEND",
            bnsim.InputError,
            f"{__name__}:NO_BACKEND of another package is no back end; give an",
        ),
    ],
)
def test_a_package_that_is_broken(
    monkeypatch: pytest.MonkeyPatch, value: str, error: type[Exception], message: str
) -> None:
    brought(monkeypatch, ("mine", value))
    with pytest.raises(error) as caught:
        coins().compile(trial=20 * ms, dt=1 * ms, backend="mine")
    assert str(caught.value).startswith(f"compile(backend): {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["auto", "cpp", "numpy"])
def test_other_packages_are_not_looked_through_for_a_name_of_this_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes some milliseconds, and a network is compiled for every chunk of a training."""

    def refuse(group: str) -> None:
        raise AssertionError(group)

    monkeypatch.setattr(backends, "entry_points", refuse)
    assert backends.backend_name(name) in backends.BACKENDS
