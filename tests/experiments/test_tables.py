"""Tables on the terminal show names as they are."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.run_directory import read_run
from experiments.tables import print_catalogue, print_means, print_run

from .test_run_directory import contents, write_run


def test_names_are_no_markup_and_units_stand_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = contents()
    task = "[red]mine[/wrong] :smile:"
    entry: dict[str, object] = {"model": "receptive-dense", "metric": "prediction_seconds", "unit": "s", "step": None}
    entry |= {"study": "accuracy", "facts": {}, "kind": "ANN", "mean": 0.5, "ci_low": None, "ci_high": None, "n": 1}
    unit = {**entry, "study": "transfer", "model": "lif", "metric": "threshold", "unit": ""}
    about = {"kind": "ANN", "twin": None, "reference": "", "deviations": [], "parameters": {}}
    named = dataclasses.replace(
        plain,
        summary={**plain.summary, "task": task, "metrics": [entry, unit]},
        manifest={**plain.manifest, "models": {"receptive-dense": about}},
    )
    print_run(read_run(write_run(tmp_path, "[b]", named)))
    printed = capsys.readouterr().out
    assert f"{task}, 1 seed " in printed
    _, tables = printed.split(f"{task}, 1 seed ")
    trained, untrained = tables.split("units and networks without training, 1 seed")
    assert "prediction_seconds" in trained
    assert "lif" not in trained
    assert "threshold" in untrained
    assert "receptive-dense" not in untrained
    assert printed.endswith("/[b]/report.html\n")


@pytest.mark.parametrize(
    ("metric", "unit", "mean", "limits", "shown"),
    [
        ("test_loss", "nat", 0.1235, (None, None), "0.1235 nat"),
        ("test_loss", "nat", 0.1235, (0.0935, 0.1635), "0.1235 nat (0.0935 to 0.1635)"),
        ("test_accuracy", "fraction", 0.9944, (0.9712, 0.9993), "99.44 % (97.12 to 99.93)"),
        ("test_accuracy", "fraction", 1.0, (0.9898, 1.0), "100.00 % (98.98 to 100.00)"),
        ("tie_share", "fraction", 0.0, (0.0, 0.0), "0.00 %"),
        ("tie_share", "fraction", 0.25, (None, None), "25.00 %"),
        ("training_seconds", "s", 1.5, (0.5, 4.5), "1.5 s (0.5 to 4.5)"),
    ],
)
def test_shares_and_losses_have_their_interval(
    metric: str,
    unit: str,
    mean: float,
    limits: tuple[float | None, float | None],
    shown: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_metrics(tmp_path, [of_dense(metric, unit, mean, limits)])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if metric in line]
    assert line.split("│")[2].strip() == shown


def of_dense(
    metric: str, unit: str, mean: float, limits: tuple[float | None, float | None], **facts: str
) -> dict[str, object]:
    entry = {"study": "accuracy", "model": "dense", "kind": "ANN", "metric": metric, "n": 5, "facts": facts}
    return {**entry, "unit": unit, "step": None, "mean": mean, "ci_low": limits[0], "ci_high": limits[1]}


def print_metrics(
    folder: Path, metrics: list[dict[str, object]], differences: Sequence[dict[str, object]] = ()
) -> None:
    plain = contents()
    summary = {**plain.summary, "metrics": metrics, "differences": list(differences)}
    print_run(read_run(write_run(folder, "run", dataclasses.replace(plain, summary=summary))))


def test_recall_has_a_row_for_each_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recalls = [
        of_dense("recall", "fraction", share, (None, None), **{"class": name})
        for name, share in (("common", 0.99), ("rare", 0.5))
    ]
    print_metrics(tmp_path, [of_dense("test_accuracy", "fraction", 0.9, (None, None)), *recalls])
    _, table = capsys.readouterr().out.split("recall of each class")
    rows = [[cell.strip() for cell in line.split("│")[1:3]] for line in table.splitlines() if line.startswith("│")]
    assert rows == [["common", "99.00 %"], ["rare", "50.00 %"]]
    assert "┃ class" in table


def test_what_no_table_lists_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Recalls have a table of their own."""
    whole = of_dense("test_accuracy", "fraction", 0.9, (None, None))
    recall = of_dense("recall", "fraction", 0.9, (None, None), **{"class": "rare"})
    print_metrics(tmp_path / "a", [whole, recall, of_dense("sparseness", "", 0.9, (None, None), layer="hidden")])
    assert "More metrics, by layer: sparseness. See the report's figures, `bnsim show" in capsys.readouterr().out
    print_metrics(tmp_path / "b", [whole, recall])
    assert "More metrics" not in capsys.readouterr().out


