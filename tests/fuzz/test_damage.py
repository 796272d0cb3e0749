"""Damaged files and command lines are read as they were meant, or refused in one line (many: `benchmarks/fuzz.py`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import bnsim
from tests.bnsim.test_kept import recording
from tests.experiments.test_run_directory import contents, write_run
from tests.fuzz import damage
from tests.fuzz.kinds import Kind, workshop
from tests.fuzz.kinds.library import look_at_state, use_recording
from tests.fuzz.kinds.runs import use_run
from tests.fuzz.kinds.tasks import idx_files, use_archive, use_idx
from tests.fuzz.kinds.words import command_lines, use_words
from tests.fuzz.trial import FINE, attempt


def few(number: int) -> Any:
    """Always the same cases, without a database of examples."""
    checks = list(HealthCheck)
    phases = [Phase.generate]  # the case is told as it is: to shrink it takes long
    return settings(
        max_examples=number, derandomize=True, database=None, deadline=None, suppress_health_check=checks, phases=phases
    )


def tried(kind: Kind, number: int) -> None:
    """Try a number of cases of a kind."""

    @few(number)
    @given(st.data())
    def case(data: st.DataObject) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome, name = kind.case(data.draw)
        assert outcome.what in FINE, f"{name}: {outcome.what}: {outcome.about}"
        assert outcome.megabytes < 1000, name

    case()


def by_hand(folder: Path) -> Iterator[Kind]:
    """Small things of several kinds, made without a simulation."""
    recording().save(folder / "recording.npz")
    yield Kind("recording", (folder / "recording.npz",), damage.of_npz, use_recording)
    one = np.zeros(1, np.int32)
    edges = {"source": one, "target": one, "w": np.ones(1), "delay": np.ones(1), "shape": [2, 2], "unit": "V"}
    flight = {f"a.in_flight_{part}": one for part in ("unit", "age")}
    state = {f"a.{name}": np.asarray(array) for name, array in edges.items()}
    state |= {"b.v": np.zeros(2), "b.positions": np.zeros((2, 3)), "clock": one, "key": np.zeros(1, np.uint64)}
    bnsim.State({**state, **flight}).save(folder / "state.npz")
    yield Kind("state", (folder / "state.npz",), damage.of_npz, lambda path: look_at_state(bnsim.State.load(path)))
    np.savez(folder / "task.npz", X=np.random.default_rng(0).random((30, 4, 4)), y=np.tile(np.arange(3), 10))
    yield Kind("archive", (folder / "task.npz",), damage.of_npz, use_archive)
    yield Kind("IDX", tuple(idx_files(folder)), damage.of_idx, use_idx)
    run = write_run(folder, "run", contents())
    (run / "plan.json").write_text("{}")  # by which the folder is found
    documents, tables = (run / "summary.json", run / "manifest.json"), tuple(run.glob("*.parquet"))
    yield Kind("documents", documents, damage.of_json, use_run)
    yield Kind("configuration", (run / "config.toml",), damage.of_toml, use_run)
    yield Kind("tables", tables, damage.of_parquet, use_run)
    yield Kind(
        "examples", tuple((run / "recordings").iterdir()), damage.of_npz, lambda path: use_loaded(path.parents[1])
    )


def use_loaded(run: Path) -> None:
    """Read all recordings of a run."""
    from experiments.run_directory import read_run

    repr(read_run(run).examples())


@pytest.fixture(scope="module")
def hand_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kind]:
    return {kind.name: kind for kind in by_hand(tmp_path_factory.mktemp("made"))}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("recording", 15), ("state", 20), ("archive", 8), ("IDX", 5)),
        *(("documents", 10), ("configuration", 6), ("tables", 8), ("examples", 8)),
    ],
)
def test_hand_made_files(name: str, number: int, hand_made: dict[str, Kind]) -> None:
    tried(hand_made[name], number)


def test_command_lines(tmp_path: Path) -> None:
    @few(10)
    @given(command_lines())
    def case(words: list[str]) -> None:
        outcome = attempt(lambda: use_words(words, tmp_path))
        assert outcome.what in FINE, f"{words}: {outcome.what}: {outcome.about}"

    case()


@pytest.mark.slow
def test_real_files(tmp_path: Path) -> None:
    """Of trained models, simulations and runs."""
    with workshop(tmp_path, ("rate", "receptive-field", "diehl-cook")) as kinds:
        for kind in kinds:
            tried(kind, max(2, round(4 * kind.share)))
