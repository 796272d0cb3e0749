"""What a model shows of itself on example images: spikes, activations, and what its cells have learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.report import receptive_fields, side_by_side
from experiments.run.examples import ExampleJob, Shown, choose
from experiments.run_directory import Example, Run
from experiments.spec import Predictions
from experiments.tasks import load_task
from experiments.tasks.dataset import Samples, final_split
from models.registry import create
from tests.models.conftest import QUICK

CASES = ("correct", "further1")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """Diehl & Cook's network, trained on a few digits, on two digits of the test set."""
    dataset = load_task("digits")
    split = final_split(dataset, 0, 600)
    kept = tmp_path_factory.mktemp("kept") / "model.npz"
    settings = {**QUICK["diehl-cook"], "passes": 1}
    create("diehl-cook", **settings, random_state=0).fit(split.train.X, split.train.y).save(kept)
    shown = tuple(Shown(case, i, split.held_out.X[i], int(split.held_out.y[i])) for i, case in enumerate(CASES))
    return ExampleJob.of("diehl-cook", kept, shown, dataset)(lambda done, total: None)


@pytest.fixture(scope="module")
def example(examples: list[Example]) -> Example:
    return examples[0]


@pytest.mark.slow
def test_an_answer_that_no_population_gives_is_kept_beside_the_spikes(example: Example) -> None:
    assert example.recording is not None
    assert list(example.recording.counts) == ["input", "excitatory", "inhibitory"]
    assert list(example.activations) == ["output"]
    votes = side_by_side.output_scores(example)
    assert example.predicted_class == str(votes.argmax())


def test_every_image_is_seen_as_if_it_were_alone(examples: list[Example], tmp_path: Path) -> None:
    """What belongs to the model and not to the image is stored once; traces take half the space."""
    assert [example.case for example in examples] == list(CASES)
    assert [example.fields is None for example in examples] == [False, True]
    for example in examples:
        assert example.recording is not None
        assert example.recording.trace("excitatory", "v").values.dtype == np.float32
        assert example.predicted_class == str(side_by_side.output_scores(example).argmax())
        example.save(tmp_path)
        assert Example.load(tmp_path / f"diehl-cook-{example.case}.npz").field_classes == examples[0].field_classes
    assert not np.array_equal(examples[0].image, examples[1].image)


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


@pytest.mark.parametrize(
    ("predicted", "chosen"),
    [
        # The first right one, the first wrong one, the first of classes 2 and 3, then again from the first class on.
        ([0, 0, 2, 1, 2, 3, 0], {"correct": 0, "wrong": 2, "further1": 4, "further2": 5, "further3": 1, "further4": 3}),
        (
            [0, 0, 1, 1, 2, 3, 0],
            {"correct": 0, "further1": 2, "further2": 4, "further3": 5, "further4": 1, "further5": 3},
        ),
        (
            [1, 1, 0, 0, 0, 0, 1],
            {"wrong": 0, "further1": 2, "further2": 4, "further3": 5, "further4": 1, "further5": 3},
        ),
    ],
)
def test_chosen_images_are_of_many_classes(predicted: list[int], chosen: dict[str, int]) -> None:
    true = np.array([0, 0, 1, 1, 2, 3, 0])
    samples = Samples(np.arange(14.0).reshape(7, 2), true)
    shown = choose(Predictions(true, np.array(predicted)), samples)
    assert {image.case: image.index for image in shown} == chosen
    assert [image.label for image in shown] == list(true[list(chosen.values())])
    assert [image.x[0] for image in shown] == [2 * index for index in chosen.values()]


def test_no_image_is_chosen_twice() -> None:
    true = np.array([1, 1, 0])
    shown = choose(Predictions(true, true), Samples(np.zeros((3, 2)), true))
    assert sorted(image.index for image in shown) == [0, 1, 2]
