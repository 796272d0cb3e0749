"""What a model shows of itself on example images: spikes, activations, and what its cells have learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.examples import ExampleJob, Shown
from experiments.figures import receptive_fields, side_by_side
from experiments.results import Example, Run
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.registry import create
from tests.models.conftest import QUICK


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Diehl & Cook's network, trained on a few digits, on a digit of the test set."""
    dataset = load_task("digits")
    split = final_split(dataset, 0, 600)
    kept = tmp_path_factory.mktemp("kept") / "model.npz"
    settings = {**QUICK["diehl-cook"], "passes": 1}
    create("diehl-cook", **settings, random_state=0).fit(split.train.X, split.train.y).save(kept)
    shown = (Shown("correct", 0, split.held_out.X[0], int(split.held_out.y[0])),)
    (found,) = ExampleJob.of("diehl-cook", kept, shown, dataset)(lambda done, total: None)
    return found


def test_an_answer_that_no_population_gives_is_kept_beside_the_spikes(example: Example) -> None:
    assert example.recording is not None
    assert list(example.recording.counts) == ["input", "excitatory", "inhibitory"]
    assert list(example.activations) == ["output"]
    votes = side_by_side.output_scores(example)
    assert example.predicted_class == str(votes.argmax())


def test_receptive_fields_are_stored_and_drawn(example: Example, tmp_path: Path, stored_run: Run) -> None:
    assert example.fields is not None
    assert example.fields.shape == (80, 8, 8)
    np.testing.assert_allclose(example.fields.sum(axis=(1, 2)), QUICK["diehl-cook"]["total"], rtol=1e-9)
    assert set(example.field_classes) <= {"", *"0123456789"}
    example.save(tmp_path)
    stored = Example.load(tmp_path / "diehl-cook-correct.npz")
    assert stored.fields is not None
    assert np.array_equal(stored.fields, example.fields)
    assert stored.field_classes == example.field_classes

    class Shown:
        def examples(self) -> tuple[Example, ...]:
            return (stored, stored)

    figures = receptive_fields.draw(Shown())  # type: ignore[arg-type]
    assert list(figures) == ["receptive_fields-diehl-cook"]
    assert [text.get_text() for text in figures["receptive_fields-diehl-cook"].axes[0].texts] == list(
        example.field_classes
    )
    assert receptive_fields.draw(stored_run) == {}
