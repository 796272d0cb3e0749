"""Published figures: what is said of the network that was measured follows from its parameters."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from experiments.references import REFERENCES, Reference
from experiments.settings import settings_of
from experiments.studies import STUDIES
from experiments.tasks import tasks
from models import registry


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.model)
def test_no_number_of_this_network_is_written_down(reference: Reference) -> None:
    named = {name for _, name, _, _ in Formatter().parse(reference.this_network) if name}
    assert named
    assert named <= set(registry.entry(reference.model).parameter_names())
    assert not re.search(r"\d", reference.this_network)
    assert "this network" not in reference.reason


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.model)
def test_references_are_held_against_what_exists(reference: Reference) -> None:
    assert reference.task in tasks()
    assert reference.metric in STUDIES[reference.study]
    assert 0 < reference.tolerance < reference.published < 1


def test_the_size_of_the_network_on_mnist_is_that_of_its_settings() -> None:
    (reference,) = (reference for reference in REFERENCES if reference.model == "receptive-field")
    assert reference.explained(settings_of("receptive-field", "large images").parameters("full")).endswith(
        "; this network has 6000 hidden neurons"
    )


def test_layers_of_different_size_are_listed() -> None:
    (reference,) = (reference for reference in REFERENCES if reference.model == "dense")
    told = reference.explained({"hidden": (500, 300), "passes": 10})
    assert told.endswith("; this network has 500 and 300 hidden units, no dropout and 10 passes")
