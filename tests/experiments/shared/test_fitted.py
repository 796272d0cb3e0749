"""A model is trained once a run and seed; whoever comes later reads it, with the same answers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from experiments.shared.fitted import fitted, place
from experiments.spec import Subject
from experiments.tasks import load_task

SUBJECT = Subject(load_task("digits"), "dense", {"hidden": (20,), "passes": 2}, seed=0)


def test_the_second_study_reads_what_the_first_trained(tmp_path: Path) -> None:
    subject = dataclasses.replace(SUBJECT, shelf=tmp_path)
    told: list[tuple[int, int]] = []
    first = fitted(subject, 500, lambda done, total: told.append((done, total)))
    assert told[-1] == (1000, 1000)
    assert first.presentations == 1000
    told.clear()
    second = fitted(subject, 500, lambda done, total: told.append((done, total)))
    assert not told
    assert (second.presentations, second.seconds) == (first.presentations, first.seconds)
    test = first.split.held_out.X
    assert np.array_equal(first.model.predict(test), second.model.predict(test))
    assert np.array_equal(second.split.held_out.X, test)


def test_other_settings_and_seeds_are_other_models(tmp_path: Path) -> None:
    subject = dataclasses.replace(SUBJECT, shelf=tmp_path)
    others = [
        dataclasses.replace(subject, seed=1),
        dataclasses.replace(subject, parameters={**subject.parameters, "passes": 3}),
        dataclasses.replace(subject, model="rate"),
    ]
    places = {place(subject, 500), place(subject, None), *(place(other, 500) for other in others)}
    assert len(places) == 5


def test_without_a_shelf_nothing_is_kept() -> None:
    assert place(SUBJECT, 500) is None
    assert fitted(SUBJECT, 500, lambda done, total: None).presentations == 1000
