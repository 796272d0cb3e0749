"""The runs below a folder: `bnsim runs`."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from experiments.terminal import Terminal
from tests.experiments.test_command_line import bnsim, refused

from .made import made, mean, row, sweep, unfinished


def folder(tmp_path: Path) -> Path:
    """Runs in several states; the second is older than the first."""
    out = tmp_path / "runs"
    means = [mean("test_accuracy", 0.5), mean("test_accuracy", 0.75, "receptive-dense"), mean("macro_f1", 0.25)]
    made(out, "b-finished", [row("test_accuracy", 0.5)], means=means, started="2026-02-01T10:30:00+00:00")
    made(out / "deeper", "a-finished", [row("test_accuracy", 0.6)], means=[mean("test_accuracy", 0.6)])
    unfinished(made(out, "c-unfinished", [row("a", 0.5)], started="2026-03-01T00:00:00+00:00"))
    damaged = made(out, "d-damaged", [row("a", 0.5)], started="2026-04-01T00:00:00+00:00")
    (damaged / "plan.json").write_text('{"run": ')
    (out / "no-run").mkdir()
    return out


def test_each_run_is_listed_with_its_state_and_numbers(tmp_path: Path) -> None:
    folder(tmp_path)
    done = bnsim("runs", "--json", cwd=tmp_path)
    assert done.returncode == 0
    entries = {entry["run"]: entry for entry in json.loads(done.stdout)}
    assert list(entries) == ["d-damaged", "deeper/a-finished", "b-finished", "c-unfinished"]  # by their starts
    first = entries["b-finished"]
    assert (first["study"], first["task"], first["seeds"], first["preset"]) == ("accuracy", "digits", 2, "quick")
    assert [(number["model"], number["mean"]) for number in first["numbers"]] == [
        ("dense", 0.5),
        ("receptive-dense", 0.75),
    ]
    assert entries["c-unfinished"]["state"] == "1 of 2 jobs"
    assert "plan.json: damaged" in entries["d-damaged"]["state"]
    assert entries["d-damaged"]["numbers"] == []


def test_the_table_fits_a_terminal_of_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(folder(tmp_path) / "d-damaged")
    made(
        tmp_path / "runs",
        "20260501T103000Z-learning-digits",
        [row("a", 0.5)],
        means=[
            {**mean(metric, value, model), "study": "learning"}
            for metric, value, model in (
                ("train_accuracy", 0.25, "dense"),
                ("learning_curve_mean", 0.5, "dense"),
                ("learning_curve_mean", 0.75, "rate-dense"),
            )
        ],
        request={"study": "learning", "seeds": 1},
        started="2026-05-01T10:30:00+00:00",
    )
    monkeypatch.setattr(Terminal, "is_terminal", True)
    plain = re.sub(r"\x1b\[\d*m", "", bnsim("runs", cwd=tmp_path, COLUMNS="80").stdout)
    lines = [line.rstrip() for line in plain.splitlines()]
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for place, words in (
        ("b-finished", "test_accuracy"),
        ("  finished, accuracy, digits, quick, 2", "  dense 50.00 % (49.00 to 51.00)"),
        ("20260501T103000Z-learning-digits", "learning_curve_mean"),
        ("  finished, quick, 1 seed", "  dense 50.00 % (49.00 to 51.00)"),
        ("", "  rate-dense 75.00 % (74.00 to 76.00)"),
    ):
        assert re.search(f"^ {re.escape(place)} *.*{re.escape(words)}$", text, re.MULTILINE), (place, words, text)
    assert lines[-1] == "4 runs; `bnsim diff RUN_A RUN_B` compares two runs"


def test_a_run_without_means_of_whole_models_shows_its_published_figures_and_the_interval(tmp_path: Path) -> None:
    of_place = {**mean("rate", 8.0, "lif"), "study": "siegert", "unit": "Hz", "facts": {"dt": 0.5}}
    others = [{**of_place, "facts": {"dt": 0.1}}, {**of_place, "metric": "theory"}]
    figure = {"name": "", "status": "", "source": "", "reason": "", "tolerance": 1.0, "published": 8.0, "passed": True}
    reference = {key: value for key, value in of_place.items() if key not in ("step", "kind", "mean")}
    figures = [{**reference, **figure, "measured": 8.0}, {**reference, **figure, "measured": 3.0, "passed": False}]
    made(tmp_path / "runs", "one", [row("a", 0.5)], means=[of_place, *others], references=figures)
    done = bnsim("runs", cwd=tmp_path)
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert [line.rpartition("   ")[2] for line in lines if line.endswith(("0.5)", "8.01)", "figures"))] == [
        "rate (dt 0.5)",
        "lif 8 Hz (7.99 to 8.01)",
        "1 of 2 reference figures",
    ]
    (entry,) = json.loads(bnsim("runs", "--json", cwd=tmp_path).stdout)
    assert entry["published"] == {"passed": 1, "of": 2}
    (entry,) = json.loads(bnsim("runs", "--json", "--metric", "theory", cwd=tmp_path).stdout)
    assert [number["facts"] for number in entry["numbers"]] == [{"dt": 0.5}]


def test_runs_are_compared_by_a_metric(tmp_path: Path) -> None:
    folder(tmp_path)
    entries = json.loads(bnsim("runs", "runs", "--metric", "macro_f1", "--json", cwd=tmp_path).stdout)
    numbers = {entry["run"]: [number["mean"] for number in entry["numbers"]] for entry in entries}
    assert numbers == {"b-finished": [0.25], "deeper/a-finished": [], "c-unfinished": [], "d-damaged": []}
    refused(2, "--metric 'test_acuracy'", "runs", "--metric", "test_acuracy", cwd=tmp_path)


def test_a_run_of_which_the_manifest_alone_is_left(tmp_path: Path) -> None:
    directory = made(tmp_path / "runs", "one", [row("a", 0.5)])
    for path in directory.iterdir():
        if path.name != "manifest.json":
            path.rmdir() if path.is_dir() else path.unlink()
    (entry,) = json.loads(bnsim("runs", "--json", cwd=tmp_path).stdout)
    assert (entry["study"], entry["state"]) == ("accuracy", "without results")


def test_what_runs_refuses(tmp_path: Path) -> None:
    refused(2, "runs: no such folder; give a folder that bnsim wrote runs into", "runs", cwd=tmp_path)
    (tmp_path / "empty").mkdir()
    refused(2, "empty: no runs below it; give a folder that bnsim wrote runs into", "runs", "empty", cwd=tmp_path)


def test_a_request_that_is_none_is_damage(tmp_path: Path) -> None:
    made(tmp_path / "runs", "one", [row("a", 0.5)], request={"seeds": "many"})
    (entry,) = json.loads(bnsim("runs", "--json", cwd=tmp_path).stdout)
    assert entry["state"].startswith("runs/one/plan.json: damaged (entry 'request.seeds' is 'many': ")


def test_sweeps_are_listed_too(tmp_path: Path) -> None:
    sweep(tmp_path / "sweeps", "a-done", 2)
    sweep(tmp_path / "sweeps", "b-under-way", None)
    entries = json.loads(bnsim("runs", "sweeps", "--json", cwd=tmp_path).stdout)
    assert [(entry["run"], entry["state"]) for entry in entries] == [
        ("a-done", "sweep of 2 points: 2 of 2 jobs"),
        ("b-under-way", "sweep of 2 points: 0 of 2 jobs"),
    ]
    assert {entry["kind"] for entry in entries} == {"sweep"}
    last = bnsim("runs", "sweeps", cwd=tmp_path).stdout.splitlines()[-1]
    assert last == (
        "2 sweeps; `bnsim show SWEEP` prints the points of a sweep, `bnsim diff SWEEP/0 SWEEP/1` compares two of them"
    )
