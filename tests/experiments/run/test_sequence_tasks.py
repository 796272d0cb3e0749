"""What a run makes of a task in time: which studies take it, what the models are told, what is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.run.plan import check
from experiments.run.request import Request
from experiments.studies import STUDIES
from tests.experiments.here import run_here

SETTINGS = {"models.gru.units": 10, "models.gru.passes": 2, "accuracy.n_measured": 40}


def test_studies_that_change_single_features_take_no_sequences() -> None:
    request = Request("compare", "digits-rows", ("gru",), 1, "full")
    taken = check(request).studies
    assert set(STUDIES) - set(taken) == {"adversarial", "language"}
    assert taken == {name: study for name, study in STUDIES.items() if study.samples in ("all", "sequences", "classes")}
    message = (
        "^--task digits-rows: adversarial changes each feature by itself, and so the mask that says where a sequence "
        "ends; choose a task without time$"
    )
    with pytest.raises(InputError, match=message):
        check(Request("adversarial", "digits-rows", ("gru",), 1))
    assert "adversarial" in check(Request("adversarial", "digits", ("dense",), 1)).studies


def test_studies_of_sequences_take_nothing_else() -> None:
    taken = check(Request("compare", "digits", ("dense",), 1, "full")).studies
    assert set(STUDIES) - set(taken) == {"memory", "language"}
    message = "^--task digits: memory looks at sequences; choose a task in time, as evidence is$"
    with pytest.raises(InputError, match=message):
        check(Request("memory", "digits", ("dense",), 1))


@pytest.mark.slow
def test_a_run_of_sequences(tmp_path: Path) -> None:
    run = run_here("accuracy", task="digits-rows", models=("gru",), seeds=1, settings=SETTINGS, out=tmp_path / "run")
    assert run.manifest["task"]["sequence_shape"] == [8, 9]
    assert run.manifest["task"]["image_shape"] is None
    assert run.manifest["task"]["answer_steps"] == 1
    assert run.config["models"]["gru"]["sequence_shape"] == [8, 9]
    for example in run.examples():
        # A channel is a row: the image with its columns as rows, without the mask.
        assert example.image.shape == (8, 8)
        assert np.ptp(example.image) > 0.5
    assert (
        "1797 sequences of up to 8 steps, each of 8 channels, in 10 classes"
        in (run.directory / "report.html").read_text()
    )
