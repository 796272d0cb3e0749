"""Tables on the terminal show names as they are."""

import dataclasses
from pathlib import Path

import pytest

from experiments.run_directory import read_run
from experiments.tables import print_catalogue, print_run

from .test_run_directory import contents, write_run


def test_names_are_no_markup_and_units_stand_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = contents()
    task = "[red]mine[/wrong] :smile:"
    entry: dict[str, object] = {"model": "receptive-dense", "metric": "prediction_seconds", "unit": "s", "step": None}
    entry |= {"study": "accuracy", "facts": {}, "kind": "ANN", "mean": 0.5, "ci_low": None, "ci_high": None, "n": 1}
    unit = {**entry, "study": "transfer", "model": "lif", "metric": "threshold", "unit": ""}
    named = dataclasses.replace(
        plain,
        summary={**plain.summary, "task": task, "metrics": [entry, unit]},
        manifest={**plain.manifest, "models": {"receptive-dense": {}}},
    )
    print_run(read_run(write_run(tmp_path, "[b]", named)))
    printed = capsys.readouterr().out
    assert f"{task}, 1 seed " in printed
    trained, untrained = printed.split("units and networks without training, 1 seed")
    assert "prediction_seconds" in trained
    assert "lif" not in trained
    assert "threshold" in untrained
    assert "receptive-dense" not in untrained
    assert printed.endswith("/[b]/report.html\n")


@pytest.mark.parametrize(("limits", "shown"), [((None, None), "0.1235 nat"), ((0.0935, 0.1535), "0.1235 ± 0.0300 nat")])
def test_a_loss_has_its_interval(
    limits: tuple[float | None, float | None], shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = contents()
    entry: dict[str, object] = {
        "study": "accuracy",
        "model": "dense",
        "kind": "ANN",
        "metric": "test_loss",
        "n": 5,
        "facts": {},
    }
    entry |= {"unit": "nat", "step": None, "mean": 0.1235, "ci_low": limits[0], "ci_high": limits[1]}
    run = dataclasses.replace(plain, summary={**plain.summary, "metrics": [entry]})
    print_run(read_run(write_run(tmp_path, "run", run)))
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "test_loss" in line]
    assert line.split("│")[2].strip() == shown


def test_catalogues_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_catalogue({"name": "one of [a, b]"})
    assert capsys.readouterr().out.split(maxsplit=1) == ["name", "one of [a, b]\n"]
