"""A run on colour images of two classes of unequal size: what is said about both, from the warning to the report."""

from __future__ import annotations

import re

import numpy as np
import pytest

from experiments.report.tables import metric_rows
from experiments.run_directory import Run
from experiments.studies.accuracy import STUDY, figure
from experiments.tables import print_run

from ...here import run_here

NOTE = "samples of shape (6, 5, 3) were read as images of 6 x 5 pixels, their colours as luma (ITU-R BT.601)"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """150 samples of one class and 8 of the other, of which a network saw each once and slowly."""
    folder = tmp_path_factory.mktemp("unequal")
    X = np.random.default_rng(0).integers(0, 256, (158, 6, 5, 3)).astype(np.uint8)
    np.savez(folder / "unequal.npz", X=X, y=np.array(["common"] * 150 + ["rare"] * 8))
    settings = {"models.dense.learning_rate": 1e-6, "models.dense.passes": 1, "models.dense.hidden": (4,)}
    with pytest.warns(UserWarning, match=re.escape(f"unequal: {NOTE}")):
        return run_here("accuracy", ["dense"], settings, folder / "runs", 2, str(folder / "unequal.npz"), "tiny")


def test_what_was_assumed_about_the_data_is_kept(run: Run) -> None:
    assert run.manifest["task"]["notes"] == [NOTE]
    assert f"<li>Reading the data: {NOTE}.</li>" in (run.directory / "report.html").read_text(encoding="utf-8")


def test_the_level_of_the_majority_is_measured_on_the_test_set(run: Run) -> None:
    rows = run.results[[not facts for facts in run.results["facts"]]]
    assert set(rows.loc[rows["metric"] == "majority_accuracy", "value"]) == {30 / 32}
    assert set(rows.loc[rows["metric"] == "test_samples", "value"]) == {32}


def test_recall_of_each_class_is_in_the_tables(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    labels = [row.label for row in metric_rows(run)]
    assert labels[labels.index(STUDY["recall"].label + ", class common") + 1] == "Recall, class rare"
    assert {"Balanced accuracy", "Accuracy of always answering the majority", "Test samples, class rare"} <= set(labels)
    print_run(run)
    printed = capsys.readouterr().out
    assert "recall of each class" in printed
    assert [line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│ common")] == ["common"]


def test_the_report_says_what_the_accuracy_is_worth(run: Run) -> None:
    said = figure.sentences(run)[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(
        "Always answering the most frequent class of the training set would classify 93.75 % correctly;"
    )
    assert "balanced accuracy, the mean over the classes: " in said
