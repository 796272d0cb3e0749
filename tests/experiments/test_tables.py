"""Tables on the terminal show names as they are."""

import dataclasses
from pathlib import Path

import pytest

from experiments.results import read_run, write_run
from experiments.tables import print_catalogue, print_run

from .test_results import contents


def test_names_are_no_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = contents()
    task = "[red]mine[/wrong] :smile:"
    entry: dict[str, object] = {"model": "receptive-dense", "metric": "prediction_seconds", "unit": "s", "step": None}
    entry |= {"study": "accuracy", "kind": "ANN", "mean": 0.5, "ci_low": None, "ci_high": None, "n": 1}
    named = dataclasses.replace(plain, summary={**plain.summary, "task": task, "metrics": [entry]})
    print_run(read_run(write_run(tmp_path, "[b]", named, lambda folder: None)))
    printed = capsys.readouterr().out
    assert f"{task}, 1 seed " in printed
    assert "prediction_seconds" in printed
    assert printed.endswith("/[b]/report.html\n")


def test_catalogues_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_catalogue({"name": "one of [a, b]"})
    assert capsys.readouterr().out.split(maxsplit=1) == ["name", "one of [a, b]\n"]
