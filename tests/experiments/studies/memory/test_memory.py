"""The memory study: groups of equal length, what probes read of what is held, and its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.report import figures
from experiments.run_directory import Run
from experiments.studies.memory.figure import sentences
from experiments.studies.memory.measure import groups_of
from models.sequences import as_rows
from tests.experiments.here import run_here

pytestmark = pytest.mark.filterwarnings("ignore:cues. samples of shape:UserWarning")
MODELS = ("rflo", "eprop", "gru")
CONFIG = {"n_probe": 150, "n_measured": 80, "points": 3, "lengths": 2, "least": 10}


def test_groups_hold_sequences_of_similar_length() -> None:
    lengths = np.array([5, 9, 5, 7, 6, 9, 8, 5])
    found = groups_of(lengths, 2, 1)
    assert [sorted(lengths[group].tolist()) for group in found] == [[5, 5, 5, 6], [7, 8, 9, 9]]
    assert [sorted(lengths[group].tolist()) for group in groups_of(lengths, 8, 2)] == [[5, 5, 5], [9, 9]]
    (alone,) = groups_of(np.full(6, 220), 4, 3)
    assert alone.tolist() == list(range(6))
    assert groups_of(lengths, 2, 5) == []


def cues(path: Path) -> str:
    """A file of sequences whose class is the sign of the first value; all else is noise."""
    generator = np.random.default_rng(2)
    y = generator.integers(2, size=400)
    X = 0.3 * generator.normal(size=(400, 12, 2))
    X[:, 0, 0] = np.where(y == 1, 2.0, -2.0)
    np.savez(path, X=X, y=y, lengths=generator.integers(6, 13, 400))
    assert as_rows(X).shape == (400, 36)
    return str(path)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("memory")
    settings: dict[str, Any] = {
        **{f"models.{model}.units": 20 for model in MODELS},
        **{f"models.{model}.passes": 3 for model in MODELS},
        "models.rflo.learning_rate": 0.1,
        "models.eprop.learning_rate": 0.2,
        **{f"memory.{name}": value for name, value in CONFIG.items()},
    }
    return run_here("memory", MODELS, settings, folder, task=cues(folder / "cues.npz"))


@pytest.mark.slow
def test_what_is_held_is_read_from_hidden_units(run: Run) -> None:
    held = run.results.query("metric == 'held'")
    variables = {(row.model, row.facts["variable"]) for row in held.itertuples()}
    assert variables == {
        ("rflo", "rate"),
        *(("eprop", each) for each in ("membrane potential", "adaptation", "spikes")),
    }
    assert sorted(held["step"].unique()) == [3, 6, 9]
    kept = held[held["model"] == "rflo"].set_index("step")["value"]
    assert kept[3] > 0.9  # of a cue three steps ago, with time constants of up to 12
    assert set(run.results.query("metric == 'accuracy'")["model"]) == set(MODELS)
    lengths = run.results.query("metric == 'accuracy_of_length' and model == 'gru'")["step"]
    assert len(lengths) == 2
    assert lengths.is_monotonic_increasing


@pytest.mark.slow
def test_figures_and_sentences(run: Run) -> None:
    assert set(figures.draw(run).figures) == {"memory_held", "memory_length"}
    said = sentences(run)
    assert said[0].startswith("As step 9 of a sequence begins, a linear probe finds the class of ")
    assert "from the adaptation of eprop" in said[0]
    assert said[1].startswith("Of the shortest and of the longest sequences, ")