def test_the_verdict_is_that_of_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    difference: dict[str, object] = {"study": "accuracy", "metric": "test_accuracy", "unit": "percentage points"}
    difference |= {"model": "dense", "twin": "other", "primary": True, "standardised": None, "n": 5, "p_holm": None}
    difference |= {
        "difference": 0.5,
        "ci_low": -0.2,
        "ci_high": 1.2,
        "verdict": "not told apart",
        "method": "paired t",
        "p_value": None,
    }
    print_metrics(tmp_path, [of_dense("test_accuracy", "fraction", 0.9, (None, None))], [difference])
    printed = capsys.readouterr().out.splitlines()
    heading, row = (next(line for line in printed if text in line) for text in ("┃ metric", "+0.50 ("))
    cells, headings = ([cell.strip() for cell in line.replace("┃", "│").split("│")] for line in (row, heading))
    assert cells[headings.index("verdict")] == "not told apart"
    assert cells[headings.index("BNS - ANN (95 % interval)")] == "+0.50 (-0.20 to +1.20) points"


def test_the_metrics_of_twins_are_printed_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, entry = contents(), of_dense("test_accuracy", "fraction", 0.9, (None, None))
    other = {**entry, "metric": "test_loss", "unit": "nat"}
    difference: dict[str, object] = {"study": "accuracy", "metric": "test_accuracy", "unit": "percentage points"}
    difference |= {"model": "dense", "twin": "other", "primary": True, "standardised": None, "n": 1, "p_holm": None}
    difference |= {"difference": 0.5, "ci_low": None, "ci_high": None, "verdict": "1 seed", "method": "none"}
    summary = {**plain.summary, "metrics": [entry, other], "differences": [{**difference, "p_value": None}]}
    run = read_run(write_run(tmp_path, "run", dataclasses.replace(plain, summary=summary)))
    print_run(run)
    short = capsys.readouterr().out
    assert "dense (BNS) against its twin other (ANN), 1 seed" in short
    assert "test_loss" not in short
    assert f"all 2 metrics: `bnsim show {run.directory} --all`; one of them at every step: --metric NAME" in short
    print_run(run, everything=True)
    printed = capsys.readouterr().out
    assert "test_loss" in printed
    assert "--all" not in printed


def test_the_means_of_one_metric_have_a_row_for_each_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = contents()
    hidden = of_dense("drift", "fraction", 0.25, (0.2, 0.3), layer="hidden") | {"step": 10}
    output = of_dense("drift", "fraction", 0.5, (0.5, 0.5), layer="output")
    summary = {**plain.summary, "metrics": [hidden, output]}
    print_means(read_run(write_run(tmp_path, "run", dataclasses.replace(plain, summary=summary))), "drift")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "drift of accuracy, mean of 5 seeds"
    of_cells = [line.replace("┃", "│") for line in lines if line[:1] in ("│", "┃")]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in of_cells]
    assert rows == [
        ["model", "layer", "step", "mean (95 % interval)"],
        ["dense", "hidden", "10", "25.00 % (20.00 to 30.00)"],
        ["dense", "output", "", "50.00 %"],
    ]


def test_catalogues_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_catalogue({"name": "one of [a, b]"})
    assert capsys.readouterr().out.split(maxsplit=1) == ["name", "one of [a, b]\n"]
