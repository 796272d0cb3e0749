"""Parameters that a study fixes reach the classifiers that have them."""

from __future__ import annotations

from experiments.shared.fixed import create_with
from experiments.spec import Subject
from tests.experiments.digits import DIGITS, FIELD, SMALL


def test_classifiers_are_set_in_what_they_have() -> None:
    fixed = {"batch_size": 1, "final_rate": 0.5}
    dense = Subject(DIGITS, "dense", SMALL, seed=3)
    made = create_with(dense, fixed).get_params()
    assert made == {**dense.create().get_params(), "batch_size": 1}
    assert made["random_state"] == 3
    field = Subject(DIGITS, "receptive-field", FIELD, seed=3)
    assert create_with(field, fixed).get_params() == {**field.create().get_params(), "final_rate": 0.5}
